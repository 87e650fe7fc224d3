"""How far a run has come, and what is said of it where a store fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    Outcome,
    OutcomeUnknown,
    Receipt,
    RunAborted,
    RunCounts,
    RunHead,
    StoreError,
)


class CommitCounts(Struct):
    """How far a run has come; ``before``: what was settled when the command began.

    ``taken`` entries were to be written since then; how many follow may be unknown. For ``unknown``
    people a write may have been stored or not.
    """

    head: RunHead
    before: RunCounts = field(default_factory=RunCounts)
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    unknown: int = 0
    taken: int = 0

    def add(self, receipt: Receipt) -> None:
        self.outcomes[receipt.outcome] = self.outcomes.get(receipt.outcome, 0) + 1

    @property
    def settled(self) -> int:
        """How many have an outcome since the command began."""
        return sum(self.outcomes.values())

    def describe(self) -> str:
        """What the run has done, in words."""
        counts = dict(self.before.outcomes)
        for outcome, number in self.outcomes.items():
            counts[outcome] = counts.get(outcome, 0) + number
        known = [f"{number:,} {outcome.value}" for outcome, number in counts.items()]
        known_people = self.taken + sum(self.before.outcomes.values())
        people = max(self.head.people or 0, self.before.total, known_people)
        left = people - sum(counts.values())
        where = describe_workspace(self.head.workspace)
        counted = ", ".join([*known, f"{left:,} open"])
        message = f"the run {self.head.id} in the {where} was interrupted: {counted}"
        if self.unknown:
            them = "one of these" if self.unknown == 1 else f"{self.unknown:,} of these"
            return f"{message}. For {them}, the outcome of the write is unknown"
        return f"{message}. Nothing was written to those"


@contextmanager
def abort_on_store_error() -> Iterator[None]:
    """A journal that fails between two people leaves no outcome unknown."""
    try:
        yield
    except StoreError as error:
        raise RunAborted(str(error), hint=error.hint) from error


@contextmanager
def explain_progress(counts: CommitCounts) -> Iterator[None]:
    """Add to a store's error what the run has done so far, and how to go on."""
    try:
        yield
    except StoreError as error:
        message = f"{error}; {counts.describe()}"
        finish, steps = (
            join_command(("runs", verb), counts.head.id) for verb in ("resume", "undo")
        )
        hint = f"{error.hint} Then finish it with `{finish}`, or undo it with `{steps}`."
        if counts.unknown:
            raise OutcomeUnknown(message, hint=hint) from error
        stopped = RunAborted(message, hint=hint)
        stopped.written = Outcome.APPLIED in counts.outcomes
        raise stopped from error
