"""Encodes values for the positions of a request: one function for each position.

Each refuses a value that would have another meaning there. Decoding the text gives the value
back; no function ever repairs one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

from cactions.logic import strict_json
from cactions.model import Filter, InvalidText, MaskedText, Value

HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, token

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_BODY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_BLANKS: Final = " \t\r\n"
_SMALL: Final = str.maketrans({chr(n): chr(n).lower() for n in range(128)})
_PATH_DELIMITERS: Final = re.compile(r"[/\\%?#;]")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9_.~-]+")
"""What stands in a path as it is: most keys of people. RFC 3986, 2.3."""


class EncodingError(ValueError):
    """Why a value is invalid at a position; the message completes ``it …`` without the value."""


def encode_text(value: Value) -> str:
    """A text unchanged; numbers and booleans as JSON writes them. Raises EncodingError."""
    if isinstance(value, InvalidText):
        raise EncodingError("contains a lone surrogate, and is not valid Unicode")
    if isinstance(value, str):
        if not value.isascii():
            _refuse_match(_SURROGATE, value, "contains a lone surrogate")
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
    _refuse_match(_CONTROL, text, "contains a control character")
    _refuse_match(_PATH_DELIMITERS, text, r"contains one of / \ % ? # ;")
    return quote(text, safe="")


def encode_slashed_segment(text: str) -> str:
    """One segment of a path that holds slashes, encoded; what is between them is as in a path.

    Raises EncodingError: some servers decode a path before they split it.
    """
    return "%2F".join(map(encode_path_segment, text.split("/")))


def hash_text(text: str, kind: Filter) -> str:
    """The hash as services ask for it: in hexadecimal digits, of an address in small letters.

    Of what is no e-mail address, the text as it is. Only letters of ASCII have another case here:
    beyond it, different addresses fall together.
    """
    plain = text.strip(_BLANKS).translate(_SMALL) if "@" in text else text
    hashed = hashlib.sha256 if kind is Filter.SHA256 else _hash_md5
    return hashed(plain.encode()).hexdigest()


def _hash_md5(data: bytes) -> hashlib._Hash:
    return hashlib.md5(data, usedforsecurity=False)


def encode_query_part(text: str) -> str:
    """A name or a value of a query, percent-encoded (a space is ``%20``)."""
    return quote(text, safe="")


def encode_form_value(text: str) -> str:
    """A name or a value of ``application/x-www-form-urlencoded``."""
    return quote_plus(text)


def check_header_value(text: str) -> str:
    """ASCII without controls, and no space at either end. Raises EncodingError. RFC 9110, 5.5."""
    _refuse_match(_CONTROL, text, "contains a control character")
    if not text.isascii():
        raise EncodingError("contains a character outside ASCII")
    if text != text.strip(" "):
        raise EncodingError("begins or ends with a space")
    return text


def check_basic_user(text: str) -> str:
    """A user name of Basic authentication, which ends at the first colon. RFC 7617, 2."""
    if ":" in text:
        raise EncodingError("contains a colon")
    return check_basic_password(text)


def check_basic_password(text: str) -> str:
    """A password of Basic authentication. Raises EncodingError."""
    _refuse_match(_CONTROL, text, "contains a control character")
    return text


def check_body_text(text: str) -> str:
    """Text of a text body; of control characters only tab and newline. Raises EncodingError."""
    _refuse_match(_CONTROL_IN_BODY, text, "contains a control character")
    return text


def join_parts(parts: Iterable[MaskedText], separator: str = "") -> MaskedText:
    """The texts joined; unopened where one of them is unopened."""
    return MaskedText.join([*parts], separator)


def _refuse_match(pattern: re.Pattern[str], text: str, reason: str) -> None:
    if pattern.search(text):
        raise EncodingError(reason)
