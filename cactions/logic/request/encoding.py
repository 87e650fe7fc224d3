"""Values into texts: one function a place, each refusing what would mean something else there.

Parsing the text back gives the value, or the value was refused; no place ever repairs one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, quote_plus

from cactions.logic import strict_json
from cactions.model import MaskedText, Value

HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, token

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_BODY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_PATH_MARKS: Final = re.compile(r"[/\\%?#;]")


class EncodingError(ValueError):
    """Why a value cannot stand in a place, in words that complete ``it …`` and do not hold it."""


def encode_text(value: Value) -> str:
    """A text as it is, numbers and booleans in JSON's words. Raises Unfit."""
    if isinstance(value, str):
        _refuse(_SURROGATE, value, "holds half of a surrogate pair")
        return value
    if not isinstance(value, bool | int | float):
        raise EncodingError("is no plain value")
    try:
        return strict_json.dump_json(value)
    except ValueError:
        raise EncodingError("is no number that can be written down") from None


def encode_json(value: Value) -> str:
    """The value in its own JSON type. Raises Unfit."""
    text = encode_text(value)
    return strict_json.dump_json(text) if isinstance(value, str) else text


def encode_path_segment(text: str) -> str:
    """Percent-encoded, never empty, and never anything that a server may read as structure.

    Servers differ in whether they decode before they split: what could split is refused, not
    encoded. Raises Unfit.
    """
    if text in ("", ".", ".."):
        raise EncodingError("is empty" if not text else "is one of . and ..")
    _refuse(_CONTROL, text, "holds a control character")
    _refuse(_PATH_MARKS, text, r"holds one of / \ % ? # ;")
    return quote(text, safe="")


def encode_query_part(text: str) -> str:
    """A name or a value of a query, percent-encoded (a space is ``%20``)."""
    return quote(text, safe="")


def encode_form_value(text: str) -> str:
    """A name or a value of ``application/x-www-form-urlencoded``."""
    return quote_plus(text)


def check_header_value(text: str) -> str:
    """ASCII without controls, and no space at either end. Raises Unfit. RFC 9110, 5.5."""
    _refuse(_CONTROL, text, "holds a control character")
    if not text.isascii():
        raise EncodingError("holds a character beyond ASCII")
    if text != text.strip(" "):
        raise EncodingError("begins or ends with a space")
    return text


def check_basic_user(text: str) -> str:
    """A user name of Basic authentication, which ends at the first colon. RFC 7617, 2."""
    if ":" in text:
        raise EncodingError("holds a colon")
    return check_basic_password(text)


def check_basic_password(text: str) -> str:
    """A password of Basic authentication. Raises Unfit."""
    _refuse(_CONTROL, text, "holds a control character")
    return text


def check_body_text(text: str) -> str:
    """Text of a glued body, where tab and newline are the only controls. Raises Unfit."""
    _refuse(_CONTROL_IN_BODY, text, "holds a control character")
    return text


def join_parts(parts: Iterable[MaskedText], between: str = "") -> MaskedText:
    """The texts one after the other; sealed where one of them is."""
    texts = list(parts)
    sealed = any(text.is_unopened for text in texts)
    return MaskedText(
        between.join(text.masked for text in texts),
        None if sealed else between.join(text.reveal() for text in texts),
        between.join(text.for_matching() for text in texts),
    )


def _refuse(unwanted: re.Pattern[str], text: str, why: str) -> None:
    if unwanted.search(text):
        raise EncodingError(why)
