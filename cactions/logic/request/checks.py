"""What may stand at a position of a request as it is, whether the file or a value says it.

A text that would have another meaning there is refused; no function ever repairs one.
"""

from __future__ import annotations

import re
from typing import Final

HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, token
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_IN_BODY: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class EncodingError(ValueError):
    """Why a value is invalid at a position; the message completes ``it …`` without the value."""


def check_header_value(text: str) -> str:
    """ASCII without controls, and no space at either end. Raises EncodingError. RFC 9110, 5.5."""
    refuse_match(CONTROL, text, "contains a control character")
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
    refuse_match(CONTROL, text, "contains a control character")
    return text


def check_body_text(text: str) -> str:
    """Text of a text body; of control characters only tab and newline. Raises EncodingError."""
    refuse_match(_CONTROL_IN_BODY, text, "contains a control character")
    return text


def refuse_match(pattern: re.Pattern[str], text: str, reason: str) -> None:
    """Raises EncodingError where the text has what the pattern matches."""
    if pattern.search(text):
        raise EncodingError(reason)
