"""What is hidden in a document: at redacted paths, where that stands again, and credentials."""

from __future__ import annotations

import pytest

from cactions.logic.secrets.document_mask import (
    RedactedParts,
    is_credential_name,
    mask_document_parts,
    mask_text_parts,
)
from cactions.model import MASK, Json, is_same


def masked(document: Json, *paths: str, texts: tuple[str, ...] = ()) -> Json:
    parts = frozenset(tuple(path.split(".")) for path in paths)
    return mask_document_parts(document, RedactedParts(parts, frozenset(texts)))


@pytest.mark.parametrize("value", ["abc", 7, 1234, 12.5, 1234.25, -0.5, True, False, {"a": 1}])
def test_what_stands_at_a_redacted_path_is_hidden(value: Json) -> None:
    """Whatever it is, also in rows; null stays, and says that nothing is there."""
    assert is_same({"pin": MASK, "x": 1}, masked({"pin": value, "x": 1}, "pin"))
    rows: Json = {"rows": [{"pin": value}, {"pin": [value, None]}, {"pin": None}]}
    hidden: Json = {"rows": [{"pin": MASK}, {"pin": [MASK, None]}, {"pin": None}]}
    assert is_same(hidden, masked(rows, "rows.pin"))


@pytest.mark.parametrize(
    ("value", "again"),
    [
        ("abcd", True),
        ("ab", True),
        (1234, True),
        (-123, True),
        (12.5, True),
        (1234.25, True),
        (123, False),
        (1.5, False),
        (True, False),
    ],
)
def test_a_redacted_value_is_hidden_where_it_stands_again(value: Json, again: bool) -> None:
    """A number of at least four signs: a shorter one, or a yes, stands in many places by chance."""
    found = masked({"pin": value, "other": [value, "x", 99]}, "pin")
    assert is_same({"pin": MASK, "other": [MASK if again else value, "x", 99]}, found)


def test_a_redacted_text_is_hidden_in_texts_and_in_names() -> None:
    """A short one only where it stands alone."""
    long, short = "ada@example.com", "abc"
    document: Json = {"a": f"to {long}, {short}", f"of {long}": short, short: 1, "abcd": 2}
    hidden: Json = {"a": f"to {MASK}, {short}", MASK: 1, "abcd": 2}
    found = masked(document, texts=(long, short))
    assert isinstance(found, dict)
    assert hidden.keys() == found.keys()
    assert hidden["a"] == found["a"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", MASK),
        ("an abc", "an abc"),
        ("abcd", MASK),
        ("abcd or abcd", f"{MASK} or {MASK}"),
        ("abcde abcd", f"{MASK} {MASK}"),
    ],
)
def test_a_redacted_text_is_hidden_in_a_text(text: str, shown: str) -> None:
    """The longest one first, so that no end of it is left."""
    redacted = RedactedParts(texts=frozenset(("abc", "abcd", "abcde")))
    assert shown == mask_text_parts(text, redacted)


@pytest.mark.parametrize("name", ["password", "api_key", "X-Shop-Token", "client_secret", "token"])
@pytest.mark.parametrize("value", ["hunter2!", 1234, 12, 0.5, {"of": "x", "n": 1.5}, ["x"]])
def test_what_is_called_a_credential_is_hidden(name: str, value: Json) -> None:
    """Texts and numbers, and every text below it."""
    assert is_credential_name(name)
    found = masked({name: value, "tier": "gold"})
    assert isinstance(found, dict)
    assert "gold" == found["tier"]
    expected: Json = MASK
    if isinstance(value, dict):
        expected = {"of": MASK, "n": 1.5}
    elif isinstance(value, list):
        expected = [MASK]
    assert is_same(expected, found[name])


@pytest.mark.parametrize("value", [True, False, None, ""])
def test_a_yes_a_no_and_nothing_are_shown_under_any_name(value: Json) -> None:
    """They say whether there is a credential, and hold none."""
    assert is_same({"password": value}, masked({"password": value}))


@pytest.mark.parametrize("name", ["page_token", "tier", "checksum", "id", "key_name"])
def test_other_names_hide_nothing(name: str) -> None:
    """An identifier or a cursor is no credential."""
    assert not is_credential_name(name)
    assert is_same({name: "x1", "n": 12.5}, masked({name: "x1", "n": 12.5}))
