"""Where the recording of an action lies: in a folder beside the action files, under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cactions.logic.relative_path import leads_out
from cactions.model import AuthorError

if TYPE_CHECKING:
    from cactions.model import Action

FOLDER: Final = "cassettes"


def cassette_name(action: Action) -> str:
    """Its path from the project's folder on, with ``/``. Raises AuthorError where it leads out."""
    if leads_out(action.name):
        raise AuthorError(
            f'the recording of "{action.name}" would lie outside of {FOLDER}/',
            hint="Give the action another name, without `..` and without `/` at its beginning.",
            place=action.place,
        )
    return f"{FOLDER}/{action.name}.json"
