"""``cactions run``: the diff, a question, then the change."""

from __future__ import annotations

from typing import Final

import typer

from cactions.app.apply import resume, run
from cactions.app.propose import propose
from cactions.app.write_calls import CalledOnce
from cactions.cli import arguments, prompts, wiring, workspace, write_calls
from cactions.cli.command_line import where
from cactions.cli.exit_codes import gravest
from cactions.cli.live_options import Answers, answered
from cactions.cli.options import Again, Environment, Files, Inputs, Json, Who, Yes
from cactions.cli.wiring import Opened
from cactions.logic import documents
from cactions.logic.shell import command_line
from cactions.model import Plan, Receipt, Run, RunHead
from cactions.render.messages import called, count
from cactions.render.preview import preview
from cactions.render.runs import receipt as receipt_sheet

_UNSEALED: Final = (
    "Old values are kept in .cactions/, where only you can read them (mode 0600), but unsealed."
    " `cactions vault init` seals those of later runs."
)


@answered
def command(
    answers: Answers,
    action: arguments.ActionName,
    person: Who,
    inputs: Inputs = None,
    yes: Yes = False,
    again: Again = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show the diff, ask, then apply it. The old values are kept for `cactions runs undo`.

    A call that may change something at the third party is asked for first, and made once.

    Example: cactions run loyalty --person u-1 --replay
    """
    prompts.able(yes, json)
    opened = wiring.opened(files, environment)
    job = arguments.job(opened.project, action, person, inputs)
    changing_call = answers.change(job.action)
    if changing_call and not write_calls.agreed(job.action, yes):
        wiring.paper().say("Nothing was sent and nothing was written.")
        return
    desk = workspace.desk(opened, wiring.caller(opened, job.action, answers))
    head = write_calls.head_for(action, opened, desk.caller.source)
    kept = workspace.journal(opened.folder, opened.cover)
    first = not (kept.seals or kept.begun)
    done = (
        write_calls.called(job, desk, opened, head, again=again)
        if changing_call
        else CalledOnce(propose(job, desk))
    )
    receipt = _finished(done, head, opened, yes, json)
    if json:
        wiring.write_json(documents.outcome_to_json(done.result, receipt, head))
    elif receipt and isinstance(done.result, Plan):
        sheet = receipt_sheet(done.result, receipt, head, where=[*where(files)])
        wiring.paper().show(sheet)
    if (receipt or done.run) and first:
        wiring.paper().say(_UNSEALED)
    raise typer.Exit(gravest(arguments.verdict(done.result), arguments.settled([receipt])))


def _finished(
    done: CalledOnce, head: RunHead, opened: Opened, yes: bool, json: bool
) -> Receipt | None:
    """Show the diff, ask, apply; None where nothing was to be applied."""
    result = done.result
    effective = isinstance(result, Plan) and bool(result.effective)
    if not json:
        wiring.paper().show(preview(result, closing=_closing(done, effective)))
    if not isinstance(result, Plan):
        return done.run.entries[0].receipt if done.run else None
    if not (effective or done.run):
        return None
    if effective and not prompts.agreed(_question(result), yes):
        wiring.paper().say(_declined(done.run))
        return None
    books = workspace.books(opened)
    if done.run is None:
        return run(head, [result], books)[0]
    return resume(done.run, books).entries[0].receipt


def _closing(done: CalledOnce, effective: bool) -> str:
    """Said where no question follows."""
    if isinstance(done.result, Plan):
        return "" if effective else "Nothing was written."
    return write_calls.without_plan(done)


def _question(plan: Plan) -> str:
    who = called(plan.subject.label or plan.subject.person_id)
    return f"Apply {count(len(plan.effective), 'change')} to {who}?"


def _declined(kept: Run | None) -> str:
    if kept is None:
        return "Nothing was written."
    return (
        f"Nothing was written. The call was made, and its answer is kept in run {kept.head.id}:"
        f" `{command_line(('runs', 'resume'), kept.head.id)}` applies it without another call."
    )
