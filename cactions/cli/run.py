"""``cactions run``: the diff, a question, then the change."""

from __future__ import annotations

import shlex
from typing import Final

import typer

from cactions.app.proposing import propose
from cactions.app.running import run
from cactions.cli import asking, jobs, wiring
from cactions.cli.exits import Exit, gravest
from cactions.cli.settings import Cassette, Environment, Files, Inputs, Json, Replayed, Who, Yes
from cactions.cli.wiring import Answers, Opened
from cactions.cli.words import where
from cactions.logic import wire
from cactions.model import Failed, Outcome, Plan, Receipt, RunHead, RunKind
from cactions.render.preview import preview
from cactions.render.receipts import receipt as receipt_sheet
from cactions.render.words import called, count

_UNSEALED: Final = (
    "Old values are kept in .cactions/, where only you can read them (mode 0600), but unsealed."
    " `cactions vault init` seals those of later runs."
)


def command(
    action: jobs.ActionName,
    person: Who,
    inputs: Inputs = None,
    replay: Replayed = False,
    cassette: Cassette = None,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show the diff, ask, then apply it. The old values are kept for `cactions runs undo`.

    Example: cactions run loyalty --person u-1 --replay
    """
    asking.able(yes, json)
    opened = wiring.opened(files, environment)
    job = jobs.job(opened.project, action, person, inputs)
    desk = wiring.desk(opened, job.action, Answers(replay, cassette))
    result = propose(job, desk)
    plan = result if isinstance(result, Plan) and result.effective else None
    if not json:
        wiring.paper().show(preview(result, closing=_closing(result)))
    head = wiring.head_of(
        RunHead(
            "",
            RunKind.APPLY,
            action,
            0,
            "",
            environment=opened.project.environment,
            source=desk.sender.source,
        )
    )
    kept = wiring.journal(opened.folder, opened.cover)
    first = not (kept.seals or kept.begun)
    receipt = _apply(plan, head, opened, yes) if plan else None
    if json:
        wiring.write_json(wire.outcome_to_json(result, receipt, head))
    elif receipt and plan:
        wiring.paper().show(receipt_sheet(plan, receipt, head, where=shlex.join(where(files))))
    if receipt and first:
        wiring.paper().say(_UNSEALED)
    raise typer.Exit(gravest(jobs.verdict(result), _verdict(receipt)))


def _closing(result: Plan | Failed) -> str:
    """Said where no question follows."""
    return "" if isinstance(result, Failed) or result.effective else "Nothing was written."


def _apply(plan: Plan, head: RunHead, opened: Opened, yes: bool) -> Receipt | None:
    number = count(len(plan.effective), "change")
    who = called(plan.subject.label or plan.subject.person_id)
    if not asking.agreed(f"Apply {number} to {who}?", yes):
        wiring.paper().say("Nothing was written.")
        return None
    return run(head, [plan], wiring.books(opened))[0]


def _verdict(receipt: Receipt | None) -> Exit:
    good = receipt is None or receipt.outcome in (Outcome.APPLIED, Outcome.UNCHANGED)
    return Exit.CLEAN if good else Exit.FINDINGS
