"""Recordings replayed from a file: right answers, exact refusals, nothing linear, no secret."""

from __future__ import annotations

import gc
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cactions.edges import cassette
from cactions.edges.cassette import Replay, write_cassette
from cactions.model import (
    DOTS,
    AuthorError,
    CactionsError,
    Json,
    NoPlan,
    Place,
    Reason,
    RemoteError,
    Rendered,
    Request,
    Response,
    StoreError,
    same,
)

BASE = "https://api.shop.example"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def ask(
    url: str = BASE, method: str = "GET", body: str | Rendered | None = None, kind: str = ""
) -> Request:
    headers = (("Content-Type", Rendered.plain(kind)),) if kind else ()
    rendered = Rendered.plain(body) if isinstance(body, str) else body
    return Request(method, Rendered.plain(url), headers, rendered)


def post(body: str | Rendered, kind: str = JSON) -> Request:
    return ask(method="POST", body=body, kind=kind)


def reply(text: str) -> Response:
    return Response(200, (("Content-Type", JSON),), text.encode())


def replay(tmp_path: Path, *recorded: Request) -> Replay:
    """A Replay of these requests; each is answered by its number."""
    path = tmp_path / "shop.json"
    write_cassette(path, ((one, reply(str(number))) for number, one in enumerate(recorded)))
    return Replay(path, "cassettes/shop.json")


def refusal(sender: Replay, request: Request) -> str:
    with pytest.raises(NoPlan) as caught:
        sender.send(request)
    assert Reason.NOT_RECORDED is caught.value.reason
    return str(caught.value)


# What is the same request


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
def test_spelling_makes_no_difference(tmp_path: Path, recorded: Request, ours: Request) -> None:
    """Two texts of the same request share their answer."""
    assert reply("0") == replay(tmp_path, recorded).send(ours)


def test_headers_and_their_secrets_never_decide(tmp_path: Path) -> None:
    """A closed secret in a header is neither asked for nor compared."""
    sealed = Request("GET", Rendered.plain(BASE), (("X-Token", Rendered(DOTS, None)),))
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
def test_dots_stand_for_any_recorded_text(
    tmp_path: Path, shown: str, recorded: str, kind: str
) -> None:
    """A secret of ours, closed, fits the secret of the day of the recording, and the dots."""
    request = post(Rendered(shown, None), kind)
    assert reply("0") == replay(tmp_path, post(recorded, kind)).send(request)
    assert reply("0") == replay(tmp_path, request).send(request)


@pytest.mark.parametrize(
    ("shown", "recorded", "kind"),
    [
        ('{"key": "••••••"}', '{"key": 17}', JSON),
        ('{"key": "••••••"}', '{"key": null}', JSON),
        ('{"key": "••••••"}', "{}", JSON),
        ('{"key": "••••••"}', '{"key": "canary", "more": "canary"}', JSON),
        ('{"key": "Bearer ••••••"}', '{"key": "Bearer canary"}', JSON),
        ('{"key": "public"}', '{"key": "••••••"}', JSON),
        ("key=••••••&id=1", "key=canary&id=2", FORM),
        ("••••••", "canary", "text/plain"),
    ],
)
def test_dots_stand_for_nothing_else(tmp_path: Path, shown: str, recorded: str, kind: str) -> None:
    """Only a whole text, only at that place, only on our side; no recorded secret is quoted."""
    message = refusal(replay(tmp_path, post(recorded, kind)), post(Rendered(shown, None), kind))
    assert "canary" not in message
    assert "17" not in message


def test_what_is_written_holds_no_secret(tmp_path: Path) -> None:
    """The real texts of a request never reach the file."""
    secret = Rendered(DOTS, "canary")
    body = Rendered.plain('{"key": "') + secret + Rendered.plain('"}')
    request = Request("POST", Rendered.plain(BASE), (("X-Token", secret),), body)
    write_cassette(tmp_path / "shop.json", [(request, reply("1"))])
    assert b"canary" not in (tmp_path / "shop.json").read_bytes()
    assert reply("1") == Replay(tmp_path / "shop.json").send(request)


