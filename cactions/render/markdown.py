"""Findings as Markdown for a pull request's comment or a job's summary: a table, then each in full.

Law: nothing that an author wrote becomes markup. A word of theirs stands in ``<code>`` with every
sign as a character reference, which is no syntax to any reader and keeps GitHub from seeing
mentions, issues and formulas; a block stands in a fence that is longer than any within.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from cactions.model import Finding, LintReport
from cactions.render.escape import escape_terminal
from cactions.render.findings import render_findings_one_by_one
from cactions.render.severity import ONE, by_severity, count_by_severity
from cactions.render.text import StyledLine, to_plain_text

LONGEST: Final = 60_000
"""In characters. GitHub takes 65,536 in a comment and 1 MiB in the summary of a step."""

_MOST_ROWS: Final = 100
_LONGEST_CELL: Final = 300
_ROOM: Final = 100
_SIGN: Final = re.compile(r"[!-+./:-@\[-`{-~]")
"""Every ASCII sign but comma and hyphen, which mean nothing inside of a line."""
_MORE: Final = "\n… and {:,} more; `cactions validate --json` lists all of them.\n"


def render_markdown(review: LintReport, relative: Callable[[str], str | None]) -> str:
    """The text. ``relative`` gives a file's name from the root of the repository on, or None."""
    found = by_severity(review.findings)
    head = f"### cactions: {count_by_severity(found, len(review.suppressed))}\n"
    if not found:
        return head
    rows = ["\n| | Rule | Where | What |", "|---|---|---|---|"]
    rows += [_build_row(finding, relative) for finding in found[:_MOST_ROWS]]
    table = "\n".join([*rows, ""])
    if len(found) > _MOST_ROWS:
        table += _MORE.format(len(found) - _MOST_ROWS)
    width = LONGEST - len(head) - len(table) - len(_MORE)
    blocks = (
        _build_block(*pair) for pair in render_findings_one_by_one(found, review.sources, _ROOM)
    )
    return "".join([head, table, *_take_fitting(blocks, len(found), width)])


def _take_fitting(blocks: Iterable[str], all_: int, width: int) -> Iterator[str]:
    """As many as there is room for, and how many there would be."""
    for number, block in enumerate(blocks):
        width -= len(block)
        if width < 0:
            yield _MORE.format(all_ - number)
            return
        yield block


def _build_row(finding: Finding, relative: Callable[[str], str | None]) -> str:
    place = finding.place
    file = (relative(place.file) or place.file) if place else ""
    where = format_code(f"{file}:{place.line}:{place.column}") if place else ""
    grade = f"**{ONE[finding.severity]}**"
    return f"| {grade} | {finding.rule} | {where} | {format_code(finding.message)} |"


def _build_block(finding: Finding, lines: Iterable[StyledLine]) -> str:
    text = to_plain_text(lines)
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    head = f"{ONE[finding.severity]} {finding.rule} {format_code(finding.message)}"
    return f"\n<details><summary>{head}</summary>\n\n{fence}text\n{text}{fence}\n\n</details>\n"


def format_code(text: str) -> str:
    """A text from outside, unchanged."""
    shown = escape_terminal(text)
    if len(shown) > _LONGEST_CELL:
        shown = f"{shown[:_LONGEST_CELL]}…"
    return f"<code>{_SIGN.sub(lambda found: f'&#{ord(found[0])};', shown)}</code>" if shown else ""
