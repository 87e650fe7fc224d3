"""How much of a form identifies a secret: a beginning that others share, or chance, does not."""

from __future__ import annotations

import pytest

from cactions.logic.secrets.encoded_forms import (
    MIN_BEGINNING_CHARACTERS,
    MIN_FORM_BYTES,
    EncodedForm,
    list_encoded_forms,
)

LONG = "tok 7d1f_e02a-9k"


def find(secret: str, text: bytes) -> EncodedForm:
    [form] = [form for form in list_encoded_forms(secret) if form.text == text]
    return form


@pytest.mark.parametrize("secret", ["päss", "pä&'\"", "abcdefgh", "p%ss wörd/1", "é" * 11])
def test_a_short_secret_is_only_searched_as_a_whole(secret: str) -> None:
    """In every form: half of it would be found by chance."""
    forms = list_encoded_forms(secret)
    assert len(secret) < MIN_BEGINNING_CHARACTERS
    assert len(forms) > 20
    assert [] == [form for form in forms if form.least != len(form.text)]
    assert all(len(form.text) >= MIN_FORM_BYTES for form in forms)


def test_a_secret_of_twelve_characters_is_found_by_its_beginning() -> None:
    """At least in the forms that are longer than that."""
    forms = list_encoded_forms("p%ss wörd/12")
    assert any(form.least < len(form.text) for form in forms)


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("public", ["", "Bearer "])
def test_twelve_characters_of_utf_16_are_twice_as_many_bytes(order: str, public: str) -> None:
    """After the public part, which many secrets share."""
    form = find(public + LONG, (public + LONG).encode(order))
    assert 2 * (len(public) + MIN_BEGINNING_CHARACTERS) == form.least


@pytest.mark.parametrize(
    "text",
    ["tok 7d1f_e02a-9k", "tok_7d1f=5Fe02a-9k", "tok=207d1f_e02a-9k", "TOK 7D1F_E02A-9K"],
)
def test_the_forms_of_mail_and_of_other_cases_are_listed(text: str) -> None:
    """Quoted-printable in a body, with its blanks, and in a header."""
    assert MIN_BEGINNING_CHARACTERS <= find(LONG, text.encode()).least
