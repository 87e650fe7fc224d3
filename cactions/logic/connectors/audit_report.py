"""What an audit has read of a workspace, and what it found."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.logic.connectors.advice import ConnectorFindings
from cactions.logic.connectors.notes import NoteKind
from cactions.logic.connectors.pulled_project import PulledWorkspace
from cactions.logic.project import LoadedProject
from cactions.model import Attribute, Connector, ConnectorVersion, Snapshot, WorkspaceIdentity


class UnreadConnector(Struct, frozen=True):
    """A connector that could not be read, and why."""

    label: str
    reason: str


class ConnectorInventory(Struct, frozen=True):
    """What a workspace has: connectors in one version each, and those that could not be read."""

    identity: WorkspaceIdentity
    snapshot: Snapshot
    connectors: tuple[Connector, ...]
    unread: tuple[UnreadConnector, ...] = ()

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """The custom attributes of contacts by name."""
        return self.snapshot.attributes

    @property
    def drafts(self) -> int:
        """How many exist as a draft only."""
        return sum(connector.state == ConnectorVersion.DRAFT.value for connector in self.connectors)

    @property
    def unknown_writability(self) -> int:
        """Of how many attributes it is not told whether end users can change them."""
        return sum(each.messenger_writable is None for each in self.attributes.values())


class AuditReport(Struct, frozen=True):
    """What was read, what the rules find in it, and how much of it is unknown."""

    inventory: ConnectorInventory
    pulled: PulledWorkspace
    loaded: LoadedProject
    groups: tuple[ConnectorFindings, ...]

    def count_unknown(self) -> Mapping[NoteKind, int]:
        """What the API does not tell, by kind."""
        unread = len(self.inventory.unread)
        return ({NoteKind.UNREAD: unread} if unread else {}) | self.pulled.count_notes()
