"""Calls that change something at the third party: said aloud, made once, kept in the journal."""

from __future__ import annotations

from dataclasses import replace

from cactions.app.once import CalledOnce, call_in_test, call_once
from cactions.app.proposing import Desk, Job
from cactions.cli import asking, jobs, wiring
from cactions.cli.answering import Answers
from cactions.cli.exits import Exit
from cactions.cli.heading import head_of
from cactions.cli.wiring import Opened
from cactions.model import Action, Failed, OperatorError, Plan, RunHead, RunKind


def changes_something(action: Action, answers: Answers) -> bool:
    """Whether a call of the action would leave the third party different."""
    return not (action.request.is_read or answers.replayed)


def check_said_aloud(action: Action, answers: Answers) -> None:
    """Raises OperatorError where such a call was not asked for by name."""
    if changes_something(action, answers) and not answers.live:
        raise OperatorError(
            f'the call of "{action.name}" may change something at the third party'
            f" ({action.request.http_method.upper()}), so it is not made unasked",
            hint="Say --live to make the call after a confirmation, or --replay to answer from the"
            " recording. If it only reads there, write `effect: read` under its request.",
        )


def agreed(action: Action, yes: bool = False, calls: int = 1) -> bool:
    """Whether the operator has typed the action's name, knowing what it means."""
    request = action.request
    what = f"a {request.http_method.upper()}"
    if calls > 1:
        what = f"{calls} {request.http_method.upper()} requests"
    return asking.typed(
        f'"{action.name}" sends {what} to {request.host}. That may change something there, and'
        " cannot be taken back from here.",
        action.name,
        yes,
    )


def called(job: Job, desk: Desk, opened: Opened, head: RunHead, *, again: bool) -> CalledOnce:
    """Make the call as a run that is open until what came of it is applied."""
    return call_once(head, job, desk, wiring.books(opened), again=again)


def tested(job: Job, desk: Desk, opened: Opened, *, again: bool) -> Plan | Failed:
    """Make the call for a test, whose people are those of the desk."""
    head = head_for(job.action.name, opened, desk.caller.source)
    books = replace(wiring.books(opened), people=desk.people)
    return call_in_test(head, job, desk, books, again=again)


def head_for(action: str, opened: Opened, source: str) -> RunHead:
    """The head of a run of an action that begins now."""
    environment = opened.project.environment
    bare = RunHead("", RunKind.APPLY, action, 0, "", environment=environment, source=source)
    return head_of(bare)


def without_plan(done: CalledOnce) -> str:
    """What is said of a call that was made, and that no plan came of; empty of others."""
    if done.run is None:
        return ""
    if jobs.verdict(done.result) is Exit.IN_DOUBT:
        return f"Nobody was written to. Run {done.run.head.id} keeps that the call is in doubt."
    call = done.result.call
    made = "The call was made, and answered. " if call and call.status else ""
    return f"{made}Nobody was written to."
