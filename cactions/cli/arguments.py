"""Words of the command line made into a Job, and a result into an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.app.propose import Job
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.options import parse_inputs, parse_person_query
from cactions.logic.people.lookup import choose_role
from cactions.logic.request.inputs import resolve_inputs
from cactions.logic.suggest import suggest_action
from cactions.model import (
    Action,
    FailureReason,
    Outcome,
    Plan,
    PlanFailure,
    PlanSummary,
    Project,
    Receipt,
    Run,
    UsageError,
)

ActionName = Annotated[str, typer.Argument(metavar="ACTION", help="The action's name.")]


def find_action(project: Project, name: str) -> Action:
    """The action. Raises UsageError with the nearest name."""
    if name in project.actions:
        return project.actions[name]
    raise UsageError(f'there is no action "{name}"', hint=suggest_action(name, project.actions))


def build_job(project: Project, name: str, person: str, inputs: list[str] | None) -> Job:
    """One action for one person. Raises UsageError for words that do not fit."""
    action = find_action(project, name)
    query = replace(parse_person_query(person, action.match), role=choose_role(action))
    return Job(action, query, resolve_inputs(action, parse_inputs(inputs)))


def exit_code_of_result(result: Plan | PlanFailure) -> Exit:
    """FINDINGS if there is no plan or a value was refused; OUTCOME_UNKNOWN for a lost response."""
    if isinstance(result, PlanFailure) and result.reason is FailureReason.OUTCOME_UNKNOWN:
        return Exit.OUTCOME_UNKNOWN
    return Exit.FINDINGS if isinstance(result, PlanFailure) or result.refused else Exit.CLEAN


def exit_code_of_receipts(receipts: Iterable[Receipt | None]) -> Exit:
    """The most severe outcome: OUTCOME_UNKNOWN, or FINDINGS where a person was not written.

    FINDINGS also where Intercom did not keep what was written.
    """
    return choose_most_severe(*(_get_exit_code(receipt) for receipt in receipts if receipt))


def exit_code_of_run(done: Run, before: Run | None = None) -> Exit:
    """The most severe outcome of a run, of those that ``before`` did not have yet."""
    earlier = before.counts.outcomes if before else {}
    return exit_code_of_receipts(
        Receipt("", outcome)
        for outcome, number in done.counts.outcomes.items()
        if number > earlier.get(outcome, 0)
    )


def exit_code_of_plan(summary: PlanSummary, *, changes: bool) -> Exit:
    """FINDINGS where people failed, were refused or are held; CHANGES where that was asked for."""
    bad = {outcome for outcome, number in summary.outcomes.items() if number} - {Outcome.UNCHANGED}
    if Outcome.OUTCOME_UNKNOWN in bad:
        return Exit.OUTCOME_UNKNOWN
    if bad or summary.alarms:
        return Exit.FINDINGS
    return Exit.CHANGES if changes and summary.writing else Exit.CLEAN


def _get_exit_code(receipt: Receipt) -> Exit:
    if receipt.outcome is Outcome.OUTCOME_UNKNOWN:
        return Exit.OUTCOME_UNKNOWN
    is_clean = receipt.outcome in (Outcome.APPLIED, Outcome.UNCHANGED) and not receipt.conflicts
    return Exit.CLEAN if is_clean else Exit.FINDINGS
