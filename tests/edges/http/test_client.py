"""The live sender sends exactly the given request, stores nothing, and explains failures."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cactions import __version__
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.edges.http.dns import SystemResolver
from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.exchange.verify import verify_response
from cactions.model import (
    AllowedAddress,
    FailureReason,
    Limits,
    MaskedText,
    PlanningError,
    Request,
    RequestFailed,
    Response,
    UsageError,
)
from tests.builders import mapping, person, response
from tests.edges.hostile import GOOD, OK, body, says, silent
from tests.run_report import REPORT
from tests.servers import (
    HOST,
    Authority,
    Server,
    Talk,
    answering,
    authority,
    refusing,
    serving,
    tls_for,
    tls_with,
)

SECRET = "s3cr3t-c4n4ry"
QUICK = Limits(connect=1, total=1)
"""For what never answers."""

PATIENT = Limits(connect=30, total=30)
"""For what answers, however busy the machine is."""


@contextmanager
def live_to(*servers: Server, **network: Any) -> Iterator[HttpSender]:
    """A sender for these servers, with the same host name or different ones."""
    allowed = tuple(server.allowed() for server in servers)
    live = HttpSender(NetworkRules(allowed, ca_file=authority().ca_file, **network))
    try:
        yield live
    finally:
        live.close()


def get(server: Server, path: str = "/", **parts: Any) -> Request:
    return Request("GET", MaskedText.of_plain(server.url(path)), **{"limits": PATIENT, **parts})


def failure(live: HttpSender, request: Request) -> RequestFailed:
    with pytest.raises(RequestFailed) as caught:
        live.send(request)
    return caught.value


# Requests and answers


def test_a_request_is_sent_unchanged() -> None:
    """Headers in order and case, the path unchanged, the real texts; almost nothing is added."""
    headers = (("X-Token", MaskedText("••", SECRET)), ("accept", MaskedText.of_plain("*/*")))
    path = "/a/../%7Eb//c%2f!$&'()*+,;=:@[]{}|?q=%20+&q=a/b?c"
    with serving(answering()) as server, live_to(server) as live:
        sent = MaskedText.of_redacted('{"name": "Zoë"}')
        live.send(Request("POST", MaskedText.of_plain(server.url(path)), headers, sent))
        assert [
            (
                f"POST {path} HTTP/1.1\r\nHost: {HOST}:{server.port}\r\n"
                f"X-Token: {SECRET}\r\naccept: */*\r\nUser-Agent: cactions/{__version__}\r\n"
                'Accept-Encoding: gzip\r\nContent-Length: 16\r\n\r\n{"name": "Zoë"}'
            ).encode()
        ] == server.received


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_every_method_is_sent_with_and_without_a_body(method: str) -> None:
    """And the request's own User-Agent and Accept-Encoding are used."""
    own = (
        ("user-agent", MaskedText.of_plain("x")),
        ("ACCEPT-encoding", MaskedText.of_plain("identity")),
    )
    answer = answering(b"" if method == "HEAD" else b"{}", headers=["X-A: 1", "x-a: 2"])
    with serving(answer) as server, live_to(server) as live:
        for content in (None, MaskedText.of_plain("")):
            url = MaskedText.of_plain(server.url())
            got = live.send(Request(method, url, own, content))
            assert (200, ("X-A", "1"), ("x-a", "2")) == (got.status, *got.headers[:2])
        assert b"cactions" not in b"".join(server.received)
        assert 1 == server.connections


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "a\r\nX-B: b"), ("X-A", "a\n"), ("X-A", "a\0"), ("X-A", "é"), ("X-A", " a"),
        ("X-A", "a "), ("X-A", "\x7f"), ("X A", "a"), ("X-A:", "a"), ("", "a"), ("X-Ä", "a"),
        ("Host", "evil.test"), ("content-length", "0"), ("Transfer-Encoding", "chunked"),
        ("Connection", "close"), ("Upgrade", "h2c"), ("Expect", "100-continue"),
    ],
)  # fmt: skip
def test_an_ambiguous_header_is_not_sent(name: str, value: str) -> None:
    """No connection is made for it, and its value is not shown."""
    with serving(answering()) as server, live_to(server) as live:
        error = failure(live, get(server, headers=((name, MaskedText("••", f"{value}")),)))
        assert (FailureReason.UNFIT_VALUE, False, False) == (error.reason, error.sent, error.again)
        assert 0 == server.connections


