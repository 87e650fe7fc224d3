"""Our cassettes and those of plain vcrpy are compatible: each replays what the other wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import vcr
from vcr.cassette import Cassette
from vcr.request import Request as VcrRequest
from vcr.serializers import jsonserializer

from cactions.edges.cassette.reader import CassetteSender
from cactions.model import MASK, MaskedText, PlanningError, Request, Response
from tests.recordings import write_cassette

BASE = "https://api.shop.example"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
STRICT = ("method", "scheme", "host", "port", "path", "query", "body")


def asked(method: str, url: str, body: str | None = None, content_type: str = "") -> Request:
    headers = (("Content-Type", MaskedText.of_plain(content_type)),) if content_type else ()
    return Request(
        method,
        MaskedText.of_plain(url),
        headers,
        None if body is None else MaskedText.of_plain(body),
    )


def answer(text: str, status: int = 200, **headers: str) -> Response:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status, named, text.encode())


EXCHANGES = {
    "a GET with a query": (
        asked("GET", f"{BASE}/v1/customers/u-1?page=2&q=a%20b"),
        answer('{"tier": "gold"}', Content_Type=JSON),
    ),
    "a POST of JSON": (
        asked("POST", f"{BASE}/v1/search", '{"b": [1, 2.5, null], "a": "ü"}', JSON),
        answer('{"data": []}', Content_Type=JSON),
    ),
    "a POST of a form": (
        asked("POST", f"{BASE}/v1/form", "name=Ada+L%C3%B6v&id=7&id=8", FORM),
        answer("fine", Content_Type="text/plain"),
    ),
    "a POST of other text": (
        asked("POST", f"{BASE}/v1/text", "línea\r\n2 ☃", "text/plain; charset=utf-8"),
        answer("ok"),
    ),
    "an answer outside ASCII": (
        asked("GET", f"{BASE}/v1/names"),
        answer('{"name": "Zoë 👩‍🚀 \\u2028"}', Content_Type="application/json; charset=utf-8"),
    ),
    "a path outside ASCII": (
        asked("GET", f"{BASE}/v1/b%C3%BCcher/a%2Fb?q=%E2%98%83"),
        answer("{}"),
    ),
    "no content": (asked("DELETE", f"{BASE}/v1/carts/1"), answer("", 204)),
    "a failure": (asked("GET", f"{BASE}/v1/broken"), answer('{"error": "down"}', 503)),
    "a status without a name": (asked("GET", f"{BASE}/v1/odd"), answer("{}", 299)),
    "another port": (asked("GET", "http://127.0.0.1:8080/"), answer("local")),
    "repeated headers": (
        asked("GET", f"{BASE}/v1/cookies"),
        Response(200, (("Set-Cookie", "a=1"), ("X-One", "1"), ("Set-Cookie", "b=2")), b"{}"),
    ),
}
exchanges = pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)

_watched: list[list[str]] = []


def _watch(event: str, _: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        for seen in _watched:
            seen.append(event)


sys.addaudithook(_watch)


@contextmanager
def no_network() -> Iterator[None]:
    """Fail if this process resolves a name or opens a connection."""
    seen: list[str] = []
    _watched.append(seen)
    try:
        yield
    finally:
        _watched.remove(seen)
    assert not seen


def send(client: httpx.Client, request: Request) -> httpx.Response:
    return client.request(
        request.method,
        request.url.reveal(),
        headers=[(name, value.reveal()) for name, value in request.headers],
        content=None if request.body is None else request.body.reveal().encode(),
    )


@exchanges
def test_plain_vcrpy_replays_our_cassette(
    tmp_path: Path, exchange: tuple[Request, Response]
) -> None:
    """A real client under ``use_cassette`` gets our answer, with every part matched."""
    request, response = exchange
    write_cassette(tmp_path / "ours.json", [exchange])
    recorder = vcr.VCR(serializer="json", record_mode="none", match_on=STRICT)
    with (
        no_network(),
        httpx.Client(trust_env=False) as client,
        recorder.use_cassette(str(tmp_path / "ours.json")) as cassette,
    ):
        got = send(client, request)
    assert response.status == got.status_code
    assert response.body == got.content
    assert sorted((n.lower(), v) for n, v in response.headers) == sorted(got.headers.multi_items())
    assert cassette.all_played


def test_plain_vcrpy_refuses_an_unrecorded_request(tmp_path: Path) -> None:
    """Control test for the one above: another request is refused, not sent."""
    write_cassette(tmp_path / "ours.json", [EXCHANGES["a POST of JSON"]])
    recorder = vcr.VCR(serializer="json", record_mode="none", match_on=STRICT)
    with (
        no_network(),
        httpx.Client(trust_env=False) as client,
        recorder.use_cassette(str(tmp_path / "ours.json")),
        pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException),
    ):
        send(client, asked("POST", f"{BASE}/v1/search", "{}", JSON))


def test_our_file_equals_the_output_of_the_vcrpy_serializer(tmp_path: Path) -> None:
    """Loading our file with plain vcrpy and saving it again changes nothing."""
    write_cassette(tmp_path / "ours.json", EXCHANGES.values())
    ours = (tmp_path / "ours.json").read_text(encoding="ascii")
    cassette = Cassette.load(path=str(tmp_path / "ours.json"), serializer=jsonserializer)
    cassette._save(force=True)
    assert ours == jsonserializer.serialize(json.loads(ours))
    again = json.loads((tmp_path / "ours.json").read_text(encoding="ascii"))
    assert json.loads(ours) == again


@dataclass
class Served:
    """A local server: its address, and the requested paths."""

    url: str
    seen: list[str] = field(default_factory=list)


@pytest.fixture
def served() -> Iterator[Served]:
    """A real server on the loopback interface."""
    state = Served("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            state.seen.append(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            plain = json.dumps({"path": self.path, "got": body.decode(), "ü": "☃"})
            content = plain.encode() if self.path != "/empty" else b""
            self.send_response(200 if content else 204)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Set-Cookie", "a=1")
            self.send_header("Set-Cookie", "b=2")
            if content:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that http.server asks for

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield state
        server.shutdown()
        thread.join()


RECORDED = {
    "a GET with a query": ("GET", "/a/b%2Fc?x=1&y=%C3%BC+z&x=2", None, ""),
    "a bare host": ("GET", "", None, ""),
    "a POST of JSON": ("POST", "/json", '{"id": 1, "name": "Zoë ☃"}', JSON),
    "a POST of a form": ("POST", "/form", "a=1&b=%C3%BC+x&a=2", FORM),
    "a POST of text": ("POST", "/text", "línea ☃", "text/plain"),
    "no content": ("DELETE", "/empty", None, ""),
}


@pytest.mark.parametrize("parts", RECORDED.values(), ids=RECORDED)
def test_we_replay_a_cassette_of_plain_vcrpy(
    tmp_path: Path, served: Served, parts: tuple[str, str, str | None, str]
) -> None:
    """The file gives the same bytes, status and headers as the server."""
    method, path, body, content_type = parts
    request = asked(method, served.url + path, body, content_type)
    recorder = vcr.VCR(serializer="json", record_mode="once")
    with (
        httpx.Client(trust_env=False) as client,
        recorder.use_cassette(str(tmp_path / "theirs.json")),
    ):
        live = send(client, request)
    assert len(served.seen) == 1
    with no_network():
        replayed = CassetteSender(tmp_path / "theirs.json").send(request)
    assert live.status_code == replayed.status
    assert live.content == replayed.body
    assert live.headers.multi_items() == list(replayed.headers)
    assert len(served.seen) == 1


def test_a_secret_recorded_by_plain_vcrpy_is_neither_needed_nor_shown(
    tmp_path: Path, served: Served
) -> None:
    """Our masked value matches any text that was sent when recording."""
    recorder = vcr.VCR(serializer="json", record_mode="once")
    path = tmp_path / "theirs.json"
    with httpx.Client(trust_env=False) as client, recorder.use_cassette(str(path)):
        form = client.post(f"{served.url}/token", data={"id": "app", "secret": "canary-1"})
        body = client.post(f"{served.url}/search", json={"key": "canary-2", "of": ["u-1"]})
    replay = CassetteSender(path)
    ours = asked("POST", f"{served.url}/token", f"id=app&secret={MASK}", FORM)
    assert form.content == replay.send(ours).body
    sealed = MaskedText('{"key": "' + MASK + '", "of": ["u-1"]}', None)
    search = Request("POST", MaskedText.of_plain(f"{served.url}/search"), (), sealed)
    assert body.content == replay.send(search).body
    for missed in (
        asked("POST", f"{served.url}/token", f"id=other&secret={MASK}", FORM),
        asked("POST", f"{served.url}/token", "id=app", FORM),
        asked("POST", f"{served.url}/search", '{"key": "' + MASK + '"}', JSON),
        asked("POST", f"{served.url}/search", '{"of": ["u-1"]}', JSON),
    ):
        with pytest.raises(PlanningError) as caught:
            replay.send(missed)
        assert "canary" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("recorded", "ours"),
    [
        ({"of": [1, {"deep": None}]}, '{"of": [1, {"deep": null}]}'),
        (["a"], '["a"]'),
        (None, None),
        (b"", None),
        (b"text", "text"),
    ],
)
def test_every_request_body_of_vcrpy_can_be_read(
    tmp_path: Path, recorded: object, ours: str | None
) -> None:
    """A text, null, and JSON itself, which is how ``json=`` of aiohttp is recorded."""
    cassette = Cassette(path=str(tmp_path / "theirs.json"), serializer=jsonserializer)
    cassette.append(
        VcrRequest("POST", BASE, recorded, {}),
        {"status": {"code": 200, "message": None}, "headers": {}, "body": {"string": b"yes"}},
    )
    cassette._save()
    expected = b"yes"
    assert expected == CassetteSender(tmp_path / "theirs.json").send(asked("POST", BASE, ours)).body


@pytest.mark.parametrize("body", [{}, {"string": None}, {"string": ""}])
def test_every_empty_answer_of_vcrpy_can_be_read(
    tmp_path: Path, body: dict[str, str | None]
) -> None:
    """No string, null and the empty string all mean an answer without a body."""
    cassette = Cassette(path=str(tmp_path / "theirs.json"), serializer=jsonserializer)
    response = {"status": {"code": 204, "message": "No Content"}, "headers": {}, "body": body}
    cassette.append(VcrRequest("GET", BASE, None, {}), response)
    cassette._save()
    assert Response(204) == CassetteSender(tmp_path / "theirs.json").send(asked("GET", BASE))
