"""Pulls the connectors of a workspace as action files; what is written, others decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from cactions.app.connectors.audit import Report, ignore_progress, read_inventory
from cactions.app.intercom_port import IntercomApi
from cactions.app.ports import Clock
from cactions.logic.connectors.audit_report import ConnectorInventory
from cactions.logic.connectors.faults import list_not_carried
from cactions.logic.connectors.hide_credentials import REMOVED, hide_credentials
from cactions.logic.connectors.pulled_project import (
    SHARED_FILE,
    KnownNames,
    PulledWorkspace,
    pull_workspace,
)
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.model import Action, IntercomConnection

_FILE: Final = re.compile(r"actions\.(.+)\.ya?ml")
_OWN: Final = "tokens."
"""Begins what a pulled file may hold beside its action."""


class PullTarget:
    """The folder that is pulled into: its action files by their base names, and what they say."""

    def __init__(self, files: Sequence[SourceFile] = ()) -> None:
        self.files = tuple(files)
        self.loaded: LoadedProject = load_project(files)
        project = self.loaded.partial
        self.actions: tuple[Action, ...] = tuple(project.actions.values()) if project else ()
        self.homes: Mapping[str, str] = self.loaded.homes

    @property
    def known(self) -> KnownNames:
        """The names that the files have given already."""
        project = self.loaded.partial
        tokens = project.tokens.values() if project else ()
        return KnownNames(
            {each.connector_id: each.name for each in self.actions if each.connector_id},
            {token.token_id: token.name for token in tokens if token.token_id},
            tuple(self._list_taken()),
            self.homes,
        )

    def _list_taken(self) -> Iterator[str]:
        """The names of actions that no connector has, and of files that hold something else."""
        pulled = {get_file(each) for each in self.actions if each.connector_id}
        yield from (each.name for each in self.actions if not each.connector_id)
        for file in self.files:
            found = _FILE.fullmatch(file.name)
            if found and file.name not in pulled and found[1] not in self.loaded.broken:
                yield found[1]

    def list_authored(self, made: Iterable[str]) -> dict[str, str]:
        """What Intercom does not know, by the file that would lose it.

        ``made`` are the names of the tokens that a pull makes of headers.
        """
        found = {SHARED_FILE: ["the workspace and what several actions share"]}
        for action in self.actions:
            parts = [*list_not_carried(action), *(("tests",) if action.tests else ())]
            if not action.connector_id:
                parts = [f"the action {action.name}"]
            found.setdefault(get_file(action), []).extend(parts)
        own = {f"{_OWN}{name}" for name in made}
        for thing, file in self.homes.items():
            if file != SHARED_FILE and thing not in own:
                found.setdefault(file, []).append(thing)
        return {file: ", ".join(parts) for file, parts in found.items() if file and parts}


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
        return {
            name: text
            for name, text in self.pulled.files.items()
            if name not in own or name == SHARED_FILE
        }

    @property
    def holes(self) -> tuple[str, ...]:
        """The files from which a literal credential was taken out."""
        return tuple(name for name, text in self.files.items() if REMOVED in text)


def pull_connectors(
    api: IntercomApi,
    clock: Clock,
    target: PullTarget,
    connection: IntercomConnection,
    report: Report = ignore_progress,
) -> ConnectorPull:
    """Read a workspace as files. Raises WorkspaceError."""
    return build_pull(read_inventory(api, clock, report), connection, target)


def build_pull(
    inventory: ConnectorInventory, connection: IntercomConnection, target: PullTarget
) -> ConnectorPull:
    """The files of what was read, beside those of ``target``; no literal credential is in them.

    A connector whose id stands in the target keeps the name of its action. ``connection`` is that
    of the shared file, unless the workspace stands in another one.
    """
    pulled = pull_workspace(
        map(hide_credentials, inventory.connectors),
        inventory.attributes,
        connection,
        verification=inventory.identity.identity_verification,
        names=target.known,
    )
    elsewhere = {
        action.connector_id: file
        for action in target.actions
        if action.connector_id
        and (file := get_file(action))
        and file != f"actions.{action.name}.yaml"
    }
    authored = target.list_authored(seal.name for each in pulled.connectors for seal in each.seals)
    return ConnectorPull(inventory, pulled, elsewhere, authored)


def get_file(action: Action) -> str:
    """The base name of the file in which an action stands."""
    return action.place.file.rpartition("/")[2] if action.place else ""
