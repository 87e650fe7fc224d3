"""The versions of a connector beside the action that it belongs to, and how each differs."""

from __future__ import annotations

from msgspec import Struct

from cactions.logic.connectors.body import build_connector
from cactions.logic.connectors.diff import NOTHING, ConnectorComparison, compare_connector
from cactions.logic.connectors.match import ConnectorMatch
from cactions.logic.printable import escape_control
from cactions.logic.secrets.credential_mask import mask_credentials
from cactions.model import Connector, Finding, Project
from cactions.rules.credentials import mask_secrets


class ConnectorVersions(Struct, frozen=True):
    """What a connector has. ``draft`` is None where it does not differ from ``live``."""

    live: Connector | None
    draft: Connector | None

    @property
    def latest(self) -> Connector | None:
        """What a push changes: the draft, else the live version."""
        return self.draft or self.live


class ConnectorDrift(Struct, frozen=True):
    """An action and its connector. ``live`` and ``draft`` say how each version differs.

    Both are None where the action has no connector. ``leaks`` are what the rules find in the live
    version, in Intercom's terms.
    """

    match: ConnectorMatch
    versions: ConnectorVersions = ConnectorVersions(None, None)
    live: ConnectorComparison | None = None
    draft: ConnectorComparison | None = None
    leaks: tuple[Finding, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether what is live, or the draft of what never was, is what the file says."""
        compared = self.live or self.draft
        return compared is not None and compared.is_same


def compare_versions(
    match: ConnectorMatch, versions: ConnectorVersions, project: Project
) -> ConnectorDrift:
    """How both versions differ from the action."""
    wanted = build_connector(match.action, project.attributes)
    live, draft = (
        compare_connector(wanted, version, project.attributes) if version else None
        for version in (versions.live, versions.draft)
    )
    return ConnectorDrift(match, versions, live, draft)


def is_same_definition(left: Connector, right: Connector) -> bool:
    """Whether two versions say the same, whatever their states and times are."""
    return to_definition(left) == to_definition(right)


def to_definition(connector: Connector) -> dict[str, object]:
    """Everything of a version but what tells which one it is."""
    ignored = ("state", "updated_at", "updated_by")
    fields = connector.__struct_fields__
    return {name: getattr(connector, name) for name in fields if name not in ignored}


def is_live_same(before: ConnectorVersions, after: ConnectorVersions) -> bool:
    """Whether the live version is as it was; a connector without one has nothing to lose."""
    if before.live is None:
        return True
    return after.live is not None and is_same_definition(before.live, after.live)


def describe_changes(before: Connector, now: Connector) -> str:
    """What a version has now in place of what it had; credentials in it are masked."""
    changes = {
        difference.label: (difference.in_file, difference.in_intercom)
        for difference in compare_connector(now, before).fields
    }
    for difference in compare_connector(before, now).fields:
        changes.setdefault(difference.label, (difference.in_intercom, difference.in_file))
    shown = (
        f"{label} is now {_show(current)} (before: {_show(earlier)})"
        for label, (current, earlier) in changes.items()
    )
    return "; ".join(shown) or "a field that the API does not show differs"


def _show(text: str) -> str:
    shown = escape_control(mask_secrets(mask_credentials(text)))
    return shown if text == NOTHING else f'"{shown}"'
