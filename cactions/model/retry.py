"""Another attempt for people of a run: who gets it, and who does not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from cactions.model.enums import Outcome


class RetryGroup(Enum):
    """What a retry does with an entry, and why."""

    RETRIED = "retried"
    DONE = "done"
    """Nothing is left to do."""
    REPEATED = "repeated"
    """Held before any request, since its file has several rows about the person."""
    HELD = "held"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    """The row of a file that could not be read: there is no key to look for."""
    FORGOTTEN = "forgotten"
    SENT = "sent"
    """Its write request was carried out, or may have been."""
    UNKNOWN = "unknown"
    """The outcome of its write request is unknown."""
    NOT_STARTED = "not_started"
    """The run was closed before its row got a plan: the row is gone."""


class RetryCounts(Struct, frozen=True):
    """The entries of a run by group, and the retried ones by outcome.

    ``unknown`` are the numbers of the first entries whose request has an unknown outcome.
    """

    groups: Mapping[RetryGroup, int]
    outcomes: Mapping[Outcome, int]
    unknown: tuple[int, ...] = ()

    @property
    def retried(self) -> int:
        """How many get another attempt."""
        return self.groups.get(RetryGroup.RETRIED, 0)
