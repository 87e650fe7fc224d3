"""One workspace: its contacts, attributes and connectors, in memory and in its file."""

from __future__ import annotations

from tests.workspace.attributes import Attributes
from tests.workspace.connectors import Connectors
from tests.workspace.contact_writes import ContactWriter
from tests.workspace.contacts import Contacts
from tests.workspace.executions import Executions
from tests.workspace.ledger import Clock, Ledger
from tests.workspace.search_index import SearchIndex
from tests.workspace.search_match import Matcher
from tests.workspace.search_query import QueryReader
from tests.workspace.settings import Settings
from tests.workspace.storage import Storage


class Workspace:
    """Used by one thread at a time."""

    def __init__(self, settings: Settings, storage: Storage, clock: Clock) -> None:
        self.settings = settings
        self.ledger = Ledger(settings, storage, clock)
        self.index = SearchIndex()
        self.contacts = Contacts(self.ledger, self.index)
        self.attributes = Attributes(self.ledger)
        self.connectors = Connectors(self.ledger)
        self.executions = Executions(self.ledger)
        self.writer = ContactWriter(settings, self.contacts, self.attributes)
        self.queries = QueryReader(self.attributes, settings.in_maximum)
        self.matcher = Matcher(settings.timezone, folds_case=settings.folds_case)
