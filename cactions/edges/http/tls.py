"""The TLS settings of every connection, and messages for its failures.

Nothing comes from the environment: Python's default context writes its keys to ``SSLKEYLOGFILE``
and trusts the certificates that ``SSL_CERT_FILE`` names.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import certifi
from msgspec import Struct

from cactions.model import (
    ClientCertificate,
    DefinitionError,
    FailureReason,
    RequestFailed,
    UsageError,
)
from cactions.model.secret import SigningKey


class TrustStore(Struct, frozen=True):
    """The certificate authorities that are trusted: how many, and from which file (``source``)."""

    authorities: int
    source: str


def load_trust_store(ca_file: Path | None) -> TrustStore:
    """What ``build_tls_context`` trusts. Raises UsageError where the file holds no certificates."""
    counts = build_tls_context(ca_file).cert_store_stats()
    source = f"certifi {certifi.__version__} ({certifi.where()})"
    return TrustStore(counts["x509_ca"], source if ca_file is None else f"{ca_file}, and no others")


def build_tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, HTTP/1.1; trusts the authorities in the file, else those of certifi.

    Raises UsageError where the file holds no certificates.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the name and requires certificates
    context.hostname_checks_common_name = False  # RFC 9110, 4.3.4: it proves no name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_verify_locations(cafile=ca_file or certifi.where())
    except OSError:
        raise UsageError(
            f"{ca_file} holds no certificates",
            hint="`--ca-file` is a PEM file with the certificates of authorities.",
        ) from None
    return context


_NO_MEMORY_FILE: Final = "no file in memory"


def add_certificate(context: ssl.SSLContext, presented: ClientCertificate, key: SigningKey) -> None:
    """Let the connections of this context present a certificate. Nothing is written to a disk.

    Raises UsageError where the system has no files in memory, DefinitionError where TLS refuses.
    """
    fault = _load_from_memory(context, presented, key)
    if fault == _NO_MEMORY_FILE:
        raise UsageError(
            "a client certificate needs Linux with /proc: TLS reads private keys from files only,"
            " and elsewhere that would be a file on the disk; nothing was sent",
            hint="Make the calls on Linux. Replaying a recording needs no certificate.",
        )
    if fault:
        raise DefinitionError(
            f'the client certificate of the key "{key.label}" cannot be used for TLS ({fault});'
            " nothing was sent",
            hint="Get another certificate from the service.",
        )


def _load_from_memory(
    context: ssl.SSLContext, presented: ClientCertificate, key: SigningKey
) -> str:
    """What went wrong, or nothing: an exception would keep the frame that holds the key."""
    if not hasattr(os, "memfd_create"):
        return _NO_MEMORY_FILE
    number = os.memfd_create("certificate", os.MFD_CLOEXEC)
    try:
        with open(number, "wb", buffering=0, closefd=False) as file:
            file.write(f"{presented.certificate}{key.reveal()}".encode())
        context.load_cert_chain(f"/proc/self/fd/{number}")
    except ssl.SSLError as error:
        return _name_error(error)
    except OSError:
        return _NO_MEMORY_FILE
    finally:
        os.close(number)
    return ""


_CONTACT: Final = "Contact the service owner."
_EXPIRED: Final = "The service owner must renew it, unless this machine's clock is wrong."
_UNTRUSTED: Final = (
    "If the authority is your company's, name its certificates with `--ca-file FILE`, or for all "
    "commands with `export CACTIONS_CA_FILE=FILE`; otherwise an attacker may be intercepting the "
    "connection."
)
_WRONG_NAME: Final = "Check the host: the server there cannot prove that the name is its own."
_CERTIFICATE_FAULTS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        9: ("is not valid yet", "Check this machine's clock, or contact the service owner."),
        10: ("has expired", _EXPIRED),
        18: ("is self-signed", _UNTRUSTED),
        19: ("comes from an unknown authority", _UNTRUSTED),
        20: ("comes from an unknown authority", _UNTRUSTED),
        21: ("comes from an unknown authority", _UNTRUSTED),
        62: ("is for another name", _WRONG_NAME),
        64: ("is for another name", _WRONG_NAME),
    }
)
"""By the codes of OpenSSL's ``X509_V_ERR_…``."""

_OLD_VERSION: Final = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"}
_REQUIRED: Final = {
    "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
}
_UNEXPLAINED: Final = "HANDSHAKE_FAILURE"
_REFUSALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BAD_CERTIFICATE": "it is not valid",
        "UNSUPPORTED_CERTIFICATE": "it is of a kind that is not supported",
        "CERTIFICATE_REVOKED": "it was revoked",
        "CERTIFICATE_EXPIRED": "it has expired",
        "CERTIFICATE_UNKNOWN": "it is not accepted",
        "CERTIFICATE_REQUIRED": "it is not accepted",
        "UNKNOWN_CA": "it comes from an authority that is unknown there",
        "ACCESS_DENIED": "access is denied",
        "DECRYPT_ERROR": "its signature is not accepted",
        _UNEXPLAINED: "the handshake failed",
    }
)
"""What a server says of our certificate, by the ends of OpenSSL's names of its alerts."""


def describe_tls_error(
    host: str, error: ssl.SSLError, *, has_certificate: bool = False
) -> RequestFailed:
    """The error for a failure of the handshake, or of TLS later on.

    ``has_certificate``: the connection presents one of ours.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        problem, hint = _CERTIFICATE_FAULTS.get(error.verify_code, ("is not accepted", _WRONG_NAME))
        return _build_error(f"the certificate of {host} {problem}", hint)
    if error.reason in _OLD_VERSION:
        return _build_error(f"{host} supports only TLS versions older than 1.2", _CONTACT)
    alert = (error.reason or "").partition("_ALERT_")[2]
    if has_certificate and alert in _REFUSALS:
        return _build_error(
            f"{host} refuses the client certificate of the request: {_REFUSALS[alert]}",
            "Ask the service owner which certificate is registered there, and for which account.",
        )
    if error.reason in _REQUIRED:
        return _build_error(
            f"{host} requires a client certificate, and the request has none",
            "Add `client_certificate` to the request (`cactions help file-format`).",
        )
    hint = "Check the port, or contact the service owner."
    if alert == _UNEXPLAINED:  # so TLS 1.2 says that a certificate is missing, among other things
        hint = "If the service requires a client certificate: `cactions help file-format`."
    return _build_error(f"TLS with {host} failed ({_name_error(error)})", hint)


def describe_missing_tls(host: str) -> RequestFailed:
    """The error for a first byte that TLS cannot begin with."""
    return _build_error(f"{host} does not speak TLS on this port", "Check the port.")


def _build_error(message: str, hint: str) -> RequestFailed:
    return RequestFailed(message, reason=FailureReason.NO_ANSWER, hint=hint)


def _name_error(error: ssl.SSLError) -> str:
    """OpenSSL's own name for the error, which holds nothing that was sent."""
    return (error.reason or "no reason given").lower().replace("_", " ")
