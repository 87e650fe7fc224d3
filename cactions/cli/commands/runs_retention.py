"""``cactions runs prune`` and ``forget``: what goes away for good, after a question."""

from __future__ import annotations

import re
import time
from typing import Annotated, Final

import typer

from cactions.app.retention import prunable, prune, traces
from cactions.cli import prompts, wiring, workspace
from cactions.cli.options import Environment, Files, Yes, person_query
from cactions.model import OperatorError
from cactions.render.messages import count
from cactions.render.runs import runs as runs_sheet

_SECONDS: Final = {"h": 3600, "d": 86_400, "w": 7 * 86_400}

OlderThan = Annotated[
    str | None,
    typer.Option("--older-than", metavar="AGE", help="Runs begun longer ago: 90d, 12w or 36h."),
]
Keep = Annotated[
    int | None, typer.Option("--keep", metavar="N", min=0, help="All but the newest N runs.")
]
Whose = Annotated[
    str, typer.Option("--person", metavar="KEY=VALUE", help="Who: id=…, user_id=… or email=….")
]


def prune_(
    older_than: OlderThan = None, keep: Keep = None, yes: Yes = False, files: Files = None
) -> None:
    """Delete old runs, with the old values that an undo would need.

    Never one that was cut off, or that keeps a call in doubt.

    Example: cactions runs prune --older-than 90d
    """
    prompts.able(yes)
    if (older_than is None) == (keep is None):
        raise OperatorError(
            "say which runs may go", hint="Use either --older-than AGE or --keep N."
        )
    before = None if older_than is None else time.time() - _age(older_than)
    journal = workspace.journal(wiring.folder(files))
    old = prunable(journal.runs(), before=before, keep=keep)
    if not old:
        wiring.paper().say("No run is old enough. Nothing was deleted.")
        return
    wiring.paper().show(runs_sheet(old))
    wiring.paper().say("What they wrote stays with the people, and cannot be taken back any more.")
    if not prompts.agreed(f"Delete {count(len(old), 'run')}?", yes):
        wiring.paper().say("Nothing was deleted.")
        return
    prune(old, journal)
    wiring.paper().say(f"{count(len(old), 'run')} deleted.")


def forget(
    person: Whose, yes: Yes = False, files: Files = None, environment: Environment = None
) -> None:
    """Erase a person from all runs: values, name, key and proof. Only the outcomes stay counted.

    Example: cactions runs forget --person user_id=u-1
    """
    prompts.able(yes)
    opened = wiring.opened(files, environment, leaks=False)
    journal = workspace.journal(opened.folder)
    found = traces(person_query(person, "id"), journal, workspace.people(opened))
    where = f"{count(found.entries, 'entry', 'entries')} in {count(found.runs, 'run')}"
    wiring.paper().say(
        f"About the person with id {found.person_id} the runs hold {where}. What is erased cannot"
        " be undone any more. The person stays in the workspace, and in your files and recordings."
    )
    if found.doubts:
        wiring.paper().say(
            f"{count(found.doubts, 'call')} for them may or may not have been carried out: nobody"
            " will know of that afterwards, and it can be made again unasked."
        )
    if not prompts.agreed(f"Erase {where}?", yes):
        wiring.paper().say("Nothing was erased.")
        return
    number = journal.forget(found.person_id)
    wiring.paper().say(f"{count(number, 'entry', 'entries')} erased; outcomes stay counted.")


def _age(text: str) -> int:
    """Seconds."""
    if not (found := re.fullmatch(r"([0-9]{1,6})([hdw])", text)):
        raise OperatorError(f'"{text}" is no age', hint="Write 36h, 90d or 12w.")
    return int(found[1]) * _SECONDS[found[2]]
