"""Reads a JavaScript object literal of plain values: what a developer copies out of a page.

Unquoted keys, single quotes, comments and trailing commas are rewritten as JSON, which is then
read strictly. Nothing is evaluated: a name in the place of a value is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from cactions.logic import strict_json
from cactions.model import Json, UsageError

_TOKEN: Final = re.compile(
    r"""
    (?P<blank>[\s]+ | //[^\n]* | /\*.*?\*/)
  | (?P<text>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | `(?:[^`\\$]|\\.)*`)
  | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w$.]))
  | (?P<name>[A-Za-z_$][\w$]*)
  | (?P<mark>[{}\[\],:])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPES: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTERS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_VALUES: Final = ("true", "false", "null")
_COPY: Final = (
    "In the console of the browser, `copy(JSON.stringify(window.intercomSettings))` copies the"
    " values that are sent."
)


def parse_object_literal(text: str) -> dict[str, Json]:
    """The object in a text such as ``window.intercomSettings = {…};``.

    Raises UsageError, which holds nothing of the text, for what is no object of plain values.
    """
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise UsageError("there is no object in what was given", hint=_COPY)
    first_line = text.count("\n", 0, start) + 1
    tokens = list(_split_tokens(text[start : end + 1], first_line))
    try:
        found = strict_json.parse_json("".join(_list_json(tokens)))
    except strict_json.StrictJsonError as error:
        raise UsageError(f"the object cannot be read: {error.message}", hint=_COPY) from None
    assert isinstance(found, dict), "it begins with a brace"
    return found


def _split_tokens(text: str, line: int) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each token but blanks."""
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise UsageError(f"line {line} holds code that is no plain value", hint=_COPY)
        if token.lastgroup != "blank":
            yield token.lastgroup or "", token[0], line
        line += token[0].count("\n")
        at = token.end()


def _list_json(tokens: list[tuple[str, str, int]]) -> Iterator[str]:
    """The tokens as JSON. Raises UsageError for a name in the place of a value."""
    following = [*tokens[1:], ("mark", "", 0)]
    before = ""
    for (kind, text, line), (_, after, _) in zip(tokens, following, strict=True):
        if kind == "text":
            yield json.dumps(_ESCAPES.sub(_unescape, text[1:-1]))
        elif kind in ("name", "number") and after == ":":
            yield json.dumps(text)
        elif kind == "name" and text not in _VALUES:
            raise UsageError(f"line {line} holds code that is no plain value", hint=_COPY)
        elif text != "," or after not in ("}", "]") or before in ("{", "["):
            yield text
        before = text


def _unescape(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else _LETTERS.get(escape[3], escape[3])
