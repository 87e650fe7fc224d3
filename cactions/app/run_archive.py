"""The journal as commands open it, as a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cactions.app.ports import Journal
from cactions.model import Run, RunHead


class RunArchive(Journal, Protocol):
    """A journal as commands open it: also with the runs that do not open."""

    @property
    def seals(self) -> bool:
        """Whether old values are stored sealed."""

    @property
    def begun(self) -> bool:
        """Whether there is any run."""

    def close(self) -> None:
        """Close what is open."""

    def list_running(self) -> frozenset[str]:
        """The ids of the runs that processes, or workers on any machine, carry out now."""

    def list_unlocked(self) -> Iterator[Run]:
        """Every run that can be read, newest first."""

    def list_locked(self) -> tuple[list[RunHead], str]:
        """The sealed runs that do not open, newest first, and the reason with the next step."""
