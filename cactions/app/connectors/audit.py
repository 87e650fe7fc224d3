"""Audits the data connectors of a workspace: reads them, and applies every rule to all of them.

At most one call for each page, one for each connector and two more are made, and none that writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cactions.app.connectors.catalog import build_read_call, read_pages
from cactions.app.intercom_port import IntercomApi
from cactions.app.ports import Clock
from cactions.app.read_workspace import build_snapshot, read_attributes, read_identity
from cactions.logic.connectors.advice import group_findings
from cactions.logic.connectors.audit_report import (
    AuditReport,
    ConnectorInventory,
    UnreadConnector,
)
from cactions.logic.connectors.pulled_project import lint_workspace, pull_workspace
from cactions.logic.connectors.reader import parse_connector
from cactions.logic.intercom.api import ApiReply
from cactions.model import (
    SNAPSHOT_FILE,
    Connector,
    ConnectorVersion,
    Json,
    WorkspaceError,
    WorkspaceIdentity,
)

OLDEST_VERSION: Final = "2.16"
_ABSENT: Final = (400, 404)
_MOST_SILENT: Final = 3
"""Connectors in a row without any answer, after which there is no network."""

Report = Callable[[int, int], None]
"""Told of each connector that was read: how many, and how many there are."""


def ignore_progress(_number: int, _total: int) -> None:
    """For a caller that shows none."""


def audit_workspace(
    api: IntercomApi, clock: Clock, report: Report = ignore_progress
) -> AuditReport:
    """Read a workspace and judge its connectors. Raises WorkspaceError."""
    inventory = read_inventory(api, clock, report)
    pulled = pull_workspace(
        inventory.connectors,
        inventory.attributes,
        verification=inventory.identity.identity_verification,
    )
    loaded = lint_workspace(pulled, inventory.snapshot, clock.get_time())
    groups = group_findings(loaded.findings, pulled)
    return AuditReport(inventory, pulled, loaded, groups)


def read_inventory(
    api: IntercomApi, clock: Clock, report: Report = ignore_progress
) -> ConnectorInventory:
    """Everything that is needed to judge a workspace.

    A connector that cannot be read is named, and the others are read. Raises WorkspaceError where
    the workspace cannot be read, or has no data connectors.
    """
    identity = read_identity(api)
    snapshot = build_snapshot(identity, read_attributes(api), clock.get_time(), SNAPSHOT_FILE)
    items = _list_items(api, identity)
    connectors: list[Connector] = []
    unread: list[UnreadConnector] = []
    silent = 0
    for number, item in enumerate(items, start=1):
        try:
            connectors.append(_read_connector(api, item))
            silent = 0
        except WorkspaceError as error:
            silent = silent + 1 if error.status is None else 0
            if silent == _MOST_SILENT:
                raise
            unread.append(UnreadConnector(_label(item), str(error)))
        report(number, len(items))
    return ConnectorInventory(identity, snapshot, tuple(connectors), tuple(unread))


def _list_items(api: IntercomApi, identity: WorkspaceIdentity) -> list[dict[str, Json]]:
    try:
        return [item for page in read_pages(api) for item in _list_page(page)]
    except WorkspaceError as error:
        if error.status not in _ABSENT:
            raise
        answered = f", and it answered with {identity.version}" if identity.version else ""
        raise WorkspaceError(
            f"the workspace shows no data connectors: they need API version {OLDEST_VERSION} or"
            f" newer{answered}",
            hint="Ask for `--api-version 2.16`; a workspace without custom actions has none.",
            status=error.status,
            codes=error.codes,
            request_id=error.request_id,
        ) from error


def _list_page(page: ApiReply) -> Iterator[dict[str, Json]]:
    """The entries of a page; what is no object stays as an entry that says nothing."""
    listed = page.get_object().get("data")
    if not isinstance(listed, list):
        yield from page.list_items()
        return
    yield from (item if isinstance(item, dict) else {} for item in listed)


def _read_connector(api: IntercomApi, item: Mapping[str, Json]) -> Connector:
    """The live version, or the draft of a connector that has no other. Raises WorkspaceError."""
    key, is_draft = item.get("id"), item.get("state") == ConnectorVersion.DRAFT.value
    version = ConnectorVersion.DRAFT if is_draft else ConnectorVersion.LIVE
    if not isinstance(key, str) or key in ("", ".", ".."):
        raise WorkspaceError("it has no id", status=0)
    reply = api.call(build_read_call(key, version))
    document = reply.get_object()
    if document.get("id") != key:
        raise WorkspaceError("Intercom answered with another connector", status=reply.status)
    return parse_connector(document)


def _label(item: Mapping[str, Json]) -> str:
    name, key = item.get("name"), item.get("id")
    return f"{name if isinstance(name, str) else '(no name)'} ({key or 'no id'})"
