"""What every part of the workspace shares: the settings, the time, and the file with the writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tests.workspace.messages import Document
from tests.workspace.settings import Settings
from tests.workspace.storage import Storage

Clock: TypeAlias = Callable[[], float]


class Ledger:
    """Stores documents in the name of the current request."""

    def __init__(self, settings: Settings, storage: Storage, clock: Clock) -> None:
        self.settings = settings
        self.storage = storage
        self.clock = clock
        self.request = 0
        """The number of the request that is answered now; 0 for what no request does."""

    def now(self) -> float:
        """Unix seconds, by the clock of the server."""
        return self.clock()

    def save(self, kind: str, key: str, document: Document) -> None:
        """Store a document and record the write."""
        self.storage.put(kind, key, document, request=self.request, time=self.now())

    def drop(self, kind: str, key: str) -> None:
        """Remove a document and record the write."""
        self.storage.remove(kind, key, request=self.request, time=self.now())
