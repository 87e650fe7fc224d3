"""The journal in memory; it fulfils the same contract as the real one (``test_contracts.py``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from cactions.logic.follow import Follow, follow_silently
from cactions.logic.people.lookup import is_any_key
from cactions.model import (
    DiskSpace,
    JobRow,
    Json,
    Outcome,
    PersonQuery,
    Plan,
    PlannedEntry,
    Receipt,
    Run,
    RunCounts,
    RunEntry,
    RunHead,
    RunKind,
    RunPhase,
    SentCall,
    StoreError,
    Subject,
    UsageError,
    Value,
)

PAGE: Final = 500


@dataclass
class HeldRun:
    """One run."""

    head: RunHead
    phase: RunPhase
    finished: bool = False
    summary: str = ""
    entries: dict[int, RunEntry] = field(default_factory=dict)
    rows: dict[int, JobRow] = field(default_factory=dict)
    marks: set[tuple[str, int]] = field(default_factory=set)
    evidence: dict[int, Json] = field(default_factory=dict)

    def read(self) -> Run:
        entries = tuple(self.list_entries())
        counts = replace(RunCounts.of(entries), waiting=len(self.rows))
        return Run(self.head, entries, self.finished, phase=self.phase, stored_counts=counts)

    def list_entries(self) -> list[RunEntry]:
        return [self.entries[number] for number in sorted(self.entries)]

    def get_entry(self, number: int, after: str = "") -> RunEntry:
        if number not in self.entries:
            raise UsageError(f"the run {self.head.id} has no entry {number}{after}")
        return self.entries[number]


class FakeJournal:
    """Runs in a dictionary."""

    def __init__(self) -> None:
        self._runs: dict[str, HeldRun] = {}
        self.unreadable: list[tuple[str, str]] = []
        self.space = DiskSpace("memory", 10**12)

    def create_run(self, head: RunHead, phase: RunPhase = RunPhase.RUNNING) -> None:
        if head.id in self._runs:
            raise UsageError(f"there is a run {head.id} already")
        self._runs[head.id] = HeldRun(head, phase)

    def reopen(self, run_id: str) -> Run:
        return self._exact(run_id).read()

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        run = self._exact(run_id)
        first = max([*run.entries, *run.rows], default=0) + 1
        numbers = range(first, first + len(plans))
        for number, plan in zip(numbers, plans, strict=True):
            run.entries[number] = RunEntry(plan, number=number)
        return numbers

    def get_disk_space(self) -> DiskSpace:
        """What a test sets."""
        return self.space

    def open_rows(self, run_id: str) -> FakeRows:
        return FakeRows(self._exact(run_id))

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        run = self._exact(run_id)
        found = run.get_entry(entry, " for this person")
        if not _is_about(found, plan.subject.person_id):
            raise UsageError(f"the run has no entry {entry} for this person")
        run.entries[entry] = replace(found, plan=plan, started=True)

    def start_entries(
        self, run_id: str, numbers: Iterable[int], outcomes: Iterable[tuple[int, Receipt]] = ()
    ) -> None:
        run = self._exact(run_id)
        settled = _settle(run, outcomes)
        for number in numbers:
            entry = settled.get(number) or run.get_entry(number, " to start")
            if entry.receipt or entry.plan.pending:
                raise UsageError(f"the run has no entry {number} to start")
            settled[number] = replace(entry, started=True)
        run.entries.update(settled)

    def record_outcomes(self, run_id: str, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        run = self._exact(run_id)
        run.entries.update(_settle(run, outcomes))

    def read_open(
        self, run_id: str, after: int, most: int = PAGE, *, started: bool
    ) -> list[RunEntry]:
        entries = [
            entry
            for entry in self._exact(run_id).list_entries()
            if entry.number > after and entry.receipt is None and entry.started is started
        ]
        return entries[:most]

    def read_range(self, run_id: str, first: int, last: int) -> list[RunEntry]:
        entries = self._exact(run_id).list_entries()
        return [entry for entry in entries if first <= entry.number <= last]

    def read_standing(self, run_id: str, after: int) -> list[RunEntry]:
        entries = self._exact(run_id).list_entries()
        return [entry for entry in entries if entry.number > after and entry.stands][:PAGE]

    def list_of_people(self, run_id: str, person_ids: Iterable[str]) -> list[RunEntry]:
        wanted = {*person_ids} - {""}
        entries = self._exact(run_id).list_entries()
        return [entry for entry in entries if entry.plan.subject.person_id in wanted]

    def finish(self, run_id: str) -> None:
        self._exact(run_id).finished = True

    def mark_undone(self, run_id: str, person_ids: Iterable[str], by_run: str) -> None:
        run = self._exact(run_id)
        marked: dict[int, RunEntry] = {}
        for person_id in person_ids:
            entries = self.list_of_people(run_id, [person_id])
            if not entries:
                raise UsageError(f"the run {run_id} has no entry for the person {person_id}")
            marked |= {entry.number: replace(entry, undone_by=by_run) for entry in entries}
        run.entries.update(marked)

    def read(self, run_id: str) -> Run:
        fitting = [each for each in self._runs if each.startswith(run_id)]
        exact = run_id in self._runs or len(fitting) != 1
        return self._exact(run_id if exact else fitting[0]).read()

    def list_recent(self, since: float) -> list[RunHead]:
        runs = self._list_all()
        return [run.head for run in runs if run.head.started >= since or not run.finished]

    def list_runs(self) -> Iterator[Run]:
        for run_id, why in self.unreadable:
            raise StoreError(f"the run {run_id} cannot be read: {why}")
        return self._list_all()

    def _list_all(self) -> Iterator[Run]:
        return (run.read() for run in [*self._runs.values()][::-1])

    def list_damaged(self) -> list[tuple[str, str]]:
        """Those that a test sets; nothing in memory is damaged."""
        return self.unreadable

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        last: dict[str, Value] = {}
        for run in self._list_all():
            entries = [*run.entries] if run.head.kind is RunKind.APPLY else []
            for entry in reversed(entries):
                if _is_about(entry, person_id) and _is_applied(entry):
                    for change in entry.plan.effective:
                        last.setdefault(change.attribute, change.after)
        return last

    def list_last_applied(self, person_ids: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        found = {person_id: self.get_last_applied(person_id) for person_id in person_ids}
        return {person_id: values for person_id, values in found.items() if values}

    def discard(self, run_id: str) -> None:
        self._exact(run_id)
        del self._runs[run_id]

    def forget(
        self,
        person_id: str,
        keys: Collection[PersonQuery] = (),
        follow: Follow = follow_silently,
    ) -> int:
        total = 0
        for run in follow(self._runs.values(), "Erasing", "runs"):
            found = self.list_of_people(run.head.id, [person_id])
            found += [e for e in run.list_entries() if _is_row_of(e, keys)]
            run.entries.update({entry.number: _bare(entry) for entry in found})
            for entry in found:
                run.evidence.pop(entry.number, None)
            run.summary = "" if found else run.summary
            total += len(found)
        return total

    def _exact(self, run_id: str) -> HeldRun:
        if run_id not in self._runs:
            raise UsageError(f"there is no run {run_id}")
        return self._runs[run_id]


class FakeRows:
    """The rows of a run that is being planned."""

    def __init__(self, run: HeldRun) -> None:
        self._run = run

    def add(self, rows: Sequence[tuple[int, JobRow]], settled: Iterable[PlannedEntry]) -> None:
        self._run.rows.update(rows)
        for entry in settled:
            self._put(entry)

    def read_waiting(self, after: int, most: int = PAGE) -> list[tuple[int, JobRow]]:
        rows = [(number, row) for number, row in sorted(self._run.rows.items()) if number > after]
        return rows[:most]

    def place(self, entries: Iterable[PlannedEntry], *, durable: bool = False) -> None:
        for entry in entries:
            self._run.rows.pop(entry.number, None)
            self._put(entry)
            self.mark((text, entry.number) for text in entry.marks)
            if entry.evidence is not None:
                self._run.evidence[entry.number] = entry.evidence

    def list_evidence(self) -> Iterator[tuple[int, Json]]:
        yield from sorted(self._run.evidence.items())

    def put_back(self, rows: Iterable[tuple[int, JobRow]]) -> None:
        for number, row in rows:
            entry = self._run.entries.get(number)
            if entry and entry.receipt is None and entry.plan.pending:
                del self._run.entries[number]
                self._run.rows[number] = row

    def mark(self, marks: Iterable[tuple[str, int]]) -> None:
        self._run.marks.update(marks)

    def hold(self, held: Iterable[tuple[int, str]]) -> list[tuple[PlannedEntry, str]]:
        found = []
        for number, why in dict(held).items():
            entry = self._run.entries.get(number)
            if entry and entry.receipt is None and not entry.started:
                receipt = Receipt(entry.plan.subject.person_id, Outcome.HELD, why)
                self._run.entries[number] = replace(entry, receipt=receipt, started=True)
                found.append((PlannedEntry(number, entry.plan), why))
        return found

    def list_repeated(self, kind: str) -> list[list[int]]:
        numbers: dict[str, list[int]] = defaultdict(list)
        for text, number in sorted(self._run.marks):
            if text.startswith(f"{kind}:") and text != f"{kind}:":
                numbers[text].append(number)
        return [each for each in numbers.values() if len(each) > 1]

    def advance(self, phase: RunPhase, summary: str) -> None:
        self._run.marks.clear()
        self._run.evidence.clear()
        self._run.phase, self._run.summary = phase, summary

    def read_summary(self) -> str:
        return self._run.summary

    def _put(self, entry: PlannedEntry) -> None:
        started = entry.receipt is not None or entry.plan.pending
        stored = RunEntry(entry.plan, entry.receipt, "", entry.number, started)
        self._run.entries[entry.number] = stored


def _settle(run: HeldRun, outcomes: Iterable[tuple[int, Receipt]]) -> dict[int, RunEntry]:
    return {
        number: replace(run.get_entry(number), receipt=receipt, started=True)
        for number, receipt in outcomes
    }


def _is_about(entry: RunEntry, person_id: str) -> bool:
    return entry.plan.subject.person_id == person_id


def _is_row_of(entry: RunEntry, keys: Collection[PersonQuery]) -> bool:
    subject = entry.plan.subject
    return not subject.person_id and is_any_key(subject.matched, keys)


def _is_applied(entry: RunEntry) -> bool:
    applied = entry.receipt is not None and entry.receipt.outcome is Outcome.APPLIED
    return applied and not entry.undone_by


def _bare(entry: RunEntry) -> RunEntry:
    forgotten = Plan("", Subject("", PersonQuery("id", "")), SentCall(""))
    outcome = entry.receipt and Receipt("", entry.receipt.outcome)
    return replace(entry, plan=forgotten, receipt=outcome)
