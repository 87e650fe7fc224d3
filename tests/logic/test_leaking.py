"""The last look: a secret is found in every form, at every depth of JSON within JSON."""

from __future__ import annotations

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.leaking import cleaned, held_in, unsaid
from cactions.logic.secret_forms import forms
from cactions.model import DOTS, Response
from cactions.model.secret import Secret
from tests.encodings import PRINTED

SECRET = "canary/7d1f é'\"&<% x"
KNOWN = dict.fromkeys(forms(SECRET), "shop_token")
FORMS = {name: encode(SECRET) for name, encode in PRINTED.items()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_secret_is_found_however_deep_it_stands(form: str, depth: int) -> None:
    """In a text, in a text within JSON, and so on; escaped as ASCII or not."""
    for first in (0, 1):
        text = FORMS[form].decode()
        for level in range(depth):
            text = json.dumps({"of": [text]}, ensure_ascii=bool((first + level) % 2))
        assert ("shop_token",) == held_in(text.encode(), KNOWN)


@pytest.mark.parametrize("text", ["", "{}", '{"a": "canary"}', '"é\'"', "[1, null, true]"])
def test_what_holds_none_is_not_suspected(text: str) -> None:
    """Nor what looks a little like it."""
    assert () == held_in(text.encode(), KNOWN)


def test_a_key_and_a_number_are_looked_at_too() -> None:
    """A secret may be all digits."""
    known = dict.fromkeys(forms("12345678"), "pin")
    assert ("pin",) == held_in(b'{"id": 12345678}', known)
    assert ("pin",) == held_in(b'{"12345678": 0}', known)


def test_every_secret_is_named_once() -> None:
    """And only those that are there."""
    known = {**KNOWN, **dict.fromkeys(forms("another secret"), "pay")}
    assert ("shop_token", "pay") == held_in(f"{SECRET} another secret".encode() * 2, known)


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_is_cleaned_in_its_headers_and_texts(form: str) -> None:
    """Dots stand there, and nothing is found any more."""
    text = FORMS[form].decode()
    body = json.dumps({"tier": f"<{text}>", "of": [text, 1]}).encode()
    dirty = Response(200, (("X-Echo", text),), body)
    clean = cleaned(dirty, KNOWN)
    assert {"tier": f"<{DOTS}>", "of": [DOTS, 1]} == json.loads(clean.body)
    assert ((("X-Echo", DOTS),), ()) == (clean.headers, held_in(clean.body, KNOWN))


def test_a_number_that_is_a_secret_is_cleaned_too() -> None:
    """A secret may be all digits; other numbers and truth values stay what they are."""
    known = dict.fromkeys(forms("48151623"), "pin")
    body = b'{"pin": 48151623, "of": [1, 1.5, true, null]}'
    assert {"pin": DOTS, "of": [1, 1.5, True, None]} == json.loads(
        cleaned(Response(200, (), body), known).body
    )


@pytest.mark.parametrize("text", ["a", json.dumps(["a", [1]])])
def test_looking_takes_little_longer_than_reading(text: str) -> None:
    """A service that sends a great many texts, one of them escaped, holds nobody up."""
    body = json.dumps(["\x01", *[text] * 100_000]).encode()
    answer, secret = Response(200, (), body), Secret("shop_token", SECRET)
    start = process_time()
    assert answer is unsaid(answer, [secret])
    assert process_time() - start < 1


@given(st.binary() | st.text().map(str.encode))
def test_what_is_no_json_is_looked_at_as_it_is(data: bytes) -> None:
    """Any bytes have an answer, and a clean answer stays as it is."""
    assert () == held_in(data, KNOWN)
    assert Response(200, (), data).body == cleaned(Response(200, (), data), {}).body
