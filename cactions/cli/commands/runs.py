"""``cactions runs``: what happened, and how to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.app.apply import close_run, preview_resume, resume_run, undo_run
from cactions.app.commit import RunStores
from cactions.app.ports import Journal
from cactions.app.undo_steps import UndoStep, list_undo_steps
from cactions.cli import arguments, prompts, streams, wiring, workspace
from cactions.cli.commands import runs_retention
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json, Unsealed, Yes
from cactions.cli.output_files import write_text
from cactions.cli.run_head import build_run_head
from cactions.logic import documents, strict_json
from cactions.logic.shell import join_command
from cactions.model import Receipt, Run, RunHead, RunKind, UsageError
from cactions.render.messages import count_noun, to_sentence
from cactions.render.receipts import render_undo_preview, render_undone
from cactions.render.resume import render_resume_preview, render_resumed
from cactions.render.runs import UNSEALED, render_run, render_runs
from cactions.render.vault import render_sealed_runs

commands = typer.Typer(help="List, inspect, resume and undo runs.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: stdout.")]


@commands.command("list")
def list_(files: Files = None, json: Json = False) -> None:
    """List the runs of this folder, newest first.

    Exit code 1 when a run cannot be read. Of one that is sealed, the head is always readable.

    Example: cactions runs list
    """
    journal = workspace.open_journal(wiring.find_folder(files))
    found, damaged = list(journal.list_unlocked()), journal.list_damaged()
    locked, why_locked = journal.list_locked()
    if json:
        wiring.write_json(documents.runs_to_json(found, damaged, locked))
    else:
        shown = [render_runs(found)] if found or not locked else []
        wiring.create_output().print(*shown, *([render_sealed_runs(locked)] if locked else []))
    if not all(run.authentic for run in found):
        wiring.create_output().info(UNSEALED)
    if locked:
        wiring.create_output().info(f"What is sealed cannot be read: {why_locked}")
    for name, why in damaged:
        wiring.create_output().info(f"The run {name} cannot be read: {why}")
    raise typer.Exit(Exit.FINDINGS if damaged or locked else Exit.CLEAN)


@commands.command()
def show(run: RunId, files: Files = None, json: Json = False) -> None:
    """Show what a run did to each person.

    Example: cactions runs show last
    """
    found = _read(workspace.open_journal(wiring.find_folder(files)), run)
    if json:
        wiring.write_json(documents.run_to_json(found, redact=True))
    else:
        wiring.create_output().print(render_run(found))


@commands.command()
def export(run: RunId, out: Out = None, files: Files = None) -> None:
    """Write a run as JSON lines: its head, then a line a person. Redacted values are left out.

    Example: cactions runs export last --out run.jsonl
    """
    found = _read(workspace.open_journal(wiring.find_folder(files)), run)
    text = "".join(f"{strict_json.dump_json(line)}\n" for line in documents.run_to_lines(found))
    if out is None:
        streams.write_text(text)
    else:
        write_text(out, text, private=True)


@commands.command("resume")
@network_options
def resume_(
    options: LiveOptions,
    run: RunId,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    unsealed: Unsealed = False,
    json: Json = False,
) -> None:
    """Finish a run that was cut off: look at each person, and write what was not written.

    No call is made again. Exit code 1 if a person was changed since then (they are left alone),
    4 if the outcome of a call is unknown.

    Example: cactions runs resume last
    """
    prompts.require_terminal(yes, json)
    stores = replace(
        workspace.open_run_stores(open_project(files, environment, options, leaks=False)),
        unsealed=unsealed,
    )
    cut_off = _cut_off(stores.journal, run)
    stores.check_run(cut_off)
    ahead = preview_resume(cut_off, stores)
    if not json:
        wiring.create_output().print(render_resume_preview(cut_off, ahead))
    if not prompts.confirm("Resume it?", yes):
        wiring.create_output().info("Nothing was written.")
        return
    done = resume_run(cut_off, stores)
    numbers = {entry.number for entry, _ in ahead}
    settled = [entry for entry in done.entries if entry.number in numbers]
    if json:
        wiring.write_json(documents.run_to_json(done, redact=True))
    else:
        wiring.create_output().print(render_resumed(done, settled))
    raise typer.Exit(arguments.exit_code_of_receipts(entry.receipt for entry in settled))


@commands.command()
@network_options
def undo(
    options: LiveOptions,
    run: RunId,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    unsealed: Unsealed = False,
    json: Json = False,
) -> None:
    """Put old values back, where the present ones are still those that the run wrote.

    Exit code 1 if a value was changed since then: it is left alone.

    Example: cactions runs undo last
    """
    prompts.require_terminal(yes, json)
    stores = replace(workspace.open_undo_stores(files, environment, options), unsealed=unsealed)
    done = _find_undoable(stores.journal, run)
    stores.check_run(done)
    back = tuple(list_undo_steps(done, stores.people, stores.project))
    if not json and not (yes and any(undo_step.plan.effective for undo_step in back)):
        views = (
            render_undo_preview(undo_step.plan, undo_step.conflicts, done.head.id)
            for undo_step in back
        )
        wiring.create_output().print(*views)
    undone, head = _take_back(done, back, stores, yes)
    receipts = [receipt for _, receipt in undone]
    if json:
        wiring.write_json(documents.undo_to_json(done.head.id, head.id if head else None, receipts))
    elif head:
        wiring.create_output().print(
            render_undone(head, [undo_step.plan for undo_step, _ in undone], receipts)
        )
    steps = [*back, *(undo_step for undo_step, _ in undone)]
    foreign = any(undo_step.conflicts or undo_step.gone for undo_step in steps) or any(
        r.conflicts for r in receipts
    )
    raise typer.Exit(Exit.FINDINGS if foreign else Exit.CLEAN)


def _take_back(
    done: Run, back: Sequence[UndoStep], stores: RunStores, yes: bool
) -> tuple[Sequence[tuple[UndoStep, Receipt]], RunHead | None]:
    """What was undone, and the run of the undo; no run where there is nothing to write."""
    number = sum(len(undo_step.plan.effective) for undo_step in back)
    if not number and not done.finished:
        _close_cut_off(done, stores, yes)
        return (), None
    if not number or not prompts.confirm(f"Restore {count_noun(number, 'attribute')}?", yes):
        for why in dict.fromkeys(undo_step.gone for undo_step in back if undo_step.gone):
            wiring.create_output().info(f"{to_sentence(why)}")
        wiring.create_output().info("Nothing was written.")
        return (), None
    head = build_run_head(replace(done.head, kind=RunKind.UNDO, undoes=done.head.id, source=""))
    return tuple(undo_run(head, stores)), head


def _close_cut_off(done: Run, stores: RunStores, yes: bool) -> None:
    """Close a run that was cut off and has left nothing behind."""
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
    if damaged := journal.list_damaged():
        raise UsageError(
            f"the run {damaged[0][0]} cannot be read, and may be the last one",
            hint="Name the run that you mean by its id; `cactions runs list` shows them.",
        )
    newest = next(
        (stored_run for stored_run in journal.list_runs() if stored_run.leaves_something), None
    )
    if newest is None:
        hint = "`cactions runs list` shows what there is."
        raise UsageError("no run has left anything to take back", hint=hint)
    return newest


def _read(journal: Journal, run: str) -> Run:
    """The run of an id, of its beginning, or the newest. Raises UsageError."""
    if run != "last":
        return journal.read(run)
    newest = next(iter(journal.list_runs()), None)
    if newest is None:
        raise UsageError("there is no run yet", hint="`cactions run` makes one.")
    return newest


commands.command("prune")(runs_retention.prune_)
commands.command("forget")(runs_retention.forget)
