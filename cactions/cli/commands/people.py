"""``cactions people``: the people of the workspace, local or at Intercom."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cactions.app.pull_people import take_test_people
from cactions.cli import progress, wiring, workspace
from cactions.cli.followed_work import follow_items
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project, open_workspace
from cactions.cli.options import Environment, Files, Json, parse_person_query
from cactions.cli.output_files import write_project_file
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.vault_options import key_options
from cactions.edges.files.people_file import PeopleFormat, read_people, read_people_file
from cactions.logic import documents
from cactions.logic.documents.changes import import_to_json
from cactions.logic.people.unlisted_values import UnlistedValues
from cactions.model import Person, UsageError
from cactions.render.people import (
    render_import,
    render_people,
    render_person,
    render_pulled_people,
)

commands = typer.Typer(
    help="Manage people in the local workspace; show and pull those of Intercom.",
    no_args_is_help=True,
)


@commands.command("import")
@key_options
def import_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON or JSONL; - for stdin.")],
    form: Annotated[
        PeopleFormat | None, typer.Option("--format", help="Needed for stdin only.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="People who are here already get what the file says.")
    ] = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Take people from a file into the local workspace: all of them, or none.

    Each row is a person. A column is user_id, email, name or another field of a contact, or an
    attribute of the action files. With --update, what the file does not name stays as it is.

    Example: cactions people import people.csv
    """
    project_folder = open_project(files, environment, leaks=False)
    unlisted = UnlistedValues(project_folder.project.attributes)
    read = follow_items(_read(path, form, project_folder), "Importing", "people")
    people = unlisted.observe(read)
    progress.mark_written()
    workspace.remember_seeds(project_folder)
    number = workspace.open_local_people(project_folder).import_people(people, update=update)
    progress.mark_stored()
    if json:
        wiring.write_json(import_to_json(str(path), number, unlisted.list_messages()))
    else:
        wiring.create_output().print(render_import(number, str(path)))
    for message in unlisted.list_messages():
        wiring.create_output().info(message)


@commands.command("list")
@key_options
def list_(files: Files = None, environment: Environment = None, json: Json = False) -> None:
    """List the people, by id.

    Example: cactions people list
    """
    project_folder = open_project(files, environment, leaks=False)
    workspace.explain_edited_people(project_folder)
    found = list(workspace.open_local_people(project_folder).list())
    if json:
        wiring.write_json(documents.people_to_json(found, project_folder.project.redacted))
    else:
        wiring.create_output().print(render_people(found, redacted=project_folder.project.redacted))


@commands.command()
@network_options
def show(
    options: LiveOptions,
    person: Annotated[str, typer.Argument(metavar="USER_ID|KEY=VALUE")],
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show a person's fields and attributes, from the local workspace or from Intercom.

    Example: cactions people show email=ada@example.com
    """
    project_folder = open_project(files, environment, options, leaks=False)
    workspace.explain_edited_people(project_folder)
    found_person = workspace.open_people(project_folder).find(parse_person_query(person, "user_id"))
    redacted = project_folder.project.redacted
    if json:
        wiring.write_json(documents.people_to_json([found_person], redacted))
    else:
        view = render_person(found_person, project_folder.project.attributes, redacted=redacted)
        wiring.create_output().print(view)


@commands.command()
@network_options
def pull(options: LiveOptions, files: Files = None, json: Json = False) -> None:
    """Write Intercom's test people to people.lock.json, so that tests run without a network.

    They are those of `workspace.test_people`; the file holds what Intercom knows of them.

    Example: cactions people pull
    """
    home = open_workspace(files, options)
    workspace.open_project_client(home)
    pulled = take_test_people(workspace.open_people(home), home.project)
    people = documents.people_to_json(pulled.people, frozenset())
    progress.mark_written()
    write_project_file(home.folder / workspace.PULLED_PEOPLE, people["people"])
    progress.mark_stored()
    if json:
        wiring.write_json(people)
    else:
        wiring.create_output().print(
            render_pulled_people(
                len(pulled.people), workspace.PULLED_PEOPLE, pulled.undeclared, pulled.misfits
            )
        )


def _read(path: Path, form: PeopleFormat | None, project_folder: ProjectFolder) -> Iterator[Person]:
    if path != Path("-"):
        return read_people_file(path, project_folder.project.attributes)
    if form is None:
        raise UsageError("stdin has no name that tells its format", hint="Say --format csv.")
    return read_people(sys.stdin, form, project_folder.project.attributes)
