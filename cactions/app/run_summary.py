"""The plans of a kept run, or of one person, counted as a whole."""

from __future__ import annotations

from msgspec.structs import replace

from cactions.app.planned_entries import build_entry
from cactions.app.propose import Job
from cactions.logic.bulk.evidence import CallEvidence
from cactions.logic.bulk_summary import SummaryBuilder
from cactions.model import (
    Outcome,
    Plan,
    PlanFailure,
    PlannedEntry,
    PlanSummary,
    Receipt,
    Run,
    RunEntry,
)

_WRITTEN = frozenset({Outcome.APPLIED, Outcome.OUTCOME_UNKNOWN})


def count_run(run: Run) -> PlanSummary:
    """What the run planned, or has written: everyone else has a reason."""
    builder = SummaryBuilder()
    for entry in run.entries:
        builder.add(PlannedEntry(entry.number, entry.plan, _get_reason(entry)))
    return replace(builder.build(), people=run.people, planned=run.head.started)


def count_plan(job: Job, result: Plan | PlanFailure) -> tuple[RunEntry, PlanSummary]:
    """The entry that a run for this person alone would have, and its summary."""
    planned = build_entry(1, job, result, CallEvidence())
    builder = SummaryBuilder()
    builder.add(planned)
    entry = RunEntry(planned.plan, planned.receipt, number=1, started=False)
    return entry, builder.build(calls=int(planned.plan.call.status is not None))


def _get_reason(entry: RunEntry) -> Receipt | None:
    """What became of a person whose plan was not carried out."""
    written = entry.receipt is None or entry.receipt.outcome in _WRITTEN
    return None if written else entry.receipt
