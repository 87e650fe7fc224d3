"""A request exactly as it would be sent, with secrets as dots.

The body keeps every part as it is: laid out on lines where it is JSON, never parsed and
written again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from cactions.model import Request
from cactions.render.layout import flow, gap
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_OPENING, _CLOSING = "{[", "}]"


def request(asked: Request) -> Sheet:
    """Method and URL, the headers in order, then the body."""

    def draw(room: int) -> list[Line]:
        lines: list[Line] = [
            (Ink(asked.method, Tone.STRONG), Ink(" "), Ink(asked.url.shown, Tone.CODE))
        ]
        for name, value in asked.headers:
            header = (Ink(name, Tone.PATH), Ink(": "), Ink(value.shown, Tone.VALUE))
            lines += flow(header, room, rest=gap(2))
        if asked.body is not None:
            lines += [BLANK, *(ink(row, Tone.VALUE) for row in _body(asked.body.shown))]
        return lines

    return draw


def _body(text: str) -> list[str]:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text.split("\n")
    return list(_laid_out(text))


def _laid_out(text: str) -> Iterator[str]:
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
