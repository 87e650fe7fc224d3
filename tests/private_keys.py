"""Private keys for tests, each made once."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def make_key(kind: str) -> Key:
    """``RS256``, ``ES256``, or one that is refused: ``small``, ``P-384``, ``Ed25519``."""
    match kind:
        case "RS256":
            return rsa.generate_private_key(65537, 2048)
        case "small":
            return rsa.generate_private_key(65537, 1024)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
    return ed25519.Ed25519PrivateKey.generate()


def write_pem(kind: str, form: str = "PKCS8", passphrase: str = "") -> str:
    """The private key in ``form``: PKCS8, TraditionalOpenSSL or OpenSSH."""
    hidden = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return make_key(kind).private_bytes(Encoding.PEM, getattr(PrivateFormat, form), hidden).decode()


def write_public_pem(kind: str) -> str:
    """The public key."""
    key = make_key(kind).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
