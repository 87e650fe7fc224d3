"""The TLS contexts of a sender: one without a certificate, and one for each that is presented.

A context with a certificate belongs to one host: the vault is asked for its key with the host that
the connection goes to, so that no other host gets the certificate.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TypeAlias

from cactions.edges.http.tls import add_certificate, build_tls_context
from cactions.model import ClientCertificate, UsageError
from cactions.model.secret import SigningKey

OpenKey: TypeAlias = Callable[[ClientCertificate, str], SigningKey]
"""Opens the key of a client certificate for a host. Raises where it may not be used there."""


def refuse_certificate(_presented: ClientCertificate, host: str) -> SigningKey:
    """For senders that have no vault."""
    raise UsageError(f"no client certificate can be presented to {host} here; nothing was sent")


class TlsContexts:
    """For many threads. Raises UsageError where the CA file cannot be used."""

    def __init__(self, ca_file: Path | None, open_key: OpenKey) -> None:
        self._ca_file, self._open_key = ca_file, open_key
        self._bare = build_tls_context(ca_file)
        self._found: dict[tuple[ClientCertificate, str], ssl.SSLContext] = {}
        self._lock = Lock()

    def get(self, presented: ClientCertificate | None, host: str) -> ssl.SSLContext:
        """The one for a connection to this host. Raises UsageError, DefinitionError, StoreError."""
        if presented is None:
            return self._bare
        with self._lock:
            if (presented, host) not in self._found:
                context = build_tls_context(self._ca_file)
                add_certificate(context, presented, self._open_key(presented, host))
                self._found[presented, host] = context
            return self._found[presented, host]
