"""How far a command has come: what the last words must know to say what was not done.

Law: "nothing was written" is said only before the first moment at which something may be.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Final

from cactions.model import AuthorError, OperatorError

_writing: ContextVar[bool] = ContextVar("writing", default=False)

_BEFORE: Final = {
    ("validate",): "The check was not finished.",
    ("request",): "Nothing was sent.",
    ("test",): "The tests were not finished, and nothing was written.",
    ("schema",): "No schema was printed.",
    ("runs", "list"): "Nothing was changed.",
    ("runs", "show"): "Nothing was changed.",
    ("runs", "undo"): "Nothing was written.",
    ("people", "import"): "Nobody was imported.",
    ("people", "list"): "Nothing was changed.",
    ("people", "show"): "Nothing was changed.",
}
_NOTHING: Final = "Nothing was sent and nothing was written."
_IMPORT: Final = ("people", "import")
_IMPORTED: Final = (
    "Either everybody in the file was imported or nobody: `cactions people list` tells which."
)
_RUN: Final = "If a run had begun, `cactions runs list` tells how far it came."


def start() -> None:
    """A command begins: nothing can have been written yet."""
    _writing.set(False)


def may_write() -> None:
    """From here on something may have been written."""
    _writing.set(True)


def may_have_written() -> bool:
    """Whether the command has come to where it writes."""
    return _writing.get()


def not_done(words: Sequence[str], error: BaseException | None = None) -> str:
    """What a command that stops now has not done, as far as that is certain.

    ``words`` are those of the command line; an import that meets a fault of its file, or one in
    how it was called, is rolled back as a whole.
    """
    command = tuple(words[:2])
    if _writing.get():
        if command != _IMPORT:
            return _RUN
        if not isinstance(error, AuthorError | OperatorError):
            return _IMPORTED
    return _BEFORE.get(command) or _BEFORE.get(command[:1]) or _NOTHING
