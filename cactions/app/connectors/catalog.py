"""Reads the data connectors of a workspace, and compares them with the actions of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.drift import (
    ConnectorDrift,
    ConnectorVersions,
    compare_versions,
    is_same_definition,
)
from cactions.logic.connectors.match import (
    ConnectorMatch,
    find_connector,
    match_connectors,
)
from cactions.logic.connectors.reader import parse_connector
from cactions.logic.intercom.api import ApiCall, ApiReply, build_error, encode_segment
from cactions.logic.suggest import suggest_action
from cactions.model import Action, Connector, ConnectorVersion, Project, UsageError, WorkspaceError

PATH = "/data_connectors"
_LARGEST_PAGE = "50"
_MISSING = 404
_DRAFT = "draft"


class WorkspaceConnectors(Struct, frozen=True):
    """All connectors as the list tells them, and what belongs to which action."""

    connectors: tuple[Connector, ...]
    matches: tuple[ConnectorMatch, ...]

    @property
    def unmatched(self) -> tuple[Connector, ...]:
        """The connectors that belong to no action."""
        taken = {match.connector.id for match in self.matches if match.connector}
        return tuple(connector for connector in self.connectors if connector.id not in taken)

    def find(self, name: str) -> Connector:
        """The connector of an action, of an id or of a name. Raises UsageError."""
        found = find_connector(name, self.matches, self.connectors)
        if found is None:
            names = [match.action.name for match in self.matches if match.connector]
            names += [connector.name for connector in self.connectors]
            raise UsageError(
                f'the workspace has no connector "{name}", or several of this name',
                hint=suggest_action(name, names)
                or "`cactions connectors list` shows what there is.",
            )
        return found


def list_connectors(api: IntercomApi) -> tuple[Connector, ...]:
    """All connectors, without the details that the list leaves out. Raises WorkspaceError."""
    return tuple(parse_connector(item) for page in read_pages(api) for item in page.list_items())


def read_pages(api: IntercomApi) -> Iterator[ApiReply]:
    """The pages of the list, the largest that there are. Raises WorkspaceError."""
    return api.list_pages(ApiCall("GET", PATH, {"per_page": _LARGEST_PAGE}))


def read_connectors(api: IntercomApi, actions: Iterable[Action]) -> WorkspaceConnectors:
    """All connectors, and which of them belong to these actions. Raises WorkspaceError."""
    connectors, actions = list_connectors(api), tuple(actions)
    return WorkspaceConnectors(connectors, match_connectors(actions, connectors))


def read_versions(api: IntercomApi, connector_id: str) -> ConnectorVersions:
    """Both versions. Raises WorkspaceError where there is neither.

    Where a version is missing, a workspace answers 404, or with the other version.
    """
    live, live_reply = _read_version(api, connector_id, ConnectorVersion.LIVE)
    draft, _ = _read_version(api, connector_id, ConnectorVersion.DRAFT)
    if live is None and draft is None:
        raise build_error(build_read_call(connector_id, ConnectorVersion.LIVE), live_reply)
    if live is not None and live.state == _DRAFT:  # the other version
        return ConnectorVersions(None, draft or live)
    if draft is not None and live is not None and is_same_definition(draft, live):
        return ConnectorVersions(live, None)
    return ConnectorVersions(live, draft)


def build_read_call(connector_id: str, version: ConnectorVersion) -> ApiCall:
    """The call that reads a version."""
    path = f"{PATH}/{encode_segment(connector_id)}"
    return ApiCall("GET", path, {"state_version": version.value})


def _read_version(
    api: IntercomApi, connector_id: str, version: ConnectorVersion
) -> tuple[Connector | None, ApiReply]:
    call = build_read_call(connector_id, version)
    reply = api.send(call)
    if reply.status == _MISSING:
        return None, reply
    if not reply.is_success:
        raise build_error(call, reply)
    connector = parse_connector(reply.get_object())
    if connector.id != connector_id:
        raise WorkspaceError("Intercom answered with another connector", status=reply.status)
    return connector, reply


def choose_actions(project: Project, names: Sequence[str]) -> tuple[Action, ...]:
    """The actions of these names, or all. Raises UsageError for an unknown one."""
    for name in names:
        if name not in project.actions:
            raise UsageError(
                f'there is no action "{name}"', hint=suggest_action(name, project.actions)
            )
    return tuple(project.actions[name] for name in dict.fromkeys(names or project.actions))


def compare_actions(
    api: IntercomApi, project: Project, names: Sequence[str] = ()
) -> tuple[tuple[ConnectorDrift, ...], WorkspaceConnectors]:
    """How the connectors differ from the actions. Raises UsageError and WorkspaceError."""
    chosen = choose_actions(project, names)
    found = read_connectors(api, project.actions.values())
    matches = {match.action.name: match for match in found.matches}
    drifts = tuple(_compare(api, project, matches[action.name]) for action in chosen)
    return drifts, found


def _compare(api: IntercomApi, project: Project, match: ConnectorMatch) -> ConnectorDrift:
    if match.connector is None:
        return ConnectorDrift(match)
    return compare_versions(match, read_versions(api, match.connector.id), project)