def test_answers_come_in_recorded_order_and_the_last_repeats(tmp_path: Path) -> None:
    """Each request has its own turn, and never runs dry."""
    sender = replay(tmp_path, ask(f"{BASE}/a"), ask(f"{BASE}/b"), ask(f"{BASE}/a"))
    got = [sender.send(ask(f"{BASE}/{name}")).body for name in "aabaab"]
    expected = [b"0", b"2", b"1", b"2", b"2", b"1"]
    assert expected == got


# The refusal of a request that nothing answers

NEAR = ask(
    f"{BASE}/v1/customers?page=1",
    "POST",
    '{"filter": {"customer": "u-1", "ids": [1, 2]}, "odd key": true}',
    JSON,
)


def near(url: str = NEAR.url.shown, method: str = "POST", **changes: Any) -> Request:
    body = {"filter": {"customer": "u-1", "ids": [1, 2]}, "odd key": True} | changes
    return ask(url, method, json.dumps(body), JSON)


@pytest.mark.parametrize(
    ("ours", "words"),
    [
        (near(method="PUT"), "method: PUT here, POST recorded"),
        (
            near(NEAR.url.shown.replace("https", "http")),
            "scheme: http here, https recorded; port: 80 here, 443 recorded",
        ),
        (
            near(NEAR.url.shown.replace("shop", "shap")),
            "host: api.shap.example here, api.shop.example recorded",
        ),
        (
            near(NEAR.url.shown.replace("example", "example:8443")),
            "port: 8443 here, 443 recorded",
        ),
        (
            near(f"{BASE}/v1/customer?page=1"),
            "path: /v1/customer here, /v1/customers recorded",
        ),
        (near(f"{BASE}/v1/customers?page=2"), "query: page=2 here, page=1 recorded"),
        (near(f"{BASE}/v1/customers"), "query: page recorded, not here"),
        (
            near(f"{BASE}/v1/customers?page=1&page=2&a=%0A"),
            r"query: a=\n here, not recorded; page=2 here, not recorded",
        ),
        (
            near(filter={"customer": "u-2", "ids": [1, 2]}),
            'body: $.filter.customer="u-2" here, $.filter.customer="u-1" recorded',
        ),
        (
            near(filter={"customer": "u-1", "ids": [1, 2.0, 3]}),
            (
                "body: $.filter.ids[1]=2.0 here, $.filter.ids[1]=2 recorded; "
                "$.filter.ids[2]=3 here, not recorded"
            ),
        ),
        (
            near(**{"odd key": 1}),
            'body: $["odd key"]=1 here, $["odd key"]=true recorded',
        ),
        (near(filter=None), "body: $.filter=null here, $.filter=an object recorded"),
        (
            near(a=1, b=2, c=3, d=4),
            (
                "body: $.a=1 here, not recorded; $.b=2 here, not recorded; "
                "$.c=3 here, not recorded; and 1 more"
            ),
        ),
        (ask(NEAR.url.shown, "POST"), "body: no body here, JSON recorded"),
        (ask(NEAR.url.shown, "POST", "a=1", FORM), "body: a form here, JSON recorded"),
    ],
)
def test_the_refusal_names_what_differs_with_both_values(
    tmp_path: Path, ours: Request, words: str
) -> None:
    """The nearest recorded request is named, and in which parts ours is another."""
    message = refusal(replay(tmp_path, NEAR), ours)
    nearest = "the nearest recorded request is POST https://api.shop.example/v1/customers"
    head = f"cassettes/shop.json holds no answer to {ours.line}"
    assert f"{head}; {nearest}, and differs in {words}" == message


