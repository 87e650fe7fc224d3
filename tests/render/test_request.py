"""A request is shown exactly as it would be sent."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.model import MASK, MaskedText, Request
from cactions.render.error import render_error
from cactions.render.request import render_request
from cactions.render.text import to_plain_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def body(text: str) -> str:
    """The body as it is shown."""
    view = render_request(
        Request(
            "POST",
            MaskedText.of_plain("https://a.example"),
            (),
            MaskedText.of_plain(text),
        )
    )
    return to_plain_text(view(80)).partition("\n\n")[2][:-1]


@given(JSON)
def test_a_json_body_keeps_all_of_its_text(value: object) -> None:
    """Formatted as ``json.dumps`` would, but never parsed and written again."""
    compact = json.dumps(value)
    assert json.dumps(value, indent=2) == body(compact)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.10", "1.10"),
        ('{"a":1E5,"a":2}', '{\n  "a": 1E5,\n  "a": 2\n}'),
        ("[ ]", "[]"),
        ('"\\u00e9\\/"', '"\\u00e9\\/"'),
        ("a=1&b=2", "a=1&b=2"),
        ("{not json", "{not json"),
        ("two\nlines\x1b[0m", "two\nlines\\x1b[0m"),
        ("[" * 100_000, "[" * 100_000),
        ("", ""),
    ],
)
def test_a_body_is_shown_unchanged(text: str, shown: str) -> None:
    """Numbers keep their digits, members their order, and a body that is not JSON its lines."""
    assert shown == body(text)


def test_a_secret_is_masked_on_every_line() -> None:
    """Only the masked text is ever read."""
    secret = MaskedText(MASK, "canary")
    asked = Request(
        "GET", MaskedText("https://a.example/", None) + secret, (("X-T", secret),), secret
    )
    text = to_plain_text(render_request(asked)(80))
    assert "canary" not in text
    assert 3 == text.count(MASK)


def test_an_unexpected_error_shows_its_place_but_not_its_text() -> None:
    """Its text may hold anything: a value, a secret."""
    try:
        {}["canary"]
    except KeyError as error:
        text = to_plain_text(render_error(error, not_done="Nothing was sent.")(80))
    assert "canary" not in text
    assert "KeyError in test_request.py, line " in text
