"""Published definitions in the vault of a project: found, sealed, and required by a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from cactions import __version__
from cactions.app.connectors.publish import find_drift
from cactions.app.published_projects import load_published_action
from cactions.app.vault.definitions import find_live
from cactions.app.vault.open_vault import VaultContext, open_vault
from cactions.cli import arguments, wiring
from cactions.cli.command_line import CommandLine, format_application
from cactions.cli.live_options import LiveOptions
from cactions.cli.open_project import open_project
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.run_head import get_operator
from cactions.cli.vault_choice import VAULT, choose_vault
from cactions.edges.clock import SystemClock
from cactions.logic.definition.digest import digest_definition
from cactions.logic.definition.file_text import (
    list_redacted,
    prune_snapshot,
    write_definition,
)
from cactions.logic.project import SourceFile
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    Action,
    DefinitionError,
    ProofStrength,
    PublishedDefinition,
    UsageError,
    WorkspaceError,
)
from cactions.render.messages import to_sentence

_DRAFT: Final = "`--draft` runs it for test people only."


def open_definitions_vault(folder: Path) -> VaultContext:
    """The vault that definitions are sealed in. Raises UsageError where there is none."""
    path = folder / VAULT
    if not os.path.lexists(path):
        raise UsageError(
            "there is no vault, where published definitions are sealed",
            hint="Make one: `cactions vault init`.",
        )
    return wiring.open_vault_context(choose_vault(path))


def describe_definition(action: Action, home: ProjectFolder) -> PublishedDefinition:
    """The action as it would be published now, without evidence.

    Raises DefinitionError, and UsageError where there are no action files.
    """
    require_sources(home)
    project, proof = home.project, action.response.same_person
    files = [SourceFile(name, text.encode()) for name, text in home.sources.items()]
    return PublishedDefinition(
        action.name,
        project.environment,
        home.workspace_name,
        digest_definition(action, project),
        write_definition(files, action, project),
        SystemClock().get_time(),
        get_operator(),
        __version__,
        snapshot=prune_snapshot(project.snapshot, action),
        redacted=list_redacted(action),
        strength=proof.strength if proof else ProofStrength.PROVEN,
        basis=proof.basis if proof else "",
    )


def require_sources(home: ProjectFolder) -> None:
    """Raises UsageError where the project is what is published: it has no action files."""
    if not home.sources:
        raise UsageError(
            "there are no action files here, so there is nothing to publish",
            hint="Publish where they are; `cactions live rollback ACTION` restores what was live.",
        )


def open_runnable_project(
    paths: Sequence[Path] | None,
    environment: str | None,
    options: LiveOptions,
    action: str,
    *,
    draft: bool,
) -> ProjectFolder:
    """The project, if it may run this action: at Intercom only as it was published.

    ``draft``: as the files are, but only test people are found. Raises as ``open_project`` and
    ``require_published``, and UsageError for a replay at Intercom.
    """
    home = open_project(paths, environment, options)
    options.refuse_replay_at(home.session is not None)
    return require_published(home, action, draft=draft)


def require_published(home: ProjectFolder, name: str, *, draft: bool) -> ProjectFolder:
    """The project with the definition that is live, if its files say the same; nothing is sent.

    Raises DefinitionError where they do not. In a local workspace the files are taken as they are;
    a draft runs for test people only. Without files, the definition is alone in its project: what
    others say of the same attributes and hosts is no part of it.
    """
    if draft:
        return replace(home, draft=True)
    if home.session is None and home.sources:
        return home
    action = arguments.find_action(home.project, name)
    live = find_live_definition(home.folder, name, home.project.environment)
    publish = join_command(("publish",), name)
    if live is None:
        raise DefinitionError(
            f'"{name}" is not published, so it does not run at Intercom',
            hint=f"`{publish}` tests it and makes it live; {_DRAFT}",
            place=action.place,
        )
    if not home.sources:
        return replace(home, live=live, project=load_published_action(live)[1])
    if live.digest != digest_definition(action, home.project):
        look = join_command(("live", "diff"), name)
        raise DefinitionError(
            f'"{name}" is not what was published as version {live.version}',
            hint=f"`{look}` shows what differs. Publish it: `{publish}`; {_DRAFT}",
            place=action.place,
        )
    return replace(home, live=live)


def explain_application(home: ProjectFolder, command_line: CommandLine, run: str = "") -> str:
    """What applies the diff that was shown; ``run`` where it is not the command for its people.

    At Intercom a replay is never applied, and what is not published is for test people only.
    """
    run = run or command_line.render("run")
    if home.session is None:
        return format_application(run)
    if command_line.answers.replay:
        return " A recorded response is not written to Intercom."
    try:
        require_published(home, command_line.action, draft=False)
    except DefinitionError as error:
        publish = join_command(("publish",), command_line.action)
        return (
            f" {to_sentence(str(error))} To publish it: `{publish}`. For test people: {run} --draft"
        )
    return format_application(run)


def check_published(home: ProjectFolder) -> None:
    """Raises DefinitionError for another workspace, WorkspaceError for another connector there.

    A definition that needs no publication is not checked.
    """
    live = home.live
    if home.session is None or live is None:
        return
    check_workspace(home, live)
    if live.connector is None:
        return
    sealed = load_published_action(live)  # its descriptions, too, which the files may change
    if drift := find_drift(home.session.client, live.connector, *sealed):
        look, again = (
            join_command(words, live.action) for words in (("live", "diff"), ("publish",))
        )
        raise WorkspaceError(
            f'"{live.action}" is not live at Intercom as it was published: {drift}',
            hint=f"`{look}` compares. Put it back in the web page, or publish again: `{again}`.",
        )


def check_workspace(home: ProjectFolder, published: PublishedDefinition) -> None:
    """Raises DefinitionError where it was published for another workspace."""
    made, here = published.workspace, home.workspace_name
    if made.key != here.key:
        raise DefinitionError(
            f'"{published.action}" was published for the {describe_workspace(made)}, and this is'
            f" the {describe_workspace(here)}",
            hint=f"Publish it for this one: `{join_command(('publish',), published.action)}`.",
            place=home.project.actions[published.action].place,
        )


def find_live_definition(folder: Path, name: str, environment: str) -> PublishedDefinition | None:
    """The live version of an action; None where it was not published. Raises VaultError."""
    if not os.path.lexists(folder / VAULT):
        return None
    return find_live(open_vault(open_definitions_vault(folder)), name, environment)
