"""``cactions runs prune`` and ``forget``: what goes away for good, after a question."""

from __future__ import annotations

import re
import time
from typing import Annotated, Final

import typer

from cactions.app.retention import choose_prunable, erase_traces, find_traces, prune_runs
from cactions.cli import prompts, wiring, workspace
from cactions.cli.followed_work import follow_items
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json, Yes, parse_person_query
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
    journal = workspace.open_journal(wiring.find_folder(files))
    workspace.delete_scratch(wiring.find_folder(files))
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
    workspace.delete_scratch(project_folder.folder)
    journal = workspace.open_journal(project_folder.folder)
    query = parse_person_query(person, "id")
    found = find_traces(query, journal, workspace.open_people(project_folder), follow_items)
    where = f"{count_noun(found.entries, 'entry', 'entries')} in {count_noun(found.runs, 'run')}"
    whose = f"id {found.person_id}" if found.person_id else str(query)
    wiring.create_output().info(
        f"About the person with {whose} the runs hold {where}. What is erased cannot"
        " be undone any more. The person stays in the workspace, and in your files and recordings."
    )
    if found.unknown_outcomes:
        wiring.create_output().info(
            f"The outcome of {count_noun(found.unknown_outcomes, 'call')} for them is unknown."
            " After erasing, no record of that is left, and the call can be repeated unasked."
        )
    if not prompts.confirm(f"Erase {where}?", yes):
        wiring.create_output().info("Nothing was erased.")
        return
    number = erase_traces(found, journal, follow_items)
    if json:
        document = forget_to_json(
            found.person_id,
            runs=found.runs,
            entries=number,
            unknown_outcomes=found.unknown_outcomes,
        )
        wiring.write_json(document)
    wiring.create_output().info(
        f"{count_noun(number, 'entry', 'entries')} erased; outcomes stay counted."
    )


def _parse_age(text: str) -> int:
    """Seconds."""
    if not (found := re.fullmatch(r"([0-9]{1,6})([hdw])", text)):
        raise UsageError(f'"{text}" is no age', hint="Write 36h, 90d or 12w.")
    return int(found[1]) * _SECONDS[found[2]]
