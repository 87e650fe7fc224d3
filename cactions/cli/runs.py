"""``cactions runs``: what happened, and how to take it back."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.running import returns
from cactions.cli import asking, wiring
from cactions.cli.exits import Exit
from cactions.cli.settings import Environment, Files, Json, Yes
from cactions.logic import wire
from cactions.model import RunKind
from cactions.render.preview import preview
from cactions.render.receipts import run as run_sheet
from cactions.render.receipts import runs as runs_sheet
from cactions.render.receipts import undone as undone_sheet

commands = typer.Typer(help="What happened, and how to take it back.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")]


@commands.command("list")
def list_(files: Files = None, json: Json = False) -> None:
    """List the runs of this folder, newest first."""
    journal = wiring.journal(wiring.folder(files))
    found = list(journal.runs())
    if json:
        wiring.write_json(wire.runs_to_json(found, redact=True))
    else:
        wiring.screen().show(runs_sheet(found))


@commands.command()
def show(run: RunId, files: Files = None, json: Json = False) -> None:
    """Show what a run did to each person."""
    found = wiring.journal(wiring.folder(files)).read(run)
    if json:
        wiring.write_json(wire.run_to_json(found, redact=True))
    else:
        wiring.screen().show(run_sheet(found))


@commands.command()
def undo(
    run: RunId,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Put old values back, where the present ones are still those that the run wrote.

    Exit code 1 when a value was changed since by somebody else: it is left alone.

    Example: cactions runs undo last
    """
    asking.able(yes)
    opened = wiring.opened(files, environment)
    books = wiring.books(opened)
    done = books.journal.read(run)
    back = returns(done, books.people)
    if not json:
        wiring.screen().show(*(preview(one.plan) for one in back if one.plan.effective))
    head = wiring.head(RunKind.UNDO, done.head.action, opened, undoes=done.head.id)
    receipts = _undo(back, head, books, yes)
    if json:
        wiring.write_json(wire.undone_to_json(head, receipts))
    else:
        wiring.screen().show(undone_sheet(done, back, receipts, head))
    foreign = any(receipt.conflicts for receipt in receipts)
    raise typer.Exit(Exit.FINDINGS if foreign else Exit.CLEAN)