@pytest.mark.parametrize(
    ("ours", "recorded", "kind", "words"),
    [
        ("page=2&a=1", "page=1&a=1", FORM, "page=2 here, page=1 recorded"),
        ("page=1", "page=1&key=canary", FORM, "key recorded, not here"),
        (
            "abcd",
            "abxdcanary",
            "text/plain",
            "4 characters here, 10 recorded, different from character 3 on",
        ),
        ('{"a": "••••••"}', '{"a": 1}', JSON, "$.a=•••••• here, $.a=a number recorded"),
    ],
)
def test_the_refusal_names_what_differs_in_a_body(
    tmp_path: Path, ours: str, recorded: str, kind: str, words: str
) -> None:
    """Each form of body has its words; what only the recording has is named, never quoted."""
    message = refusal(replay(tmp_path, post(recorded, kind)), post(ours, kind))
    assert f"differs in body: {words}" in message.replace('"••••••"', DOTS)
    assert "canary" not in message


def test_the_nearest_request_is_the_one_with_the_fewest_differing_parts(tmp_path: Path) -> None:
    """First fewest parts, then most alike, then first recorded."""
    sender = replay(
        tmp_path,
        ask(f"{BASE}/v1/customers/u-1?page=1", "POST"),
        ask(f"{BASE}/v1/orders/u-20"),
        ask(f"{BASE}/v1/customers/u-29"),
        ask(f"{BASE}/v1/customers/u-28"),
    )
    message = refusal(sender, ask(f"{BASE}/v1/customers/u-20"))
    assert "path: /v1/customers/u-20 here, /v1/customers/u-29 recorded" in message


def test_a_long_value_is_cut_where_the_difference_stays_in_sight(tmp_path: Path) -> None:
    """Two long texts are shown from shortly before their first difference."""
    sender = replay(tmp_path, ask(f"{BASE}/{'a' * 500}1"))
    message = refusal(sender, ask(f"{BASE}/{'a' * 500}2"))
    assert f"path: …{'a' * 20}2 here, …{'a' * 20}1 recorded" in message


def test_an_empty_cassette_says_so(tmp_path: Path) -> None:
    """Without interactions there is no nearest one, and the hint counts none."""
    with pytest.raises(NoPlan) as caught:
        replay(tmp_path).send(ask())
    assert f"cassettes/shop.json holds no answer to GET {BASE}" == str(caught.value)
    assert caught.value.hint.startswith("The cassette has 0 interactions")


texts = st.text(max_size=20)


@given(texts, texts, texts, st.sampled_from(["text/plain", JSON, FORM]))
def test_a_refusal_is_plain_text_whatever_was_asked(
    ours: str, recorded: str, url: str, kind: str
) -> None:
    """Nothing from a request or a file can move the cursor of whoever reads the message."""
    with tempfile.TemporaryDirectory() as folder:
        sender = replay(Path(folder), ask(url, "POST", f"{{{recorded}", kind))
        message = refusal(sender, ask(url, "PUT", f"{{{ours}", kind))
    assert message.isprintable()


# Malformed files


def whole(**changes: Json) -> dict[str, Json]:
    """A good interaction with parts changed by dotted route; DELETE takes one out."""
    interaction: dict[str, Any] = {
        "request": {"method": "GET", "uri": BASE, "body": None, "headers": {"A": ["1"]}},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {"B": ["2"]},
            "body": {"string": "{}"},
        },
    }
    for route, value in changes.items():
        *steps, last = route.split("__")
        holder = interaction
        for step in steps:
            holder = holder[step]
        holder[last] = value
        if value == "DELETE":
            del holder[last]
    return interaction


def file_of(**changes: Json) -> bytes:
    return json.dumps({"version": 1, "interactions": [whole(), whole(**changes)]}).encode()


