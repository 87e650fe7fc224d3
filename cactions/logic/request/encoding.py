"""Encodes values for the positions of a request: one function for each position.

Each refuses a value that would have another meaning there. Decoding the text gives the value
back; no function ever repairs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

from cactions.logic import strict_json
from cactions.logic.request.checks import CONTROL, EncodingError, refuse_match
from cactions.model import InvalidText, MaskedText, Value

_SURROGATE: Final = r"[\ud800-\udfff]"
_PATH_DELIMITERS: Final = re.compile(r"[/\\%?#;]")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9_.~-]+")
"""What stands in a path as it is: most keys of people. RFC 3986, 2.3."""


def encode_text(value: Value) -> str:
    """A text unchanged; numbers and booleans as JSON writes them. Raises EncodingError."""
    if isinstance(value, InvalidText):
        raise EncodingError("contains a lone surrogate, and is not valid Unicode")
    if isinstance(value, str):
        if not value.isascii():
            refuse_match(re.compile(_SURROGATE), value, "contains a lone surrogate")
        return value
    if not isinstance(value, bool | int | float):
        raise EncodingError("is a list, an object or null")
    try:
        return strict_json.dump_json(value)
    except ValueError:
        raise EncodingError("is not a finite number") from None


def encode_json(value: Value) -> str:
    """The value in its own JSON type. Raises EncodingError."""
    text = encode_text(value)
    return strict_json.dump_json(text) if isinstance(value, str) else text


def encode_path_segment(text: str) -> str:
    """Percent-encoded, never empty, and without characters that a server may read as structure.

    Some servers decode a path before they split it: characters that could split it are refused,
    not encoded. Raises EncodingError.
    """
    if text in ("", ".", ".."):
        raise EncodingError("is empty" if not text else "is one of . and ..")
    if _UNRESERVED.fullmatch(text):
        return text
    refuse_match(CONTROL, text, "contains a control character")
    refuse_match(_PATH_DELIMITERS, text, r"contains one of / \ % ? # ;")
    return quote(text, safe="")


def encode_slashed_segment(text: str) -> str:
    """One segment of a path that holds slashes, encoded; what is between them is as in a path.

    Raises EncodingError: some servers decode a path before they split it.
    """
    return "%2F".join(map(encode_path_segment, text.split("/")))


def encode_query_part(text: str) -> str:
    """A name or a value of a query, percent-encoded (a space is ``%20``)."""
    return quote(text, safe="")


def encode_form_value(text: str) -> str:
    """A name or a value of ``application/x-www-form-urlencoded``."""
    return quote_plus(text)


def join_parts(parts: Iterable[MaskedText], separator: str = "") -> MaskedText:
    """The texts joined; unopened where one of them is unopened."""
    return MaskedText.join([*parts], separator)
