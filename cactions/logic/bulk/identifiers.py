"""Identifiers as they are compared: e-mail addresses, phone numbers and ids.

Identifiers are compared here for symptoms only, so that case and punctuation do not count. What may
be written is decided by ``expressions.references``, which is strict.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

from cactions.model import Value

LONGEST: Final = 120
"""Characters of an identifier; a longer text is content."""

_MASK_63: Final = (1 << 63) - 1
_PHONE_DIGITS: Final = 9
_SHORT_NUMBER: Final = 9
"""Numbers with fewer digits are counted up from 1 in many systems, and equal by chance."""

LARGEST: Final = 1 << 64

_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_PREFIX: Final = re.compile(r"[^0-9]*")
_NOT_DIGITS: Final = re.compile(r"[^0-9]+")


def compute_digest(text: str) -> int:
    """63 bits that stand for a text, the same in every process."""
    found = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found) & _MASK_63


def normalize_phone(number: str) -> str:
    """The last nine digits of a phone number; empty where there are none."""
    digits = _NOT_DIGITS.sub("", number)
    return f"tel:{digits[-_PHONE_DIGITS:]}" if digits else ""


def is_email(text: str) -> bool:
    """Whether the whole text is an e-mail address."""
    return "@" in text and _EMAIL.fullmatch(text) is not None


def get_prefix(text: str) -> str:
    """What stands before the first digit, such as ``cus_``: it tells the numbering of an id.

    Empty where it tells nothing.
    """
    match = _PREFIX.match(text)
    prefix = match[0] if match else ""
    return prefix if len(prefix) < len(text) and any(map(str.isalpha, prefix)) else ""


def is_short_number(text: str) -> bool:
    """Whether an identifier may equal that of another person by chance."""
    return len(text) < _SHORT_NUMBER and text.isdecimal()


def get_text(value: Value) -> str:
    """The text of a scalar that may identify something; empty for another value."""
    if isinstance(value, str):
        return value
    return str(value) if type(value) is int and -LARGEST < value < LARGEST else ""
