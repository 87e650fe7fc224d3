"""Pulls the connectors of a workspace as action files; what is written, others decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from cactions.app.connectors.audit import Report, build_snapshot, ignore_progress, read_inventory
from cactions.app.ports import Clock, IntercomApi
from cactions.logic.connectors.audit_report import ConnectorInventory
from cactions.logic.connectors.hide_credentials import REMOVED, hide_credentials
from cactions.logic.connectors.pulled_project import PulledWorkspace, pull_workspace
from cactions.model import Action, IntercomConnection, Project, Snapshot

SNAPSHOT: Final = "attributes.lock.json"


class ConnectorPull(Struct, frozen=True):
    """What was read, and the files that it becomes.

    ``elsewhere`` are actions whose connector stands in a file of another name, by connector id.
    """

    inventory: ConnectorInventory
    pulled: PulledWorkspace
    snapshot: Snapshot
    elsewhere: Mapping[str, str]

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
    return build_pull(read_inventory(api, report), clock.get_time(), connection, project)


def build_pull(
    inventory: ConnectorInventory,
    now: float,
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
        keys=keys,
    )
    elsewhere = {
        action.connector_id: file
        for action in actions
        if (file := _get_file(action)) and file != f"actions.{action.name}.yaml"
    }
    return ConnectorPull(inventory, pulled, build_snapshot(inventory, now, SNAPSHOT), elsewhere)


def _get_file(action: Action) -> str:
    return action.place.file.rpartition("/")[2] if action.place else ""
