"""PEM (RFC 7468): what a block is by its label, or by its first bytes where that is damaged."""

from __future__ import annotations

import base64
import re
from typing import Final

LABELS: Final = frozenset(
    {
        "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "ATTRIBUTE CERTIFICATE",
        "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "X509 CRL", "PKCS7", "CMS",
        "PUBLIC KEY", "RSA PUBLIC KEY", "DSA PRIVATE KEY", "PGP PUBLIC KEY BLOCK",
        "PGP PRIVATE KEY BLOCK", "PGP MESSAGE", "EC PARAMETERS", "DH PARAMETERS",
    }
)  # fmt: skip
"""Those of RFC 7468 and of common tools, without the ones that hold a key to sign with."""

COPIED_BREAK: Final = r"\\[nr]"
"""A line break as it is copied out of JSON, as two characters."""
_DATA: Final = r"[A-Za-z0-9+/]{24,}"
_WHOLE: Final = r"[A-Za-z0-9+/]+={0,2}"
"""With the length, stricter than ``binascii``, which takes padding behind whole groups of four."""
_WIDTH: Final = 64
_HEAD: Final = 12
"""Characters of base64 that hold the bytes up to the version."""
_SEQUENCE: Final = 0x30
_VERSIONS: Final = (b"\x02\x01\x00", b"\x02\x01\x01", b"\x02\x01\x03")
"""RFC 5208, RFC 8017 and RFC 5915; the last one is of a file with key and certificate, RFC 7292."""


def is_base64(data: str) -> bool:
    """Whether the joined lines of a block are base64, and whole."""
    return len(data) % 4 == 0 and re.fullmatch(_WHOLE, data) is not None


def write_block(label: str, data: str) -> str:
    """A block in the lines of its standard."""
    lines = (data[at : at + _WIDTH] for at in range(0, len(data), _WIDTH))
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def has_private_key(text: str) -> bool:
    """Whether lines of base64 begin as a private key does, whatever stands above them.

    That is a sequence which begins with a small number; a certificate begins with a sequence.
    """
    runs = re.findall(_DATA, re.sub(COPIED_BREAK, "\n", text))
    return any(_begins_as_key(base64.b64decode(run[:_HEAD])) for run in runs)


def _begins_as_key(data: bytes) -> bool:
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    return data[0] == _SEQUENCE and data[start : start + 3] in _VERSIONS
