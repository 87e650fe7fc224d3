"""What the words of a name say."""

from __future__ import annotations

import pytest

from cactions.logic.lint.vocabulary import is_presentation, is_record_name


@pytest.mark.parametrize(
    ("name", "finds"),
    [
        ("order_id", True),
        ("invoice", True),
        ("kundennummer", True),
        ("meine_kundennummer", True),
        ("kundennummer_alt", True),
        ("Bestellnummer", True),
        ("kundenname", False),
        ("hausnummer", False),
        ("email", False),
        ("", False),
    ],
)
def test_a_name_of_a_record_is_told_by_its_words(name: str, finds: bool) -> None:
    """In other languages by a stem of people's records with the word for number; both together."""
    assert finds is is_record_name(name)


@pytest.mark.parametrize(
    ("name", "shows"),
    [
        ("locale", True),
        ("preferred_currency", True),
        ("languageCode", True),
        ("timezone_override_key", True),
        ("setting", False),
        ("code", False),
        ("currency_account", False),
        ("language_customer_id", False),
        ("", False),
    ],
)
def test_a_name_that_only_presents_ends_in_such_a_word(name: str, shows: bool) -> None:
    """Or in one and words of its setting: anything else behind it could choose a record."""
    assert shows is is_presentation(name)
