"""``cactions runs``: what happened, and how to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from cactions.app.ports import Journal
from cactions.app.running import Books, Return, returns, take_back
from cactions.cli import asking, wiring
from cactions.cli.exits import Exit
from cactions.cli.settings import Environment, Files, Json, Yes
from cactions.logic import wire
from cactions.model import OperatorError, Receipt, Run, RunHead, RunKind
from cactions.render.receipts import run as run_sheet
from cactions.render.receipts import runs as runs_sheet
from cactions.render.receipts import takeback
from cactions.render.receipts import undone as undone_sheet
from cactions.render.words import count

commands = typer.Typer(help="What happened, and how to take it back.", no_args_is_help=True)

RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, its beginning, or `last`.")]


@commands.command("list")
def list_(files: Files = None, json: Json = False) -> None:
    """List the runs of this folder, newest first.

    Exit code 1 when a run cannot be read.
    """
    journal = wiring.journal(wiring.folder(files))
    found, damaged = list(journal.runs()), journal.damaged()
    if json:
        wiring.write_json(wire.runs_to_json(found, damaged))
    else:
        wiring.paper().show(runs_sheet(found))
    for name, why in damaged:
        wiring.paper().say(f"The run {name} cannot be read: {why}")
    raise typer.Exit(Exit.FINDINGS if damaged else Exit.CLEAN)


@commands.command()
def show(run: RunId, files: Files = None, json: Json = False) -> None:
    """Show what a run did to each person.

    Example: cactions runs show last
    """
    found = _read(wiring.journal(wiring.folder(files)), run)
    if json:
        wiring.write_json(wire.run_to_json(found, redact=True))
    else:
        wiring.paper().show(run_sheet(found))


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
    done = _read(books.journal, run, RunKind.APPLY)
    back = returns(done, books.people)
    if not json:
        sheets = (takeback(one.plan, one.conflicts, done.head.id) for one in back)
        wiring.paper().show(*sheets)
    receipts, head = _take_back(done, back, books, yes)
    if json:
        wiring.write_json(wire.undo_to_json(done.head.id, head.id if head else None, receipts))
    elif head:
        wiring.paper().show(undone_sheet(head, [one.plan for one in back], receipts))
    foreign = any(one.conflicts for one in back) or any(one.conflicts for one in receipts)
    raise typer.Exit(Exit.FINDINGS if foreign else Exit.CLEAN)


def _take_back(
    done: Run, back: Sequence[Return], books: Books, yes: bool
) -> tuple[tuple[Receipt, ...], RunHead | None]:
    """The receipts and the run of the undo; no run where there is nothing to write."""
    number = sum(len(one.plan.effective) for one in back)
    if not number or not asking.agreed(f"Restore {count(number, 'attribute')}?", yes):
        wiring.paper().say("Nothing was written.")
        return (), None
    head = wiring.head_of(replace(done.head, kind=RunKind.UNDO, undoes=done.head.id, source=""))
    return take_back(head, back, books), head


def _read(journal: Journal, run: str, *kinds: RunKind) -> Run:
    """The run of an id, of its beginning, or the newest of some kinds. Raises OperatorError."""
    if run != "last":
        return journal.read(run)
    newest = next((one for one in journal.runs() if one.head.kind in (kinds or RunKind)), None)
    if newest is None:
        raise OperatorError("there is no run yet", hint="`cactions run` makes one.")
    return newest
