"""A page of the reference in words: paragraphs, lists and tables as wide as the terminal.

Blocks in fences stay as they are, character by character, since they are copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from cactions.render.layout import (
    LabeledValue,
    add_gap,
    render_labeled_values,
    render_table,
    wrap_paragraph,
)
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_FENCE: Final = "```"
_ITEM: Final = re.compile(r"(- |\d+\. )")
_LINK: Final = re.compile(r"\[([^]]+)\]\((\S+?)\)")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")
_CELLS: Final = re.compile(r"(?<!\\)\|")


def render_help_page(text: str) -> View:
    """The page of a Markdown text, which begins each block on a line of its own."""

    def draw(width: int) -> list[StyledLine]:
        return [line for kind, lines in _split_blocks(text)
                for line in _render_block(kind, lines, width)]  # fmt: skip

    return draw


def render_topics(topics: Mapping[str, str]) -> View:
    """The names of all pages, each with what it is about."""
    items = [LabeledValue(name, (span(about),)) for name, about in topics.items()]
    return lambda width: [span("Topics:"), *render_labeled_values(items, width)]


def _split_blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Neighbouring lines of one kind; a list item is a block of its own."""
    for (kind, _), lines in groupby(_number_lines(text), key=lambda found: found[:2]):
        yield kind, [line for *_, line in lines]


def _number_lines(text: str) -> Iterator[tuple[str, int, str]]:
    """Each line with its kind, and the number of its list item."""
    in_fence, number = False, 0
    for line in text.splitlines():
        if line.startswith(_FENCE) or in_fence:
            in_fence = in_fence is not line.startswith(_FENCE)
            kind = "code"
        elif not line.strip():
            kind = "blank"
        elif line.startswith("#"):
            kind = "title"
        elif line.startswith("|"):
            kind = "table"
        else:
            number += bool(_ITEM.match(line))
            kind = "text"
        yield kind, number if kind == "text" else 0, line


def _render_block(kind: str, lines: list[str], width: int) -> list[StyledLine]:
    if kind == "blank":
        return [BLANK] * len(lines)
    if kind == "code":
        return [_render_code(line) for line in lines]
    if kind == "title":
        return [span(line, Style.STRONG) for line in lines]
    if kind == "table":
        head, _, *rows = (_split_row(line) for line in lines)
        return render_table(head, [[_render_words(cell) for cell in row] for row in rows], width)
    return _render_text(lines, width)


def _render_code(line: str) -> StyledLine:
    if not line:
        return BLANK
    return span(line, Style.QUIET if line.startswith(_FENCE) else Style.SOURCE)


def _render_text(lines: list[str], width: int) -> list[StyledLine]:
    """A paragraph, or an item, whose later rows stand below the words of its first one."""
    text = " ".join(line.strip() for line in lines)
    item = _ITEM.match(text)
    indent = len(item[0]) if item else 0
    rows = wrap_paragraph(_render_words(text[indent:]), width, indent=indent)
    return [(*span(item[0]), *rows[0][len(add_gap(indent)) :]), *rows[1:]] if item else rows


def _split_row(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|") for cell in _CELLS.split(line.strip())[1:-1]]


def _render_words(text: str) -> StyledLine:
    """Bold words in bold, and links with their address."""
    parts = _BOLD.split(_LINK.sub(r"\1 (\2)", text))
    return tuple(
        Span(part, Style.STRONG if at % 2 else Style.PROSE) for at, part in enumerate(parts) if part
    )
