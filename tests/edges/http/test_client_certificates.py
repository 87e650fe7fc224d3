"""Mutual TLS over real sockets: who gets the certificate, and how a refusal is told."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cactions.edges.http import tls
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.model import (
    ClientCertificate,
    DefinitionError,
    MaskedText,
    Request,
    RequestFailed,
    SecretRef,
    UsageError,
)
from cactions.model.secret import SigningKey
from tests.client_certificates import Pair, expect_certificates, make_pair, names_of
from tests.servers import HOST, Server, Talk, authority, serving

OTHER = "other.test"


class Service:
    """Answers, and keeps the certificate of each request; None for none."""

    def __init__(self) -> None:
        self.seen: list[str | None] = []

    def behave(self, talk: Talk) -> None:
        while talk.request():
            self.seen.append(names_of(talk))
            talk.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


class Keys:
    """Gives the keys of pairs, for one host; it records for which host each was asked."""

    def __init__(self, *pairs: Pair) -> None:
        self.asked: list[str] = []
        self._keys = {pair.presented: SigningKey(pair.name, pair.key) for pair in pairs}

    def open(self, presented: ClientCertificate, host: str) -> SigningKey:
        self.asked.append(host)
        if host != HOST:
            raise DefinitionError(f"may not be sent to {host}")
        return self._keys[presented]


def ask(server: Server, pair: Pair | None, host: str = HOST) -> Request:
    presented = pair.presented if pair else None
    return Request("GET", MaskedText.of_plain(server.url("/", host)), client_certificate=presented)


@contextmanager
def sending(server: Server, keys: Keys) -> Iterator[HttpSender]:
    allowed = (server.allowed(), server.allowed(OTHER))
    live = HttpSender(NetworkRules(allowed, ca_file=authority().ca_file), keys.open)
    try:
        yield live
    finally:
        live.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_each_request_goes_over_a_connection_with_its_own_certificate(
    version: ssl.TLSVersion,
) -> None:
    """Nothing is presented for a request without one, also where a connection is idle that did."""
    first, second = make_pair("first"), make_pair("second")
    keys, service = Keys(first, second), Service()
    context = expect_certificates(HOST, required=False)
    context.maximum_version = version
    order = [None, first, None, second, first, first, None]
    with serving(service.behave, context) as server, sending(server, keys) as live:
        for pair in order:
            assert live.send(ask(server, pair)).status == 200
        assert server.connections == 3
    assert [pair and pair.name for pair in order] == service.seen
    assert keys.asked == [HOST, HOST]


def test_another_host_gets_no_certificate() -> None:
    """The key is asked for with the host of the connection; a redirect there is not followed."""
    pair, service = make_pair("ours"), Service()
    keys = Keys(pair)
    context = expect_certificates(HOST, OTHER, required=False)

    def redirect(talk: Talk) -> None:
        talk.request()
        service.seen.append(names_of(talk))
        where = f"https://{OTHER}:{target.port}/"
        talk.send(f"HTTP/1.1 302 F\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode())

    with (
        serving(service.behave, context) as target,
        serving(redirect, context) as server,
        sending(server, keys) as live,
    ):
        assert live.send(ask(server, pair)).status == 302
        with pytest.raises(DefinitionError, match=r"may not be sent to other\.test"):
            live.send(ask(server, pair, OTHER))
        assert live.send(ask(server, None, OTHER)).status == 302
        assert (0, 2) == (target.connections, server.connections)
    assert service.seen == ["ours", None]


REFUSED = (
    (make_pair("stranger", "Another authority"), "it comes from an authority that is unknown"),
    (make_pair("late", days=(-9, -2)), "it has expired"),
    (None, "requires a client certificate, and the request has none"),
)


@pytest.mark.parametrize(("pair", "words"), REFUSED)
def test_a_refusal_is_told_with_whose_fault_it_is(pair: Pair | None, words: str) -> None:
    """In TLS 1.3 it comes after the request has left."""
    keys, service = Keys(*[pair] if pair else ()), Service()
    with (
        serving(service.behave, expect_certificates(HOST)) as server,
        sending(server, keys) as live,
        pytest.raises(RequestFailed) as caught,
    ):
        live.send(ask(server, pair))
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{HOST} {'refuses' if pair else 'requires'}")
    assert caught.value.hint
    assert not caught.value.again
    assert service.seen == []


def test_tls_1_2_does_not_say_that_a_certificate_is_missing() -> None:
    """So the hint names it as what may be."""
    service, context = Service(), expect_certificates(HOST)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        serving(service.behave, context) as server,
        sending(server, Keys()) as live,
        pytest.raises(RequestFailed) as caught,
    ):
        live.send(ask(server, None))
    assert "handshake failure" in str(caught.value)
    assert "requires a client certificate" in caught.value.hint


def test_a_sender_without_a_vault_presents_nothing() -> None:
    pair, service = make_pair("ours"), Service()
    with serving(service.behave, expect_certificates(HOST)) as server:
        live = HttpSender(NetworkRules((server.allowed(),), ca_file=authority().ca_file))
        with pytest.raises(UsageError, match="nothing was sent"):
            live.send(ask(server, pair))
        live.close()
        assert server.connections == 0


def test_a_system_without_files_in_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is not written to a disk instead."""
    pair = make_pair("ours")
    monkeypatch.delattr(os, "memfd_create")
    context = tls.build_tls_context(None)
    with pytest.raises(UsageError, match="needs Linux") as caught:
        tls.add_certificate(context, pair.presented, SigningKey("k", pair.key))
    assert not list_frames_with(caught.value, pair.key)


