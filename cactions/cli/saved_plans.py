"""Plans that were saved to a file, and what is known of a plan as a whole."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from cactions.app.apply import hold_plan
from cactions.app.commit import RunStores
from cactions.app.plan_basis import check_plan
from cactions.cli import bulk_wiring
from cactions.cli.bulk_checks import check_plan_action
from cactions.cli.wiring import ProjectFolder
from cactions.edges.clock import SystemClock
from cactions.logic import documents, strict_json
from cactions.model import CactionsError, PlanSummary, Run


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
    now = bulk_wiring.read_basis(home, run.head)
    check_plan(run, read_summary(run, stores).basis, now, SystemClock())


def read_summary(run: Run, stores: RunStores) -> PlanSummary:
    """What is known of a planned run as a whole, and how old it is by now."""
    text = stores.journal.open_rows(run.head.id).read_summary()
    summary = documents.summary_from_json(strict_json.parse_json(text))
    return replace(summary, age=SystemClock().get_time() - run.head.started)
