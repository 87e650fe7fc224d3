"""Client certificates: what a TLS connection proves who it is with (mutual TLS)."""

from __future__ import annotations

from msgspec import Struct

from cactions.model.template import SecretRef


class ClientCertificate(Struct, frozen=True):
    """``certificate`` is public: PEM, with those of its authorities behind it.

    ``key`` is the name of the private key, which signs in the TLS handshake and is never sent.
    """

    certificate: str
    key: SecretRef