AT = "interactions[1]"
MALFORMED = [
    (b"", "the file is empty"),
    (b" \n\t", "the file is empty"),
    (b"\xff\xfe", "the text is not UTF-8"),
    (b"{", "not JSON: expecting property name enclosed in double quotes"),
    (b'{"version": 1, "version": 1}', 'the key "version" stands twice'),
    (b"[" * 100_000, "the nesting is deeper than 64 levels"),
    (b"interactions:\n- request:\n    body: null\nversion: 1\n", "it is written in YAML"),
    (b"---\nversion: 1\n", "it is written in YAML"),
    (b"[]", "the file is not an object with version and interactions"),
    (b"{}", "version is missing"),
    (b'{"version": 2, "interactions": []}', "version must be 1"),
    (b'{"version": true, "interactions": []}', "version must be a whole number"),
    (b'{"version": 1.0, "interactions": []}', "version must be a whole number"),
    (b'{"version": "1", "interactions": []}', "version must be a whole number"),
    (b'{"version": 1}', "interactions is missing"),
    (b'{"version": 1, "interactions": {}}', "interactions must be a list"),
    (b'{"version": 1, "interactions": [[]]}', "interactions[0] must be an object"),
    (file_of(request="DELETE"), f"{AT}.request is missing"),
    (file_of(request=[]), f"{AT}.request must be an object"),
    (file_of(request__method="DELETE"), f"{AT}.request.method is missing"),
    (file_of(request__method=1), f"{AT}.request.method must be a text"),
    (file_of(request__uri="DELETE"), f"{AT}.request.uri is missing"),
    (file_of(request__uri=None), f"{AT}.request.uri must be a text"),
    (file_of(request__body="DELETE"), f"{AT}.request.body is missing"),
    (file_of(request__headers="DELETE"), f"{AT}.request.headers is missing"),
    (file_of(request__headers=[]), f"{AT}.request.headers must be an object"),
    (file_of(request__headers={"A": "1"}), f"{AT}.request.headers.A must be a list of texts"),
    (file_of(response="DELETE"), f"{AT}.response is missing"),
    (file_of(response__status="DELETE"), f"{AT}.response.status is missing"),
    (file_of(response__status=200), f"{AT}.response.status must be an object"),
    (file_of(response__status__code="DELETE"), f"{AT}.response.status.code is missing"),
    *(
        (file_of(response__status__code=code), f"{AT}.response.status.code must be {words}")
        for code, words in [
            (99, "from 100 to 599"),
            (600, "from 100 to 599"),
            (-200, "from 100 to 599"),
            ("200", "a whole number"),
            (200.0, "a whole number"),
            (True, "a whole number"),
            (None, "a whole number"),
        ]
    ),
    (
        file_of(response__status__message="DELETE"),
        f"{AT}.response.status.message must be a text or null",
    ),
    (
        file_of(response__status__message=1),
        f"{AT}.response.status.message must be a text or null",
    ),
    (file_of(response__headers={"B": [2]}), f"{AT}.response.headers.B must be a list of texts"),
    (file_of(response__headers={"B": None}), f"{AT}.response.headers.B must be a list of texts"),
    (
        file_of(response__headers={"\x1b[2J": 1}),
        rf"{AT}.response.headers.\x1b[2J must be a list of texts",
    ),
    (file_of(response__body="DELETE"), f"{AT}.response.body is missing"),
    (file_of(response__body="{}"), f"{AT}.response.body must be an object"),
    (file_of(response__body=None), f"{AT}.response.body must be an object"),
    (file_of(response__body__string=1), f"{AT}.response.body.string must be a text or null"),
    (
        file_of(response__body={"base64_string": "e30="}),
        f"{AT}.response.body must hold its string, and does not",
    ),
]


