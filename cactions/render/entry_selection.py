"""Some entries of a run in the place of all, so that the memory does not grow with the people."""

from __future__ import annotations

from itertools import chain
from typing import Final

from cactions.model import Outcome, RunEntry
from cactions.render.messages import OUTCOMES
from cactions.render.text import Style

WRITTEN: Final = frozenset({Outcome.APPLIED, Outcome.OUTCOME_UNKNOWN})
"""The outcomes with which a plan was written, or may have been."""

_GOOD: Final = frozenset({Outcome.APPLIED, Outcome.UNCHANGED})


def is_noteworthy(entry: RunEntry) -> bool:
    """Whether the person was neither written nor without changes, or may have been written."""
    if entry.receipt is None:
        return entry.started or entry.plan.pending
    return entry.receipt.outcome not in _GOOD


def describe_entry(entry: RunEntry) -> tuple[str, Style]:
    """The word for its end state, and the style of it."""
    if entry.receipt:
        return OUTCOMES[entry.receipt.outcome]
    if entry.started or entry.plan.pending:
        return OUTCOMES[Outcome.OUTCOME_UNKNOWN]
    return "planned", Style.PROSE


class EntrySelection:
    """At most ``most`` entries; those that need attention and those with changes share the room."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._groups: tuple[list[tuple[int, RunEntry]], ...] = ([], [], [])
        self.seen = 0

    def add(self, entry: RunEntry) -> None:
        """Keep it, if there may be room."""
        self.seen += 1
        unchanged = entry.receipt is not None and entry.receipt.outcome is Outcome.UNCHANGED
        group = self._groups[0 if is_noteworthy(entry) else 1 + unchanged]
        if len(group) < self._most:
            group.append((entry.number or self.seen, entry))

    def choose(self) -> list[tuple[int, RunEntry]]:
        """The entries with their numbers, in the order of these."""
        urgent, changed, unchanged = self._groups
        half = max(self._most // 2, self._most - len(changed))
        others = [*changed, *unchanged][: self._most - min(half, len(urgent))]
        return sorted(chain(urgent[:half], others), key=lambda numbered: numbered[0])