@pytest.mark.parametrize(
    "parts",
    [{"body": MaskedText.of_plain("\ud800")}, {"method": "get"}, {"method": "CONNECT"},
     {"method": "GET / HTTP/1.1\r\nX: y"}],
)  # fmt: skip
def test_a_request_that_cannot_be_encoded_is_not_sent(parts: dict[str, Any]) -> None:
    """Nothing was done, and the message holds none of it."""
    with serving(answering()) as server, live_to(server) as live:
        asked = {"method": "POST", "url": MaskedText.of_plain(server.url()), **parts}
        error = failure(live, Request(**asked))
        assert (FailureReason.UNFIT_VALUE, False) == (error.reason, error.sent)
        assert (None, 0) == (error.__context__, server.connections)


@pytest.mark.parametrize("path", [f"/{SECRET}/é", f"/{SECRET}" * 9000, f"/{SECRET}#"])
def test_an_invalid_url_is_not_shown(path: str) -> None:
    """No exception and no stack frame holds it."""
    with serving(answering()) as server, live_to(server) as live:
        error = failure(live, Request("GET", MaskedText("https://••", server.url(path))))
        assert (FailureReason.UNFIT_VALUE, False, 0) == (
            error.reason,
            error.sent,
            server.connections,
        )
        assert (None, None) == (error.__cause__, error.__context__)
        assert SECRET not in str(error)
        frames = [frame.f_locals for frame, _ in traceback.walk_tb(error.__traceback__)]
        assert SECRET not in str(frames)


def test_a_sealed_secret_is_not_sent() -> None:
    """Neither in the URL, nor in a header, nor in the body."""
    closed = MaskedText("••", None)
    with serving(answering()) as server, live_to(server) as live:
        url = MaskedText.of_plain(server.url())
        for asked in (
            Request("GET", closed),
            Request("GET", url, (("X-Token", closed),)),
            Request("POST", url, (), closed),
        ):
            assert FailureReason.NO_TOKEN is failure(live, asked).reason
        assert 0 == server.connections


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".test", "é.test"])
def test_an_invalid_allowed_host_is_not_contacted(host: str) -> None:
    """It is a failure like any other."""
    with serving(answering()) as server:
        live = HttpSender(NetworkRules((server.allowed(host),), ca_file=server.ca_file))
        error = failure(live, Request("GET", MaskedText.of_plain(server.url(host=host))))
        assert (FailureReason.UNFIT_VALUE, False) == (error.reason, error.sent)
        live.close()


# State between requests


def test_cookies_are_not_stored() -> None:
    """A cookie from one person's answer is never sent with another person's request."""
    with (
        serving(answering(headers=["Set-Cookie: id=ada; Path=/"])) as server,
        live_to(server) as live,
    ):
        for _ in range(3):
            live.send(get(server))
        assert b"cookie" not in b"".join(server.received).lower()
        assert (1, 3) == (server.connections, len(server.received))


def test_a_changing_call_uses_a_new_connection() -> None:
    """A kept one may be closed meanwhile, and the outcome would be unknown."""
    with serving(answering()) as server, live_to(server) as live:
        for fresh, connections in [(False, 1), (False, 1), (True, 2), (True, 3), (False, 3)]:
            live.send(get(server, fresh=fresh))
            assert connections == server.connections


def test_eight_connections_are_kept() -> None:
    """The ninth takes the place of the oldest."""
    hosts = [f"{letter}.test" for letter in "abcdefghi"]
    with serving(answering(), tls_for(*hosts)) as server:
        allowed = tuple(map(server.allowed, hosts))
        live = HttpSender(NetworkRules(allowed, ca_file=authority().ca_file))
        counts = []
        for host in (*hosts, "i.test", "b.test", "a.test"):
            live.send(Request("GET", MaskedText.of_plain(server.url(host=host)), limits=PATIENT))
            counts.append(server.connections)
        live.close()
    assert [*range(1, 10), 9, 9, 10] == counts