@pytest.mark.parametrize(("content", "words"), MALFORMED, ids=[words for _, words in MALFORMED])
def test_a_malformed_cassette_is_the_authors_error(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """The message has the file and what is wrong, the hint the next step."""
    (tmp_path / "shop.json").write_bytes(content)
    with pytest.raises(AuthorError) as caught:
        Replay(tmp_path / "shop.json", "cassettes/shop.json")
    assert f"cassettes/shop.json is not a cassette: {words}" == str(caught.value)
    expected = "Record it again with vcrpy's JSON serializer."
    assert expected == caught.value.hint


def test_broken_json_is_shown_where_it_breaks(tmp_path: Path) -> None:
    """Line and column, from 1."""
    (tmp_path / "shop.json").write_text('{\n  "version": 1,\n  oops\n}')
    with pytest.raises(AuthorError) as caught:
        Replay(tmp_path / "shop.json", "cassettes/shop.json")
    assert Place("cassettes/shop.json", 3, 3, 3, 4) == caught.value.place


def test_notes_of_others_are_passed_over(tmp_path: Path) -> None:
    """``recorded_at``, ``metadata`` and keys that nobody knows yet change nothing."""
    document: dict[str, Any] = {"version": 1, "interactions": [whole()], "metadata": {"by": "x"}}
    document["interactions"][0] |= {"recorded_at": "2026-01-01", "x": None}
    document["interactions"][0]["response"]["url"] = BASE
    (tmp_path / "shop.json").write_text(json.dumps(document))
    assert Response(200, (("B", "2"),), b"{}") == Replay(tmp_path / "shop.json").send(ask())


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 700) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
ROUTES = [
    *("request", "request__method", "request__uri", "request__body", "request__headers"),
    *("response", "response__status", "response__status__code", "response__status__message"),
    *("response__headers", "response__body", "response__body__string"),
]


@given(st.sampled_from(ROUTES), anything, st.binary(max_size=3), st.integers(0, 300))
def test_whatever_a_file_holds_it_is_a_cassette_or_the_authors_error(
    route: str, value: Json, noise: bytes, place: int
) -> None:
    """Broken structure and broken bytes end in no other exception; what loads can be asked."""
    content = file_of(**{route: value})
    with tempfile.TemporaryDirectory() as folder:
        for data in (content, content[:place] + noise + content[place + len(noise) :]):
            (Path(folder) / "c.json").write_bytes(data)
            with suppress(AuthorError):
                sender = Replay(Path(folder) / "c.json")
                with suppress(NoPlan):
                    sender.send(ask())


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(cassette.MAX_BYTES + 1)  # sparse: takes no room


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda path: None, AuthorError, "there is no recording shop.json"),
        (Path.mkdir, AuthorError, "shop.json is not a file"),
        (os.mkfifo, AuthorError, "shop.json is not a file"),
        (make_large, AuthorError, "shop.json is larger than 256 MiB"),
        (make_loop, StoreError, "shop.json cannot be used: too many levels of symbolic links"),
    ],
)
def test_what_cannot_be_read_says_why(
    tmp_path: Path, make: Callable[[Path], None], error: type[CactionsError], words: str
) -> None:
    """Missing, a folder, a pipe, too large, or refused by the system: each has its sentence."""
    make(tmp_path / "shop.json")
    with pytest.raises(error) as caught:
        Replay(tmp_path / "shop.json", "shop.json")
    assert words == str(caught.value)
    assert caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_the_stores_error(tmp_path: Path) -> None:
    """Nobody's YAML is to blame."""
    (tmp_path / "shop.json").touch(mode=0)
    with pytest.raises(StoreError, match="cannot be used: permission denied"):
        Replay(tmp_path / "shop.json")


def test_a_missing_file_names_the_place_where_it_was_looked_for(tmp_path: Path) -> None:
    """The shown path may be short; the hint has the whole one."""
    with pytest.raises(AuthorError) as caught:
        Replay(tmp_path / "shop.json", "shop.json")
    assert f"Looked for {tmp_path / 'shop.json'}" in caught.value.hint


def test_the_source_is_the_path_as_it_was_given(tmp_path: Path) -> None:
    """It goes into the preview's head; without one, the path itself does."""
    shown = "cassettes/shop.json"
    assert shown == replay(tmp_path).source
    assert str(tmp_path / "shop.json") == Replay(tmp_path / "shop.json").source


# Writing


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """An answer that is not text is refused before anything is touched."""
    replay(tmp_path, ask())
    before = (tmp_path / "shop.json").read_bytes()
    with pytest.raises(RemoteError, match="not UTF-8 text"):
        write_cassette(tmp_path / "shop.json", [(ask(), Response(200, (), b"\xff"))])
    with pytest.raises(AuthorError):
        write_cassette(tmp_path / "shop.json", [(ask(), Response(1000))])
    assert before == (tmp_path / "shop.json").read_bytes()
    assert [tmp_path / "shop.json"] == list(tmp_path.iterdir())


