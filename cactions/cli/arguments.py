"""Words of the command line made into a Job, and a result into an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from cactions.app.propose import Job
from cactions.cli.exit_codes import Exit, gravest
from cactions.cli.options import given_inputs, person_query
from cactions.logic.request.inputs import resolve_inputs
from cactions.logic.yaml.diagnostics import nearest
from cactions.model import Action, Failed, OperatorError, Outcome, Plan, Project, Reason, Receipt

ActionName = Annotated[str, typer.Argument(metavar="ACTION", help="The action's name.")]


def action_named(project: Project, name: str) -> Action:
    """The action. Raises OperatorError with the nearest name."""
    if name in project.actions:
        return project.actions[name]
    raise OperatorError(f'there is no action "{name}"', hint=nearest(name, project.actions))


def job(project: Project, name: str, person: str, inputs: list[str] | None) -> Job:
    """One action for one person. Raises OperatorError for words that do not fit."""
    action = action_named(project, name)
    query = person_query(person, action.match)
    return Job(action, query, resolve_inputs(action, given_inputs(inputs)))


def verdict(result: Plan | Failed) -> Exit:
    """FINDINGS where nothing could be planned, or a value was refused; IN_DOUBT of a lost call."""
    if isinstance(result, Failed) and result.reason is Reason.IN_DOUBT:
        return Exit.IN_DOUBT
    return Exit.FINDINGS if isinstance(result, Failed) or result.refused else Exit.CLEAN


def settled(receipts: Iterable[Receipt | None]) -> Exit:
    """The gravest of what became of people: IN_DOUBT, FINDINGS where something was not written."""
    codes = {
        Outcome.APPLIED: Exit.CLEAN,
        Outcome.UNCHANGED: Exit.CLEAN,
        Outcome.IN_DOUBT: Exit.IN_DOUBT,
    }
    return gravest(*(codes.get(one.outcome, Exit.FINDINGS) for one in receipts if one))
