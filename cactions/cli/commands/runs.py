"""``cactions runs``: what happened, and how to take it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.app.ports import Journal
from cactions.cli import streams, wiring
from cactions.cli.commands import runs_resume, runs_retention, runs_retry, runs_settle, runs_undo
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.cli.options import Files, Json, ReviewPage, RunId
from cactions.cli.output_files import write_lines
from cactions.cli.reporters import write_run_page
from cactions.cli.shown_runs import describe_local_runs, mark_running, open_shown_journal
from cactions.cli.vault_options import key_options
from cactions.logic import documents, strict_json
from cactions.logic.documents.changes import exported_to_json
from cactions.logic.shell import join_command
from cactions.model import Run, UsageError
from cactions.render.escape import escape_json
from cactions.render.runs import UNSEALED, render_run, render_runs
from cactions.render.vault import render_sealed_runs

commands = typer.Typer(help="List, inspect, resume, retry and undo runs.", no_args_is_help=True)

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: stdout.")]


@commands.command("list")
@key_options
def list_(files: Files = None, json: Json = False) -> None:
    """List the runs of this folder, newest first.

    Exit code 3 when a run cannot be read, 1 when one is sealed and does not open: its head is
    always readable.

    Example: cactions runs list
    """
    journal = open_shown_journal(files)
    found, damaged = mark_running(journal.list_unlocked(), journal), journal.list_damaged()
    locked, why_locked = journal.list_locked()
    if json:
        wiring.write_json(documents.runs_to_json(found, damaged, locked))
    else:
        shown = [render_runs(found)] if found or not (locked or damaged) else []
        wiring.create_output().print(*shown, *([render_sealed_runs(locked)] if locked else []))
    if not all(run.authentic for run in found):
        wiring.create_output().info(UNSEALED)
    if locked:
        wiring.create_output().info(f"What is sealed cannot be read: {why_locked}")
    if note := describe_local_runs(journal, files):
        wiring.create_output().info(note)
    for name, why in damaged:
        wiring.create_output().info(f"The run {name} cannot be read: {why}")
    if damaged:
        raise typer.Exit(Exit.NOTHING_DONE)
    raise typer.Exit(Exit.FINDINGS if locked else Exit.CLEAN)


@commands.command()
@key_options
def show(run: RunId, html: ReviewPage = None, files: Files = None, json: Json = False) -> None:
    """Show what a run did to each person.

    Example: cactions runs show last
    """
    journal = open_shown_journal(files)
    [found] = mark_running([read_run(journal, run)], journal)
    if html:
        write_run_page(html, found)
    if json:
        wiring.write_json(documents.run_to_json(found, redact=True))
    else:
        wiring.create_output().print(render_run(found))


@commands.command()
@key_options
def export(run: RunId, out: Out = None, files: Files = None, json: Json = False) -> None:
    """Write a run as JSON lines: its head, then a line a person. Redacted values are left out.

    With --json, which prints one document, the lines go into the file of --out.

    Example: cactions runs export last --out run.jsonl
    """
    if json and out is None:
        show = join_command(("runs", "show"), run, options=("--json",))
        raise UsageError(
            "--json prints one document, and an export is many lines",
            hint=f"Name a file for them: --out FILE. `{show}` prints the run as one document.",
        )
    found = read_run(open_shown_journal(files), run)
    documents_of_run = map(strict_json.dump_json, documents.run_to_lines(found))
    lines = (f"{escape_json(line)}\n" for line in documents_of_run)
    if out:
        write_lines(out, follow_items(lines, "Exporting", "lines"))
        if json:
            wiring.write_json(exported_to_json(found, str(out), len(found.entries)))
        return
    for line in lines:
        streams.write_text(line)


def read_run(journal: Journal, run: str) -> Run:
    """The run of an id, of its beginning, or the newest. Raises UsageError."""
    if run != "last":
        return journal.read(run)
    newest = next(iter(journal.list_runs()), None)
    if newest is None:
        raise UsageError("there is no run yet", hint="`cactions run --help` shows how to make one.")
    return newest


commands.command("resume")(runs_resume.resume_)
commands.command("retry")(runs_retry.retry)
commands.command("settle")(runs_settle.settle)
commands.command("undo")(runs_undo.undo)
commands.command("prune")(runs_retention.prune_)
commands.command("forget")(runs_retention.forget)