@pytest.mark.parametrize(
    ("signs", "end"),
    [(authority, b""), (partial(authority, "Another"), "TLSV1_ALERT_UNKNOWN_CA")],
)
def test_a_server_is_told_how_a_connection_ends(
    signs: Callable[[], Authority], end: object
) -> None:
    """By TLS's own end, or by its alert where the certificate is refused; it is never just lost."""
    ends: list[object] = []

    def listen(talk: Talk) -> None:
        wrap = partial(talk.context.wrap_socket, server_side=True, suppress_ragged_eofs=False)
        try:
            talk.socket = wrap(talk.socket)
            talk.request()
            talk.send(body(GOOD))
            ends.append(talk.socket.recv(1))
        except ssl.SSLError as error:
            ends.append(error.reason)

    context = tls_with(signs().certify(HOST))
    with serving(listen, context, secure=False) as server:
        with live_to(server) as live, suppress(RequestFailed):
            live.send(get(server))
        assert soon(lambda: bool(ends))
    assert [end] == ends


def test_a_kept_connection_closed_by_the_server_is_not_used() -> None:
    """If the close is noticed, a new one is made."""
    closed = threading.Semaphore(0)

    def once(talk: Talk) -> None:
        talk.request()
        talk.send(body(GOOD))
        talk.socket.setblocking(False)
        with suppress(OSError):  # it does not wait for the client's end
            talk.socket.unwrap()  # type: ignore[attr-defined]
        closed.release()

    with serving(once) as server, live_to(server) as live:
        for connections in (1, 2):
            assert GOOD == live.send(get(server)).body
            assert connections == server.connections
            assert closed.acquire(timeout=30)


def test_a_kept_connection_closed_without_an_answer_is_reported() -> None:
    """A retry may succeed; it is unknown whether the request was read."""

    def reading(talk: Talk) -> None:
        talk.request()
        talk.send(body(GOOD))
        talk.request()

    with serving(reading) as server, live_to(server) as live:
        live.send(get(server))
        error = failure(live, get(server))
        assert (FailureReason.NO_ANSWER, True, True) == (error.reason, error.again, error.sent)
        assert "reused from an earlier request" in str(error)
        assert GOOD == live.send(get(server)).body


@pytest.mark.parametrize(
    ("parts", "words", "again"),
    [
        ((), "closed the connection without a response", True),
        ((b"HTTP/1.1 200 OK\r\nX: ",), "in the middle of its response's headers", True),
        ((OK + b"Content-Length: 9\r\n\r\n{}",), "is cut off", True),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",), "is cut off", True),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",), "broken", False),
        ((b"SSH-2.0-OpenSSH\r\n\r\n",), "did not send an HTTP/1.1 response", False),
    ],
)
def test_a_server_that_ended_may_be_asked_again(
    parts: tuple[bytes, ...], words: str, again: bool
) -> None:
    """One that sends something wrong would do so each time."""
    with serving(says(*parts)) as server, live_to(server) as live:
        error = failure(live, get(server))
        assert words in str(error)
        assert (again, True) == (error.again, error.sent)


