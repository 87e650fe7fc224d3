"""Invalid cassette files: every kind of error has its message, its place and a next step."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.edges.cassette.reader import CassetteSender
from cactions.model import (
    DefinitionError,
    Json,
    MaskedText,
    Place,
    PlanningError,
    Request,
    Response,
)

BASE = "https://api.shop.example"
ASKED = Request("GET", MaskedText.of_plain(BASE))


def whole(**changes: Json) -> dict[str, Json]:
    """A valid interaction with parts changed by dotted route; DELETE removes one."""
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
    (b'{"version": 1, "version": 1}', "this key stands twice"),
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
    (
        file_of(request__headers={"A": "1"}),
        f"header 1 of {AT}.request.headers must be a list of texts",
    ),
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
    (
        file_of(response__headers={"B": [2]}),
        f"header 1 of {AT}.response.headers must be a list of texts",
    ),
    (
        file_of(response__headers={"B": None}),
        f"header 1 of {AT}.response.headers must be a list of texts",
    ),
    (
        file_of(response__headers={"\x1b[2J": 1}),
        f"header 1 of {AT}.response.headers must be a list of texts",
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
def test_a_malformed_cassette_is_an_author_error(
    tmp_path: Path, content: bytes, words: str
) -> None:
    """The message has the file and the error, the hint the next step."""
    (tmp_path / "shop.json").write_bytes(content)
    with pytest.raises(DefinitionError) as caught:
        CassetteSender(tmp_path / "shop.json", "cassettes/shop.json")
    assert f"cassettes/shop.json is not a cassette: {words}" == str(caught.value)
    expected = (
        "`cactions test --record` records it anew; of vcrpy, it must be the JSON serializer's form."
    )
    assert expected == caught.value.hint


def test_broken_json_is_reported_with_its_place(tmp_path: Path) -> None:
    """Line and column, from 1."""
    (tmp_path / "shop.json").write_text('{\n  "version": 1,\n  oops\n}')
    with pytest.raises(DefinitionError) as caught:
        CassetteSender(tmp_path / "shop.json", "cassettes/shop.json")
    assert Place("cassettes/shop.json", 3, 3, 3, 4) == caught.value.place


def test_unknown_keys_are_ignored(tmp_path: Path) -> None:
    """``recorded_at``, ``metadata`` and future keys change nothing."""
    document: dict[str, Any] = {"version": 1, "interactions": [whole()], "metadata": {"by": "x"}}
    document["interactions"][0] |= {"recorded_at": "2026-01-01", "x": None}
    document["interactions"][0]["response"]["url"] = BASE
    (tmp_path / "shop.json").write_text(json.dumps(document))
    assert Response(200, (("B", "2"),), b"{}") == CassetteSender(tmp_path / "shop.json").send(ASKED)


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
def test_any_file_is_a_cassette_or_an_author_error(
    route: str, value: Json, noise: bytes, place: int
) -> None:
    """Broken structure and broken bytes raise no other exception; a loaded file can be queried."""
    content = file_of(**{route: value})
    with tempfile.TemporaryDirectory() as folder:
        for data in (content, content[:place] + noise + content[place + len(noise) :]):
            (Path(folder) / "c.json").write_bytes(data)
            with suppress(DefinitionError):
                sender = CassetteSender(Path(folder) / "c.json")
                with suppress(PlanningError):
                    sender.send(ASKED)
