"""``cactions runs undo``: what a run has written is taken back."""

from __future__ import annotations

import time
from collections.abc import Sequence

import typer
from msgspec.structs import replace

from cactions.app.apply import close_run, finish_undos, list_cut_off_undos, undo_run
from cactions.app.commit import RunStores
from cactions.app.ports import Journal
from cactions.app.undo_steps import UndoStep, list_undo_steps
from cactions.cli import progress, prompts, wiring, workspace
from cactions.cli.bulk_options import THREADS, Threads
from cactions.cli.commands.runs_resume import MANY
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.options import Environment, Files, Json, RunId, Unsealed, Wait, Yes
from cactions.cli.planning_ends import explain_interrupt
from cactions.cli.run_head import build_run_head
from cactions.cli.undo_counts import UndoCounts
from cactions.logic import documents
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Outcome, Receipt, Run, RunHead, RunKind, UsageError
from cactions.render.bulk import render_bulk_outcome
from cactions.render.messages import count_noun, to_sentence
from cactions.render.receipts import render_undo_preview, render_undone


@network_options
def undo(
    options: LiveOptions,
    run: RunId,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    unsealed: Unsealed = False,
    threads: Threads = THREADS,
    wait: Wait = 0,
    json: Json = False,
) -> None:
    """Put old values back, where the present ones are still those that the run wrote.

    Exit code 1 if a value was changed since then: it is left alone.

    Example: cactions runs undo last
    """
    prompts.require_terminal(yes, json)
    stores = replace(
        workspace.open_undo_stores(files, environment, options, wait), unsealed=unsealed
    )
    done = _find_undoable(stores.journal, run)
    stores.check_run(done)
    if run == "last" and not json:
        wiring.create_output().info(f"The last run that has left something: {done.head.id}")
    if done.counts.standing > MANY:
        code = _undo_many(done, replace(stores, threads=threads), yes=yes, json=json)
        raise typer.Exit(code)
    back = tuple(list_undo_steps(done, stores))
    if not json and not (yes and any(undo_step.plan.effective for undo_step in back)):
        views = (
            render_undo_preview(step.plan, step.conflicts, done.head.id, stores.workspace)
            for step in back
        )
        wiring.create_output().print(*views)
    results, head = _take_back(done, back, stores, yes)
    receipts = [receipt for _, receipt in results]
    if json:
        run_id = head.id if head else None
        wiring.write_json(documents.undo_to_json(done.head.id, stores.workspace, run_id, receipts))
    elif head:
        wiring.create_output().print(
            render_undone(head, [undo_step.plan for undo_step, _ in results], receipts)
        )
    steps = [*back, *(undo_step for undo_step, _ in results)]
    foreign = any(undo_step.conflicts or undo_step.gone for undo_step in steps) or any(
        r.conflicts for r in receipts
    )
    raise typer.Exit(Exit.FINDINGS if foreign else Exit.CLEAN)


def _undo_many(done: Run, stores: RunStores, *, yes: bool, json: bool) -> Exit:
    """Undo a run of many people: they are read for the preview, and again for the writing."""
    if not yes:
        ahead = follow_items(list_undo_steps(done, stores), "Reading", "people", done.people)
        preview = UndoCounts.of(ahead)
        wiring.create_output().info(preview.describe(done.head.id))
        question = f"Restore the old values in the {describe_workspace(stores.workspace)}?"
        if not preview.restored or not prompts.confirm(question, yes):
            if preview.restored or not _finish_earlier(done, stores, yes):
                wiring.create_output().info("Nothing was written.")
            return Exit.FINDINGS if preview.left_alone else Exit.CLEAN
    began = time.monotonic()
    head = _build_undo_head(done, stores)
    left_alone = 0
    with explain_interrupt(head):
        for _, receipt in follow_items(undo_run(head, stores), "Undoing", "people", done.people):
            progress.mark_stored()
            left_alone += bool(receipt.conflicts) or receipt.outcome is Outcome.FAILED
    undo = stores.journal.read(head.id)
    if json:
        wiring.write_json(documents.tally_to_json(undo))
    else:
        view = render_bulk_outcome(undo, seconds=time.monotonic() - began)
        wiring.create_output().print(view)
        if left_alone:
            people = count_noun(left_alone, "person", "people")
            wiring.create_output().info(
                f"Of {people}, values were changed since, or could not be restored: they were left"
                f" alone. `{join_command(('runs', 'show'), head.id)}` names them."
            )
    return Exit.FINDINGS if left_alone else Exit.CLEAN


