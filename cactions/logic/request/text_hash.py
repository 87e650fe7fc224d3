"""The hash of a text, where a service compares hashes of addresses."""

from __future__ import annotations

import hashlib
from typing import Final

from cactions.model import Filter

_BLANKS: Final = " \t\r\n"
_SMALL: Final = str.maketrans({chr(n): chr(n).lower() for n in range(128)})


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
