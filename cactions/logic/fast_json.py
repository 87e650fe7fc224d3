"""The fast reader and writer of JSON, for what they certainly treat as ``strict_json`` does.

Whatever they may treat otherwise, which is rare, is left to the standard library.
"""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, Encoder

from cactions.model import Json

MAX_DIGITS: Final = 640
"""The longest integer, in characters: what Python converts under any limit that can be set."""

UNSURE: Final = object()

_LONG_INTEGER: Final = b"0" * MAX_DIGITS
_DIGITS_AS_0: Final = bytes.maketrans(b"123456789", b"0" * 9)
_EXPONENT: Final = rb"(?:^|[:,\[])-?[0-9.]+e-?[0-9]"
_NESTED: Final = frozenset((dict, list))
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


def _is_deeper(value: Any, most: int) -> bool:  # noqa: ANN401 - of any type, as JSON is
    """Whether lists and objects, which the reader makes, are nested in more levels."""
    level: list[Any] = [value] if type(value) in _NESTED else []
    for _ in range(most):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) in _NESTED
        ]
        if not level:
            return False
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
    may_have = b"0e0" in digits or b"0e-0" in digits  # as ids have it, too
    return None if may_have and re.search(_EXPONENT, raw) else raw.decode()
