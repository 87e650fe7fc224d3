"""The server of the review page: one opening, one host, nothing kept."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from threading import Event, Thread

import pytest

from cactions.edges.http.page_server import PageServer

PAGE_HEAD = b"xxxx"
PAGE = "<!DOCTYPE html><p>Ada \u2192 gold</p>"


@pytest.fixture
def server() -> Iterator[PageServer]:
    """Serving, on a free port."""
    with PageServer(gzip.compress(PAGE.encode())) as found:
        done = Event()

        def serve() -> None:
            while not done.is_set():
                found.serve_for(0.1)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield found
        finally:
            done.set()
            thread.join()


def ask(server: PageServer, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.request(method, path, headers=headers)
    return connection.getresponse()


def get_path(server: PageServer) -> str:
    return server.address.removeprefix(f"http://{server.host}")


def test_the_address_opens_once_and_what_it_leads_to_again(server: PageServer) -> None:
    """A browser may load the page anew; the address that was printed tells that it was used."""
    assert not server.is_used
    first = ask(server, get_path(server))
    assert (303, b"") == (first.status, first.read())
    assert server.is_used
    path = first.headers["Location"]
    assert path != get_path(server)
    for _ in range(2):
        page = ask(server, path)
        assert (200, PAGE) == (page.status, gzip.decompress(page.read()).decode())
    again = ask(server, get_path(server))
    assert (410, True) == (again.status, b"was opened before" in again.read())
    assert again.headers["Location"] is None


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "127.0.0.1:1", "127.0.0.1.evil.example", ""]
)
def test_another_host_is_refused_and_uses_nothing(server: PageServer, host: str) -> None:
    """A name of another site that leads to this machine is not this address."""
    assert 403 == ask(server, get_path(server), Host=host).status
    assert not server.is_used


def test_a_request_with_two_hosts_or_none_is_refused(server: PageServer) -> None:
    for lines in ("", f"Host: {server.host}\r\nHost: {server.host}\r\n"):
        with socket.create_connection(("127.0.0.1", server.server_port), 20) as connection:
            connection.sendall(f"GET {get_path(server)} HTTP/1.1\r\n{lines}\r\n".encode())
            assert b" 403 " in connection.recv(100)
    assert not server.is_used


@pytest.mark.parametrize("path", ["/", "/x", "//", "/../", "*", "/%00"])
def test_another_path_finds_nothing(server: PageServer, path: str) -> None:
    answer = ask(server, path)
    assert (404, b"") == (answer.status, answer.read())
    assert not server.is_used


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "OPTIONS", "DELETE"])
def test_another_method_is_not_known(server: PageServer, method: str) -> None:
    assert 501 == ask(server, get_path(server), method).status
    assert not server.is_used


def test_nothing_is_kept_and_nothing_frames_it(server: PageServer) -> None:
    answer = ask(server, get_path(server))
    for found in (answer, ask(server, answer.headers["Location"])):
        assert "no-store" == found.headers["Cache-Control"]
        assert "no-referrer" == found.headers["Referrer-Policy"]
        assert "frame-ancestors 'none'" == found.headers["Content-Security-Policy"]
        assert "same-origin" == found.headers["Cross-Origin-Resource-Policy"]
        assert found.headers["Access-Control-Allow-Origin"] is None


def test_of_many_at_the_same_time_one_gets_it(server: PageServer) -> None:
    """The others are told that it was used."""
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda _: ask(server, get_path(server)).status, range(40))
    assert {303: 1, 410: 39} == Counter(answers)


def test_a_silent_connection_keeps_no_one_waiting(server: PageServer) -> None:
    """Browsers open some in advance."""
    silent = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(5)]
    assert 303 == ask(server, get_path(server)).status
    for connection in silent:
        connection.close()


def test_it_listens_on_loopback_and_each_address_is_another(server: PageServer) -> None:
    assert "127.0.0.1" == server.socket.getsockname()[0]
    with PageServer(b"") as other:
        paths = {get_path(server), get_path(other)}
    assert 2 == len(paths)
    assert all(len(path) > 40 for path in paths)


def test_it_ends_when_the_time_is_over() -> None:
    with PageServer(b"") as server:
        started = time.monotonic()
        server.serve_for(0.2)
        assert time.monotonic() - started < 20


def test_a_browser_that_goes_away_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """In the middle of a page, or of a request: no traceback reaches the terminal."""
    with PageServer(b"x" * 8_000_000) as server:
        thread = Thread(target=server.serve_for, args=(2,))
        thread.start()
        path = ask(server, get_path(server)).headers["Location"]
        lines = (f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\n\r\n", "GET / HT")
        for text in lines:
            with socket.create_connection(("127.0.0.1", server.server_port)) as client:
                client.sendall(text.encode())
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert PAGE_HEAD == ask(server, path).read(len(PAGE_HEAD))
        thread.join()
    assert ("", "") == capfd.readouterr()


def test_a_slow_browser_gets_the_whole_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may take longer than one piece may: through a tunnel, a large page does."""
    monkeypatch.setattr("cactions.edges.http.page_server._PageHandler.timeout", 0.5)
    size = 12_000_000
    with PageServer(b"x" * size) as server:
        thread = Thread(target=server.serve_for, args=(5,))
        thread.start()
        path = ask(server, get_path(server)).headers["Location"]
        start, found = time.monotonic(), 0
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
            client.connect(("127.0.0.1", server.server_port))
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode())
            while data := client.recv(128 * 1024):
                found += data.count(b"x")
                time.sleep(0.025)
        thread.join()
    assert found >= size
    assert time.monotonic() - start > 1
