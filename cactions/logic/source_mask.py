"""A text whose structure is shown and whose values are not: for a file that may not be ours.

A link in a cloned repository can lead to a file of credentials. Where a file cannot be read, its
lines show indentation, keys, dashes, brackets, quotes and comment signs; each other character is
one dot, so that columns stay what they are.
"""

from __future__ import annotations

import re
from typing import Final

DOT: Final = "•"

_KEY: Final = r"[A-Za-z_][A-Za-z0-9_.-]{0,63}"
_LINE: Final = rf"""(?sx)(?P<indent>[ \t]*(?:-[ ]+)*)
        (?P<key>(?P<quote>["']?){_KEY}(?P=quote):(?=[ \t\r]|$))?
        (?P<rest>.*)"""


def is_key(text: str) -> bool:
    """Whether a key may be named although it stands in a file that is not ours."""
    return re.fullmatch(_KEY, text) is not None


def mask_text(text: str) -> str:
    """Every character as a dot."""
    return DOT * len(text)


def mask_values(text: str) -> str:
    """The text of a file with a dot for each character of its values and comments."""
    return "\n".join(map(_mask_line, text.split("\n")))


def _mask_line(line: str) -> str:
    found = re.fullmatch(_LINE, line)
    assert found, "every line has an indentation, maybe a key, and a rest"
    indent, key, rest = found["indent"], found["key"] or "", found["rest"]
    body = rest.rstrip("\r")
    end = rest[len(body) :]
    if not key and re.fullmatch(r"[\[\]{},\s]*|-{3}|\.{3}", body):
        return line
    if key:
        return indent + key + _mask_behind_key(body) + end
    sign = "#" if body.startswith("#") else ""
    return indent + sign + mask_text(body[len(sign) :]) + end


def _mask_behind_key(body: str) -> str:
    """Blanks at the ends, brackets, quotes and comment signs stay."""
    inner = body.strip(" \t")
    start = body.index(inner) if inner else 0
    masked = re.sub(r"[^\[\]{}\"'#]|(?<!\s)(?<!^)#", DOT, inner)
    return body[:start] + masked + body[start + len(inner) :]
