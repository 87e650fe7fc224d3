"""Findings as GitHub's workflow commands, which it draws as annotations beside the lines.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
Of one step GitHub shows ten annotations of a kind; more than ten are not printed at all, so that
the most severe are those that are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cactions.model import Finding, LintReport, Place, Severity
from cactions.render.escape import escape_terminal
from cactions.render.severity import by_severity, count_by_severity
from cactions.rules import NAMES

MOST_SHOWN: Final = 10

_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_IN_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Final = {**_IN_DATA, ":": "%3A", ",": "%2C"}
"""What the runner itself turns back, ``escapeData`` and ``escapeProperty`` of its toolkit."""


def render_github(
    review: LintReport, relative: Callable[[str], str | None], *, summarized: bool = False
) -> str:
    """The lines for stdout: the first findings as annotations, then how many there are.

    ``relative`` gives a file's name from the root of the repository on, or None; ``summarized``
    tells whether all of them stand in the job's summary.
    """
    shown = by_severity(review.findings)[:MOST_SHOWN]
    lines = [_build_command(finding, relative) for finding in shown]
    text = count_by_severity(review.findings, len(review.suppressed))
    rest = len(review.findings) - len(shown)
    where = "the job summary" if summarized else "`cactions validate`"
    more = f" The {MOST_SHOWN} most severe are annotations; {where} lists all." if rest > 0 else ""
    return "\n".join([*lines, f"cactions: {text}.{more}", ""])


def build_annotation(
    kind: str, text: str, title: str, place: Place | None, relative: Callable[[str], str | None]
) -> str:
    """One workflow command; ``kind`` is error, warning or notice."""
    about = [*_locate(place, relative), ("title", escape_terminal(title))]
    properties = ",".join(f"{key}={_in_property(value)}" for key, value in about)
    return f"::{kind} {properties}::{_escape(text, _IN_DATA)}"


def _build_command(finding: Finding, relative: Callable[[str], str | None]) -> str:
    hint = [f"hint: {finding.hint}"] if finding.hint else []
    text = "\n".join(map(escape_terminal, [finding.message, *finding.notes, *hint]))
    title = f"{finding.rule} {NAMES[finding.rule]}"
    return build_annotation(_COMMANDS[finding.severity], text, title, finding.place, relative)


def _locate(
    place: Place | None, relative: Callable[[str], str | None]
) -> list[tuple[str, str | int]]:
    """Columns are for a span on one line; the runner drops those of others with a complaint."""
    if place is None:
        return []
    lines = [("line", place.line), ("endLine", place.end_line)]
    columns = [("col", place.column), ("endColumn", place.end_column)]
    several = place.end_line != place.line
    file = relative(place.file) or place.file
    return [("file", escape_terminal(file)), *lines, *([] if several else columns)]


def _in_property(value: str | int) -> str:
    return _escape(str(value), _IN_PROPERTY)


def _escape(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
