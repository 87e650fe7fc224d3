"""Calls that change something at the third party: said aloud, made once, kept in the journal."""

from __future__ import annotations

from dataclasses import replace

from cactions.app.apply import resume
from cactions.app.propose import Desk, Job
from cactions.app.write_calls import CalledOnce, call_in_test, call_once
from cactions.cli import arguments, prompts, workspace
from cactions.cli.exit_codes import Exit
from cactions.cli.run_head import head_of
from cactions.cli.wiring import Opened
from cactions.logic.shell import command_line
from cactions.model import Action, Failed, Plan, RunHead, RunKind


def agreed(action: Action, yes: bool = False, calls: int = 1) -> bool:
    """Whether the operator has typed the action's name, knowing what it means."""
    request = action.request
    what = f"a {request.http_method.upper()}"
    if calls > 1:
        what = f"{calls} {request.http_method.upper()} requests"
    return prompts.typed(
        f'"{action.name}" sends {what} to {request.host}. That may change something there, and'
        " cannot be taken back from here.",
        action.name,
        yes,
    )


def called(job: Job, desk: Desk, opened: Opened, head: RunHead, *, again: bool) -> CalledOnce:
    """Make the call as a run that is open until what came of it is applied."""
    return call_once(head, job, desk, workspace.books(opened), again=again)


def diffed(job: Job, desk: Desk, opened: Opened, *, again: bool) -> tuple[Plan | Failed, str]:
    """Make the call for a diff; what came of it, and what is to be said of where it is kept."""
    head = head_for(job.action.name, opened, desk.caller.source)
    done = called(job, desk, opened, head, again=again)
    if not (done.run and isinstance(done.result, Plan)):
        return done.result, without_plan(done)
    if done.result.effective:
        return done.result, (
            f"Nobody was written to. The call was made, and its answer is kept in run {head.id}. To"
            f" apply it, without another call: {command_line(('runs', 'resume'), head.id)}"
        )
    resume(done.run, workspace.books(opened))  # nothing is left to be applied
    told = f"Nobody was written to. The call was made; run {head.id} keeps that it was."
    return done.result, told


def tested(job: Job, desk: Desk, opened: Opened, *, again: bool) -> Plan | Failed:
    """Make the call for a test, whose people are those of the desk."""
    head = head_for(job.action.name, opened, desk.caller.source)
    books = replace(workspace.books(opened), people=desk.people)
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
    if arguments.verdict(done.result) is Exit.IN_DOUBT:
        return f"Nobody was written to. Run {done.run.head.id} keeps that the call is in doubt."
    call = done.result.call
    made = "The call was made, and answered. " if call and call.status else ""
    return f"{made}Nobody was written to."
