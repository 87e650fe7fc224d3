"""``cactions runs resume`` and ``undo``: a run is finished, or taken back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions.app.apply import close_run, preview_resume, resume_run, undo_run
from cactions.app.commit import RunStores, check_unfinished
from cactions.app.ports import Journal
from cactions.app.undo_steps import UndoStep, list_undo_steps
from cactions.cli import arguments, progress, prompts, wiring, workspace
from cactions.cli.bulk_checks import check_clustered
from cactions.cli.bulk_options import THREADS, Approve, BulkOptions, Clustered, Threads
from cactions.cli.bulk_wiring import WriteWatch
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items, show_long_work
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Draft, Environment, Files, Json, Unsealed, Wait, Yes
from cactions.cli.planning_ends import explain_interrupt
from cactions.cli.published import require_published
from cactions.cli.run_head import build_run_head
from cactions.cli.shown_runs import redact_run
from cactions.cli.undo_counts import UndoCounts
from cactions.logic import documents
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Outcome, Receipt, Run, RunHead, RunKind, RunPhase, UsageError
from cactions.render.bulk import render_bulk_outcome
from cactions.render.messages import count_noun, to_sentence
from cactions.render.receipts import render_undo_preview, render_undone
from cactions.render.resume import render_resume_preview, render_resumed

RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")]

MANY: Final = 20
"""Of more people, a run is shown as a whole."""


@network_options
def resume_(
    options: LiveOptions,
    run: RunId,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    unsealed: Unsealed = False,
    approve: Approve = "",
    threads: Threads = THREADS,
    draft: Draft = False,
    wait: Wait = 0,
    cluster: Clustered = False,
    json: Json = False,
) -> None:
    """Finish a run that was cut off: look at each person, and write what was not written.

    A run of many people that waits for an answer is carried out. A write request whose answer was
    lost is made again only with its `idempotency` key. Exit code 1 if a person was changed since
    then (they are left alone), 4 if the outcome of a call is unknown.

    Example: cactions runs resume last
    """
    prompts.require_terminal(yes, json)
    home = open_project(files, environment, options, leaks=False)
    home = replace(home, wait=wait, clustered=cluster)
    stores = replace(workspace.open_run_stores(home), unsealed=unsealed, threads=threads)
    cut_off = _cut_off(stores.journal, run)
    stores.check_run(cut_off)
    check_clustered(home, options, cut_off.head.action, many=True)
    check_unfinished(cut_off)
    if cut_off.phase is not RunPhase.RUNNING:
        from cactions.cli.bulk import continue_run  # noqa: PLC0415 - only many people are planned so

        home = open_project(files, environment, options)  # its proofs are a part of the plan
        home = replace(home, wait=wait, clustered=cluster)
        home = require_published(home, cut_off.head.action, draft=draft)
        stores = replace(stores, people=workspace.open_people(home))
        bulk = BulkOptions(threads=threads, approve=approve, clustered=cluster)
        raise typer.Exit(continue_run(home, options, bulk, stores, cut_off, yes=yes, json=json))
    if cluster:
        from cactions.cli.cluster_command import ClusterCommand  # noqa: PLC0415 - few runs need it

        command = ClusterCommand(home, options, BulkOptions(clustered=True), stores, json=json)
        raise typer.Exit(command.resume(cut_off, yes=yes))
    ahead = preview_resume(cut_off, stores, MANY)
    if not json:
        number = cut_off.counts.started + cut_off.counts.calling
        view = render_resume_preview(cut_off, ahead, number, stores.workspace)
        wiring.create_output().print(view)
    if not prompts.confirm(f"Resume it in the {describe_workspace(stores.workspace)}?", yes):
        wiring.create_output().info("Nothing was written.")
        return
    began = time.monotonic()
    with (
        explain_interrupt(cut_off.head),
        show_long_work("Writing", "people") as display,
    ):
        watch = WriteWatch(display)
        done = resume_run(cut_off, replace(stores, observers=(*stores.observers, watch)))
    progress.mark_stored()
    shown = done if done.people > MANY else redact_run(done, home.project.redacted)
    numbers = {entry.number for entry, _ in ahead}
    _report_resumed(shown, numbers, time.monotonic() - began, json=json)
    raise typer.Exit(arguments.exit_code_of_run(done, cut_off))


def _report_resumed(done: Run, numbers: set[int], seconds: float, *, json: bool) -> None:
    if done.people > MANY:
        if json:
            wiring.write_json(documents.tally_to_json(done))
        else:
            wiring.create_output().print(render_bulk_outcome(done, seconds=seconds))
    elif json:
        wiring.write_json(documents.run_to_json(done, redact=True))
    else:
        settled = [entry for entry in done.entries if entry.number in numbers]
        wiring.create_output().print(render_resumed(done, settled))


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
            wiring.create_output().info("Nothing was written.")
            return Exit.FINDINGS if preview.left_alone else Exit.CLEAN
    began = time.monotonic()
    head = _build_undo_head(done, stores)
    left_alone = 0
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
    results = [*undo_run(head, stores)]
    progress.mark_stored()
    return results, head


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


def _cut_off(journal: Journal, run: str) -> Run:
    """The run of an id, of its beginning, or the newest that is cut off. Raises UsageError."""
    if run != "last":
        return journal.read(run)
    runs = journal.list_runs()
    newest = next((stored_run for stored_run in runs if not stored_run.finished), None)
    if newest is None:
        raise UsageError("no run was cut off", hint="`cactions runs list` shows what there is.")
    return newest


def _find_undoable(journal: Journal, run: str) -> Run:
    """The run to take back; `last` is the newest that has left something. Raises UsageError."""
    if run != "last":
        named = journal.read(run)
        if named.head.kind is RunKind.UNDO:
            hint = f"To apply the action again: `{join_command(('run',), named.head.action)}`."
            raise UsageError(f"the run {named.head.id} is an undo itself", hint=hint)
        return named
    newest = next(
        (stored_run for stored_run in journal.list_runs() if stored_run.leaves_something), None
    )
    if newest is None:
        hint = "`cactions runs list` shows what there is."
        raise UsageError("no run has left anything to take back", hint=hint)
    return newest
