"""Pulls the connectors of a workspace as action files; what is written, others decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from cactions.app.connectors.audit import Report, ignore_progress, read_inventory
from cactions.app.ports import Clock, IntercomApi
from cactions.logic.connectors.audit_report import ConnectorInventory
from cactions.logic.connectors.faults import list_not_carried
from cactions.logic.connectors.hide_credentials import REMOVED, hide_credentials
from cactions.logic.connectors.pulled_project import (
    SHARED_FILE,
    KnownNames,
    PulledWorkspace,
    pull_workspace,
)
from cactions.model import Action, IntercomConnection, Project


class ConnectorPull(Struct, frozen=True):
    """What was read, and the files that it becomes.

    ``elsewhere`` are actions whose connector stands in a file of another name, by connector id.
    ``authored`` says, by file, what Intercom does not know and only that file holds.
    """

    inventory: ConnectorInventory
    pulled: PulledWorkspace
    elsewhere: Mapping[str, str]
    authored: Mapping[str, str]

    @property
    def files(self) -> dict[str, str]:
        """The texts by name, without connectors that stand in other files already."""
        own = {p.file for p in self.pulled.connectors if p.connector.id in self.elsewhere}
        return {name: text for name, text in self.pulled.files.items() if name not in own}

    @property
    def holes(self) -> tuple[str, ...]:
        """The files from which a literal credential was taken out."""
        return tuple(name for name, text in self.files.items() if REMOVED in text)


def pull_connectors(
    api: IntercomApi,
    clock: Clock,
    project: Project | None = None,
    connection: IntercomConnection | None = None,
    report: Report = ignore_progress,
) -> ConnectorPull:
    """Read a workspace as files. Raises WorkspaceError.

    A connector whose id stands in the ``project`` keeps the name of its action. ``connection`` is
    that of the shared file; None where the workspace stands in another one.
    """
    return build_pull(read_inventory(api, clock, report), connection, project)


def build_pull(
    inventory: ConnectorInventory,
    connection: IntercomConnection | None,
    project: Project | None = None,
) -> ConnectorPull:
    """The files of what was read; no literal credential is in them."""
    actions = [a for a in project.actions.values() if a.connector_id] if project else []
    keys = {action.connector_id: action.name for action in actions}
    pulled = pull_workspace(
        map(hide_credentials, inventory.connectors),
        inventory.attributes,
        connection,
        verification=True if project else inventory.identity.identity_verification,
        names=KnownNames(keys, _list_token_names(project), _list_others(project)),
    )
    elsewhere = {
        action.connector_id: file
        for action in actions
        if (file := _get_file(action)) and file != f"actions.{action.name}.yaml"
    }
    return ConnectorPull(inventory, pulled, elsewhere, _list_authored(actions))


def _list_token_names(project: Project | None) -> dict[str, str]:
    """The names of the tokens that files declare, by their id at Intercom."""
    tokens = project.tokens.values() if project else ()
    return {token.token_id: token.name for token in tokens if token.token_id}


def _list_others(project: Project | None) -> tuple[str, ...]:
    actions = project.actions.values() if project else ()
    return tuple(action.name for action in actions if not action.connector_id)


def _list_authored(actions: Iterable[Action]) -> dict[str, str]:
    """What Intercom cannot hold, by the file that would lose it."""
    found = {SHARED_FILE: "the workspace and what several actions share"}
    for action in actions:
        parts = [*list_not_carried(action), *(("tests",) if action.tests else ())]
        if parts and (file := _get_file(action)):
            found[file] = ", ".join(parts)
    return found


def _get_file(action: Action) -> str:
    return action.place.file.rpartition("/")[2] if action.place else ""
