"""An error on its way out: whose fault, what, where, what was not done, and the next step."""

from __future__ import annotations

from pathlib import PurePath
from traceback import TracebackException

from cactions.model import (
    CactionsError,
    DefinitionError,
    InvalidFiles,
    PlanningError,
    RemoteError,
    StoreError,
    UsageError,
    WorkspaceError,
)
from cactions.render import messages
from cactions.render.findings import render_findings
from cactions.render.layout import wrap, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_LONGEST = 1_000  # characters of one line of a traceback
_UNWRITTEN = "The output cannot be written."
_ELSEWHERE = "free some disk space, or send the output somewhere else"
_REPORT = "include the line above and the command that you ran"

_FAULTS: tuple[tuple[type[BaseException], str], ...] = (
    (DefinitionError, "Invalid file."),
    (UsageError, "Usage error."),
    (RemoteError, "Remote service error."),
    (WorkspaceError, "Intercom error."),
    (StoreError, "Local state error."),
    (PlanningError, "No plan for this person."),
    (MemoryError, "Out of memory."),
    (BaseException, "Internal error. Please report it."),
)


def render_error(error: BaseException, *, not_done: str = "") -> View:
    """The error in words; ``not_done`` is the sentence that says what has not happened.

    Of an unexpected error, only its class and its position are shown: its text may
    hold anything.
    """

    def draw(width: int) -> list[StyledLine]:
        fault = next(text for kind, text in _FAULTS if isinstance(error, kind))
        fault = _UNWRITTEN if is_output_error(error) else fault
        title = wrap(span(fault, Style.STRONG), width, hang=(Span("x", Style.BAD), Span(" ")))
        below = [span(not_done)] if not_done else []
        if isinstance(error, InvalidFiles):
            above = render_findings(error.findings, error.sources)(width)
            again = _render_next("fix the errors above and run the command again")
            return [*above, BLANK, *title, *_wrap_lines([again, *below], width)]
        return [*title, *_wrap_lines([*_list_details(error), *below], width)]

    return draw


def is_output_error(error: BaseException) -> bool:
    """Whether a stream did not take what was written; failures of files are told at their edge."""
    return isinstance(error, OSError) and error.filename is None


def render_traceback(error: BaseException) -> View:
    """Where an error came from: the traceback without the values of variables, line by line.

    The texts of unplanned errors stand in it, and may hold anything that the program has read.
    """

    def draw(_room: int) -> list[StyledLine]:
        texts = TracebackException.from_exception(error, compact=True).format()
        rows = [row for part in texts for row in part.rstrip("\n").split("\n")]
        return [span(row[:_LONGEST], Style.SOURCE) for row in rows]

    return draw


def _wrap_lines(lines: list[StyledLine], width: int) -> list[StyledLine]:
    return [row for line in lines for row in wrap_paragraph(line, width, indent=2)]


def _list_details(error: BaseException) -> list[StyledLine]:
    if isinstance(error, OSError) and is_output_error(error):
        return [
            span(messages.to_sentence((error.strerror or "it is closed").lower())),
            _render_next(_ELSEWHERE),
        ]
    if not isinstance(error, CactionsError):
        return [
            span(f"{type(error).__name__} in {_describe_origin(error)}."),
            _render_next(_REPORT),
        ]
    spans = span(messages.to_sentence(str(error)))
    if error.place:
        message = str(error).strip().rstrip(".")
        spans = (Span(f"{error.place}:", Style.CODE), Span(f" {message}."))
    return [spans, *([_render_next(error.hint)] if error.hint else [])]


def _render_next(hint: str) -> StyledLine:
    return (Span("Next:", Style.STRONG), Span(f" {messages.to_sentence(hint)}"))


def _describe_origin(error: BaseException) -> str:
    """The file and line that raised it; without its folder, which is the reader's business."""
    step = error.__traceback__
    if step is None:
        return "an unknown place"
    while step.tb_next is not None:
        step = step.tb_next
    return f"{PurePath(step.tb_frame.f_code.co_filename).name}, line {step.tb_lineno}"
