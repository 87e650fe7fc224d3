"""The files of the package that become files of a project."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

PROJECT_FILE = "actions.yaml"
_FOLDER = "templates"


def read_empty_project() -> dict[str, str]:
    """The files of a new project, by name."""
    return {PROJECT_FILE: read_file("project.yaml"), ".gitignore": read_file("gitignore.txt")}


def read_example() -> dict[str, str]:
    """The files of the example with its recordings, by their path in the project."""
    found = dict(_walk(files("cactions") / _FOLDER / "example", ""))
    return found | {".gitignore": read_file("gitignore.txt")}


def read_file(name: str) -> str:
    """A file of the package."""
    return (files("cactions") / _FOLDER / name).read_text(encoding="utf-8")


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_text(encoding="utf-8")
