"""Files that a command was asked to write: the one way to them, and it shows no known secret."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from cactions.cli import streams
from cactions.cli.project_folder import PULLED_PEOPLE
from cactions.cli.vault_choice import VAULT
from cactions.cli.wiring import STATE
from cactions.edges.files import file_io
from cactions.edges.files.action_files import is_action_file
from cactions.logic.cassette.file_name import FOLDER
from cactions.model import SNAPSHOT_FILE, Json, UsageError

_BATCH: Final = 1_000_000
"""Characters of a stream that are written at once."""


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write the file; see ``edges.files.write_text``. Raises UsageError, DefinitionError."""
    check_output(path)
    file_io.write_text(path, streams.mask_text(text), private=private)


def write_lines(path: Path, lines: Iterable[str], *, private: bool = True) -> None:
    """Write a file of many lines, one after the other. Raises as ``write_text``."""
    check_output(path)
    file_io.write_pieces(
        path, (streams.mask_text(line).encode() for line in lines), private=private
    )


def write_project_file(path: Path, document: Json) -> None:
    """Write a JSON file of the project itself, which is committed. Raises as ``write_text``."""
    file_io.write_text(path, format_project_file(document))


def format_project_file(document: Json) -> str:
    """The text of a JSON file of the project, with no known secret."""
    text = json.dumps(streams.mask_document(document), ensure_ascii=False, indent=2)
    return f"{text}\n"


def append_text(path: Path, text: str) -> None:
    """Add to its end; see ``edges.files.append_text``. Raises UsageError, DefinitionError."""
    file_io.append_text(path, streams.mask_text(text))


def check_output(path: Path, read: Collection[str] = ()) -> None:
    """Raises UsageError for a file that the project itself lives on.

    ``read`` are the real paths of its files that have other names than usual.
    """
    own = is_action_file(path.name) or path.name in (SNAPSHOT_FILE, PULLED_PEOPLE, VAULT)
    if own or os.path.realpath(path) in read or path.parent.name in (FOLDER, STATE):
        raise UsageError(
            f"{file_io.name_path(path)} is a file of the project itself, and was not replaced",
            hint="Name another file for the output.",
        )
