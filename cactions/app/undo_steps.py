"""What undoing a run would write to each person, what it leaves alone, and what it has undone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.commit import WINDOW, RunStores
from cactions.app.ports import People
from cactions.app.workers import Workers, open_pool
from cactions.logic.plan.undo_plan import invert_plan, plan_undo
from cactions.logic.project.stored_run import find_misfit, redact_entries
from cactions.model import (
    Conflict,
    Outcome,
    Plan,
    Project,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    UsageError,
)


class UndoStep(Struct, frozen=True):
    """How the changes of a run to one person are undone.

    ``plan`` has the attributes that are still as the run left them, ``conflicts`` those that were
    changed since; these are left alone. ``gone`` says why nothing can be written: the person no
    longer exists, or the attribute cannot hold an old value.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...] = ()
    gone: str = ""


def list_undo_steps(done: Run, stores: RunStores) -> Iterator[UndoStep]:
    """Build a step for each entry that may have left something, while they are asked for."""

    def build(entry: RunEntry) -> UndoStep:
        return _build_step(entry.plan, stores.people, stores.project)

    with open_pool(stores.threads) as pool:
        workers = Workers(build, pool, 2 * stores.threads)
        for entry in redact_entries(_list_standing(done, stores), stores.project):
            yield from (step for _, step in workers.put(entry))
        yield from (step for _, step in workers.end())


def _list_standing(done: Run, stores: RunStores) -> Iterator[RunEntry]:
    last = 0
    while page := stores.journal.read_standing(done.head.id, last):
        yield from (entry for entry in page if entry.stands)
        last = page[-1].number


def _build_step(plan: Plan, people: People, project: Project | None) -> UndoStep:
    try:
        undo_plan, conflicts = plan_undo(plan, people.get(plan.subject.person_id))
    except UsageError as error:
        return UndoStep(replace(invert_plan(plan), changes=()), gone=str(error))
    if why := find_misfit(undo_plan, project):
        return UndoStep(replace(undo_plan, changes=()), conflicts, why)
    return UndoStep(undo_plan, conflicts)


def build_undo_receipt(step: UndoStep, written: Receipt | None = None) -> Receipt:
    """The receipt of a step; ``written`` is that of its write, where there was one."""
    if written:
        return replace(written, conflicts=written.conflicts + step.conflicts)
    outcome = Outcome.CONFLICT if step.conflicts else Outcome.UNCHANGED
    outcome = Outcome.FAILED if step.gone else outcome
    return Receipt(step.plan.subject.person_id, outcome, step.gone, step.conflicts)


def take_idle_steps(
    begun: deque[tuple[int, UndoStep]], before: int
) -> Iterator[tuple[UndoStep, Receipt]]:
    """The steps before an entry that had nothing to write; those that stay open are left out."""
    while begun and (not before or begun[0][0] != before):
        number, step = begun.popleft()
        if not number:
            yield step, build_undo_receipt(step)


class UndoMarks:
    """Marks the people in the run that ``head`` undoes whose changes are reverted completely.

    A person with only a part reverted is not marked: the other changes can be undone later.
    Does nothing if there is no such run. Marks are written for many people at once.
    """

    def __init__(self, head: RunHead, stores: RunStores) -> None:
        self._head, self._stores = head, stores
        self._reverted: dict[str, frozenset[str]] = {}

    def add(self, entry: RunEntry, receipt: Receipt | None) -> None:
        """Note what an entry of the undo has restored. Raises StoreError."""
        if self._head.kind is not RunKind.UNDO or receipt is None or entry.forgotten:
            return
        if receipt.outcome is Outcome.APPLIED:
            attributes = frozenset(change.attribute for change in entry.plan.effective)
            self._reverted[entry.plan.subject.person_id] = attributes
        if len(self._reverted) >= WINDOW:
            self.flush()

    def flush(self) -> None:
        """Mark the people of the undo so far. Raises StoreError."""
        reverted, self._reverted = self._reverted, {}
        if not reverted:
            return
        with suppress(UsageError):  # the run was deleted meanwhile
            entries = self._stores.journal.list_of_people(self._head.undoes, reverted)
            whole = dict.fromkeys((entry.plan.subject.person_id for entry in entries), True)
            for entry in entries:
                person_id = entry.plan.subject.person_id
                whole[person_id] &= bool(entry.undone_by) or self._is_reverted(entry.plan, reverted)
            done = [person_id for person_id, is_whole in whole.items() if is_whole]
            if done:
                self._stores.journal.mark_undone(self._head.undoes, done, self._head.id)

    def _is_reverted(self, plan: Plan, reverted: Mapping[str, frozenset[str]]) -> bool:
        """Whether nothing of the plan is left: by what was restored, else by reading the person."""
        person_id = plan.subject.person_id
        if all(change.attribute in reverted[person_id] for change in plan.effective):
            return True
        try:
            undo_plan, conflicts = plan_undo(plan, self._stores.people.get(person_id))
        except UsageError:  # the person is gone
            return False
        return not (undo_plan.effective or conflicts)
