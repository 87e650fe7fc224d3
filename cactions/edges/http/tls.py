"""TLS as every connection uses it, and its failures in words.

Nothing of it comes from the environment: a context that Python makes by default writes its keys to
``SSLKEYLOGFILE`` and trusts what ``SSL_CERT_FILE`` names.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import certifi
from msgspec import Struct

from cactions.model import FailureReason, RequestFailed, UsageError


class TrustStore(Struct, frozen=True):
    """Whose certificates are believed: how many authorities there are, and where they stand."""

    authorities: int
    told: str


def trust(ca_file: Path | None) -> TrustStore:
    """What a context of ``context_for`` trusts. Raises as that does."""
    store = context_for(ca_file).cert_store_stats()
    told = f"certifi {certifi.__version__} ({certifi.where()})"
    return TrustStore(store["x509_ca"], told if ca_file is None else f"{ca_file}, and no others")


def context_for(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or newer, HTTP/1.1; trusts the authorities of the file, else those of certifi.

    Raises UsageError where the file holds none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the name, and asks for certificates
    context.hostname_checks_common_name = False  # RFC 9110, 4.3.4: it proves no name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_verify_locations(cafile=ca_file or certifi.where())
    except OSError:
        raise UsageError(
            f"{ca_file} holds no certificates that can be read",
            hint="`--ca-file` names a file with certificates of authorities, in PEM form.",
        ) from None
    return context


_EXPIRED: Final = "Whoever runs the service must renew it, unless this machine's clock is wrong."
_UNKNOWN: Final = (
    "If the authority is your company's, name its certificates with `--ca-file`; "
    "else somebody may be listening in."
)
_NAME: Final = "Look at the host: whoever answers there cannot prove that the name is theirs."
_FAULTS: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        9: ("is not valid yet", "Look at this machine's clock, or ask whoever runs the service."),
        10: ("has expired", _EXPIRED),
        18: ("is self-signed", _UNKNOWN),
        19: ("comes from an unknown authority", _UNKNOWN),
        20: ("comes from an unknown authority", _UNKNOWN),
        21: ("comes from an unknown authority", _UNKNOWN),
        62: ("is for another name", _NAME),
        64: ("is for another name", _NAME),
    }
)
"""By the codes of OpenSSL's ``X509_V_ERR_…``."""

_OLD: Final = {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "VERSION_TOO_LOW"}
_CLIENT: Final = {"TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"}


def fault(host: str, error: ssl.SSLError) -> RequestFailed:
    """What the failure means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        words, hint = _FAULTS.get(error.verify_code, ("is not accepted", _NAME))
        return _failed(f"the certificate of {host} {words}", hint)
    if error.reason in _OLD:
        return _failed(f"{host} speaks only versions of TLS older than 1.2", _ASK)
    if error.reason in _CLIENT:
        return _failed(f"{host} asks for a certificate of ours, and there is none", _ASK)
    return _failed(
        f"TLS with {host} failed ({_named(error)})",
        "Look at the port, or ask whoever runs the service.",
    )


def no_tls(host: str) -> RequestFailed:
    """The first byte is none of TLS."""
    return _failed(f"{host} does not speak TLS on this port", "Look at the port.")


_ASK: Final = "Ask whoever runs the service."


def _failed(message: str, hint: str) -> RequestFailed:
    return RequestFailed(message, reason=FailureReason.NO_ANSWER, hint=hint)


def _named(error: ssl.SSLError) -> str:
    """OpenSSL's own name for it, which holds nothing that was sent."""
    return (error.reason or "no reason given").lower().replace("_", " ")
