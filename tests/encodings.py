"""A secret as eighteen kinds of software write it down; made without the code that looks for it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

Encoded = Callable[[str], bytes]


def _lower_percent(text: str) -> str:
    parts = quote(text, safe="").split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def _aligned(text: str, before: int) -> bytes:
    """Base64 of the secret inside of something, without the letters that it shares."""
    whole = base64.b64encode(b"x" * before + text.encode() + b"yyy")
    start, stop = -(-before * 8 // 6), (before + len(text.encode())) * 8 // 6
    return whole[start:stop]


ENCODINGS: Final[dict[str, Encoded]] = {
    "raw": str.encode,
    "percent": lambda text: quote(text, safe="").encode(),
    "percent, small": lambda text: _lower_percent(text).encode(),
    "percent, path": lambda text: quote(text).encode(),
    "plus": lambda text: quote_plus(text).encode(),
    "percent twice": lambda text: quote(quote(text, safe=""), safe="").encode(),
    "JSON, ASCII": lambda text: json.dumps(text)[1:-1].encode(),
    "JSON, UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].encode(),
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/").encode(),
    "HTML": lambda text: html.escape(text).encode(),
    "HTML, text": lambda text: html.escape(text, quote=False).encode(),
    "repr": lambda text: repr(text)[1:-1].encode(),
    "repr of bytes": lambda text: repr(text.encode())[2:-1].encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "hex, large": lambda text: text.encode().hex().upper().encode(),
    "base64": lambda text: _aligned(text, 0),
    "base64, moved by one, for URLs": lambda text: _aligned(text, 1).translate(
        bytes.maketrans(b"+/", b"-_")
    ),
    "base64, moved by two": lambda text: _aligned(text, 2),
}
