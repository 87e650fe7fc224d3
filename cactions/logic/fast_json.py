"""The fast reader and writer of JSON, for what they certainly treat as ``strict_json`` does.

Whatever they may treat otherwise, which is rare, is left to the standard library.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, Encoder

from cactions.model import Json

MAX_DIGITS: Final = 640
"""The longest integer, in characters: what Python converts under any limit that can be set."""

UNSURE: Final = object()

_LONG_INTEGER: Final = b"0" * MAX_DIGITS
_DIGITS_AS_0: Final = bytes.maketrans(b"123456789", b"0" * 9)
_READER: Final = Decoder()
_WRITER: Final = Encoder()


def read_fast(data: bytes | str, max_depth: int) -> Any:  # noqa: ANN401 - UNSURE has no type
    """The value, where the fast reader is certain to be as strict; else UNSURE.

    It takes the last one of equal keys. A text without escaped quotes has as many quotes as what
    was read from it, written again, unless a key was dropped.
    """
    try:
        raw = data.encode() if isinstance(data, str) else data
        if b"\\" in raw and (b'\\"' in raw or b"\\u0022" in raw):
            return UNSURE
        if len(raw) > MAX_DIGITS and _LONG_INTEGER in raw.translate(_DIGITS_AS_0):
            return UNSURE
        value = _READER.decode(raw)
        if _WRITER.encode(value).count(b'"') != raw.count(b'"'):
            return UNSURE
        is_flat = raw.count(b"{") + raw.count(b"[") <= max_depth
        return value if is_flat or not _is_deeper(value, max_depth) else UNSURE
    except (DecodeError, UnicodeError, RecursionError):
        return UNSURE


def _is_deeper(value: Json, most: int) -> bool:
    """Whether lists and objects are nested in more levels."""
    level: list[Any] = [value]
    for _ in range(most + 1):
        nested = [node for node in level if isinstance(node, dict | list)]
        if not nested:
            return False
        level = [
            child
            for node in nested
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return True


def write_fast(value: Json | Struct) -> str | None:
    """The text; None where NaN may be null in it, or an exponent stands in another place."""
    try:
        raw = _WRITER.encode(value)
    except (ValueError, OverflowError, RecursionError):
        return None
    if b"null" in raw or b"0.0000" in raw:
        return None
    digits = raw.translate(_DIGITS_AS_0)
    return None if b"0e0" in digits or b"0e-0" in digits else raw.decode()
