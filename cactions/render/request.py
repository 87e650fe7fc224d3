"""A request exactly as it would be sent, with secrets as dots.

The body keeps every part as it is: laid out on lines where it is JSON, never parsed and
written again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from cactions.model import Request
from cactions.render.layout import add_gap, wrap
from cactions.render.text import BLANK, Span, Style, StyledLine, View, span

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_OPENING, _CLOSING = "{[", "}]"


def render_request(asked: Request) -> View:
    """Method and URL, the headers in order, then the body."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = [
            (Span(asked.method, Style.STRONG), Span(" "), Span(asked.url.masked, Style.CODE))
        ]
        for name, value in asked.headers:
            header = (Span(name, Style.PATH), Span(": "), Span(value.masked, Style.VALUE))
            lines += wrap(header, width, rest=add_gap(2))
        if presented := asked.client_certificate:
            text = f"TLS presents a client certificate; its key is {presented.key.name}"
            lines += wrap((Span(text, Style.QUIET),), width, rest=add_gap(2))
        if asked.body is not None:
            lines += [
                BLANK,
                *(span(row, Style.VALUE) for row in _list_body_lines(asked.body.masked)),
            ]
        return lines

    return draw


def _list_body_lines(text: str) -> list[str]:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text.split("\n")
    return list(_indent_json(text))


def _indent_json(text: str) -> Iterator[str]:
    """JSON with one member a line, every part as it was."""
    row, depth, parts = "", 0, _PART.findall(text)
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else ""
        if part in _CLOSING:
            depth -= 1
            if parts[at - 1] not in _OPENING:
                yield row
                row = "  " * depth
        row += ": " if part == ":" else part
        depth += part in _OPENING
        if part == "," or (part in _OPENING and following not in _CLOSING):
            yield row
            row = "  " * depth
    yield row
