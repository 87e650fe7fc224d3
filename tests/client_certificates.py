"""Client certificates with their keys, and servers that ask for them."""

from __future__ import annotations

import ssl
from functools import cache

from msgspec import Struct

from cactions.model import ClientCertificate, SecretRef
from tests.servers import Talk, authority, tls_with

_KEY = "-----BEGIN PRIVATE KEY-----"


class Pair(Struct, frozen=True):
    """``key`` is the private key in PEM; ``name`` is that of the key and of the certificate."""

    name: str
    presented: ClientCertificate
    key: str


@cache
def make_pair(name: str, signer: str = "", days: tuple[int, int] = (-1, 30)) -> Pair:
    """One that the authority of this name has signed."""
    signs = authority(signer) if signer else authority()
    whole = signs.certify(name, days=days).read_text()
    certificate, mark, key = whole.partition(_KEY)
    return Pair(name, ClientCertificate(certificate, SecretRef(name)), mark + key)


def expect_certificates(*names: str, required: bool = True) -> ssl.SSLContext:
    """A server's TLS that asks for a certificate of our authority."""
    context = tls_with(authority().certify(*names))
    context.load_verify_locations(authority().ca_file)
    context.verify_mode = ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL
    return context


def names_of(talk: Talk) -> str | None:
    """The name in the client's certificate; None where it presented none."""
    assert isinstance(talk.socket, ssl.SSLSocket)
    found = talk.socket.getpeercert()
    if not found:
        return None
    [[[_, name]]] = found["subject"]  # type: ignore[misc]
    return str(name)
