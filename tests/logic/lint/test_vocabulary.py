"""What the words of a name say."""

from __future__ import annotations

import pytest

from cactions.logic.lint.vocabulary import is_record_name


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
