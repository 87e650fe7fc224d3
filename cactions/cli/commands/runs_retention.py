"""``cactions runs prune`` and ``forget``: what goes away for good, after a question."""

from __future__ import annotations

import re
import time
from typing import Annotated, Final

import typer

from cactions.app.retention import (
    PersonTraces,
    choose_prunable,
    erase_traces,
    find_traces,
    prune_runs,
)
from cactions.cli import journal_wiring, prompts, wiring, workspace
from cactions.cli.followed_work import follow_items
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json, Yes, parse_person_query
from cactions.cli.shown_runs import open_shown_journal
from cactions.cli.vault_options import key_options
from cactions.logic.documents.changes import forget_to_json, prune_to_json
from cactions.model import UsageError
from cactions.render.messages import count_noun
from cactions.render.runs import render_runs

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


@key_options
def prune_(
    older_than: OlderThan = None,
    keep: Keep = None,
    yes: Yes = False,
    files: Files = None,
    json: Json = False,
) -> None:
    """Delete old runs, with the old values that an undo would need.

    Never one that was cut off, or with a call whose outcome is unknown.

    Example: cactions runs prune --older-than 90d
    """
    prompts.require_terminal(yes, json)
    if (older_than is None) == (keep is None):
        raise UsageError("say which runs may go", hint="Use either --older-than AGE or --keep N.")
    before = None if older_than is None else time.time() - _parse_age(older_than)
    journal = open_shown_journal(files)
    journal_wiring.delete_scratch(wiring.find_folder(files))
    choice = choose_prunable(journal, before=before, keep=keep)
    for run, why in choice.kept:
        wiring.create_output().info(f"The run {run.head.id} is kept: {why}.")
    if not choice.prunable:
        other = "other " if choice.kept else ""
        wiring.create_output().info(f"No {other}run is old enough. Nothing was deleted.")
        if json:
            wiring.write_json(prune_to_json((), choice.kept))
        return
    old = choice.prunable
    if not json:
        wiring.create_output().print(render_runs(old))
    wiring.create_output().info(
        "What they wrote stays with the people, and cannot be taken back any more."
    )
    if not prompts.confirm(f"Delete {count_noun(len(old), 'run')}?", yes):
        wiring.create_output().info("Nothing was deleted.")
        return
    prune_runs(old, journal, follow_items)
    if json:
        wiring.write_json(prune_to_json(old, choice.kept))
    wiring.create_output().info(f"{count_noun(len(old), 'run')} deleted.")


@network_options
def forget(
    options: LiveOptions,
    person: Whose,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Erase a person from all runs: values, name, key and proof. Only the outcomes stay counted.

    Example: cactions runs forget --person user_id=u-1
    """
    prompts.require_terminal(yes, json)
    project_folder = open_project(files, environment, options, leaks=False)
    journal_wiring.delete_scratch(project_folder.folder)
    query = parse_person_query(person, "id")
    people = workspace.open_people(project_folder)
    traces = [
        (find_traces(query, journal, people, follow_items), journal)
        for journal in journal_wiring.list_archives(project_folder)
    ]
    entries, runs, unknown = (
        sum(counts) for counts in zip(*(_count_traces(found) for found, _ in traces), strict=True)
    )
    where = f"{count_noun(entries, 'entry', 'entries')} in {count_noun(runs, 'run')}"
    person_id = next((found.person_id for found, _ in traces if found.person_id), "")
    whose = f"id {person_id}" if person_id else str(query)
    wiring.create_output().info(
        f"About the person with {whose} the runs hold {where}. What is erased cannot"
        " be undone any more. The person stays in the workspace, and in your files and recordings."
    )
    if unknown:
        wiring.create_output().info(
            f"The outcome of {count_noun(unknown, 'call')} for them is unknown."
            " After erasing, no record of that is left, and the call can be repeated unasked."
        )
    if not prompts.confirm(f"Erase {where}?", yes):
        wiring.create_output().info("Nothing was erased.")
        return
    number = sum(erase_traces(found, journal, follow_items) for found, journal in traces)
    if json:
        document = forget_to_json(person_id, runs=runs, entries=number, unknown_outcomes=unknown)
        wiring.write_json(document)
    wiring.create_output().info(
        f"{count_noun(number, 'entry', 'entries')} erased; outcomes stay counted."
    )


def _count_traces(found: PersonTraces) -> tuple[int, int, int]:
    return found.entries, found.runs, found.unknown_outcomes


def _parse_age(text: str) -> int:
    """Seconds."""
    if not (found := re.fullmatch(r"([0-9]{1,6})([hdw])", text)):
        raise UsageError(f'"{text}" is no age', hint="Write 36h, 90d or 12w.")
    return int(found[1]) * _SECONDS[found[2]]
