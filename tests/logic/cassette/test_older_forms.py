"""Cassettes of older versions of vcrpy: replayed, or named with what to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cactions.logic.cassette.file_format import parse_cassette
from cactions.model import DefinitionError

REQUEST = {"method": "GET", "uri": "https://a.example/x", "body": "", "headers": {"A": ["1"]}}
HTTPX = {
    "status_code": 201, "http_version": "HTTP/1.1", "content": '{"é": 1}',
    "headers": {"Content-Type": "application/json", "Set-Cookie": ["a", "b"]},
}  # fmt: skip


def cassette(response: Any, request: Any = None) -> bytes:
    interaction = {"request": request or REQUEST, "response": response}
    return json.dumps({"version": 1, "interactions": [interaction]}).encode()


def test_an_answer_of_httpx_is_replayed() -> None:
    """Its status, its body, and its headers with one value or several."""
    [recorded] = parse_cassette(cassette(HTTPX), "c.json")
    response = recorded.response
    assert (201, '{"é": 1}'.encode()) == (response.status, response.body)
    assert (("Content-Type", "application/json"), ("Set-Cookie", "a"), ("Set-Cookie", "b")) == (
        response.headers
    )


@pytest.mark.parametrize("key", ["status_code", "headers", "content"])
def test_what_is_missing_in_the_older_form_is_named(key: str) -> None:
    """With the name of the present form."""
    response = {name: value for name, value in HTTPX.items() if name != key}
    with pytest.raises(DefinitionError, match="is missing"):
        parse_cassette(cassette(response), "c.json")


@pytest.mark.parametrize(
    ("key", "value"), [("status_code", "200"), ("headers", {"a": 5}), ("content", 5)]
)
def test_a_wrong_value_in_the_older_form_is_named(key: str, value: Any) -> None:
    """Nothing is guessed."""
    with pytest.raises(DefinitionError, match="is not a cassette"):
        parse_cassette(cassette({**HTTPX, key: value}), "c.json")


def test_a_file_without_a_version_is_named_with_what_helps() -> None:
    """The list of vcrpy before 1.0; any other list is not one."""
    old = [{"request": {"host": "a.example"}, "response": {"status": {"code": 200}}}]
    with pytest.raises(DefinitionError, match=r"as vcrpy wrote it before version 1\.0") as caught:
        parse_cassette(json.dumps(old).encode(), "c.json")
    assert "python -m vcr.migration" in caught.value.hint
    for other in ("[]", "[1]", '[{"request": 1}]'):
        with pytest.raises(DefinitionError, match="not an object"):
            parse_cassette(other.encode(), "c.json")
