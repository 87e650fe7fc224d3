"""How far a command has come: what the last words must know to say what was not done.

"Nothing was written" is said only before the first step that may write, and after a store's error
that says so: then only what was written before counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Final

from cactions.model import (
    CactionsError,
    DefinitionError,
    OutcomeUnknown,
    RunAborted,
    StoreError,
    UsageError,
)

_writing: ContextVar[bool] = ContextVar("writing", default=False)
_stored: ContextVar[bool] = ContextVar("stored", default=False)
_sending: ContextVar[bool] = ContextVar("sending", default=False)
_requesting: ContextVar[bool] = ContextVar("requesting", default=False)
_declined: ContextVar[bool] = ContextVar("declined", default=False)
_observers: Final[list[Callable[[], None]]] = []
_at_end: Final[list[Callable[[], None]]] = []
_closers: Final[list[Callable[[], None]]] = []

_BEFORE: Final[dict[tuple[str, ...], str]] = {
    ("init",): "No file was made.",
    ("new",): "No file was made.",
    ("validate",): "The check was not finished.",
    ("explain",): "Nothing was explained.",
    ("request",): "Nothing was sent.",
    ("test",): "The tests were not finished, and nothing was written.",
    ("watch",): "The check was not finished.",
    ("audit",): "The audit was not finished, and nothing was changed at Intercom.",
    ("doctor",): "The check was not finished. Nothing was changed.",
    ("schema",): "No schema was printed.",
    ("runs", "list"): "Nothing was changed.",
    ("runs", "show"): "Nothing was changed.",
    ("runs", "export"): "Nothing was exported.",
    ("runs", "resume"): "Nothing was written.",
    ("runs", "undo"): "Nothing was written.",
    ("runs", "prune"): "Nothing was deleted.",
    ("runs", "forget"): "Nothing was erased.",
    ("people", "import"): "No person was imported.",
    ("people", "list"): "Nothing was changed.",
    ("people", "show"): "Nothing was changed.",
    ("people", "pull"): "No file was written.",
    ("attributes",): "No file was written.",
    ("connectors", "push"): "No connector was created or changed.",
    ("connectors", "pull"): "No file was written.",
    ("connectors",): "Nothing was changed.",
    ("tokens", "test"): "The token was not tested.",
    ("vault", "list"): "Nothing was changed.",
    ("vault", "status"): "Nothing was changed.",
    ("vault", "verify"): "The check was not finished, and nothing was changed.",
    ("vault",): "Nothing was written.",
}
_WHOLE: Final = ("people", "run", "diff")
_NOTHING: Final = "Nothing was sent and nothing was written."
_SENT: Final = "Requests were sent, and nothing was written."
_PUBLISHED: Final = (
    "What is sealed is the earlier version or the new one, and so is what Intercom has; where"
    " they differ, no run is made there. Give the same command again."
)
_AFTER: Final[dict[tuple[str, ...], str]] = {
    ("audit",): "Some files may have been written: give the same command again.",
    ("connectors", "pull"): "Some files may have been written: give the same command again.",
    ("init",): "Some files may have been made; each is whole.",
    ("new",): "Some files may have been made; each is whole.",
    ("test",): "Each recording and action file is either as it was, or whole and new; no person was"
    " written to.",
    ("people", "import"): "Either all people of the file were imported or none: `cactions people"
    " list` tells which.",
    ("validate",): "Some files may have been fixed: give the same command again.",
    ("runs", "prune"): "`cactions runs list` tells which runs are still there.",
    ("runs", "forget"): "Some of it may still be there: give the same command again.",
    ("publish",): _PUBLISHED,
    ("live", "rollback"): _PUBLISHED,
    ("connectors", "push"): "`cactions connectors diff` tells which drafts were sent.",
    ("vault",): "The vault is either as it was, or as it was to be: look with `cactions vault"
    " verify`.",
}
_RUN: Final = "If a call or a run had begun, `cactions runs list` tells how far it came."


def start() -> None:
    """A command begins: nothing can have been sent or written yet."""
    for mark in (_writing, _stored, _sending, _requesting, _declined):
        mark.set(False)


def add_exit_hook(act: Callable[[], None]) -> None:
    """Do it once when the command ends, however it ends."""
    _at_end.append(act)


def add_closing_hook(act: Callable[[], None]) -> None:
    """Close something when the command ends, or the work within it for which it was opened.

    What was added last is closed first.
    """
    _closers.append(act)


@contextmanager
def gather_closing_hooks(opened: ExitStack) -> Iterator[None]:
    """What is opened meanwhile is closed with ``opened``, also after an error."""
    before = _closers[:]
    _closers.clear()
    try:
        yield
    finally:
        for act in _closers:
            opened.callback(act)
        _closers[:] = before


def run_exit_hooks() -> None:
    """The command has ended; its last words may still be on their way."""
    while _closers:
        _closers.pop()()
    while _at_end:
        _at_end.pop()()


def observe_requests(act: Callable[[], None]) -> None:
    """Do it for each request that is sent from now on."""
    _observers[:] = [act]


def report_request() -> None:
    """A request is about to be sent; threads send, too."""
    for act in _observers:
        act()


def mark_sent() -> None:
    """From here on a request may have been sent."""
    _sending.set(True)


def mark_written() -> None:
    """From here on something may have been written."""
    _writing.set(True)


def mark_stored() -> None:
    """Something is written, whatever becomes of the rest."""
    _writing.set(True)
    _stored.set(True)


def mark_declined() -> None:
    """The question whether to go ahead was answered with no."""
    _declined.set(True)


def is_declined() -> bool:
    """Whether what the command is for was asked about and not wanted, and nothing is written."""
    return _declined.get() and not _stored.get()


def mark_requesting() -> None:
    """A write request was agreed to: what is sent from here on may have changed something."""
    _writing.set(True)
    _requesting.set(True)


@contextmanager
def atomic() -> Iterator[None]:
    """Its block writes all or nothing. An error of ours says which; a signal does not.

    What was written before the block stays written.
    """
    before = _writing.get()
    mark_written()
    try:
        yield
    except CactionsError as error:
        _writing.set(before or isinstance(error, OutcomeUnknown))
        raise
    mark_stored()


def is_unknown_after(error: BaseException) -> bool:
    """Whether it is not known what a command has written that ends with this error.

    A store's error says that its own write did not happen; the answer of a write request that was
    sent before may be lost with it.
    """
    if isinstance(error, OutcomeUnknown):
        return True
    if isinstance(error, StoreError):
        return _requesting.get() and _sending.get()
    return _writing.get()


def has_stored() -> bool:
    """Whether the command has certainly written something."""
    return _stored.get()


def get_not_done_message(words: Sequence[str], error: BaseException | None = None) -> str:
    """What a command that ends with this error has not done, as far as that is certain.

    ``words`` are those of the command line. An import with an error in its file or its options is
    rolled back as a whole; a run or a diff finds such an error before anything is sent, unless it
    has written all and then cannot write its report. RunAborted says it itself, so that the text
    is empty.
    """
    command = tuple(words[:2])
    rolled_back = (
        words[:1]
        and words[0] in _WHOLE
        and isinstance(error, DefinitionError | UsageError)
        and not has_stored()
    )
    if isinstance(error, RunAborted):
        return ""
    known = isinstance(error, StoreError) and not is_unknown_after(error)
    if (_stored if known else _writing).get() and not rolled_back:
        return _AFTER.get(command) or _AFTER.get(command[:1]) or _RUN
    nothing = _SENT if _sending.get() else _NOTHING
    return _BEFORE.get(command) or _BEFORE.get(command[:1]) or nothing
