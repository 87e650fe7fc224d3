"""The last look: a secret is found in every form, at every depth of JSON within JSON."""

from __future__ import annotations

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.secrets.encoded_forms import list_encoded_forms
from cactions.logic.secrets.leak_check import (
    clean_response,
    find_secrets,
    remove_secrets,
    remove_secrets_from_head,
)
from cactions.logic.strict_json import StrictJsonError, parse_json
from cactions.model import MASK, Response
from cactions.model.secret import Secret
from tests.encodings import PRINTED

SECRET = "canary/7d1f é'\"&<% x"
KNOWN = dict.fromkeys(list_encoded_forms(SECRET), "shop_token")
FORMS = {name: encode(SECRET) for name, encode in PRINTED.items()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_secret_is_found_however_deep_it_stands(form: str, depth: int) -> None:
    """In a text, in a text within JSON, and so on; escaped as ASCII or not."""
    for first in (0, 1):
        text = FORMS[form].decode()
        for level in range(depth):
            text = json.dumps({"of": [text]}, ensure_ascii=bool((first + level) % 2), indent=level)
        assert ("shop_token",) == find_secrets(text.encode(), KNOWN)


@pytest.mark.parametrize("text", ["", "{}", '{"a": "canary"}', '"é\'"', "[1, null, true]"])
def test_what_holds_none_is_not_suspected(text: str) -> None:
    """Nor what looks a little like it."""
    assert () == find_secrets(text.encode(), KNOWN)


def test_a_key_and_a_number_are_looked_at_too() -> None:
    """A secret may be all digits."""
    known = dict.fromkeys(list_encoded_forms("12345678"), "pin")
    assert ("pin",) == find_secrets(b'{"id": 12345678}', known)
    assert ("pin",) == find_secrets(b'{"12345678": 0}', known)


def test_every_secret_is_named_once() -> None:
    """And only those that are there."""
    known = {**KNOWN, **dict.fromkeys(list_encoded_forms("another secret"), "pay")}
    assert ("shop_token", "pay") == find_secrets(f"{SECRET} another secret".encode() * 2, known)


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_is_cleaned_in_its_headers_and_texts(form: str) -> None:
    """Dots stand there, and nothing is found any more."""
    text = FORMS[form].decode()
    body = json.dumps({"tier": f"<{text}>", "of": [text, 1]}).encode()
    dirty = Response(200, (("X-Echo", text),), body)
    clean = clean_response(dirty, KNOWN)
    assert {"tier": f"<{MASK}>", "of": [MASK, 1]} == json.loads(clean.body)
    assert ((("X-Echo", MASK),), ()) == (clean.headers, find_secrets(clean.body, KNOWN))


def test_a_number_that_is_a_secret_is_cleaned_too() -> None:
    """A secret may be all digits; other numbers and truth values stay what they are."""
    known = dict.fromkeys(list_encoded_forms("48151623"), "pin")
    body = b'{"pin": 48151623, "of": [1, 1.5, true, null]}'
    assert {"pin": MASK, "of": [1, 1.5, True, None]} == json.loads(
        clean_response(Response(200, (), body), known).body
    )


@pytest.mark.parametrize("text", ["a", json.dumps(["a", [1]])])
def test_looking_takes_little_longer_than_reading(text: str) -> None:
    """A service that sends a great many texts, one of them escaped, holds nobody up."""
    body = json.dumps(["\x01", *[text] * 100_000]).encode()
    answer, secret = Response(200, (), body), Secret("shop_token", SECRET)
    start = process_time()
    assert answer is remove_secrets(answer, [secret])
    assert process_time() - start < 1


@given(st.binary() | st.text().map(str.encode))
def test_what_is_no_json_is_looked_at_as_it_is(data: bytes) -> None:
    """Any bytes have an answer, and a clean answer stays as it is."""
    assert () == find_secrets(data, KNOWN)
    assert Response(200, (), data).body == clean_response(Response(200, (), data), {}).body


def json_of(answer: Response) -> object:
    return json.loads(clean_response(answer, KNOWN).body)


@pytest.mark.parametrize("form", FORMS)
def test_keys_are_cleaned_and_none_vanishes(form: str) -> None:
    """Two that become alike are numbered, and never take the name of another one."""
    text = FORMS[form].decode()
    body = json.dumps({text: 1, "a": {text: 2}, f"{MASK} (2)": 3, SECRET[:-1]: 4})
    cut = Response(200, (), body.encode())
    clean = json_of(cut)
    assert isinstance(clean, dict)
    assert ({MASK: 2}, 3, [1, 4]) == (
        clean["a"], clean[f"{MASK} (2)"], [clean[MASK], clean[f"{MASK} (3)"]]
    )  # fmt: skip


def test_a_great_many_keys_that_become_alike_take_little_time() -> None:
    """A service that sends them holds nobody up."""
    body = json.dumps({SECRET + "x" * number: number for number in range(2_000)}).encode()
    start = process_time()
    assert 2_000 == len(json.loads(clean_response(Response(200, (), body), KNOWN).body))
    assert process_time() - start < 1


BROKEN = {
    "HTML": "<p>{}</p>",
    "a bracket too few": '{{"a": "{}"',
    "a comma too much": '["{}",]',
    "a key twice": '{{"{0}": 1, "{0}": 2}}',
    "two values": '"{}" "{}"',
}


@pytest.mark.parametrize("shape", BROKEN)
def test_a_body_that_is_no_json_is_cleaned_and_stays_none(shape: str) -> None:
    """In every form, whole and cut; with bytes of another charset beside it."""
    for text in (form.decode()[:stop] for form in FORMS.values() for stop in (None, -1)):
        quoted = json.dumps(text)[1:-1] if '"{' in BROKEN[shape] else text
        body = BROKEN[shape].format(quoted, quoted).encode() + b"\xff"
        clean = clean_response(Response(200, (), body), KNOWN).body
        assert () == find_secrets(clean, KNOWN)
        with pytest.raises(StrictJsonError):
            parse_json(clean)


def test_dots_never_make_json_of_what_was_none() -> None:
    """A quotation mark in a secret breaks a document, and would be gone with it."""
    known = dict.fromkeys(list_encoded_forms('tok"7d1f-e02a'), "shop_token")
    clean = clean_response(Response(200, (), b'{"tier": "tok"7d1f-e02a"}'), known)
    assert MASK.encode() == clean.body


MIXED = {
    "percent, here and there": "".join(
        f"%{ord(c):02x}" if n % 3 else c for n, c in enumerate("canary/7d1f-e02a")
    ),
    "entities of any width": "".join(
        f"&#{ord(c):0{n + 2}};" for n, c in enumerate("canary/7d1f-e02a")
    ),
    "escapes of JSON": "".join(
        f"\\u{ord(c):04x}" if n % 2 else c for n, c in enumerate("canary/7d1f-e02a")
    ),
    "percent within entities": "&#37;63anary%2f7d1f&#45;e02a",
}


@pytest.mark.parametrize("mixture", MIXED)
def test_what_is_escaped_in_a_way_that_no_list_holds_is_read_and_hidden(mixture: str) -> None:
    """All of the text is then: where in it the secret stands is not known."""
    secret = Secret("shop_token", "canary/7d1f-e02a")
    known = dict.fromkeys(list_encoded_forms("canary/7d1f-e02a"), "shop_token")
    text = MIXED[mixture]
    for body in (text.encode(), json.dumps({"a": text, text: 1}).encode()):
        assert ("shop_token",) == find_secrets(body, known)
        answer = Response(200, (("X-Echo", text), (text, "1")), body)
        clean = remove_secrets(answer, [secret])
        assert (("X-Echo", MASK), (MASK, "1")) == clean.headers
        assert () == find_secrets(clean.body, known)
        assert remove_secrets_from_head(answer, [secret]) == Response(200, clean.headers, body)


def test_a_header_is_read_as_text_and_as_the_bytes_that_came() -> None:
    """HTTP does not say in which coding a header is; ours come decoded as Latin."""
    known = dict.fromkeys(list_encoded_forms("päss-wörd-7d1f"), "pay")
    for value in ("päss-wörd-7d1f", "päss-wörd-7d1f".encode().decode("latin-1")):
        assert ((MASK, MASK),) == clean_response(Response(200, ((value, value),)), known).headers


def test_a_number_too_long_to_be_read_breaks_nothing() -> None:
    """Python reads no integer of more than 4,300 digits, also as an entity."""
    body = b"&#" + b"9" * 5_000 + b"; &amp;"
    assert () == find_secrets(body, KNOWN)
