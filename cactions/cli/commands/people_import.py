"""``cactions people import``: people from a file into the local workspace."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from cactions.cli import progress, wiring, workspace
from cactions.cli.followed_work import follow_items
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json
from cactions.cli.stdin_readers import STDIN, register_rest
from cactions.cli.vault_options import key_options
from cactions.edges.files.people_file import (
    Observer,
    PeopleFormat,
    read_people,
    read_people_file,
)
from cactions.logic.documents.changes import ImportedPeople, import_to_json
from cactions.logic.people.column_keys import ColumnKeys, ImportRules
from cactions.logic.people.columns import ColumnMap
from cactions.logic.people.import_notes import ImportNotes
from cactions.logic.printable import escape_control
from cactions.logic.suggest import join_names
from cactions.model import Person, UsageError
from cactions.render.people import render_import

Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=NAME",
        help="Which field or attribute a column is, such as 'Customer no.=user_id'; with nothing"
        " behind the =, it is left out. Repeatable.",
    ),
]
SkipUnknown = Annotated[
    bool,
    typer.Option(
        "--skip-unknown", help="Leave out columns that are nothing of the workspace, and name them."
    ),
]
Zone = Annotated[
    str,
    typer.Option(
        "--zone", metavar="ZONE", help="The time zone of dates that name none: Europe/Berlin, UTC."
    ),
]


@key_options
def import_people(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON or JSONL; - for stdin.")],
    form: Annotated[
        PeopleFormat | None, typer.Option("--format", help="Needed for stdin only.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="People who are here already get what the file says.")
    ] = False,
    maps: Maps = None,
    skip_unknown: SkipUnknown = False,
    zone: Zone = "",
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Take people from a file into the local workspace: all of them, or none.

    Each row is a person. A column is user_id, email, name or another field of a contact, or an
    attribute of the action files; Intercom's own export is read as it is. With --update, what the
    file does not name stays as it is.

    Example: cactions people import people.csv
    """
    if path == STDIN:
        register_rest("the people")
    rules = ImportRules(_split_maps(maps or ()), skip_unknown, zone)
    project_folder = open_project(files, environment, leaks=False)
    project = project_folder.project
    columns = ColumnMap(project.attributes, rules)
    store = workspace.open_local_people(project_folder)
    notes = ImportNotes(project.attributes, project.redacted)
    people = follow_items(_read(path, form, columns, notes.observe), "Importing", "people")
    progress.mark_written()
    workspace.remember_seeds(project_folder)
    number = store.import_people(people, update=update)
    progress.mark_stored()
    notes.compare_addresses(store.list_addresses())
    messages = [*notes.list_messages()]
    output = wiring.create_output()
    if json:
        imported = ImportedPeople(number, columns.keys.renamed, [*columns.keys.skipped], messages)
        wiring.write_json(import_to_json(str(path), imported))
    else:
        output.print(render_import(number, str(path)))
        messages[:0] = _describe_columns(columns.keys)
    for message in messages:
        output.info(message)


def _split_maps(maps: Iterable[str]) -> dict[str, str]:
    """The keys of columns. Raises UsageError where a column has two."""
    found: dict[str, str] = {}
    for text in maps:
        name, sign, key = text.rpartition("=")
        if not (sign and name):
            raise UsageError(
                f'--map "{text}" is not COLUMN=NAME',
                hint="Name a column as the file does: --map 'User ID=user_id'.",
            )
        if found.setdefault(name, key.strip()) != key.strip():
            raise UsageError(
                f'--map has "{name}" twice', hint="A column is one field or attribute: keep one."
            )
    return found


def _describe_columns(keys: ColumnKeys) -> Iterator[str]:
    if keys.renamed:
        pairs = (f"{escape_control(name)} is {key}" for name, key in keys.renamed.items())
        yield f"Columns: {join_names(pairs)}."
    if keys.skipped:
        yield f"Left out: {join_names(map(escape_control, keys.skipped))}."


def _read(
    path: Path, form: PeopleFormat | None, columns: ColumnMap, observe: Observer
) -> Iterator[Person]:
    if path != Path("-"):
        return read_people_file(path, columns, observe)
    if form is None:
        raise UsageError("stdin has no name that tells its format", hint="Say --format csv.")
    return read_people(sys.stdin, form, columns, observe)