def test_what_tls_refuses_is_told_without_the_key() -> None:
    """A key of another certificate: no frame of the exception has the key."""
    pair, other = make_pair("ours"), make_pair("other")
    context = tls.build_tls_context(None)
    with pytest.raises(DefinitionError, match="key values mismatch") as caught:
        tls.add_certificate(context, pair.presented, SigningKey("k", other.key))
    assert not list_frames_with(caught.value, other.key)
    assert caught.value.__context__ is None


def list_frames_with(error: BaseException, key: str) -> list[str]:
    """The frames of the package whose variables hold the key."""
    found, step = [], error.__traceback__
    while step:
        texts = [str(value) for value in step.tb_frame.f_locals.values()]
        if "/cactions/" in step.tb_frame.f_code.co_filename and key[30:60] in "".join(texts):
            found.append(step.tb_frame.f_code.co_name)
        step = step.tb_next
    return [name for name in found if not name.startswith("test_")]


WATCHED = """
import os, sys
from pathlib import Path
from cactions.edges.http import tls
from cactions.model import ClientCertificate, SecretRef
from cactions.model.secret import SigningKey
whole, kill = Path(sys.argv[1]).read_text(), sys.argv[2] == "kill"
at = whole.index("-----BEGIN PRIVATE")
presented = ClientCertificate(whole[:at], SecretRef("k"))
context, key = tls.build_tls_context(None), SigningKey("k", whole[at:])
opened = []
def watch(event, args):
    if event == "open" and "/proc/self/fd" not in str(args[0]):
        flags = args[2] or 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not isinstance(args[0], int):
            opened.append(str(args[0]))
    if event.startswith(("tempfile", "os.rename", "os.link", "os.mkdir")):
        opened.append(event)
sys.addaudithook(watch)
class Killed:
    def load_cert_chain(self, path):
        assert Path(path).read_bytes()
        os.kill(os.getpid(), 9)
tls.add_certificate(Killed() if kill else context, presented, key)
left = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{n}")]
print(opened, [path for path in left if "memfd" in path])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="files in memory are Linux's")
@pytest.mark.parametrize("how", ["go", "kill"])
def test_nothing_is_written_to_a_disk(how: str, tmp_path: Path) -> None:
    """Not in the temporary folder either, and not where the process is killed meanwhile."""
    pair = make_pair("ours")
    source = tmp_path / "source.pem"
    source.write_text(pair.presented.certificate + pair.key)
    empty = tmp_path / "empty"
    empty.mkdir()
    env = {**os.environ, "TMPDIR": str(empty), "HOME": str(empty), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(source), how], cwd=empty, env=env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    expected = (-9, "") if how == "kill" else (0, "[] []")
    assert expected == (done.returncode, done.stdout.strip()), done.stderr
    assert [*empty.rglob("*")] == []


def test_a_reference_names_the_key() -> None:
    """What a request carries shows no more than the name."""
    pair = make_pair("ours")
    assert pair.presented.key == SecretRef("ours")
    assert pair.key[30:60] not in repr(pair.presented)
