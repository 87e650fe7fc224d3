"""Files that a command was asked to write: the one way to them, and it shows no known secret."""

from __future__ import annotations

from pathlib import Path

from cactions.cli import streams
from cactions.edges import files


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write the file; see ``edges.files.write_text``. Raises OperatorError."""
    files.write_text(path, streams.masked_text(text), private=private)


def append_text(path: Path, text: str) -> None:
    """Add to its end; see ``edges.files.append_text``. Raises OperatorError."""
    files.append_text(path, streams.masked_text(text))
