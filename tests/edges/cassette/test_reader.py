"""Recordings replayed from a file: right answers, exact refusals, fast look-ups, no secrets."""

from __future__ import annotations

import gc
import inspect
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cactions.edges.cassette import reader
from cactions.edges.cassette.reader import CassetteSender
from cactions.model import (
    MASK,
    CactionsError,
    DefinitionError,
    Json,
    MaskedText,
    RemoteError,
    Request,
    Response,
    StoreError,
    is_same,
)
from tests.recordings import BASE, FORM, JSON, ask, post, refusal, replay, reply, write_cassette
from tests.strategies import builds

# Which requests are equal


@pytest.mark.parametrize(
    ("recorded", "ours"),
    [
        (ask(f"{BASE}/a?x=1&y=2&x=3"), ask(f"{BASE}/a?y=2&x=3&x=1")),
        (ask(f"{BASE}/a?q=a%20b"), ask(f"{BASE}/a?q=a+b")),
        (ask(f"{BASE}/%7eada/%c3%bc"), ask(f"{BASE}/~ada/ü")),
        (ask("https://API.shop.example:443"), ask("HTTPS://api.SHOP.example/")),
        (ask("http://127.0.0.1:80/a"), ask("http://127.0.0.1/a#part")),
        (ask("http://[::1]:8080/a"), ask("http://[::1]:8080/a")),
        (ask("https://ada:canary@api.shop.example/a"), ask(f"{BASE}/a")),
        (post('{"a": 1, "b": [true]}'), post('{"b":[true],"a":1}', "")),
        (post('{"a": 1}', FORM), post(' {"a":1}', JSON)),
        (post("a=1&b=%C3%BC", FORM), post("b=ü&a=1", f"{FORM}; charset=utf-8")),
        (post("{not json", JSON), post("{not json", "text/plain")),
        (post("", "text/plain"), ask(method="POST")),
    ],
)
def test_different_spellings_of_a_request_share_an_answer(
    tmp_path: Path, recorded: Request, ours: Request
) -> None:
    """Two texts of the same request have the same answer."""
    assert reply("0") == replay(tmp_path, recorded).send(ours)


def test_headers_are_not_compared(tmp_path: Path) -> None:
    """A sealed secret in a header is neither opened nor compared."""
    sealed = Request("GET", MaskedText.of_plain(BASE), (("X-Token", MaskedText(MASK, None)),))
    assert reply("0") == replay(tmp_path, ask()).send(sealed)


@pytest.mark.parametrize(
    ("shown", "recorded", "kind"),
    [
        ('{"key": "••••••", "of": 1}', '{"of": 1, "key": "canary"}', JSON),
        ('["••••••", "••••••"]', '["canary", "••••••"]', JSON),
        ('"••••••"', '"canary"', JSON),
        ("id=1&key=••••••", "key=canary&id=1", FORM),
        ("key=%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2", "key=", FORM),
    ],
)
def test_a_masked_value_matches_any_recorded_text(
    tmp_path: Path, shown: str, recorded: str, kind: str
) -> None:
    """A sealed secret matches the secret at recording time, and the dots."""
    request = post(MaskedText(shown, None), kind)
    assert reply("0") == replay(tmp_path, post(recorded, kind)).send(request)
    assert reply("0") == replay(tmp_path, request).send(request)


def test_a_written_cassette_holds_no_secret(tmp_path: Path) -> None:
    """The real texts of a request are never written to the file."""
    secret = MaskedText(MASK, "canary")
    body = MaskedText.of_plain('{"key": "') + secret + MaskedText.of_plain('"}')
    request = Request("POST", MaskedText.of_plain(BASE), (("X-Token", secret),), body)
    write_cassette(tmp_path / "shop.json", [(request, reply("1"))])
    assert b"canary" not in (tmp_path / "shop.json").read_bytes()
    assert reply("1") == CassetteSender(tmp_path / "shop.json").send(request)


def test_answers_are_in_recorded_order_and_the_last_repeats(tmp_path: Path) -> None:
    """Each request has its own sequence, which never ends."""
    sender = replay(tmp_path, ask(f"{BASE}/a"), ask(f"{BASE}/b"), ask(f"{BASE}/a"))
    got = [sender.send(ask(f"{BASE}/{name}")).body for name in "aabaab"]
    expected = [b"0", b"2", b"1", b"2", b"2", b"1"]
    assert expected == got


