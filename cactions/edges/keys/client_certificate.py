"""Reads client certificates, so that TLS presents only one that can be accepted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from cactions.model import ClientCertificate, DefinitionError
from cactions.model.secret import SigningKey

_RENEW: Final = "Get a new certificate from the service, and replace `certificate` in the file."


def check_client_certificate(presented: ClientCertificate, key: SigningKey, now: float) -> None:
    """Raises DefinitionError where the two do not belong together or are not valid at ``now``."""
    certificate = _read_first(presented)
    public = _read_public_key(key)
    if public is None:
        raise DefinitionError(
            f'the secret "{key.label}" is no private key, so that no certificate can be presented'
            " with it; nothing was sent",
            hint="Seal the private key of the certificate under a name of its own.",
        )
    if _write(public) != _write(certificate.public_key()):
        raise DefinitionError(
            f'the client certificate does not belong to the private key "{key.label}"; nothing was'
            " sent",
            hint="Compare both with what the service gave you: `certificate` begins with the one"
            " that was made for this key.",
        )
    moment = datetime.fromtimestamp(now, UTC)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if moment > end:
        raise DefinitionError(
            f'the client certificate of the key "{key.label}" expired on {end:%Y-%m-%d}; nothing'
            " was sent",
            hint=_RENEW,
        )
    if moment < begin:
        raise DefinitionError(
            f'the client certificate of the key "{key.label}" is not valid before'
            f" {begin:%Y-%m-%d}; nothing was sent",
            hint="Check this machine's clock, or use the certificate from that day on.",
        )


def get_last_moment(presented: ClientCertificate) -> datetime:
    """When the certificate expires. Raises DefinitionError where it cannot be read."""
    return _read_first(presented).not_valid_after_utc


def _read_first(presented: ClientCertificate) -> x509.Certificate:
    try:
        first, *_ = x509.load_pem_x509_certificates(presented.certificate.encode())
        first.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise DefinitionError(
            f'the client certificate of the key "{presented.key.name}" cannot be read; nothing was'
            " sent",
            hint="It is damaged or incomplete: copy its file again, or get a new one.",
        ) from None
    return first


def _read_public_key(key: SigningKey) -> PublicKeyTypes | None:
    try:
        return load_pem_private_key(key.reveal().encode(), None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def _write(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
