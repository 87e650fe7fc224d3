"""``cactions run``: the diff, a question, then the change."""

from __future__ import annotations

from typing import Final

import typer

from cactions.app.once import CalledOnce
from cactions.app.proposing import propose
from cactions.app.running import resume, run
from cactions.cli import asking, changing, jobs, wiring
from cactions.cli.answering import Answers, answered
from cactions.cli.exits import gravest
from cactions.cli.settings import Again, Environment, Files, Inputs, Json, Who, Yes
from cactions.cli.wiring import Opened
from cactions.cli.words import where
from cactions.logic import wire
from cactions.logic.shell import command_line
from cactions.model import Plan, Receipt, Run, RunHead
from cactions.render.preview import preview
from cactions.render.receipts import receipt as receipt_sheet
from cactions.render.words import called, count

_UNSEALED: Final = (
    "Old values are kept in .cactions/, where only you can read them (mode 0600), but unsealed."
    " `cactions vault init` seals those of later runs."
)


@answered
def command(
    answers: Answers,
    action: jobs.ActionName,
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
    asking.able(yes, json)
    opened = wiring.opened(files, environment)
    job = jobs.job(opened.project, action, person, inputs)
    changing_call = answers.change(job.action)
    if changing_call and not changing.agreed(job.action, yes):
        wiring.paper().say("Nothing was sent and nothing was written.")
        return
    desk = wiring.desk(opened, wiring.caller(opened, job.action, answers))
    head = changing.head_for(action, opened, desk.caller.source)
    kept = wiring.journal(opened.folder, opened.cover)
    first = not (kept.seals or kept.begun)
    done = (
        changing.called(job, desk, opened, head, again=again)
        if changing_call
        else CalledOnce(propose(job, desk))
    )
    receipt = _finished(done, head, opened, yes, json)
    if json:
        wiring.write_json(wire.outcome_to_json(done.result, receipt, head))
    elif receipt and isinstance(done.result, Plan):
        sheet = receipt_sheet(done.result, receipt, head, where=[*where(files)])
        wiring.paper().show(sheet)
    if (receipt or done.run) and first:
        wiring.paper().say(_UNSEALED)
    raise typer.Exit(gravest(jobs.verdict(done.result), jobs.settled([receipt])))


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
    if effective and not asking.agreed(_question(result), yes):
        wiring.paper().say(_declined(done.run))
        return None
    books = wiring.books(opened)
    if done.run is None:
        return run(head, [result], books)[0]
    return resume(done.run, books).entries[0].receipt


def _closing(done: CalledOnce, effective: bool) -> str:
    """Said where no question follows."""
    if isinstance(done.result, Plan):
        return "" if effective else "Nothing was written."
    return changing.without_plan(done)


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
