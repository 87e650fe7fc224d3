"""Which person of the run an identifier belongs to, with a bound on memory.

Only the last people are known: responses are mixed up between neighbours in the file or in time,
or for all people alike, and a window sees both.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

T = TypeVar("T")

WINDOW: Final = 20_000
"""Digests that are surely kept; up to twice as many may be."""


class RecentMap(Generic[T]):
    """A mapping from digests that forgets the oldest half when it is full."""

    def __init__(self, size: int = WINDOW) -> None:
        self._size = size
        self._new: dict[int, T] = {}
        self._old: dict[int, T] = {}

    def add(self, digest: int, value: T) -> None:
        """Remember the value."""
        if len(self._new) >= self._size:
            self._old, self._new = self._new, {}
        self._new[digest] = value

    def get(self, digest: int) -> T | None:
        """The value that was added last for the digest; None where there is none any more."""
        found = self._new.get(digest)
        return self._old.get(digest) if found is None else found
