"""Plans an action for many people, as a run that has not started: nothing is written to anyone.

- All rows are in the run's file before the first request: rows about one person are found there.
- Every row becomes exactly one entry, in its order: a plan to be written, or an outcome.
- People are read in batches, calls are made by several threads, and at most one page of rows is in
  memory.
- What looks like a leak stops the planning (``PlanningStopped``), or holds single people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cactions.app.commit import check_unfinished
from cactions.app.disk_space import check_disk_space
from cactions.app.lost_calls import settle_lost_calls
from cactions.app.planning_task import Planned, PlanningTask
from cactions.app.row_planner import RowPlanner
from cactions.app.store_rows import store_rows
from cactions.logic import strict_json
from cactions.logic.bulk_summary import SummaryBuilder
from cactions.logic.documents import basis_to_json
from cactions.logic.shell import join_command
from cactions.model import (
    BadRow,
    JobRow,
    OpenState,
    RunPart,
    RunPhase,
    StoreError,
    UsageError,
)


def plan_people(planning: PlanningTask, rows: Iterable[JobRow | BadRow]) -> Planned:
    """Store the rows as a new run, and plan it. Raises PlanningStopped, and as ``propose_plan``."""
    summary = store_people(planning, rows)
    return RowPlanner(planning, summary).plan()


def store_people(planning: PlanningTask, rows: Iterable[JobRow | BadRow]) -> SummaryBuilder:
    """Store the rows as a new run, to be planned; what is known of those that get no plan."""
    journal, head = planning.stores.journal, planning.head
    journal.create_run(head, RunPhase.READING)
    summary = SummaryBuilder()
    for settled in store_rows(journal.open_rows(head.id), rows, planning.action):
        summary.add(settled)
    try:
        check_disk_space(planning, journal.read(head.id).counts.waiting)
    except StoreError:
        journal.discard(head.id)
        raise
    basis = strict_json.dump_json(basis_to_json(planning.basis))
    journal.open_rows(head.id).advance(RunPhase.PLANNING, basis)
    return summary


def continue_planning(planning: PlanningTask) -> Planned:
    """Plan those of a run that still wait.

    A call that changes something, and whose answer was lost, is made again only with its key.
    """
    journal, head = planning.stores.journal, planning.head
    run = journal.reopen(head.id)
    check_unfinished(run)
    if run.phase in (RunPhase.PLANNED, RunPhase.RUNNING):
        raise UsageError(
            f"the run {head.id} was planned meanwhile",
            hint="`cactions runs list` shows how far it came.",
        )
    if run.phase is RunPhase.READING:
        raise UsageError(
            f"the run {head.id} was cut off before all its people were read: no call was made"
            " for it, and nothing was written",
            hint="Give the command that started it again."
            f" `{join_command(('runs', 'undo'), head.id)}` closes this one.",
        )
    check_disk_space(planning, run.counts.waiting)
    settle_lost_calls(planning, run.list_in((OpenState.CALLING,)))
    planner = RowPlanner(planning, SummaryBuilder())
    planner.take_earlier(journal.read(head.id).entries)
    return planner.plan()


def plan_part(planning: PlanningTask, part: RunPart) -> Mapping[str, int]:
    """Plan the rows of a part, while other processes plan others; the counts of what came of them.

    ``continue_planning`` judges the whole, when every part is planned. Raises PlanningStopped.
    """
    journal, head = planning.stores.journal, planning.head
    known = journal.read_range(head.id, part.first, part.last)
    settle_lost_calls(planning, (entry for entry in known if entry.state is OpenState.CALLING))
    planner = RowPlanner(planning, SummaryBuilder(), part)
    if known:
        planner.take_earlier(journal.read_range(head.id, part.first, part.last))
    return planner.plan_rows()
