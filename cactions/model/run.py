"""What became of a plan, and the runs that the journal keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from cactions.model.enums import Outcome, RunKind
from cactions.model.json_value import Value
from cactions.model.plan import Plan

LOCAL: Final = "local"
"""The name of the local workspace in the heads of runs."""


class Conflict(Struct, frozen=True):
    """An attribute that does not hold what the plan promised: it was left alone."""

    attribute: str
    expected: Value
    found: Value
    redacted: bool = False


class Receipt(Struct, frozen=True):
    """What became of one person's plan."""

    person_id: str
    outcome: Outcome
    message: str = ""
    conflicts: tuple[Conflict, ...] = ()


class Tally(Struct, frozen=True):
    """Receipts counted by outcome; the counts add up to the people handed in."""

    counts: Mapping[Outcome, int]

    @classmethod
    def of(cls, receipts: Iterable[Receipt]) -> Tally:
        """Count every receipt once."""
        return cls(Counter(receipt.outcome for receipt in receipts))

    @property
    def total(self) -> int:
        """Everybody."""
        return sum(self.counts.values())


class RunHead(Struct, frozen=True):
    """What a run is, known before its first write.

    ``started`` is in Unix seconds, ``operator`` is ``user@host``, ``undoes`` names the run that
    an UNDO run takes back, ``source`` is empty for live calls, else the replayed file. ``people``
    is how many were handed in; None where the run was kept by a version that did not count them.
    """

    id: str
    kind: RunKind
    action: str
    started: float
    operator: str
    workspace: str = LOCAL
    environment: str = ""
    source: str = ""
    undoes: str = ""
    people: int | None = None

    @property
    def is_local(self) -> bool:
        """Whether its people are in the local store, not at Intercom."""
        return self.workspace == LOCAL


class RunEntry(Struct, frozen=True):
    """One person's plan in a run; no receipt means that its outcome was never recorded.

    A plan that is ``pending`` stands for a call that changes something at the third party and whose
    answer never came into the journal. ``undone_by`` names the run that has put the old values
    back. Of a person who was forgotten only the outcome is left: the plan is empty, and so is its
    person's id.
    """

    plan: Plan
    receipt: Receipt | None = None
    undone_by: str = ""

    @property
    def forgotten(self) -> bool:
        """Whether the person's traces were erased."""
        return not self.plan.subject.person_id


class Run(Struct, frozen=True):
    """A run as the journal holds it. ``finished`` is False where it was cut off.

    Entries are numbered from 1, in their order. ``authentic`` is False where there is a vault and
    the run is not sealed by it throughout, so that anyone who can write its file can have made it.
    """

    head: RunHead
    entries: tuple[RunEntry, ...] = ()
    finished: bool = False
    authentic: bool = True

    @property
    def people(self) -> int:
        """Everybody who was handed in."""
        return max(self.head.people or 0, len(self.entries))

    @property
    def leaves_something(self) -> bool:
        """Whether a person may still have a value of this run, so that it can be undone."""
        return self.head.kind is RunKind.APPLY and any(
            not (entry.undone_by or entry.forgotten or entry.plan.pending)
            and (entry.receipt is None or entry.receipt.outcome is Outcome.APPLIED)
            for entry in self.entries
        )

    @property
    def not_started(self) -> int:
        """How many were handed in and never came into the journal: nothing was written to them."""
        return self.people - len(self.entries)

    @property
    def open(self) -> tuple[tuple[int, RunEntry], ...]:
        """The entries whose outcome was never recorded, with their numbers."""
        return tuple(
            (number, entry)
            for number, entry in enumerate(self.entries, start=1)
            if entry.receipt is None
        )
