"""A view as an SVG picture: text that can be read, selected and searched, in light and dark.

It stands on its own (no font, script or style from anywhere else), takes the reader's own
colour scheme, and is the same bytes for the same view.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from types import MappingProxyType
from typing import Final

from cactions.render.escape import escape_terminal
from cactions.render.text import Span, Style, StyledLine, View, count_cells, to_plain_text

_CELL = 8.4  # pixels of one cell, and the pitch of its lines
_LINE = 19
_EDGE = 20
_FONT = 14
_FAMILY = (
    "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
)

_CLASSES: Final = MappingProxyType(
    {
        Style.STRONG: "b",
        Style.QUIET: "q",
        Style.NEW: "b",
        Style.NOTHING: "q",
        Style.NAME: "b",
        Style.CODE: "c",
        Style.PATH: "q",
        Style.ADD: "g",
        Style.OVERWRITE: "m",
        Style.CLEAR: "r",
        Style.SAME: "q",
        Style.KEPT: "q",
        Style.REFUSED: "r b",
        Style.GOOD: "g",
        Style.BAD: "r b",
        Style.CAUTION: "m b",
    }
)

_STYLE = f"""
  text {{ font: {_FONT}px {_FAMILY}; white-space: pre; fill: #1f2328; }}
  rect {{ fill: #ffffff; stroke: #d1d9e0; }}
  .b {{ font-weight: 700; }} .q {{ fill: #59636e; }} .c {{ fill: #0b6478; }}
  .g {{ fill: #116329; }} .m {{ fill: #8b2a8b; }} .r {{ fill: #b3141d; }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3; }}
    rect {{ fill: #0d1117; stroke: #30363d; }}
    .q {{ fill: #9198a1; }} .c {{ fill: #6cc7dd; }}
    .g {{ fill: #56d364; }} .m {{ fill: #e29be2; }} .r {{ fill: #ff7b72; }}
  }}
"""


def to_svg(view: View, *, width: int = 80, command: str = "") -> str:
    """The SVG document; ``command`` is shown above the view as the typed command."""
    lines = view(width)
    command = escape_terminal(command)
    if command:
        lines = [(Span("$ ", Style.QUIET), Span(command, Style.STRONG)), (), *lines]
    across = round(2 * _EDGE + _CELL * max([width, *map(count_cells, lines)]), 1)
    down = 2 * _EDGE + _LINE * len(lines)
    size = f'viewBox="0 0 {across} {down}" width="{across}" height="{down}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>',
            f"<title>{escape(command or 'cactions')}</title>",
            f"<desc>{escape(to_plain_text(lines))}</desc>",
            f"<style>{_STYLE}</style>",
            f'<rect x="0.5" y="0.5" width="{across - 1}" height="{down - 1}" rx="8"/>',
            *_render_texts(lines),
            "</svg>\n",
        ]
    )


def _render_texts(lines: Sequence[StyledLine]) -> list[str]:
    return [
        f'<text y="{_EDGE + _FONT + number * _LINE}">{_render_spans(line)}</text>'
        for number, line in enumerate(lines)
        if line
    ]


def _render_spans(line: StyledLine) -> str:
    """Each span at its own cell and as wide as its cells, whatever the font."""
    spans, at = [], 0
    for part in line:
        if part.text.strip():
            x, wide = round(_EDGE + at * _CELL, 1), round(part.cells * _CELL, 1)
            style = f' class="{_CLASSES[part.style]}"' if part.style in _CLASSES else ""
            spans.append(f'<tspan x="{x}" textLength="{wide}"{style}>{escape(part.text)}</tspan>')
        at += part.cells
    return "".join(spans)
