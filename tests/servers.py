"""Servers on loopback, with TLS of an authority of our own, which do what a test says.

    with serving(answering(b"{}")) as server:
        live = Live(Network((server.allowed(),), ca_file=server.ca_file))
        live.send(Request("GET", MaskedText.of_plain(server.url("/customers"))))
        assert 1 == server.connections

A behaviour is called once for each connection, in a thread of its own, with a ``Talk``.
"""

from __future__ import annotations

import atexit
import re
import shutil
import socket
import ssl
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from cactions.model import AllowedAddress

HOST = "api.test"
HERE = "127.0.0.1"


class Talk:
    """One connection, as its server sees it."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, server: Server) -> None:
        self.socket = sock
        self.context = context
        self._server = server
        self._unread = b""

    def secure(self) -> None:
        """The TLS handshake."""
        self.socket = self.context.wrap_socket(self.socket, server_side=True)

    def request(self) -> bytes:
        """The next request as received, head and body; empty if the client has closed."""
        while b"\r\n\r\n" not in self._unread:
            if not self._receive():
                return b""
        head, _, _ = self._unread.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        size = len(head) + 4 + (int(length[1]) if length else 0)
        while len(self._unread) < size:
            if not self._receive():
                return b""
        found, self._unread = self._unread[:size], self._unread[size:]
        self._server.received.append(found)
        return found

    def _receive(self) -> bool:
        data = self.socket.recv(65536)
        self._unread += data
        return bool(data)

    def send(self, data: bytes) -> None:
        """Send everything unchanged."""
        self.socket.sendall(data)

    def reset(self) -> None:
        """End the connection with a RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Behaviour: TypeAlias = Callable[[Talk], object]


@dataclass
class Server:
    """``received``: every request that was read, on any connection."""

    port: int
    ca_file: Path
    connections: int = 0
    received: list[bytes] = field(default_factory=list, repr=False)

    def allowed(self, host: str = HOST) -> AllowedAddress:
        """The allowed-host entry with which a guarded sender reaches it."""
        return AllowedAddress(host, HERE, self.port, "a test")

    def url(self, path: str = "/", host: str = HOST) -> str:
        """The URL of this path."""
        return f"https://{host}:{self.port}{path}"


def answering(
    body: bytes = b"{}", status: str = "200 OK", headers: Sequence[str] = ()
) -> Behaviour:
    """Answers every request with the same answer, and keeps the connection."""
    length = () if any("content-length" in one.lower() for one in headers) else (
        f"Content-Length: {len(body)}",
    )  # fmt: skip
    head = "\r\n".join((f"HTTP/1.1 {status}", *headers, *length, "", ""))

    def behave(talk: Talk) -> None:
        while talk.request():
            talk.send(head.encode() + body)

    return behave


@contextmanager
def serving(
    behaviour: Behaviour, context: ssl.SSLContext | None = None, *, secure: bool = True
) -> Iterator[Server]:
    """A server on a free port. With ``secure=False`` the behaviour makes the TLS handshake."""
    used = context or tls_for(HOST)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HERE, 0), backlog=128))
        server = Server(listener.getsockname()[1], authority().ca_file)
        talks: list[tuple[Talk, Thread]] = []
        accepting = Thread(target=_accept, args=(listener, used, server, behaviour, secure, talks))
        accepting.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for talk, thread in talks:
                with suppress(OSError):
                    talk.socket.shutdown(socket.SHUT_RDWR)
                thread.join()
                talk.socket.close()


@contextmanager
def refusing() -> Iterator[int]:
    """A port that refuses connections: it is bound, so that no other program listens there."""
    with socket.socket() as kept:
        kept.bind((HERE, 0))
        yield kept.getsockname()[1]


def _accept(  # noqa: PLR0913, PLR0917
    listener: socket.socket,
    context: ssl.SSLContext,
    server: Server,
    behaviour: Behaviour,
    secure: bool,
    talks: list[tuple[Talk, Thread]],
) -> None:
    while True:
        try:
            sock, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        talk = Talk(sock, context, server)
        thread = Thread(target=_behave, args=(talk, behaviour, secure), daemon=True)
        talks.append((talk, thread))
        thread.start()


def _behave(talk: Talk, behaviour: Behaviour, secure: bool) -> None:
    with suppress(OSError, ValueError):  # the client closed, which many tests do on purpose
        try:
            if secure:
                talk.secure()
            behaviour(talk)
            with suppress(OSError):
                if isinstance(talk.socket, ssl.SSLSocket):
                    talk.socket.unwrap()
        finally:
            talk.socket.close()


# Certificates


@dataclass(frozen=True)
class Authority:
    """Signs certificates; ``ca_file`` is the CA file that a client must trust."""

    key: ec.EllipticCurvePrivateKey
    name: x509.Name
    ca_file: Path

    def certify(
        self, *names: str, days: tuple[int, int] = (-1, 30), alternatives: bool = True
    ) -> Path:
        """A certificate for the names with its key, valid from and until this many days from now.

        Without ``alternatives``, the only name is the first, as the subject's common name.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(names[0])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = _builder(subject, self.name, key, days).add_extension(issuer, critical=False)
        if alternatives:
            found = x509.SubjectAlternativeName([_alternative(name) for name in names])
            builder = builder.add_extension(found, critical=False)
        return _written(builder.sign(self.key, hashes.SHA256()), key)


_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False,
    data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
    encipher_only=False, decipher_only=False,
)  # fmt: skip


@cache
def authority(name: str = "An authority of tests") -> Authority:
    """One for the whole test run; another name gives another authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = _named(name)
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        _builder(who, who, key, (-90, 90))
        .add_extension(constraints, critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(identifier, critical=False)
    )
    return Authority(key, who, _written(builder.sign(key, hashes.SHA256()), key))


@cache
def tls_for(*names: str) -> ssl.SSLContext:
    """A server's TLS, with a certificate for these names."""
    return tls_with(authority().certify(*names))


def tls_with(certificate: Path) -> ssl.SSLContext:
    """A server's TLS, with this certificate and its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@cache
def _folder() -> Path:
    """Certificates of one test run; deleted when the process ends."""
    path = tempfile.mkdtemp(prefix="certificates-")
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return Path(path)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    begin, end = (datetime.now(UTC) + timedelta(days=number) for number in days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _written(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Path:
    path = _folder() / f"{certificate.serial_number}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + secret)
    return path