# Files


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(reader.MAX_BYTES + 1)  # sparse: uses no disk space


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda path: None, DefinitionError, "there is no recording shop.json"),
        (Path.mkdir, DefinitionError, "shop.json is not a file"),
        (os.mkfifo, DefinitionError, "shop.json is not a file"),
        (make_large, DefinitionError, "shop.json is larger than 256 MiB"),
        (make_loop, StoreError, "shop.json cannot be used: too many levels of symbolic links"),
    ],
)
def test_an_unreadable_cassette_is_reported_with_the_reason(
    tmp_path: Path, make: Callable[[Path], None], error: type[CactionsError], words: str
) -> None:
    """Missing, a folder, a pipe, too large, or refused by the system: each has its message."""
    make(tmp_path / "shop.json")
    with pytest.raises(error) as caught:
        CassetteSender(tmp_path / "shop.json", "shop.json")
    assert words == str(caught.value)
    assert caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_store_error(tmp_path: Path) -> None:
    """The YAML is not the cause."""
    (tmp_path / "shop.json").touch(mode=0)
    with pytest.raises(StoreError, match="cannot be used: permission denied"):
        CassetteSender(tmp_path / "shop.json")


def test_a_missing_file_is_reported_with_its_full_path(tmp_path: Path) -> None:
    """The displayed path may be short; the hint has the full path."""
    with pytest.raises(DefinitionError) as caught:
        CassetteSender(tmp_path / "shop.json", "shop.json")
    assert str(tmp_path / "shop.json") in caught.value.hint


def test_the_source_is_the_given_path(tmp_path: Path) -> None:
    """It is shown at the top of the preview; by default it is the path itself."""
    shown = "cassettes/shop.json"
    assert shown == replay(tmp_path).source
    assert str(tmp_path / "shop.json") == CassetteSender(tmp_path / "shop.json").source


# Writing


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    """An answer that is not text is refused before any file is changed."""
    replay(tmp_path, ask())
    before = (tmp_path / "shop.json").read_bytes()
    with pytest.raises(RemoteError, match="not UTF-8 text"):
        write_cassette(tmp_path / "shop.json", [(ask(), Response(200, (), b"\xff"))])
    with pytest.raises(DefinitionError):
        write_cassette(tmp_path / "shop.json", [(ask(), Response(1000))])
    assert before == (tmp_path / "shop.json").read_bytes()
    assert [tmp_path / "shop.json"] == list(tmp_path.iterdir())


def test_a_write_refused_by_the_system_is_a_store_error(tmp_path: Path) -> None:
    """No folder, or a folder in place of the file; no temporary file remains."""
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "shop.json"):
        with pytest.raises(StoreError, match="cannot be used"):
            write_cassette(path, [])
    assert [tmp_path / "folder"] == list(tmp_path.iterdir())


def test_a_written_file_is_readable_for_all_and_replaces_the_old_one(tmp_path: Path) -> None:
    """A cassette is committed: it has the usual mode, and holds only the requested data."""
    replay(tmp_path, ask(), ask())
    one, sender = 1, replay(tmp_path, ask())
    assert one == len(sender)
    mode = stat.S_IMODE((tmp_path / "shop.json").stat().st_mode)
    (tmp_path / "usual").touch()
    assert stat.S_IMODE((tmp_path / "usual").stat().st_mode) == mode


def test_a_decoded_body_is_written_with_matching_headers(tmp_path: Path) -> None:
    """As vcrpy does it: no Content-Encoding, and the decoded length."""
    headers = (("Content-Encoding", "gzip"), ("content-length", "999"), ("X-A", "1"))
    write_cassette(tmp_path / "shop.json", [(ask(), Response(200, headers, "ü".encode()))])
    got = CassetteSender(tmp_path / "shop.json").send(ask())
    expected = (("content-length", "2"), ("X-A", "1"))
    assert expected == got.headers


