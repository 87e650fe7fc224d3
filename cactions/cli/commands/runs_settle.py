"""``cactions runs settle``: what was found out about requests whose outcome was unknown."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.commit import check_sealed
from cactions.app.settle import (
    build_settled_receipts,
    find_unsettled_run,
    list_unsettled,
    settle_calls,
)
from cactions.cli import progress, prompts, wiring
from cactions.cli.options import Files, Json, RunId, Unsealed, Yes
from cactions.cli.run_head import get_operator
from cactions.cli.shown_runs import open_shown_journal, open_shown_lock
from cactions.cli.vault_options import key_options
from cactions.logic.documents.changes import settlement_to_json
from cactions.logic.workspace_name import describe_workspace
from cactions.model import UsageError
from cactions.render.messages import count_noun
from cactions.render.runs import render_run

Carried = Annotated[bool, typer.Option("--done", help="They were carried out.")]
NotCarried = Annotated[bool, typer.Option("--not-done", help="They were not carried out.")]
Entries = Annotated[
    list[int] | None,
    typer.Option("--entry", metavar="N", min=1, help="Only this entry; repeatable. Default: all."),
]


@key_options
def settle(
    run: RunId,
    done: Carried = False,
    not_done: NotCarried = False,
    entry: Entries = None,
    yes: Yes = False,
    files: Files = None,
    unsealed: Unsealed = False,
    json: Json = False,
) -> None:
    """Record what you found out at the service about write requests of unknown outcome.

    Nothing is sent, and no person is written. After --not-done, `cactions runs retry` sends them
    again; after --done, it does not.

    Example: cactions runs settle last --not-done
    """
    if done == not_done:
        raise UsageError(
            "say what became of the requests", hint="Look at the service: --done or --not-done."
        )
    prompts.require_terminal(yes, json)
    folder = wiring.find_folder(files)
    journal = open_shown_journal(files)
    found = find_unsettled_run(journal) if run == "last" else journal.read(run)
    start = wiring.create_row_cipher(folder).get_sealing_start
    check_sealed(found, start, unsealed=unsealed)
    entries = list_unsettled(found, entry or ())
    if not yes:
        wiring.create_output().print(render_run(found))
    number = count_noun(len(entries), "request")
    what = "was" if len(entries) == 1 else "were"
    outcome = "carried out" if done else "not carried out"
    where = describe_workspace(found.head.workspace)
    question = f"Record that {number} {what} {outcome}, of a run in the {where}?"
    if not prompts.confirm(question, yes):
        wiring.create_output().info("Nothing was recorded.")
        return
    receipts = build_settled_receipts(entries, get_operator(), done=done)
    with progress.atomic():
        settle_calls(found.head, receipts, journal, open_shown_lock(journal, files))
    if json:
        wiring.write_json(settlement_to_json(found, entries, carried_out=done))
    wiring.create_output().info(
        f"It is recorded that {number} {what} {outcome}, in run {found.head.id}. No person was"
        f" written to in the {where}."
    )
