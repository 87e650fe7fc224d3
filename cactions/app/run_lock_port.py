"""The protocol of the lock that keeps two runs of an action apart."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from cactions.model import RunHead


class RunLock(Protocol):
    """One run at a time for each workspace and action."""

    def hold(self, head: RunHead) -> AbstractContextManager[None]:
        """Hold the lock, which no other process can hold at the same time.

        Raises RunAborted, naming the other process, if one holds it. The lock ends with the
        process, however that ends.
        """

    def check(self) -> None:
        """Before anything is written. Raises StoreError where the lock was lost while it is held.

        A lock that another machine gives can be lost; the one of this machine cannot.
        """


class HeldRunLock:
    """Implements ``RunLock`` for the steps of who holds it already."""

    def __init__(self, lock: RunLock) -> None:
        self._lock = lock

    def hold(self, _head: RunHead) -> AbstractContextManager[None]:
        return nullcontext()

    def check(self) -> None:
        self._lock.check()
