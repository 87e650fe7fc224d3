"""Where the recording of an action lies: in a folder beside the action files, under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cactions.logic.relative_path import leaves_folder
from cactions.model import DefinitionError

if TYPE_CHECKING:
    from cactions.model import Action

FOLDER: Final = "cassettes"


def build_cassette_name(action: Action) -> str:
    """Its path in the project's folder, with ``/``. Raises DefinitionError where it leaves it."""
    if leaves_folder(action.name):
        raise DefinitionError(
            f'the recording of "{action.name}" would lie outside of {FOLDER}/',
            hint="Give the action another name, without `..` and without `/` at its beginning.",
            place=action.place,
        )
    return f"{FOLDER}/{action.name}.json"


def build_probe_name(action: Action) -> str:
    """The same for the recording of its probe."""
    return f"{build_cassette_name(action).removesuffix('.json')}.probe.json"
