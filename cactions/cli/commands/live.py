"""``cactions live``: the definitions that were published, and what differs from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions import __version__
from cactions.app.connectors.publish import find_drift
from cactions.app.published_projects import load_published_action
from cactions.app.vault.definitions import list_live
from cactions.app.vault.open_vault import open_vault
from cactions.cli import arguments, prompts, wiring
from cactions.cli.definition_versions import (
    build_unpublished_error,
    choose_version,
    list_earlier_versions,
    read_published_versions,
)
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json, Yes
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.publication import Publication, finish_publication
from cactions.cli.published import (
    check_workspace,
    describe_definition,
    find_live_definition,
    open_definitions_vault,
)
from cactions.cli.run_head import get_operator
from cactions.cli.session_wiring import create_session
from cactions.cli.vault_options import key_options
from cactions.edges.clock import SystemClock
from cactions.logic import documents
from cactions.logic.definition.compare import DefinitionChange, compare_definitions
from cactions.logic.definition.digest import digest_definition
from cactions.model import (
    Action,
    InvalidFiles,
    PublishedDefinition,
    UsageError,
)
from cactions.render.definitions import render_changes, render_definition, render_live

commands = typer.Typer(
    help="Published definitions, sealed in the vault: the versions that were made live.",
    no_args_is_help=True,
)

Version = Annotated[
    int | None, typer.Option("--version", metavar="N", min=1, help="Default: the newest.")
]
To = Annotated[
    int | None,
    typer.Option("--to", metavar="N", min=1, help="Default: the last one that differs."),
]
_BESIDE: Final = "attributes.lock.json, or what other actions redact"
"""What changes a definition beside the text of its own."""

ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit code 5 where something differs.")]


@commands.command("list")
@network_options
def list_(
    options: LiveOptions, files: Files = None, environment: Environment = None, json: Json = False
) -> None:
    """List what is live: version, time, operator, evidence, and whether the files still say it.

    Example: cactions live list
    """
    folder = wiring.find_folder(files)
    found = [*list_live(open_vault(open_definitions_vault(folder)))]
    if environment is not None:
        found = [each for each in found if each.environment == environment]
    if json:
        wiring.write_json(documents.definitions_to_json(found))
        return
    if environment and not found:
        wiring.create_output().info(f"Nothing is published in the environment {environment} yet.")
        return
    homes = {name: _open_files(name, files, options) for name in {e.environment for e in found}}
    states = [_compare_with_files(each, homes[each.environment]) for each in found]
    wiring.create_output().print(render_live(found, states))


def _open_files(
    environment: str, files: list[Path] | None, options: LiveOptions
) -> ProjectFolder | str:
    """The project of the files in this environment, or why there is none, in a few words."""
    if wiring.find_bare_folder(files):
        return "none"
    try:
        return open_project(files, environment or None, options, leaks=False)
    except InvalidFiles:
        return "have errors"
    except UsageError:
        return "have no such environment"


def _compare_with_files(published: PublishedDefinition, home: ProjectFolder | str) -> str:
    """How the files are beside what is live, in a few words."""
    if isinstance(home, str):
        return home
    action = home.project.actions.get(published.action)
    if action is None:
        return "lack it"
    same = digest_definition(action, home.project) == published.digest
    return "the same" if same else "differ"


@commands.command()
@key_options
def show(
    action: arguments.ActionName,
    version: Version = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show a published definition: its text, and what it rests on. Secrets are not in it.

    Example: cactions live show loyalty
    """
    found = read_published_versions(wiring.find_folder(files), action, environment)
    chosen = choose_version(found, action, version)
    if json:
        document = documents.published_to_json(chosen)
        wiring.write_json({**document, "text": chosen.text})
        return
    others = [each for each in found if each.version != chosen.version]
    wiring.create_output().print(render_definition(chosen, others))


@commands.command()
@network_options
def diff(
    options: LiveOptions,
    action: arguments.ActionName,
    exit_code: ExitCode = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show how the files differ from what is live, and at Intercom how the connector does.

    Example: cactions live diff loyalty
    """
    home = open_project(files, environment, options, leaks=False)
    found = arguments.find_action(home.project, action)
    open_definitions_vault(home.folder)
    live = find_live_definition(home.folder, action, home.project.environment)
    if live is None:
        raise build_unpublished_error(action)
    changes = _list_changes(found, home, live)
    if json:
        wiring.write_json(documents.changes_to_json(live, changes))
    elif home.sources:
        wiring.create_output().print(render_changes(changes, live, action))
    else:
        wiring.create_output().info(f"No action files are here: {live.label} runs as it is sealed.")
    drifted = _report_drift(home, live)
    differs = bool(changes) or drifted
    raise typer.Exit(Exit.CHANGES if differs and exit_code else Exit.CLEAN)


def _list_changes(
    action: Action, home: ProjectFolder, live: PublishedDefinition
) -> tuple[DefinitionChange, ...]:
    """What the files say that is not live; without files, nothing.

    What stands in no text of this action is one change: types of attributes that Intercom told, or
    what another action hides.
    """
    if not home.sources:
        return ()
    now = describe_definition(action, home)
    if changes := compare_definitions(live.text, now.text):
        return changes
    return (
        (DefinitionChange(_BESIDE, live.digest, now.digest),) if now.digest != live.digest else ()
    )


def _report_drift(home: ProjectFolder, live: PublishedDefinition) -> bool:
    """Whether the connector at Intercom is not as it was published; it is said how."""
    if live.connector is None or home.session is None:
        return False
    drift = find_drift(home.session.client, live.connector, *load_published_action(live))
    if drift:
        wiring.create_output().info(f"At Intercom: {drift}.")
    return bool(drift)


@commands.command()
@network_options
def rollback(
    options: LiveOptions,
    action: arguments.ActionName,
    to: To = None,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Make an earlier version live again, as a new version with the evidence of the earlier one.

    Example: cactions live rollback loyalty
    """
    prompts.require_terminal(yes, json)
    folder = wiring.find_folder(files)
    found = read_published_versions(folder, action, environment)
    if to == found[0].version:
        raise UsageError(f"{found[0].label} is live already", hint="Nothing is to be restored.")
    earlier = choose_version(found[1:] if to else list_earlier_versions(found), action, to)
    published_action, project = load_published_action(earlier)
    home = ProjectFolder(
        folder,
        project,
        wiring.create_row_cipher(folder),
        create_session(folder, project, options),
    )
    check_workspace(home, earlier)
    again = replace(
        earlier,
        published_at=SystemClock().get_time(),
        operator=get_operator(),
        tool=__version__,
        version=0,
        restored=earlier.version,
    )
    publication = Publication(home, published_action, again, found[0], json=json)
    raise typer.Exit(finish_publication(publication, yes=yes))
