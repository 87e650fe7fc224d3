"""Reads private keys, so that only one that can sign is sealed."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cactions.model import UsageError

_LEAST_BITS: Final = 2048
"""Of an RSA key (RFC 7518, 3.3)."""


def normalize_private_key(name: str, pem: str) -> str:
    """The same key as PKCS #8. Raises UsageError for one that cannot sign; quotes nothing."""
    try:
        key = load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(
            f'the value for "{name}" looks like a private key, and is none; nothing was sealed',
            hint="It is damaged or incomplete: copy the file again, or get a new key.",
        ) from None
    fault = _find_fault(key)
    if fault:
        raise UsageError(
            f'the private key for "{name}" {fault}; nothing was sealed',
            hint="Use an RSA key of 2048 bits or more (RS256), or one of the curve P-256 (ES256).",
        )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _find_fault(key: object) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "" if key.key_size >= _LEAST_BITS else f"has only {key.key_size} bits"
    if isinstance(key, ec.EllipticCurvePrivateKey):
        fits = isinstance(key.curve, ec.SECP256R1)
        return "" if fits else f"is one of the curve {key.curve.name}, which is not supported"
    return "is of a kind that is not supported"
