"""The files of the package that become files of a project."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

PROJECT_FILE = "actions.yaml"
_FOLDER = "templates"
_SERVICES = "services"
_YAML = ".yaml"


def read_empty_project() -> dict[str, str]:
    """The files of a new project, by name."""
    return {PROJECT_FILE: read_file("project.yaml"), ".gitignore": read_file("gitignore.txt")}


def read_example() -> dict[str, str]:
    """The files of the example with its recordings, by their path in the project."""
    found = dict(_walk(files("cactions") / _FOLDER / "example", ""))
    return found | {".gitignore": read_file("gitignore.txt")}


def list_templates() -> list[str]:
    """The services that have a template."""
    found = (files("cactions") / _FOLDER / _SERVICES).iterdir()
    return sorted(path.name[: -len(_YAML)] for path in found if path.name.endswith(_YAML))


def read_template(service: str) -> tuple[str, str]:
    """The action file of a service, and its recording."""
    recording = read_file(f"{_SERVICES}/cassettes/{service}.json")
    return read_file(f"{_SERVICES}/{service}{_YAML}"), recording


def read_file(name: str) -> str:
    """A file of the package."""
    return (files("cactions") / _FOLDER / name).read_text(encoding="utf-8")


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_text(encoding="utf-8")
