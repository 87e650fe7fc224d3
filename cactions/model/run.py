"""What became of a plan, and the runs that the journal keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias, runtime_checkable

from msgspec import Struct

from cactions.model.enums import OpenState, Outcome, RunKind, RunPhase
from cactions.model.json_value import Value
from cactions.model.plan import Plan
from cactions.model.workspace import WorkspaceName

EntryState: TypeAlias = Outcome | OpenState


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


class RunHead(Struct, frozen=True):
    """What a run is, known before its first write.

    ``started`` is in Unix seconds, ``operator`` is ``user@host``, ``undoes`` names the run that
    an UNDO run takes back, ``retries`` the one whose entries get another attempt, ``source`` is
    empty for live calls, else the replayed file. ``people`` is how many were handed in; None where
    the run was kept by a version that did not count them.
    """

    id: str
    kind: RunKind
    action: str
    started: float
    operator: str
    workspace: WorkspaceName = WorkspaceName()
    environment: str = ""
    source: str = ""
    undoes: str = ""
    people: int | None = None
    retries: str = ""

    @property
    def is_local(self) -> bool:
        """Whether its people are in the local store, not at Intercom."""
        return self.workspace.is_local

    @property
    def lock_name(self) -> str:
        """What one run at a time has: its workspace and action."""
        return f"{self.workspace.key} {self.action}"


class RunEntry(Struct, frozen=True):
    """One person's plan in a run; no receipt means that its outcome was never recorded.

    A plan that is ``pending`` stands for a call that changes something at the third party and whose
    answer never came into the journal. ``undone_by`` names the run that has put the old values
    back. Of a person who was forgotten only the outcome is left: the plan is empty, and so is its
    person's id. ``number`` counts the entries of a stored run from 1. ``started``: a write may have
    been sent; otherwise the plan certainly was not written.
    """

    plan: Plan
    receipt: Receipt | None = None
    undone_by: str = ""
    number: int = 0
    started: bool = True

    @property
    def state(self) -> EntryState:
        """Its outcome, or what is known without one."""
        if self.receipt:
            return self.receipt.outcome
        if self.plan.pending:
            return OpenState.CALLING
        return OpenState.STARTED if self.started else OpenState.PLANNED

    @property
    def forgotten(self) -> bool:
        """Whether the person's traces were erased."""
        subject = self.plan.subject
        return not (subject.person_id or subject.label)  # a row without a person has a label

    @property
    def stands(self) -> bool:
        """Whether the person may still have a value of this entry."""
        is_open = self.receipt is None and self.started and not self.plan.pending
        applied = self.receipt is not None and self.receipt.outcome is Outcome.APPLIED
        return (is_open or applied) and not (self.undone_by or self.forgotten)


class RunCounts(Struct, frozen=True):
    """The entries of a run, counted; everyone is in ``outcomes`` or in one of the next four.

    ``waiting`` have no plan yet, ``planned`` one of which nothing was written, ``started`` one
    whose outcome was never recorded, ``calling`` a call whose answer was not. ``undone`` were taken
    back, and ``standing`` may still have a value of the run.
    """

    outcomes: Mapping[Outcome, int] = {}
    waiting: int = 0
    planned: int = 0
    started: int = 0
    calling: int = 0
    undone: int = 0
    standing: int = 0

    @classmethod
    def of(cls, entries: Iterable[RunEntry]) -> RunCounts:
        """Count each entry once."""
        outcomes: Counter[Outcome] = Counter()
        others: Counter[str] = Counter()
        for entry in entries:
            others["undone"] += bool(entry.undone_by)
            others["standing"] += entry.stands
            if entry.receipt:
                outcomes[entry.receipt.outcome] += 1
            elif entry.plan.pending:
                others["calling"] += 1
            else:
                others["started" if entry.started else "planned"] += 1
        return cls(outcomes, **others)

    @property
    def open(self) -> int:
        """The entries with a plan or a call and without an outcome."""
        return self.planned + self.started + self.calling

    @property
    def total(self) -> int:
        """All entries."""
        return sum(self.outcomes.values()) + self.waiting + self.open


@runtime_checkable
class IndexedEntries(Protocol):
    """Entries of which those in some states are found without reading the others."""

    def list_in(self, states: Collection[EntryState]) -> Iterator[RunEntry]:
        """The entries in these states, in order."""


class Run(Struct, frozen=True):
    """A run as the journal holds it. ``finished`` is False where it was cut off or is running.

    ``entries`` are in the order of their numbers; of a stored run they are read page by page,
    anew each time. ``authentic`` is False where there is a vault and the run is not sealed by it
    throughout, so that anyone who can write its file can have made it. ``running``: another process
    is writing it now.
    """

    head: RunHead
    entries: Collection[RunEntry] = ()
    finished: bool = False
    authentic: bool = True
    phase: RunPhase = RunPhase.RUNNING
    stored_counts: RunCounts | None = None
    running: bool = False

    @property
    def counts(self) -> RunCounts:
        """The entries, counted."""
        return self.stored_counts or RunCounts.of(self.entries)

    @property
    def people(self) -> int:
        """Everyone who was handed in."""
        return max(self.head.people or 0, self.counts.total)

    @property
    def leaves_something(self) -> bool:
        """Whether a person may still have a value of this run, so that it can be undone."""
        return self.head.kind is RunKind.APPLY and self.counts.standing > 0

    @property
    def not_started(self) -> int:
        """How many were handed in and have no plan in the journal: nothing was written to them."""
        counts = self.counts
        return self.people - counts.total + counts.waiting

    @property
    def open(self) -> Iterator[RunEntry]:
        """The entries whose outcome was never recorded."""
        return self.list_in(tuple(OpenState))

    def list_in(self, states: Collection[EntryState]) -> Iterator[RunEntry]:
        """The entries in these states, in order."""
        if isinstance(self.entries, IndexedEntries):
            return self.entries.list_in(states)
        return (entry for entry in self.entries if entry.state in states)
