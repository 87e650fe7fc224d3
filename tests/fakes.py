"""In-memory ports for tests of use cases. They fulfil the same contracts as the real ones.

The contracts are in ``tests/edges/test_contracts.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from msgspec.structs import replace

from cactions.logic.people.lookup import (
    build_lookup_key,
    check_field,
    list_lookup_keys,
    require_one_person,
)
from cactions.logic.plan.compare_and_set import commit_plan, is_unchanged
from cactions.model import (
    FailureReason,
    Outcome,
    Person,
    PersonQuery,
    Plan,
    PlanningError,
    Receipt,
    Request,
    Response,
    Run,
    RunAborted,
    RunEntry,
    RunHead,
    RunKind,
    SentCall,
    Subject,
    UsageError,
    Value,
)


class FakePeople:
    """People in a list."""

    def __init__(self, *people: Person) -> None:
        self.everybody = list(people)

    def find(self, query: PersonQuery) -> Person:
        check_field(query)
        key = build_lookup_key(query.field, query.value)
        fitting = [
            each for each in self.everybody if key and list_lookup_keys(each)[query.field] == key
        ]
        return require_one_person(query, fitting, self._near(query.field))

    def get(self, person_id: str) -> Person:
        return self.find(PersonQuery("id", person_id))

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterator[tuple[PersonQuery, Person | UsageError]]:
        for query in queries:
            try:
                yield query, self.find(query)
            except UsageError as error:
                yield query, error

    def commit(self, plan: Plan) -> Receipt:
        if idle := is_unchanged(plan):
            return idle
        before = self.get(plan.subject.person_id)
        after, receipt = commit_plan(plan, before)
        if after:
            self.everybody[self.everybody.index(before)] = after
        return receipt

    def _near(self, name: str) -> Iterator[str]:
        keys = (list_lookup_keys(each)[name] for each in self.everybody)
        return (key for key in keys if key and name != "email")


class FakeJournal:
    """Runs in a dictionary."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}
        self.unreadable: list[tuple[str, str]] = []

    def create_run(self, head: RunHead) -> None:
        if head.id in self._runs:
            raise UsageError(f"there is a run {head.id} already")
        self._runs[head.id] = Run(head)

    def reopen(self, run_id: str) -> Run:
        return self._exact(run_id)

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        run = self._exact(run_id)
        self._runs[run_id] = replace(run, entries=(*run.entries, *map(RunEntry, plans)))
        return range(len(run.entries) + 1, len(run.entries) + 1 + len(plans))

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        entries = [*self._exact(run_id).entries]
        fits = 1 <= entry <= len(entries) and _is_about(entries[entry - 1], plan.subject.person_id)
        if not fits:
            raise UsageError(f"the run has no entry {entry} for this person")
        entries[entry - 1] = replace(entries[entry - 1], plan=plan)
        self._runs[run_id] = replace(self._runs[run_id], entries=tuple(entries))

    def record_outcome(self, run_id: str, entry: int, receipt: Receipt) -> None:
        entries = [*self._exact(run_id).entries]
        if not 1 <= entry <= len(entries):
            raise UsageError(f"the run {run_id} has no entry {entry}")
        entries[entry - 1] = replace(entries[entry - 1], receipt=receipt)
        self._runs[run_id] = replace(self._runs[run_id], entries=tuple(entries))

    def finish(self, run_id: str) -> None:
        self._runs[run_id] = replace(self._exact(run_id), finished=True)

    def mark_undone(self, run_id: str, person_id: str, by_run: str) -> None:
        run = self._exact(run_id)
        if person_id not in {entry.plan.subject.person_id for entry in run.entries}:
            raise UsageError(f"the run {run_id} has no entry for the person {person_id}")
        entries = (
            replace(entry, undone_by=by_run) if _is_about(entry, person_id) else entry
            for entry in run.entries
        )
        self._runs[run_id] = replace(run, entries=tuple(entries))

    def read(self, run_id: str) -> Run:
        fitting = [each for each in self._runs if each.startswith(run_id)]
        if run_id in self._runs or len(fitting) != 1:
            return self._exact(run_id)
        return self._runs[fitting[0]]

    def list_runs(self) -> Iterator[Run]:
        order = sorted(
            self._runs.values(), key=lambda run: (run.head.started, run.head.id), reverse=True
        )
        return iter(order)

    def list_damaged(self) -> list[tuple[str, str]]:
        """Those that a test sets; nothing in memory is damaged."""
        return self.unreadable

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        last: dict[str, Value] = {}
        for run in self.list_runs():
            for entry in reversed(run.entries if run.head.kind is RunKind.APPLY else ()):
                if _is_about(entry, person_id) and _is_applied(entry):
                    for change in entry.plan.effective:
                        last.setdefault(change.attribute, change.after)
        return last

    def discard(self, run_id: str) -> None:
        self._exact(run_id)
        del self._runs[run_id]

    def forget(self, person_id: str) -> int:
        number = 0
        for run in self._runs.values():
            number += sum(_is_about(entry, person_id) for entry in run.entries)
            entries = (_bare(e) if _is_about(e, person_id) else e for e in run.entries)
            self._runs[run.head.id] = replace(run, entries=tuple(entries))
        return number

    def _exact(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise UsageError(f"there is no run {run_id}")
        return self._runs[run_id]


def _is_about(entry: RunEntry, person_id: str) -> bool:
    return entry.plan.subject.person_id == person_id


def _is_applied(entry: RunEntry) -> bool:
    applied = entry.receipt is not None and entry.receipt.outcome is Outcome.APPLIED
    return applied and not entry.undone_by


def _bare(entry: RunEntry) -> RunEntry:
    forgotten = Plan("", Subject("", PersonQuery("id", "")), SentCall(""))
    outcome = entry.receipt and Receipt("", entry.receipt.outcome)
    return RunEntry(forgotten, outcome, entry.undone_by)


class FakeRunLock:
    """Locks within one process."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, str]] = set()

    @contextmanager
    def hold(self, head: RunHead) -> Iterator[None]:
        turn = (head.workspace, head.action)
        if turn in self.taken:
            raise RunAborted(f"{head.action} is being run", hint="Let it end.")
        self.taken.add(turn)
        try:
            yield
        finally:
            self.taken.remove(turn)


class FakeSender:
    """Answers by request line (``GET https://…``), each any number of times."""

    def __init__(self, answers: Mapping[str, Response], source: str = "") -> None:
        self.source = source
        self.sent: list[Request] = []
        self._answers = answers

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        if request.line not in self._answers:
            raise PlanningError(FailureReason.NOT_RECORDED, f"no answer to {request.line}")
        return self._answers[request.line]


@dataclass
class FakeClock:
    """A clock that advances only when a test says so."""

    seconds: float = 1_700_000_000.0

    def get_time(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