def test_a_write_that_the_system_refuses_is_the_stores_error(tmp_path: Path) -> None:
    """No folder, or a folder in the file's place; no temporary file stays behind."""
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "shop.json"):
        with pytest.raises(StoreError, match="cannot be used"):
            write_cassette(path, [])
    assert [tmp_path / "folder"] == list(tmp_path.iterdir())


def test_a_file_is_written_for_everybody_to_read_and_replaces_the_old_one(tmp_path: Path) -> None:
    """A cassette is committed: its mode is the usual one, and it holds no more than asked."""
    replay(tmp_path, ask(), ask())
    one, sender = 1, replay(tmp_path, ask())
    assert one == len(sender)
    mode = stat.S_IMODE((tmp_path / "shop.json").stat().st_mode)
    (tmp_path / "usual").touch()
    assert stat.S_IMODE((tmp_path / "usual").stat().st_mode) == mode


def test_a_decoded_body_is_written_with_headers_that_fit_it(tmp_path: Path) -> None:
    """As vcrpy does it: no Content-Encoding, and the decoded length."""
    headers = (("Content-Encoding", "gzip"), ("content-length", "999"), ("X-A", "1"))
    write_cassette(tmp_path / "shop.json", [(ask(), Response(200, headers, "ü".encode()))])
    got = Replay(tmp_path / "shop.json").send(ask())
    expected = (("content-length", "2"), ("X-A", "1"))
    assert expected == got.headers


# Laws

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
responses = st.builds(
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
    """An independent account of what a generated request asks."""
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
def test_what_is_written_is_replayed(parts: dict[str, Any], response: Response) -> None:
    """Status, body and every header's values in order survive the file."""
    request = requested(parts)
    with tempfile.TemporaryDirectory() as folder:
        write_cassette(Path(folder) / "c.json", [(request, response)])
        got = Replay(Path(folder) / "c.json").send(request)
    assert (response.status, response.body) == (got.status, got.body)
    assert by_name(response) == by_name(got)


@given(questions, questions)
def test_two_different_requests_never_share_an_answer(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Each is answered by its own recording, and by no other where its own is missing."""
    assume(not same(meaning(one), meaning(other)))
    first, second = requested(one), requested(other)
    with tempfile.TemporaryDirectory() as folder:
        both = replay(Path(folder), first, second)
        assert [reply("0"), reply("1")] == [both.send(first), both.send(second)]
        refusal(replay(Path(folder), first), second)


# Cost


def steps_of(work: Callable[[], object]) -> int:
    """How many instructions of the interpreter the work took."""
    count = 0

    def trace(frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    gc.disable()  # a collection runs finalizers of others
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return count


def numbered(number: int, secret: str = DOTS) -> Request:
    return post(f'{{"customer": {10_000_000 + number}, "key": "{secret}"}}')


def test_a_look_up_among_ten_thousand_does_not_scan(tmp_path: Path) -> None:
    """It takes exactly the steps of a look-up among ten, with secrets in the body or none."""

    def cost(size: int) -> tuple[int, int]:
        sender = replay(tmp_path, *(numbered(number, "recorded") for number in range(size)))
        assert str(size - 1).encode() == sender.send(numbered(size - 1)).body
        plain, dotted = numbered(size - 1, "recorded"), numbered(size - 1)
        return steps_of(lambda: sender.send(plain)), steps_of(lambda: sender.send(dotted))

    assert cost(10) == cost(10_000)


def test_importing_it_brings_in_neither_vcrpy_nor_an_http_client() -> None:
    """A replay in CI starts fast."""
    program = "import sys, cactions.edges.cassette; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    heavy = {"vcr", "httpx", "httpcore", "http.client", "urllib.request", "requests", "yaml", "ssl"}
    assert set() == heavy & set(done.stdout.split())
