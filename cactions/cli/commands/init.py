"""``cactions init``: the first files of a project."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.cli import progress, wiring
from cactions.cli.options import Json
from cactions.cli.shipped_files import read_empty_project, read_example
from cactions.edges.files import action_files
from cactions.edges.files.file_io import read_bytes
from cactions.edges.files.new_files import check_absent, create_files
from cactions.logic.documents.changes import init_to_json
from cactions.logic.shell import join_command
from cactions.model import CactionsError, UsageError
from cactions.render.new_files import render_new_project

_IGNORED: Final = ".gitignore"
_NEXT: Final = (
    (("new", "loyalty", "--from-curl", "-"), "an action from a request that works, as curl"),
    (("new", "stripe", "--template", "stripe"), "or one from a template"),
    (("validate",), "what is wrong, and what leaks"),
)
_NEXT_EXAMPLE: Final = (
    (("test",), "its tests, replayed from recordings"),
    (("diff", "loyalty", "--person", "u-1", "--replay"), "what would change for one person"),
    (("run", "loyalty", "--person", "u-1", "--replay"), "shows the same, asks, and applies it"),
)


def command(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where. Default: this folder.")
    ] = Path(),
    example: Annotated[
        bool,
        typer.Option("--example", help="The project of the tutorial, with its recordings."),
    ] = False,
    json: Json = False,
) -> None:
    """Make a new project: a file with its workspace, and a .gitignore. It asks nothing.

    A file that is there is never replaced. A project of a workspace at Intercom, with its
    connectors, is made by `cactions audit --save FOLDER`.

    Example: cactions init shop
    """
    texts = read_example() if example else read_empty_project()
    _check_folder(folder)
    kept = [name for name in (_IGNORED,) if os.path.lexists(folder / name)]
    new = {name: text for name, text in texts.items() if name not in kept}
    check_absent(folder, new)
    progress.mark_written()
    create_files(folder, new)
    progress.mark_stored()
    steps = [
        (join_command(words, options=_name_folder(folder)), about)
        for words, about in (_NEXT_EXAMPLE if example else _NEXT)
    ]
    missing = _list_missing_lines(folder / _IGNORED, texts[_IGNORED]) if kept else []
    if json:
        commands = [command for command, _ in steps]
        wiring.write_json(init_to_json(str(folder), [*new], kept, missing, commands))
    else:
        wiring.create_output().print(render_new_project(str(folder), [*new], missing, steps))


def _check_folder(folder: Path) -> None:
    """Raises UsageError where a project is there."""
    if os.path.isdir(folder) and not action_files.is_bare(folder):  # noqa: PTH112 - never raises
        raise UsageError(
            f"there is a project already in {_describe(folder)}, and no file was made",
            hint=f"`{join_command(('validate',), *_list_names(folder))}` checks it.",
        )
    action_files.add_folder(folder)


def _name_folder(folder: Path) -> list[str]:
    return [] if folder == Path() else ["-f", str(folder)]


def _list_names(folder: Path) -> list[str]:
    return [] if folder == Path() else [str(folder)]


def _describe(folder: Path) -> str:
    return "this folder" if folder == Path() else str(folder)


def _list_missing_lines(path: Path, text: str) -> list[str]:
    """The lines of a .gitignore that the one which is there lacks."""
    try:
        there = read_bytes(path).decode(errors="replace").splitlines()
    except CactionsError:  # a pipe, or a link that leads out of the project
        there = []
    return [line for line in text.splitlines() if not line.startswith("#") and line not in there]
