"""An error on its way out: whose fault, what, where, what was not done, and the next step."""

from __future__ import annotations

from pathlib import PurePath
from traceback import TracebackException

from cactions.model import CactionsError, ErrorKind, ErrorReport, InvalidFiles
from cactions.render import messages
from cactions.render.findings import render_findings
from cactions.render.layout import wrap, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_LONGEST = 1_000  # characters of one line of a traceback
_UNWRITTEN = "The output cannot be written."
_ELSEWHERE = "free some disk space, or send the output somewhere else"
_REPORT = "include the line above and the command that you ran"

_STORE = "Local state error."
_FAULTS = {
    ErrorKind.DEFINITION: "Invalid file.",
    ErrorKind.USAGE: "Usage error.",
    ErrorKind.REMOTE: "Remote service error.",
    ErrorKind.INTERCOM: "Intercom error.",
    ErrorKind.VAULT: _STORE,
    ErrorKind.STORE: _STORE,
    ErrorKind.OUTCOME_UNKNOWN: _STORE,
    ErrorKind.STOPPED: _STORE,
    ErrorKind.PLANNING: "No plan for this person.",
    ErrorKind.OUTPUT: _UNWRITTEN,
    ErrorKind.MEMORY: "Out of memory.",
    ErrorKind.INTERRUPTED: "Interrupted.",
    ErrorKind.TERMINATED: "Terminated.",
    ErrorKind.INTERNAL: "Internal error. Please report it.",
}


def render_error(error: BaseException, *, not_done: str = "") -> View:
    """The error in words; ``not_done`` is the sentence that says what has not happened.

    Of an unexpected error, only its class and its position are shown: its text may
    hold anything.
    """
    report = describe_error(error)

    def draw(width: int) -> list[StyledLine]:
        fault = _FAULTS[report.kind]
        title = wrap(span(fault, Style.STRONG), width, hang=(Span("x", Style.BAD), Span(" ")))
        below = [span(not_done)] if not_done else []
        if isinstance(error, InvalidFiles):
            above = render_findings(error.findings, error.sources)(width)
            again = _render_next(report.hint)
            return [*above, BLANK, *title, *_wrap_lines([again, *below], width)]
        return [*title, *_wrap_lines([*_list_details(report), *below], width)]

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


def describe_error(error: BaseException | ErrorKind) -> ErrorReport:
    """What is told of an error, also as JSON; see ``render_error``. A signal is only a kind."""
    if isinstance(error, ErrorKind):
        return ErrorReport(error, error.value)
    if is_output_error(error):
        text = getattr(error, "strerror", None) or "it is closed"
        return ErrorReport(ErrorKind.OUTPUT, text.lower(), _ELSEWHERE)
    if isinstance(error, InvalidFiles):
        again = "fix the errors above and run the command again"
        return ErrorReport(error.kind, str(error), again, findings=error.findings)
    if isinstance(error, CactionsError):
        return ErrorReport(error.kind, str(error), error.hint, error.place)
    kind = ErrorKind.MEMORY if isinstance(error, MemoryError) else ErrorKind.INTERNAL
    return ErrorReport(kind, f"{type(error).__name__} in {_describe_origin(error)}", _REPORT)


def _list_details(report: ErrorReport) -> list[StyledLine]:
    spans = span(messages.to_sentence(report.message))
    if report.place:
        message = report.message.strip().rstrip(".")
        spans = (Span(f"{report.place}:", Style.CODE), Span(f" {message}."))
    return [spans, *([_render_next(report.hint)] if report.hint else [])]


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
