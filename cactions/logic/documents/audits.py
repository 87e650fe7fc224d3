"""An audit of a workspace's connectors as JSON: ``cactions.audit/1``; and what a pull wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cactions.logic.documents.findings import findings_to_json

if TYPE_CHECKING:
    from cactions.logic.connectors.advice import ConnectorFindings
    from cactions.logic.connectors.notes import NoteKind, SecretToSeal
    from cactions.model import Connector, Json, WorkspaceIdentity

AUDIT: Final = "cactions.audit/1"
PULL: Final = "cactions.connectors-pull/1"


def audit_to_json(
    identity: WorkspaceIdentity,
    connectors: Iterable[Connector],
    unread: Iterable[tuple[str, str]],
    groups: Iterable[ConnectorFindings],
    unknown: Mapping[NoteKind, int],
) -> dict[str, Json]:
    """Every finding with its connector (null for one of the workspace), and what is unknown."""
    return {
        "format": AUDIT,
        "workspace": {
            "app_id": identity.app_id,
            "name": identity.name,
            "region": identity.region,
            "version": identity.version,
            "identity_verification": identity.identity_verification,
        },
        "connectors": [_connector_to_json(connector) for connector in connectors],
        "unread": [{"connector": label, "reason": reason} for label, reason in unread],
        "findings": [finding for group in groups for finding in _group_to_json(group)],
        "unknown": counts_to_json(unknown),
    }


def pull_to_json(
    files: Mapping[str, Sequence[str]],
    left_out: Mapping[str, str],
    seals: Iterable[SecretToSeal],
    unknown: Mapping[NoteKind, int],
) -> dict[str, Json]:
    """Which ``files`` were written, replaced, unchanged, or kept because they differ.

    ``left_out``: why each other one was not written.
    """
    return {
        "format": PULL,
        "written": [*files["written"], *files["replaced"]],
        "unchanged": list(files["unchanged"]),
        "kept": list(files["kept"]),
        "left_out": [{"file": name, "reason": reason} for name, reason in left_out.items()],
        "seal": [{"name": seal.name, "host": seal.host, "what": seal.what} for seal in seals],
        "unknown": counts_to_json(unknown),
    }


def counts_to_json(unknown: Mapping[NoteKind, int]) -> dict[str, Json]:
    """How much is unknown, by kind in lower case."""
    return {kind.name.lower(): number for kind, number in unknown.items()}


def _connector_to_json(connector: Connector) -> dict[str, Json]:
    return {"id": connector.id, "name": connector.name, "state": connector.state}


def _group_to_json(group: ConnectorFindings) -> list[Json]:
    document = findings_to_json(group.findings)["findings"]
    listed = document if isinstance(document, list) else []
    about = _connector_to_json(group.connector) if group.connector else None
    return [{"connector": about, **item} for item in listed if isinstance(item, dict)]