@pytest.mark.parametrize(
    "first",
    [
        body(b"{}") + body(b'{"email": "bob@example.com"}'),
        body(b"{}") + b"HTTP/1.1 200 OK\r\nX: ",
        body(b"{}") + b"\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 304 Not\r\nContent-Length: 2\r\n\r\n{}",
        OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + body(b"{}"),
        OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_leftover_bytes_are_never_used_as_the_next_answer(first: bytes) -> None:
    """They could belong to another request; the connection is closed."""

    def poisoning(talk: Talk) -> None:
        talk.request()
        talk.send(first if server.connections == 1 else body(GOOD))
        talk.request()

    with serving(poisoning) as server, live_to(server) as live:
        live.send(get(server))
        assert GOOD == live.send(get(server)).body
        assert 2 == server.connections


def test_late_bytes_are_never_used_as_the_next_answer() -> None:
    """They arrived before the next request."""
    read, sent = threading.Event(), threading.Event()

    def late(talk: Talk) -> None:
        talk.request()
        talk.send(body(b"{}"))
        if server.connections == 1:
            assert read.wait(30)
            talk.send(body(b'{"email": "bob@example.com"}'))
            sent.set()
        while talk.request():
            talk.send(body(GOOD))

    with serving(late) as server, live_to(server) as live:
        live.send(get(server))
        read.set()
        assert sent.wait(30)
        assert b"{}" == live.send(get(server)).body
        assert 2 == server.connections
        assert GOOD == live.send(get(server)).body


def test_fifty_threads_get_their_own_answers() -> None:
    """Each over its own connection, which is reused."""

    def echoing(talk: Talk) -> None:
        while asked := talk.request():
            talk.send(body(asked.split()[1]))

    def work(number: int) -> list[bytes]:
        barrier.wait()
        return [
            live.send(get(server, f"/{number}/{turn}", limits=Limits())).body for turn in range(4)
        ]

    barrier = threading.Barrier(50)
    with serving(echoing) as server, live_to(server) as live, ThreadPoolExecutor(50) as pool:
        found = list(pool.map(work, range(50)))
        assert [[f"/{n}/{turn}".encode() for turn in range(4)] for n in range(50)] == found
        assert 50 == server.connections


def test_connections_of_finished_threads_are_closed() -> None:
    """When the next thread starts; a closed sender can be used again."""
    closed: list[int] = []

    def counting(talk: Talk) -> None:
        while talk.request():
            talk.send(body(GOOD))
        closed.append(1)

    def in_a_thread() -> None:
        thread = threading.Thread(target=live.send, args=(get(server),))
        thread.start()
        thread.join()

    with serving(counting) as server, live_to(server) as live:
        in_a_thread()
        in_a_thread()
        assert soon(lambda: closed == [1])
        live.close()
        assert soon(lambda: closed == [1, 1])
        assert GOOD == live.send(get(server)).body


def soon(what: Callable[[], bool]) -> bool:
    """Whether it becomes true, however busy the machine is."""
    end = time.monotonic() + 30
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    return what()


# Redirects

CODES = (301, 302, 303, 307, 308)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("code", CODES)
def test_redirects_are_returned_and_not_followed(code: int) -> None:
    """No connection, secret or body reaches the other host, port or scheme."""
    places = ["https://other.test:{other}/v1", "https://api.test:{other}/v1",
              "http://api.test:{plain}/v1", "http://127.0.0.1:{plain}/"]  # fmt: skip
    token = (("X-Api-Key", MaskedText("••", SECRET)), ("Authorization", MaskedText("••", SECRET)))
    turns: Iterator[tuple[str, str]]

    def redirecting(talk: Talk) -> None:
        while talk.request():
            _, place = next(turns)
            named = place.format(other=other.port, plain=plain.port)
            talk.send(
                f"HTTP/1.1 {code} x\r\nLocation: {named}\r\nContent-Length: 0\r\n\r\n".encode()
            )

    with (
        serving(answering(), tls_for(HOST, "other.test")) as other,
        serving(answering(), secure=False) as plain,
        serving(redirecting) as server,
        live_to(server, other, plain) as live,
    ):
        every = list(product(METHODS, places))
        turns = iter(every)
        for method, _ in every:
            content = None if method == "GET" else MaskedText("••", f"body {SECRET}")
            answer = live.send(Request(method, MaskedText.of_plain(server.url()), token, content))
            assert code == answer.status
            with pytest.raises(PlanningError, match=f"status {code}") as caught:
                verify_response(response(mapping()), ReferenceValues(person(), {}), answer)
            assert FailureReason.NOT_SUCCESS is caught.value.reason
            assert SECRET not in f"{caught.value} {caught.value.hint}"
        assert (0, 0) == (other.connections, plain.connections)
        assert ([], []) == (other.received, plain.received)
        REPORT.append(f"redirects: {len(every)} of {code}: 0 bytes elsewhere")


# Environment and logs


def test_environment_variables_do_not_change_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No TLS keys are logged, no proxy is used, no other CA is trusted."""
    keys = tmp_path / "keys"
    with serving(answering()) as proxy, serving(answering(GOOD)) as server:
        monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
        monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        with live_to(server) as live:
            assert GOOD == live.send(get(server)).body
        untrusting = HttpSender(NetworkRules((server.allowed(),)))
        assert "unknown authority" in str(failure(untrusting, get(server)))
        assert (0, False) == (proxy.connections, keys.exists())
    assert b"authorization" not in b"".join(server.received).lower()


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At no level: URLs and headers hold secrets."""
    caplog.set_level(logging.DEBUG)
    with serving(answering()) as server, live_to(server) as live:
        live.send(get(server, f"/{SECRET}"))
    assert [] == caplog.records


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_ca_file_without_certificates_is_a_usage_error(
    tmp_path: Path, content: str | None
) -> None:
    """Reported before anything is sent."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=r"ca\.pem holds no certificates") as caught:
        HttpSender(NetworkRules(ca_file=path))
    assert "--ca-file" in caught.value.hint


# DNS and connecting


def test_a_hanging_name_server_ends_at_the_connect_timeout() -> None:
    """Fifty requests that wait for one name use one thread."""
    release = threading.Event()

    def hanging(host: str, port: int) -> Sequence[str]:
        release.wait(60)
        return ()

    live = HttpSender(NetworkRules(resolve=SystemResolver(hanging)))
    before = threading.active_count()
    asked = Request("GET", MaskedText.of_plain("https://api.shop.example/"), limits=Limits(0.3, 9))
    start = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        errors = list(pool.map(lambda _: failure(live, asked), range(50)))
        left = threading.active_count() - before - 50
    release.set()
    assert time.monotonic() - start < 30
    assert left <= 1
    for error in errors:
        assert (FailureReason.NO_ANSWER, True, False) == (error.reason, error.again, error.sent)
        assert "longer than 0.3 s: its address was being looked up" in str(error)
        assert "limits.connect_seconds" in error.hint


@pytest.mark.parametrize(
    ("raised", "words", "again"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "no address is known for", False),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "no name server gave", True),
        (TimeoutError(), "took longer than 1 s: its address was being looked up", True),
        (OSError("x"), "no name server gave", True),
    ],
)
def test_a_failed_look_up_is_reported_with_its_cause(
    raised: OSError, words: str, again: bool
) -> None:
    """A retry does not help if a name does not exist."""

    def resolve(*_: object) -> Sequence[str]:
        raise raised

    live = HttpSender(NetworkRules(resolve=resolve))
    error = failure(live, Request("GET", MaskedText.of_plain("https://a.example/"), limits=QUICK))
    assert (again, False) == (error.again, error.sent)
    assert words in str(error)


def test_a_closed_port_is_reported() -> None:
    """By name; a retry may succeed."""
    with refusing() as port:
        live = HttpSender(NetworkRules((AllowedAddress(HOST, "127.0.0.1", port, "a test"),)))
        error = failure(live, Request("GET", MaskedText.of_plain(f"https://{HOST}:{port}/")))
    assert (f"api.test refuses the connection on port {port}", True) == (str(error), error.again)


def test_a_listener_that_does_not_accept_ends_at_the_connect_timeout() -> None:
    """Its queue is full, so that even TCP is not answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        live = HttpSender(NetworkRules((AllowedAddress(HOST, "127.0.0.1", port, "a test"),)))
        limits = Limits(connect=0.3, total=60)
        start = time.monotonic()
        error = failure(
            live,
            Request("GET", MaskedText.of_plain(f"https://{HOST}:{port}/"), limits=limits),
        )
        assert time.monotonic() - start < 30
        for one in waiting:
            one.close()
    assert "took longer than 0.3 s" in str(error)


# Through a proxy


def tunnelling(talk: Talk) -> None:
    """A proxy: connects to the requested address, and forwards the data."""
    named = talk.request().split()[1].decode()
    host, _, port = named.rpartition(":")
    with socket.create_connection((host, int(port))) as far:
        talk.send(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")

        def back() -> None:
            with suppress(OSError):  # the client has closed
                while data := far.recv(65536):
                    talk.send(data)

        thread = threading.Thread(target=back)
        thread.start()
        while data := talk.socket.recv(65536):
            far.sendall(data)
        far.shutdown(socket.SHUT_RDWR)
        thread.join()


def through(proxy: Server) -> dict[str, str]:
    return {"proxy": f"http://127.0.0.1:{proxy.port}"}


def test_a_proxy_gets_the_allowed_address_and_no_secret() -> None:
    """TLS is between us and the service."""
    with (
        serving(answering(GOOD)) as server,
        serving(tunnelling, secure=False) as proxy,
        live_to(
            server,
            **through(proxy),
            resolve=lambda host, *_: ("127.0.0.1",) if host == "127.0.0.1" else (),
        ) as live,
    ):
        token = (("X-Token", MaskedText("••", SECRET)),)
        for _ in range(2):
            assert GOOD == live.send(get(server, headers=token)).body
        at = f"127.0.0.1:{server.port}"
        assert [f"CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n".encode()] == proxy.received
        assert 2 == len(server.received)


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (
            says(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
            "the proxy returned status 407",
        ),
        (says(b"HTTP/1.1 200 OK"), "did not respond as a proxy does"),
        (says(b"x" * 20_000), "did not respond as a proxy does"),
        (says(b"SSH-2.0-OpenSSH\r\n\r\n"), "did not respond as a proxy does"),
        (Talk.reset, "the proxy"),
        (says(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), "does not speak TLS"),
    ],
)
def test_an_invalid_proxy_is_reported(behaviour: Callable[[Talk], object], words: str) -> None:
    """No part of the request was sent."""
    with (
        serving(answering()) as server,
        serving(behaviour, secure=False) as proxy,
        live_to(server, **through(proxy), resolve=lambda *_: ("127.0.0.1",)) as live,
    ):
        error = failure(live, get(server))
        assert (FailureReason.NO_ANSWER, False) == (error.reason, error.sent)
        assert words in str(error)
        assert 0 == server.connections


def test_a_proxy_that_never_answers_ends_at_the_timeout() -> None:
    """The message says what was waited for."""
    with (
        serving(answering()) as server,
        serving(silent, secure=False) as proxy,
        live_to(server, **through(proxy), resolve=lambda *_: ("127.0.0.1",)) as live,
    ):
        error = failure(live, get(server, limits=QUICK))
        assert (FailureReason.NO_ANSWER, False, 0) == (error.reason, error.sent, server.connections)
    assert "longer than 1 s: the proxy was being asked for a tunnel" in str(error)


def test_an_unreachable_proxy_is_reported() -> None:
    """The error does not blame the host, which was never reached."""
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as full,
        socket.create_connection(full.getsockname()),
        serving(answering()) as server,
    ):
        proxy = f"http://127.0.0.1:{full.getsockname()[1]}"
        with live_to(server, proxy=proxy, resolve=lambda *_: ("127.0.0.1",)) as live:
            error = failure(live, get(server, limits=QUICK))
    assert "the connection to the proxy was being made" in str(error)
    assert error.again


def test_a_proxy_resolves_names_itself() -> None:
    """It gets the name; nothing is resolved here, and TLS still verifies the host."""
    looked_up: list[str] = []

    def resolve(host: str, *_: object) -> tuple[str, ...]:
        looked_up.append(host)
        return ("127.0.0.1",)

    def elsewhere(talk: Talk) -> None:
        request = talk.request()
        assert request.startswith(b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n")
        talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
        talk.context = tls_for("a.example", "b.example")
        talk.secure()
        answering(GOOD)(talk)

    with (
        serving(elsewhere, secure=False) as proxy,
        live_to(proxy, **through(proxy), resolve=resolve) as live,
    ):
        request = Request("GET", MaskedText.of_plain("https://a.example/"), limits=PATIENT)
        assert GOOD == live.send(request).body
    assert ["127.0.0.1"] == looked_up


@pytest.mark.parametrize("alternatives", [True, False])
def test_only_a_subject_alternative_name_identifies_a_host(alternatives: bool) -> None:
    """A common name does not (RFC 9110, 4.3.4), neither directly nor behind a proxy."""
    context = tls_with(authority().certify(HOST, alternatives=alternatives))

    def elsewhere(talk: Talk) -> None:
        talk.request()
        talk.send(b"HTTP/1.1 200 OK\r\n\r\n")
        talk.context = context
        talk.secure()
        answering(GOOD)(talk)

    with (
        serving(answering(GOOD), context) as server,
        serving(elsewhere, secure=False) as proxy,
        live_to(server) as direct,
        live_to(server, **through(proxy)) as tunnelled,
    ):
        for live in (direct, tunnelled):
            if alternatives:
                assert GOOD == live.send(get(server)).body
            else:
                error = failure(live, get(server))
                assert ("is for another name" in str(error), False) == (True, error.sent)
        assert (2 if alternatives else 0) == len(server.received) + len(proxy.received[1:])


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost", "a.internal", "[::1]"])
def test_private_names_are_not_sent_to_a_proxy(host: str) -> None:
    """A proxy inside of a network would reach internal hosts."""
    with (
        serving(tunnelling, secure=False) as proxy,
        live_to(**through(proxy), resolve=lambda *_: ("127.0.0.1",)) as live,
    ):
        error = failure(live, Request("GET", MaskedText.of_plain(f"https://{host}/"), limits=QUICK))
        assert (FailureReason.FORBIDDEN_ADDRESS, 0) == (error.reason, proxy.connections)


@pytest.mark.parametrize(
    "proxy",
    ["proxy:3128", "https://proxy:3128", "http://proxy", "http://a:b@proxy:1", "http://p:1/x",
     "socks5://proxy:1080", "http://proxy:x"],
)  # fmt: skip
def test_a_proxy_address_has_one_form(proxy: str) -> None:
    """An invalid one is not repeated in the error, since it may hold a password."""
    with pytest.raises(UsageError, match="http://host:port") as caught:
        NetworkRules(proxy=proxy)
    assert "a:b" not in str(caught.value)


# Limits


def test_size_limits_of_the_request_apply() -> None:
    """For the bytes on the wire including TLS overhead, and after decompression."""
    with serving(answering(b"x" * 20_000)) as server, live_to(server) as live:
        assert 20_000 == len(live.send(get(server, limits=Limits(wire=30_000))).body)
        tight = failure(live, get(server, limits=Limits(wire=20_000)))
        assert "longer than 20,000 bytes" in str(tight)
        assert "limits.wire_mib" in tight.hint
        decoded = failure(live, get(server, limits=Limits(decoded=19_999)))
        assert "longer than 19,999 bytes once" in str(decoded)
        assert {(FailureReason.UNUSABLE_ANSWER, 200, True, False)} == {
            (error.reason, error.status, error.sent, error.again) for error in (tight, decoded)
        }
        assert Response(200, (("Content-Length", "20000"),), b"x" * 20_000) == live.send(
            get(server, limits=Limits(decoded=20_000))
        )


def test_a_late_answer_is_reported_with_its_status() -> None:
    """So that a call that changes data can be checked later."""

    def halting(talk: Talk) -> None:
        talk.request()
        talk.send(OK + b"Content-Length: 2\r\n\r\n{")
        talk.request()

    with serving(halting) as server, live_to(server) as live:
        error = failure(live, get(server, limits=Limits(total=0.2)))
        assert (FailureReason.NO_ANSWER, 200, False) == (error.reason, error.status, error.again)
        assert "limits.total_seconds" in error.hint
