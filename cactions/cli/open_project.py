"""Opens the project of a command: all of it, some of its actions, or its workspace alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from cactions.cli.project_folder import ProjectFolder
from cactions.cli.session_wiring import create_session
from cactions.cli.wiring import (
    create_row_cipher,
    find_bare_folder,
    find_folder,
    load_projects,
    load_published_project,
)
from cactions.model import Finding, InvalidFiles, Project, Severity, UsageError

if TYPE_CHECKING:
    from cactions.cli.live_options import LiveOptions
    from cactions.logic.project import LoadedProject

_STRICT: Final = "`cactions validate` lets this pass; here what is unknown counts as unsafe"
_WORKSPACE_ROUTES: Final = ("", "version", "workspace", "network")


def open_project(
    paths: Sequence[Path] | None,
    environment: str | None,
    options: LiveOptions | None = None,
    *,
    leaks: bool = True,
    strict: Collection[str] = (),
) -> ProjectFolder:
    """The project. Raises InvalidFiles with every error; ``leaks``: with those of the rules too.

    ``options`` say how a workspace at Intercom is reached; ``strict`` are rules whose warnings
    count as errors. A folder without action files has what is published in its vault.
    """
    if (published := _open_published(paths, environment, options)) is not None:
        return published
    return _open_folder(paths, environment, options, leaks=leaks, strict=strict)


def _open_published(
    paths: Sequence[Path] | None, environment: str | None, options: LiveOptions | None
) -> ProjectFolder | None:
    """The published definitions of a folder that has no action files; None where it has some."""
    folder = find_bare_folder(paths)
    project = load_published_project(folder, environment) if folder else None
    if folder is None or project is None:
        return None
    session = create_session(folder, project, options)
    return ProjectFolder(folder, project, create_row_cipher(folder), session)


def open_published_project(
    paths: Sequence[Path] | None, environment: str, options: LiveOptions
) -> ProjectFolder:
    """What is published in a vault, whatever the action files beside it say.

    Raises UsageError where nothing is.
    """
    folder = find_folder(paths)
    project = load_published_project(folder, environment)
    if project is None:
        raise UsageError(
            "nothing is published in the vault", hint="`cactions live list` shows what is live."
        )
    session = create_session(folder, project, options)
    return ProjectFolder(folder, project, create_row_cipher(folder), session)


def open_actions(
    paths: Sequence[Path] | None,
    environment: str | None,
    options: LiveOptions,
    names: Sequence[str],
) -> ProjectFolder:
    """The project, where these actions and what all share have no errors; without names, all.

    Raises InvalidFiles with the errors that count.
    """
    if not names:
        return open_project(paths, environment, options)
    return _open_folder(paths, environment, options, lambda error: is_about_actions(error, names))


def is_about_actions(error: Finding, names: Sequence[str]) -> bool:
    """Whether an error is about one of these actions, or about no single action."""
    part, _, rest = error.route.partition(".")
    return part != "actions" or any(rest == name or rest.startswith(f"{name}.") for name in names)


def open_workspace(
    paths: Sequence[Path] | None, options: LiveOptions, *, environment: str | None = None
) -> ProjectFolder:
    """The project as far as it can be understood, for commands that only need its workspace.

    Raises InvalidFiles where the workspace or the ways to it have errors: an action may name an
    attribute that is not pulled yet.
    """
    return _open_folder(
        paths,
        environment,
        options,
        lambda error: error.route.split(".")[0] in _WORKSPACE_ROUTES,
        leaks=False,
    )


def _open_folder(
    paths: Sequence[Path] | None,
    environment: str | None,
    options: LiveOptions | None,
    counts: Callable[[Finding], bool] = lambda _: True,
    *,
    leaks: bool = True,
    strict: Collection[str] = (),
) -> ProjectFolder:
    """The project without what is broken. Raises InvalidFiles with the errors that count."""
    home = find_folder(paths)
    [found] = load_projects(paths or (), environment, leaks=leaks)
    findings = (
        replace(each, severity=Severity.ERROR, notes=(*each.notes, _STRICT))
        if each.rule in strict and each.severity is not Severity.ERROR
        else each
        for each in found.findings
    )
    errors = tuple(each for each in findings if each.severity is Severity.ERROR and counts(each))
    if errors or found.partial is None:
        raise InvalidFiles(errors, found.sources)
    return open_loaded_project(home, found, found.partial, options)


def open_loaded_project(
    home: Path, found: LoadedProject, project: Project, options: LiveOptions | None
) -> ProjectFolder:
    """The project that was loaded from a folder. Nothing is read, sent or unlocked for it."""
    session = create_session(home, project, options)
    return ProjectFolder(
        home, project, create_row_cipher(home), session, found.broken, found.sources
    )
