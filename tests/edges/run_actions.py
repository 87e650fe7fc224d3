"""What the journal, and what locks, do that must survive a power cut; as ``store_actions``."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from cactions import model
from cactions.app.apply import apply_to_people
from cactions.app.commit import RunStores
from cactions.app.plan_people import plan_people
from cactions.app.planning_task import PlanningTask
from cactions.app.propose import Job, PlanContext
from cactions.app.write_calls import call_once
from cactions.edges.files.atomic_write import PRIVATE
from cactions.edges.files.drafts import create_draft, delete_drafts
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.edges.store.run_lock import FileRunLock
from cactions.edges.store.sqlite_files import delete_draft_databases
from cactions.edges.store.taken_plans import drop_old_marks, mark_taken
from cactions.logic.request.call import CallSpec
from cactions.model import (
    ActionRequest,
    Effect,
    FailureReason,
    JobRow,
    Outcome,
    PersonQuery,
    Plan,
    PlanBasis,
    PlannedEntry,
    PlanningError,
    Receipt,
    Request,
    Response,
    RunPhase,
    SentCall,
    Template,
)
from tests.app.crowd import crowd, head, plans
from tests.builders import a_plan, about_ada, action, change, mapping, person
from tests.edges.file_calls import FileCalls
from tests.edges.store_actions import TOLD, open_people

RUN: Final = "run-1"
APPLIED: Final = Receipt("p00", Outcome.APPLIED)
REFUND: Final = replace(
    action(mapping()),
    name="refund",
    request=ActionRequest(
        "post", Template(("https://api.shop.example/refunds",)), effect=Effect.WRITE
    ),
)
JOB: Final = Job(REFUND, PersonQuery("user_id", "u-1"), {})


# The journal


@contextmanager
def _open_journal(folder: Path, phase: RunPhase = RunPhase.RUNNING) -> Iterator[LocalJournal]:
    with closing(LocalJournal(folder / "state")) as journal:
        journal.create_run(head(), phase)
        yield journal


def _do_in_run(
    folder: Path,
    calls: FileCalls,
    run: Callable[[LocalJournal], object],
    *,
    before: Callable[[LocalJournal], object] = lambda _: None,
    phase: RunPhase = RunPhase.RUNNING,
) -> None:
    with _open_journal(folder, phase) as journal:
        journal.record_plans(RUN, [*plans(2), _build_pending()])
        before(journal)
        with calls.note(folder):
            run(journal)
            calls.mark(TOLD)


def _build_pending() -> Plan:
    return replace(a_plan(), call=SentCall("POST /", key="k"))


def do_run_begin(folder: Path, calls: FileCalls) -> None:
    with closing(LocalJournal(folder / "state")) as journal:
        journal._runs.make()
        with calls.note(folder):
            journal.create_run(head())
            calls.mark(TOLD)


def do_run_plans(folder: Path, calls: FileCalls) -> None:
    _do_in_run(folder, calls, lambda journal: journal.record_plans(RUN, plans(1)))


def do_run_answered(folder: Path, calls: FileCalls) -> None:
    plan = a_plan(change("silver", "gold"))
    _do_in_run(folder, calls, lambda journal: journal.replace_pending_plan(RUN, 3, plan))


def do_run_started(folder: Path, calls: FileCalls) -> None:
    _do_in_run(folder, calls, lambda journal: journal.start_entries(RUN, [1], [(2, APPLIED)]))


def do_run_outcomes(folder: Path, calls: FileCalls) -> None:
    _do_in_run(folder, calls, lambda journal: journal.record_outcomes(RUN, [(1, APPLIED)]))


def do_run_finish(folder: Path, calls: FileCalls) -> None:
    def settle(journal: LocalJournal) -> None:
        rows = journal.open_rows(RUN)
        rows.mark((f"key:{'k' * 99}{number}", number) for number in range(500))
        rows.advance(RunPhase.RUNNING, "")  # leaves free pages
        journal.record_outcomes(RUN, [(1, APPLIED)])

    _do_in_run(folder, calls, lambda journal: journal.finish(RUN), before=settle)


def do_run_undone(folder: Path, calls: FileCalls) -> None:
    _do_in_run(folder, calls, lambda journal: journal.mark_undone(RUN, ["p00"], "undo-1"))


def do_run_reopen(folder: Path, calls: FileCalls) -> None:
    """Another process has written the last outcomes, and they are not durable."""

    def settle(journal: LocalJournal) -> None:
        journal.record_outcomes(RUN, [(1, APPLIED)])

    _do_in_run(folder, calls, lambda journal: journal.reopen(RUN), before=settle)


def do_run_after_settling(folder: Path, calls: FileCalls) -> None:
    """Settled after a transaction that was not durable; the next one is."""

    def settle(journal: LocalJournal) -> None:
        journal.record_outcomes(RUN, [(1, APPLIED)])
        journal.reopen(RUN)

    _do_in_run(folder, calls, lambda journal: journal.record_plans(RUN, plans(1)), before=settle)


def do_run_forget(folder: Path, calls: FileCalls) -> None:
    _do_in_run(folder, calls, lambda journal: journal.forget("p00"))


def do_run_discard(folder: Path, calls: FileCalls) -> None:
    """While another process has it open, and has written last."""
    with _open_journal(folder) as other, closing(LocalJournal(folder / "state")) as journal:
        other.record_plans(RUN, plans(2))
        other.record_outcomes(RUN, [(1, APPLIED)])
        with calls.note(folder):
            journal.discard(RUN)
            calls.mark(TOLD)


# Planning many people


def _plan_rows(folder: Path, calls: FileCalls, run: Callable[[LocalJournal], object]) -> None:
    with _open_journal(folder, RunPhase.PLANNING) as journal:
        rows = journal.open_rows(RUN)
        rows.add([(n, JobRow(n, PersonQuery("user_id", f"u-{n}"))) for n in (1, 2, 3)], ())
        rows.place([PlannedEntry(1, plans(1)[0])])
        with calls.note(folder):
            run(journal)
            calls.mark(TOLD)


def do_rows_calling(folder: Path, calls: FileCalls) -> None:
    entry = PlannedEntry(2, _build_pending())
    _plan_rows(folder, calls, lambda journal: journal.open_rows(RUN).place([entry], durable=True))


def do_rows_planned(folder: Path, calls: FileCalls) -> None:
    entry = PlannedEntry(2, plans(2)[1])
    _plan_rows(folder, calls, lambda journal: journal.open_rows(RUN).place([entry]))


def do_rows_advance(folder: Path, calls: FileCalls) -> None:
    _plan_rows(
        folder, calls, lambda journal: journal.open_rows(RUN).advance(RunPhase.PLANNED, "all")
    )


def do_rows_put_back(folder: Path, calls: FileCalls) -> None:
    row = JobRow(1, PersonQuery("user_id", "u-1"))

    def put_back(journal: LocalJournal) -> None:
        rows = journal.open_rows(RUN)
        rows.place([PlannedEntry(1, _build_pending())])
        rows.put_back([(1, row)])

    _plan_rows(folder, calls, put_back)


# Saved plans, and what is kept of them


def _save_plan(folder: Path, journal: LocalJournal) -> Path:
    journal.open_rows(RUN).advance(RunPhase.PLANNED, "")
    journal.save_plan(RUN, folder / "plan")
    return folder / "plan"


def do_plan_save(folder: Path, calls: FileCalls) -> None:
    with _open_journal(folder, RunPhase.PLANNING) as journal, calls.note(folder):
        _save_plan(folder, journal)
        calls.mark(TOLD)


def do_plan_take(folder: Path, calls: FileCalls) -> None:
    with _open_journal(folder, RunPhase.PLANNING) as journal:
        saved = _save_plan(folder, journal)
        journal.discard(RUN)
        with calls.note(folder):
            journal.take_plan(saved)
            calls.mark(TOLD)


def do_plan_taken_mark(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        mark_taken(folder, RUN)
        calls.mark(TOLD)


def do_plan_discard(folder: Path, calls: FileCalls) -> None:
    """Of a run that was carried out just now, a mark is left."""
    with closing(LocalJournal(folder / "state")) as journal:
        journal.create_run(replace(head(), started=time.time()))
        with calls.note(folder):
            journal.discard(RUN)
            calls.mark(TOLD)


def do_plan_old_marks(folder: Path, calls: FileCalls) -> None:
    mark_taken(folder, RUN)
    os.utime(folder / f"{RUN}.taken", (1, 1))
    with calls.note(folder):
        drop_old_marks(folder)
        calls.mark(TOLD)


# Locks, and what is left of processes that were killed


def do_vault_change(folder: Path, calls: FileCalls) -> None:
    """Until its lock has ended."""
    with calls.note(folder):
        with LocalVaultFile(folder / "vault").lock_for_change() as changed:
            changed.write(b"new")
        calls.mark(TOLD)


def do_drafts_left(folder: Path, calls: FileCalls) -> None:
    _delete_left(
        folder, calls, lambda place: delete_drafts(place, r"\.cactions-", ".tmp"), suffix=".tmp"
    )


def do_databases_left(folder: Path, calls: FileCalls) -> None:
    _delete_left(folder, calls, delete_draft_databases)


def _delete_left(
    folder: Path, calls: FileCalls, delete: Callable[[Path], None], suffix: str = ""
) -> None:
    """The lock of one draft has ended with its process; another one has its lock."""
    handles = {}
    for name in ("killed", "living"):
        (folder / name).mkdir()
        path, handles[name] = create_draft(folder / name, ".cactions-", suffix, PRIVATE)
        path.with_name(f"{path.name}-wal").touch()
    os.close(handles["killed"])
    with calls.note(folder):
        for name in handles:
            delete(folder / name)
        calls.mark(TOLD)
    os.close(handles["living"])


# The index


def do_index(folder: Path, calls: FileCalls) -> None:
    with closing(LocalJournal(folder / "state")) as journal:
        for number in range(9):
            journal.create_run(head(f"run-{number}"))
            os.utime(folder / "state" / "runs" / f"run-{number}.db", (1, 1))
        with calls.note(folder):
            journal.get_last_applied("p00")
            calls.mark("built")
            journal.drop_index()
            calls.mark(TOLD)


# A whole run


class _MarkedPeople:
    """The local workspace; the first write of a person is marked."""

    def __init__(self, people: LocalPeopleStore, calls: FileCalls) -> None:
        self._people, self._calls = people, calls

    def __getattr__(self, name: str) -> object:
        if name == "open_batch":
            self._calls.mark("people are written")
        return getattr(self._people, name)


def do_apply(folder: Path, calls: FileCalls) -> None:
    state = folder / "state"
    with open_people(folder) as people, closing(LocalJournal(state)) as journal:
        people.import_people(crowd(3))
        marked = _MarkedPeople(people, calls)
        stores = RunStores(marked, journal, FileRunLock(state))  # type: ignore[arg-type]
        with calls.note(folder):
            for _ in apply_to_people(head(people=3), plans(3), stores):
                pass
            calls.mark(TOLD)


# Requests that change something at the service


class _MarkedCaller:
    """The service, which answers or fails; each request is marked."""

    source = ""

    def __init__(self, calls: FileCalls, answer: Response | PlanningError) -> None:
        self._calls, self._answer = calls, answer

    def prepare(self, action: model.Action) -> None:
        """Nothing is needed."""

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        self._calls.mark("the request leaves")
        if isinstance(self._answer, PlanningError):
            raise self._answer
        return self._answer


def _request(folder: Path, calls: FileCalls, answer: Response | PlanningError, **how: bool) -> None:
    state = folder / "state"
    caller = _MarkedCaller(calls, answer)
    with open_people(folder) as people, closing(LocalJournal(state)) as journal:
        people.import_people([person(tier="silver")])
        stores = RunStores(people, journal, FileRunLock(state))
        context = PlanContext(people, caller, journal)
        with calls.note(folder):
            if how.get("many"):
                run = replace(head(), action=REFUND.name)
                basis = PlanBasis("d", fresh=False)
                task = PlanningTask(
                    run, REFUND, context, stores, writes=True, probes=False, basis=basis
                )
                plan_people(task, [JobRow(2, JOB.query)])
            else:
                call_once(replace(head(), action=REFUND.name), JOB, context, stores, again=False)
            calls.mark(TOLD)


def do_call(folder: Path, calls: FileCalls) -> None:
    _request(folder, calls, about_ada(tier="gold"))


def do_call_in_doubt(folder: Path, calls: FileCalls) -> None:
    _request(folder, calls, PlanningError(FailureReason.OUTCOME_UNKNOWN, "it was reset"))


def do_call_refused(folder: Path, calls: FileCalls) -> None:
    _request(folder, calls, Response(500))


def do_call_of_many(folder: Path, calls: FileCalls) -> None:
    _request(folder, calls, about_ada(tier="gold"), many=True)
