"""The final check: a secret is found in every encoding, at every depth of nested JSON."""

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
def test_a_secret_is_found_at_any_depth(form: str, depth: int) -> None:
    """In a text, in a text within JSON, and so on; escaped as ASCII or not."""
    for first in (0, 1):
        text = FORMS[form].decode()
        for level in range(depth):
            text = json.dumps({"of": [text]}, ensure_ascii=bool((first + level) % 2), indent=level)
        assert ("shop_token",) == find_secrets(text.encode(), KNOWN)


@pytest.mark.parametrize("text", ["", "{}", '{"a": "canary"}', '"é\'"', "[1, null, true]"])
def test_text_without_a_secret_is_not_reported(text: str) -> None:
    """Nor is similar text."""
    assert () == find_secrets(text.encode(), KNOWN)


def test_keys_and_numbers_are_checked() -> None:
    """A secret may be all digits."""
    known = dict.fromkeys(list_encoded_forms("12345678"), "pin")
    assert ("pin",) == find_secrets(b'{"id": 12345678}', known)
    assert ("pin",) == find_secrets(b'{"12345678": 0}', known)


@pytest.mark.parametrize("size", [0, 1_000, 65_000, 66_000, 500_000])
def test_a_secret_is_found_in_data_of_any_size(size: int) -> None:
    """At its end, too; without one, nothing is."""
    plain = b'["' + b"x y " * (size // 4)
    assert ("shop_token",) == find_secrets(plain + SECRET.encode(), KNOWN)
    assert () == find_secrets(plain + b'"]', KNOWN)


def test_only_the_secret_is_masked_beside_harmless_escapes() -> None:
    """A percent sign or an entity alone hides no text around it."""
    for other in ("100%25 of it", "Fish &amp; Chips", r"C:\new"):
        body = json.dumps({"plain": other, "both": f"{other} {SECRET} {other}"}).encode()
        clean = json_of(Response(200, (), body))
        assert {"plain": other, "both": f"{other} {MASK} {other}"} == clean


def test_every_secret_is_named_once() -> None:
    """And only those that are present."""
    known = {**KNOWN, **dict.fromkeys(list_encoded_forms("another secret"), "pay")}
    assert ("shop_token", "pay") == find_secrets(f"{SECRET} another secret".encode() * 2, known)


@pytest.mark.parametrize("form", FORMS)
def test_headers_and_texts_of_an_answer_are_masked(form: str) -> None:
    """Dots replace the secret, and a second check finds nothing."""
    text = FORMS[form].decode()
    body = json.dumps({"tier": f"<{text}>", "of": [text, 1]}).encode()
    dirty = Response(200, (("X-Echo", text),), body)
    clean = clean_response(dirty, KNOWN)
    assert {"tier": f"<{MASK}>", "of": [MASK, 1]} == json.loads(clean.body)
    assert ((("X-Echo", MASK),), ()) == (clean.headers, find_secrets(clean.body, KNOWN))


@pytest.mark.parametrize("number", ["48151623", "-48151623", "4815162.25", "48151623.0"])
def test_a_number_equal_to_a_secret_is_masked(number: str) -> None:
    """A secret may be all digits, with a point; other numbers and booleans do not change."""
    known = dict.fromkeys(list_encoded_forms(number), "pin")
    body = f'{{"pin": {number}, "of": [1, 1.5, true, null]}}'.encode()
    assert {"pin": MASK, "of": [1, 1.5, True, None]} == json.loads(
        clean_response(Response(200, (), body), known).body
    )


@pytest.mark.parametrize("text", ["a", json.dumps(["a", [1]])])
def test_the_check_takes_little_longer_than_parsing(text: str) -> None:
    """Many texts with an escaped one among them do not slow it down."""
    body = json.dumps(["\x01", *[text] * 100_000]).encode()
    answer, secret = Response(200, (), body), Secret("shop_token", SECRET)
    start = process_time()
    assert answer is remove_secrets(answer, [secret])
    assert process_time() - start < 1


@given(st.binary() | st.text().map(str.encode))
def test_a_body_that_is_not_json_is_checked_as_text(data: bytes) -> None:
    """Any bytes give a result, and a clean answer does not change."""
    assert () == find_secrets(data, KNOWN)
    assert Response(200, (), data).body == clean_response(Response(200, (), data), {}).body


def json_of(answer: Response) -> object:
    return json.loads(clean_response(answer, KNOWN).body)


@pytest.mark.parametrize("form", FORMS)
def test_keys_are_masked_and_none_is_lost(form: str) -> None:
    """Two keys that become equal are numbered, and never take the name of another key."""
    text = FORMS[form].decode()
    body = json.dumps({text: 1, "a": {text: 2}, f"{MASK} (2)": 3, SECRET[:-1]: 4})
    cut = Response(200, (), body.encode())
    clean = json_of(cut)
    assert isinstance(clean, dict)
    assert ({MASK: 2}, 3, [1, 4]) == (
        clean["a"], clean[f"{MASK} (2)"], [clean[MASK], clean[f"{MASK} (3)"]]
    )  # fmt: skip


def test_many_keys_that_become_equal_are_masked_quickly() -> None:
    """A service that sends them cannot slow down the tool."""
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
def test_a_body_that_is_not_json_is_masked_and_does_not_become_json(shape: str) -> None:
    """In every encoding, whole and cut; next to bytes of another charset."""
    for text in (form.decode()[:stop] for form in FORMS.values() for stop in (None, -1)):
        quoted = json.dumps(text)[1:-1] if '"{' in BROKEN[shape] else text
        body = BROKEN[shape].format(quoted, quoted).encode() + b"\xff"
        clean = clean_response(Response(200, (), body), KNOWN).body
        assert () == find_secrets(clean, KNOWN)
        with pytest.raises(StrictJsonError):
            parse_json(clean)


def test_masking_never_turns_a_body_into_valid_json() -> None:
    """A quote in a secret breaks the JSON, and masking must not repair it."""
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
def test_a_secret_with_mixed_escapes_is_decoded_and_masked(mixture: str) -> None:
    """The whole text is masked: the secret's position in it is unknown."""
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


def test_a_header_is_checked_as_text_and_as_bytes() -> None:
    """HTTP does not define the charset of a header; ours are decoded as Latin-1."""
    known = dict.fromkeys(list_encoded_forms("päss-wörd-7d1f"), "pay")
    for value in ("päss-wörd-7d1f", "päss-wörd-7d1f".encode().decode("latin-1")):
        assert ((MASK, MASK),) == clean_response(Response(200, ((value, value),)), known).headers


def test_a_number_too_long_to_parse_causes_no_error() -> None:
    """Python parses no integer of more than 4,300 digits, also as an entity."""
    body = b"&#" + b"9" * 5_000 + b"; &amp;"
    assert () == find_secrets(body, KNOWN)
