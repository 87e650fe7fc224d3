"""Plans the rows of a run that wait, page by page, and judges what their calls have shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from random import SystemRandom
from sys import maxsize
from typing import Final, TypeAlias

from cactions.app.find_people import Found, PeopleFinder
from cactions.app.page_values import read_page_values
from cactions.app.planned_entries import (
    build_entry,
    choose_call_key,
    hold_entry,
    join_evidence,
    list_pending_entries,
    strip_entry,
)
from cactions.app.planning_task import Planned, PlanningStopped, PlanningTask, explain_trip
from cactions.app.propose import Job, plan_and_keep_response, plan_response
from cactions.app.repeated_entries import list_repeated_holds
from cactions.app.workers import Workers, open_pool, split_windows
from cactions.logic.bulk.breakers import Breakers, Verdict
from cactions.logic.bulk.evidence import (
    CallEvidence,
    ResponseEvidence,
    describe_call,
    gather_evidence,
)
from cactions.logic.bulk.probe import build_probe_person, judge_probe
from cactions.logic.bulk_summary import SummaryBuilder
from cactions.model import (
    JobRow,
    Person,
    Plan,
    PlanFailure,
    PlannedEntry,
    RunEntry,
    RunPart,
    StoreError,
    Trip,
)

PAGE: Final = 500
"""Rows that are read and planned together."""

PAGE_OF_WRITES: Final = 32
"""The same where calls change something: what was read of a person should not be old by then."""

GROUP: Final = 4
"""So many calls that change something are durable together, before they are begun."""

_LOOKS_WRONG: Final = "its response looks like that of another person"

Answered: TypeAlias = tuple["Plan | PlanFailure", "ResponseEvidence | None"]


class RowPlanner:
    """Plans the rows that wait, page by page; those of a ``part`` only, where one is given."""

    def __init__(
        self, planning: PlanningTask, summary: SummaryBuilder, part: RunPart | None = None
    ) -> None:
        self._planning, self._summary = planning, summary
        self._first, self._last = (part.first, part.last) if part else (1, maxsize)
        self._rows = planning.stores.journal.open_rows(planning.head.id)
        self._context = planning.context
        self._breakers = Breakers(planning.action)
        self._answered: list[PlannedEntry] = []
        self._pending: list[Found] = []
        self._held: list[tuple[int, str]] = []
        self._stop: Trip | None = None
        self._calls = 0
        self._counts: Counter[str] = Counter()
        self._total = (
            part.last - part.first + 1
            if part
            else planning.stores.journal.read(planning.head.id).counts.total
        )

    def take_earlier(self, entries: Iterable[RunEntry]) -> None:
        """Count and judge what was planned before the planning was cut off, as it was then."""
        for entry, shown in join_evidence(entries, self._rows.list_evidence()):
            self._summary.add(PlannedEntry(entry.number, entry.plan, entry.receipt))
            if shown is None:
                continue
            self._calls += 1
            verdict = self._judge(entry.number, shown, entry.plan if not shown.failure else None)
            if verdict.stop:
                self._stop = self._stop or verdict.stop
            if verdict.hold:
                self._held.append((entry.number, verdict.hold))

    def _judge(self, number: int, shown: CallEvidence, plan: Plan | None) -> Verdict:
        verdict = self._breakers.observe_call(number, shown, plan)
        self._held += ((other, verdict.hold or _LOOKS_WRONG) for other in verdict.also)
        return verdict

    def plan(self) -> Planned:
        self.plan_rows()
        self._hold()
        return Planned(self._summary, self._breakers.check_totals(), self._calls)

    def plan_rows(self) -> Mapping[str, int]:
        """Plan those who wait; how many got a plan, or an outcome without one."""
        planning, threads = self._planning, self._planning.stores.threads
        if self._stop:
            raise PlanningStopped(self._stop)
        with open_pool(threads) as pool:
            workers = Workers(self._work, pool, threads * (1 if planning.writes else 2))
            people, fresh = planning.context.people, planning.basis.fresh
            finder = PeopleFinder(people, fresh=fresh, pool=pool, most=2 * threads)
            try:
                for found in self._find_pages(finder):
                    self._plan_page(found, workers)
            except BaseException:
                self._keep_answers(workers)
                raise
        return self._counts

    def _find_pages(self, finder: PeopleFinder) -> Iterator[list[Found]]:
        """The people of each page; what has been written to them before is known then."""
        planning, last, probes = self._planning, self._first - 1, self._planning.probes
        size = PAGE_OF_WRITES if planning.writes else PAGE
        while page := self._read_waiting(last, size):
            found = self._find_people(page, finder)
            people = [person.id for _, _, person in found]
            self._context = read_page_values(planning.context, people)
            if probes and found:
                self._probe(*found[0][1:])
                probes = False
            yield found
            last = page[-1][0]

    def _read_waiting(self, after: int, most: int) -> list[tuple[int, JobRow]]:
        page = self._rows.read_waiting(after, most)
        return [(number, row) for number, row in page if number <= self._last]

    def _find_people(self, page: Iterable[tuple[int, JobRow]], finder: PeopleFinder) -> list[Found]:
        """The person of each row; rows that not exactly one matches are settled."""
        action = self._planning.action
        found, unfound = finder.find(
            (number, Job(action, row.query, row.inputs, row.premises, row.key))
            for number, row in page
        )
        self._answered += unfound
        return found

    def _probe(self, job: Job, person: Person) -> None:
        """Ask for a person whom no one can know. Raises PlanningStopped where one comes back."""
        unknown = build_probe_person(person, job.action, SystemRandom())
        if trip := judge_probe(plan_response(job, unknown, self._planning.context)):
            raise PlanningStopped(trip)

    def _plan_page(self, found: list[Found], workers: Workers[Found, Answered]) -> None:
        for group in split_windows(found, GROUP if self._planning.writes else PAGE):
            if self._planning.writes:
                self._pending = group[::-1]
                self._place(list_pending_entries(self._planning.head, group))
            for value in group:
                if self._planning.writes:
                    self._pending.pop()
                self._settle_all(workers.put(value))
        self._settle_all(workers.end())
        self._place()

    def _settle_all(self, answers: Iterable[tuple[Found, Answered]]) -> None:
        for found, answered in answers:
            self._answered.append(self._settle(found, answered))
            if self._stop:
                raise PlanningStopped(self._stop)

    def _keep_answers(self, workers: Workers[Found, Answered]) -> None:
        """End what is under way and keep each answer; a call that was not begun can be made later.

        Only a call that does not end stays pending.
        """
        under_way, cancelled = workers.abandon()
        for found, answered in under_way:
            if isinstance(answered, tuple):
                self._answered.append(self._settle(found, answered))
        with suppress(StoreError):
            self._place()
        with suppress(StoreError):
            self._rows.put_back(
                (number, JobRow(number, job.query, job.inputs, job.premises, job.key))
                for number, job, _ in (*cancelled, *self._pending)
            )

    def _place(self, pending: Iterable[PlannedEntry] = ()) -> None:
        """Store answers, and the calls that are made now; with such, durable on return."""
        begun, answered = [*pending], self._answered
        self._rows.place([*map(strip_entry, answered), *begun], durable=bool(begun))
        for entry in answered:
            self._summary.add(entry)
            self._counts[entry.receipt.outcome.value if entry.receipt else "planned"] += 1
        answered.clear()
        self._planning.on_progress(self._counts.total(), self._total, self._counts)

    def _work(self, found: Found) -> Answered:
        number, job, person = found
        key = choose_call_key(self._planning.head, number, job) if self._planning.writes else ""
        result, response = plan_and_keep_response(job, person, self._context, key)
        return result, gather_evidence(job.action, person, response) if response else None

    def _settle(self, found: Found, answered: Answered) -> PlannedEntry:
        number, job, _ = found
        result, evidence = answered
        self._calls += 1
        shown = describe_call(evidence, result)
        verdict = self._judge(number, shown, result if isinstance(result, Plan) else None)
        if verdict.stop:
            self._stop = self._stop or explain_trip(verdict.stop, result)
        entry = build_entry(number, job, result, shown)
        if (verdict.hold or verdict.stop) and entry.receipt is None:
            return hold_entry(entry, verdict.hold or _LOOKS_WRONG)
        return entry

    def _hold(self) -> None:
        """Hold those who look wrong, or share what should be one person's alone."""
        self._held += list_repeated_holds(self._rows, self._breakers)
        for entry, why in self._rows.hold(self._held):
            self._summary.remove(entry)
            self._summary.add(hold_entry(entry, why))
