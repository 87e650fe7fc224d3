"""Bodies in declared charsets, with a byte order mark, and with members that nothing reads."""

from __future__ import annotations

import codecs

import pytest

from cactions.logic.exchange.answer_body import AnswerError, read_body, write_body
from cactions.model import AnswerFormat, InvalidText, Json, Response

TEXT = '{"name": "Zoë"}'


def read(body: bytes, kind: str = "application/json") -> Json:
    return read_body(Response(200, (("content-TYPE", kind),), body))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", TEXT.encode()),
        ("application/json", codecs.BOM_UTF8 + TEXT.encode()),
        ("application/json; charset=utf-8", codecs.BOM_UTF8 + TEXT.encode()),
        ('application/json;Charset="UTF-8"', TEXT.encode()),
        ("text/plain; charset=ISO-8859-1", TEXT.encode("latin-1")),
        ("text/plain; charset=windows-1252; x=y", TEXT.encode("cp1252")),
        ("application/json; charset=utf-16", TEXT.encode("utf-16")),
        ("application/json; charset=utf-16le", TEXT.encode("utf-16-le")),
        ("application/json; charset=utf-16be", TEXT.encode("utf-16-be")),
    ],
)
def test_a_declared_charset_is_read(kind: str, body: bytes) -> None:
    """A byte order mark is no part of the text."""
    assert read(body, kind) == {"name": "Zoë"}


@pytest.mark.parametrize(
    "charset", ["x-none", "utf-7", "idna", "zlib", "rot13", "unicode_escape", "\0"]
)
def test_other_charsets_are_refused(charset: str) -> None:
    """Python's codecs have some that change more than bytes."""
    with pytest.raises(AnswerError, match="charset"):
        read(TEXT.encode(), f"application/json; charset={charset}")


def test_a_wrong_charset_is_told() -> None:
    """The bytes are not what the header declares."""
    with pytest.raises(AnswerError, match="utf-16"):
        read(b"\x00", "application/json; charset=utf-16")
    with pytest.raises(AnswerError, match="UTF-8"):
        read(b'"\xff"', "application/json")


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 700, '"\\ud800"']
)
def test_what_nothing_reads_is_not_judged(literal: str) -> None:
    """It is no ordinary text or number, so that a mapping refuses it."""
    found = read(f'{{"read": 1, "other": {literal}}}'.encode())
    assert isinstance(found, dict)
    assert found["read"] == 1
    assert isinstance(found["other"], InvalidText)


@pytest.mark.parametrize("body", [b'{"a": 1, "a": 2}', b"[1,]", b"", b"{", b"[" * 100])
def test_what_is_ambiguous_or_broken_is_refused(body: bytes) -> None:
    """Wherever it stands."""
    with pytest.raises(AnswerError):
        read(body)


@pytest.mark.parametrize("literal", ["NaN", '"\\ud83d"', '"Zo\\u00eb"', "[1.5, null]"])
def test_what_is_written_is_read_alike(literal: str) -> None:
    """A text that is none stays none."""
    found = read(f'{{"value": {literal}}}'.encode())
    again = read(write_body(found, AnswerFormat.JSON))
    assert isinstance(found, dict)
    assert isinstance(again, dict)
    assert type(found["value"]) is type(again["value"])
    assert again == found or isinstance(again["value"], InvalidText)
