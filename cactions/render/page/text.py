"""Styled text as HTML: every text from outside is escaped, and isolated in its direction."""

from __future__ import annotations

from html import escape
from types import MappingProxyType
from typing import Final

from cactions.render.escape import escape_terminal
from cactions.render.text import Style, StyledLine

CLASSES: Final = MappingProxyType(
    {
        Style.STRONG: "strong",
        Style.QUIET: "quiet",
        Style.VALUE: "value",
        Style.NEW: "value new",
        Style.NOTHING: "quiet",
        Style.NAME: "name",
        Style.CODE: "code",
        Style.PATH: "quiet",
        Style.ADD: "add",
        Style.OVERWRITE: "overwrite",
        Style.CLEAR: "clear",
        Style.SAME: "quiet",
        Style.KEPT: "quiet",
        Style.REFUSED: "bad",
        Style.GOOD: "add",
        Style.BAD: "bad",
        Style.CAUTION: "caution",
    }
)
"""The class of each style that has one."""


def escape_html(text: str) -> str:
    """A text that is shown as it is, also in an attribute; what is invisible is spelled out."""
    return escape(escape_terminal(text))


def render_html(line: StyledLine) -> str:
    """The spans of a line, each in its class."""
    return "".join(
        f'<bdi class="{CLASSES[part.style]}">{escape_html(part.text)}</bdi>'
        if part.style in CLASSES
        else escape_html(part.text)
        for part in line
    )