def _take_back(
    done: Run, back: Sequence[UndoStep], stores: RunStores, yes: bool
) -> tuple[Sequence[tuple[UndoStep, Receipt]], RunHead | None]:
    """The receipts and the run of the undo; no run where there is nothing to write."""
    number = sum(len(undo_step.plan.effective) for undo_step in back)
    if not number and _finish_earlier(done, stores, yes):
        return (), None
    if not back and done.finished:
        show = join_command(("runs", "show"), done.head.id)
        wiring.create_output().info(
            f"The run {done.head.id} has left nothing to undo: `{show}` shows what became of it."
            " Nothing was written."
        )
        return (), None
    if not number and not done.finished:
        _close_cut_off(done, stores, yes)
        return (), None
    where = f"in the {describe_workspace(stores.workspace)}"
    question = f"Restore {count_noun(number, 'attribute')} {where}?"
    if not number or not prompts.confirm(question, yes):
        for why in dict.fromkeys(undo_step.gone for undo_step in back if undo_step.gone):
            wiring.create_output().info(f"{to_sentence(why)}")
        wiring.create_output().info("Nothing was written.")
        return (), None
    head = _build_undo_head(done, stores)
    with explain_interrupt(head):
        results = [*undo_run(head, stores)]
    progress.mark_stored()
    return results, head


def _finish_earlier(done: Run, stores: RunStores, yes: bool) -> bool:
    """Finish undos of a run that were cut off, where nothing else is left; whether that was done.

    What they had begun to restore is then known as restored.
    """
    earlier = list_cut_off_undos(done.head.id, stores.journal)
    if not earlier or not prompts.confirm(f"Finish the undo {earlier[0]}, which was cut off?", yes):
        return False
    finish_undos(done, stores)
    progress.mark_stored()
    wiring.create_output().info(
        f"The undo {earlier[0]} is finished. Nothing else was left to undo."
    )
    return True


def _build_undo_head(done: Run, stores: RunStores) -> RunHead:
    """The workspace is the same, and is called as Intercom calls it now."""
    bare = replace(done.head, kind=RunKind.UNDO, undoes=done.head.id, source="")
    return build_run_head(replace(bare, workspace=stores.workspace))


def _close_cut_off(done: Run, stores: RunStores, yes: bool) -> None:
    """Close a run that was cut off, and has left nothing behind."""
    if prompts.confirm(
        "Nothing is left to restore. Close the run, so that it cannot be resumed?", yes
    ):
        close_run(done, stores)
        wiring.create_output().info(f"The run {done.head.id} is closed.")
    wiring.create_output().info("Nothing was written.")


def _find_undoable(journal: Journal, run: str) -> Run:
    """The run to take back; `last` is the newest that has left something. Raises UsageError."""
    if run != "last":
        named = journal.read(run)
        if named.head.kind is RunKind.UNDO:
            hint = f"To apply the action again: `{join_command(('run',), named.head.action)}`."
            if not named.finished:
                hint = f"To go on with it: `{join_command(('runs', 'undo'), named.head.undoes)}`."
            raise UsageError(f"the run {named.head.id} is an undo itself", hint=hint)
        return named
    newest = next(
        (stored_run for stored_run in journal.list_runs() if stored_run.leaves_something), None
    )
    if newest is None:
        hint = "`cactions runs list` shows what there is."
        raise UsageError("no run has left anything to take back", hint=hint)
    return newest
