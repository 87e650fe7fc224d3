"""Plans that were saved to a file, and what is known of a plan as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from cactions.app.apply import hold_plan
from cactions.app.commit import RunStores
from cactions.app.open_entries import list_held
from cactions.app.plan_basis import check_plan, check_plan_counts
from cactions.app.planning_task import Planned, PlanningTask
from cactions.cli import bulk_wiring
from cactions.cli.bulk_checks import check_plan_action
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.clock import SystemClock
from cactions.logic import documents, strict_json
from cactions.logic.shell import join_command
from cactions.model import CactionsError, Outcome, PlanBasis, PlanSummary, Run, RunPhase, UsageError


def take_plan(source: Path, action: str, home: ProjectFolder, stores: RunStores) -> Run:
    """Take a saved plan. Raises UsageError where it does not hold any more."""
    run_id = stores.journal.take_plan(source)
    try:
        run = stores.journal.read(run_id)
    except CactionsError:
        stores.journal.discard(run_id)
        raise
    try:
        stores.check_run(run)
        check_plan_action(run, action, source)
        check_kept_plan(run, home, stores)
    except CactionsError:
        with suppress(CactionsError), hold_plan(run, stores):
            stores.journal.discard(run_id)
        raise
    return run


def check_kept_plan(run: Run, home: ProjectFolder, stores: RunStores) -> None:
    """Raises UsageError for a plan that does not hold any more."""
    if home.session and run.head.source:
        again = join_command(
            ("diff",), run.head.action, options=("--people", "FILE", "--out", "PLAN")
        )
        raise UsageError(
            f"the plan {run.head.id} was made of recorded answers, which are never written to a"
            " workspace at Intercom; nothing was written",
            hint=f"Make it again without --replay: `{again}`.",
        )
    now = bulk_wiring.read_basis(home, run.head)
    summary = read_summary(run, stores)
    check_plan(run, summary.basis, now, SystemClock())
    check_plan_counts(run, summary)


def store_summary(
    planned: Planned, planning: PlanningTask, home: ProjectFolder, ignored: Sequence[str] = ()
) -> None:
    """Keep what is known of a plan as a whole: the run is planned then. Durable."""
    summary = replace(
        planned.summary.build(),
        alarms=tuple(trip.message for trip in planned.alarms),
        ignored_columns=tuple(ignored),
        basis=planning.basis,
        planned=planning.head.started,
        calls=planned.calls,
        platform_calls=bulk_wiring.count_platform_calls(home),
    )
    text = strict_json.dump_json(documents.summary_to_json(summary, redact=False))
    planning.stores.journal.open_rows(planning.head.id).advance(RunPhase.PLANNED, text)


def read_summary(run: Run, stores: RunStores) -> PlanSummary:
    """What is known of a planned run as a whole, and how old it is by now. Raises UsageError."""
    text = stores.journal.open_rows(run.head.id).read_summary()
    if not text:  # it has values of people
        close = join_command(("runs", "undo"), run.head.id)
        again = join_command(("run",), run.head.action)
        raise UsageError(
            f"a person of the plan {run.head.id} was forgotten, and with them what was to be shown"
            " of it; nothing was written",
            hint=f"Close it with `{close}`, then plan again: `{again}`.",
        )
    summary = documents.summary_from_json(strict_json.parse_json(text))
    return replace(summary, age=SystemClock().get_time() - run.head.started)


def read_begun_basis(run: Run, stores: RunStores) -> tuple[PlanBasis, frozenset[int]]:
    """What the run rests on, whether it is planned or written now; and who is held back."""
    text = stores.journal.open_rows(run.head.id).read_summary()
    document = strict_json.parse_json(text) if text else None
    if document is None:
        return PlanBasis(), frozenset()
    if run.phase is RunPhase.PLANNING:
        return documents.basis_from_json(document), frozenset()
    summary = documents.summary_from_json(document)
    return summary.basis, list_held(run, summary.outcomes.get(Outcome.HELD, 0))