# Properties

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
tokens = st.text("abcXYZ019-", min_size=1, max_size=6)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | names
bodies = st.recursive(
    scalars.filter(lambda value: value not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
pairs = st.lists(st.tuples(names, names), max_size=3)
questions = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "POST"]),
        "host": st.sampled_from(["a.example", "b.example"]),
        "segments": st.lists(names, max_size=3),
        "query": pairs,
        "body": st.none() | st.tuples(st.just("json"), bodies) | st.tuples(st.just("form"), pairs),
    }
)
responses = builds(
    Response,
    st.integers(100, 599),
    st.lists(st.tuples(tokens, names), max_size=4).map(tuple),
    st.text(st.characters(codec="utf-8")).map(str.encode),
)


def encoded(items: list[tuple[str, str]]) -> str:
    return "&".join(f"{quote(name, '')}={quote(value, '')}" for name, value in items)


def requested(parts: dict[str, Any]) -> Request:
    path = "".join(f"/{quote(segment, '')}" for segment in parts["segments"])
    url = f"https://{parts['host']}{path}?{encoded(parts['query'])}"
    match parts["body"]:
        case ("json", value):
            return ask(url, parts["method"], json.dumps(value), JSON)
        case ("form", items):
            return ask(url, parts["method"], encoded(items), FORM)
    return ask(url, parts["method"])


def meaning(parts: dict[str, Any]) -> Json:
    """An independent definition of what a generated request asks."""
    body = parts["body"]
    if body == ("form", []):
        body = None
    elif body and body[0] == "form":
        body = ["form", sorted(map(list, body[1]), key=lambda pair: pair[0])]
    query = sorted(map(list, parts["query"]))
    head: Json = [parts["method"], parts["host"], parts["segments"], query]
    return [head, list(body) if body else None]


def by_name(response: Response) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in response.headers:
        values.setdefault(name.lower(), []).append(value)
    return values


@given(questions, responses)
def test_a_written_answer_is_replayed(parts: dict[str, Any], response: Response) -> None:
    """Status, body and every header's values in order are preserved."""
    request = requested(parts)
    with tempfile.TemporaryDirectory() as folder:
        write_cassette(Path(folder) / "c.json", [(request, response)])
        got = CassetteSender(Path(folder) / "c.json").send(request)
    assert (response.status, response.body) == (got.status, got.body)
    assert by_name(response) == by_name(got)


@given(questions, questions)
def test_two_different_requests_never_share_an_answer(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Each is answered only by its own recording, even if that is missing."""
    assume(not is_same(meaning(one), meaning(other)))
    first, second = requested(one), requested(other)
    with tempfile.TemporaryDirectory() as folder:
        both = replay(Path(folder), first, second)
        assert [reply("0"), reply("1")] == [both.send(first), both.send(second)]
        refusal(replay(Path(folder), first), second)


# Speed


def steps_of(work: Callable[[], object]) -> int:
    """The number of interpreter instructions that the work took."""
    count = 0

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before, here = sys.gettrace(), inspect.currentframe()
    assert here
    here.f_trace_opcodes = True  # from 3.12 on, the first trace has none if no frame asked before
    gc.disable()  # a garbage collection runs unrelated finalizers
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    assert count
    return count


def numbered(number: int, secret: str = MASK) -> Request:
    return post(f'{{"customer": {10_000_000 + number}, "key": "{secret}"}}')


def test_the_time_of_a_look_up_does_not_depend_on_the_size(tmp_path: Path) -> None:
    """It takes exactly as many steps as among ten, with or without secrets in the body."""

    def cost(size: int) -> tuple[int, int]:
        sender = replay(tmp_path, *(numbered(number, "recorded") for number in range(size)))
        assert str(size - 1).encode() == sender.send(numbered(size - 1)).body
        plain, dotted = numbered(size - 1, "recorded"), numbered(size - 1)
        return steps_of(lambda: sender.send(plain)), steps_of(lambda: sender.send(dotted))

    assert cost(10) == cost(10_000)


def test_the_reader_loads_neither_vcrpy_nor_an_http_client() -> None:
    """A replay in CI starts fast."""
    program = "import sys, cactions.edges.cassette.reader; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"vcr", "httpx", "httpcore", "http.client", "urllib.request", "requests", "yaml", "ssl"}
    assert set() == heavy & set(done.stdout.split())
