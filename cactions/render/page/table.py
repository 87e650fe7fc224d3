"""Tables of the review page: a caption, the heads of rows and columns, numbers on the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from cactions.render.page.text import render_html
from cactions.render.text import StyledLine

PageCell: TypeAlias = str | int | StyledLine
"""HTML, a number, or a line to be made into HTML."""

_NUMBER: Final = ' class="number"'


def write_table(
    caption: str, titles: Sequence[str], rows: Iterable[Sequence[PageCell]], numbers: Sequence[str]
) -> Iterator[str]:
    """The table; nothing where there is no row. ``numbers`` are the titles of number columns."""
    lines = [f"<tr>{''.join(map(_write_cell, row))}</tr>\n" for row in rows]
    if not lines:
        return
    head = "".join(
        f'<th scope="col"{_NUMBER if title in numbers else ""}>{title}</th>' for title in titles
    )
    yield f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">\n'
    yield f'<table class="small">\n<caption>{caption}</caption>\n'
    yield f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
    yield from lines
    yield "</tbody></table></div>\n"


def _write_cell(cell: PageCell) -> str:
    if isinstance(cell, int):
        return f'<td class="number">{cell:,}</td>' if cell else '<td class="number quiet">0</td>'
    return f"<td>{cell if isinstance(cell, str) else render_html(cell)}</td>"
