"""An error on its way out: whose fault, what, where, what was not done, and the next step."""

from __future__ import annotations

from pathlib import PurePath

from cactions.model import (
    AuthorError,
    CactionsError,
    InvalidFiles,
    NoPlan,
    OperatorError,
    RemoteError,
    StoreError,
)
from cactions.render import words
from cactions.render.findings import findings
from cactions.render.ink import BLANK, Ink, Line, Sheet, Tone, ink
from cactions.render.layout import flow, prose

_FAULTS: tuple[tuple[type[BaseException], str], ...] = (
    (AuthorError, "The action files need mending."),
    (OperatorError, "The command does not fit."),
    (RemoteError, "The other service did not answer as it should."),
    (StoreError, "What cactions keeps could not be read or written."),
    (NoPlan, "Nothing can be planned for this person."),
    (BaseException, "This is a fault of cactions itself."),
)


def failure(error: BaseException, *, not_done: str = "") -> Sheet:
    """The error in words; ``not_done`` is the sentence that says what has not happened.

    Of an error that nobody planned for, only its kind and its place are told: its text may
    hold anything.
    """

    def draw(room: int) -> list[Line]:
        fault = next(text for kind, text in _FAULTS if isinstance(error, kind))
        title = flow(ink(fault, Tone.STRONG), room, hang=(Ink("x", Tone.BAD), Ink(" ")))
        below = [ink(not_done)] if not_done else []
        if isinstance(error, InvalidFiles):
            above = findings(error.findings, error.sources)(room)
            return [*above, BLANK, *title, *_paragraphs(below, room)]
        return [*title, *_paragraphs([*_details(error), *below], room)]

    return draw


def _paragraphs(lines: list[Line], room: int) -> list[Line]:
    return [row for line in lines for row in prose(line, room, indent=2)]


def _details(error: BaseException) -> list[Line]:
    if not isinstance(error, CactionsError):
        return [ink(f"{type(error).__name__} in {_origin(error)}."), _next(_REPORT)]
    said = ink(words.sentence(str(error)))
    if error.place:
        message = str(error).strip().rstrip(".")
        said = (Ink(f"{error.place}:", Tone.CODE), Ink(f" {message}."))
    return [said, *([_next(error.hint)] if error.hint else [])]


_REPORT = "report it, with the line above and the command that you used"


def _next(hint: str) -> Line:
    return (Ink("Next:", Tone.STRONG), Ink(f" {words.sentence(hint)}"))


def _origin(error: BaseException) -> str:
    """The file and line that raised it; without its folder, which is the reader's business."""
    step = error.__traceback__
    if step is None:
        return "an unknown place"
    while step.tb_next is not None:
        step = step.tb_next
    return f"{PurePath(step.tb_frame.f_code.co_filename).name}, line {step.tb_lineno}"
