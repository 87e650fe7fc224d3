"""What is said of people that are taken all the same: options, capitals, numbers; and how much."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest

from cactions.logic.people.import_notes import ImportNotes
from cactions.model import Attribute, DataType, Person, PersonAttribute, PersonField, Reference

TIER = Attribute("tier", DataType.STRING, options=("gold", "silver"))
HIDDEN: list[Reference] = [PersonField("email"), PersonField("phone"), PersonAttribute("tier")]


def note(
    *people: Person, stored: Iterable[tuple[str, str]] = (), redacted: Collection[Reference] = ()
) -> list[str]:
    notes = ImportNotes({"tier": TIER}, redacted, stored)
    for line, person in enumerate(people, start=2):
        notes.observe(line, person)
    return [*notes.list_messages()]


def mail(email: str, person_id: str = "p") -> Person:
    return Person(person_id, {"email": email})


@pytest.mark.parametrize("value", ["gold", "", None, "silver"])
def test_an_option_is_nothing_odd(value: str | None) -> None:
    """Nor is no value."""
    assert [] == note(Person("p", {}, {"tier": value, "other": "bronze"}))


@pytest.mark.parametrize(
    ("first", "second", "odd"),
    [
        ("ada@x.example", "Ada@x.example", True),
        ("ada@x.example", "ada@x.example", False),  # two people may share an address
        ("ada@x.example", "ada@X.Example", False),  # capitals of a host mean nothing
        ("ada@x.example", "eda@x.example", False),
        ("ada", "Ada", False),
        ("adà@x.example", "Adà@x.example", False),
    ],
)
def test_addresses_that_differ_in_capitals_are_said(first: str, second: str, odd: bool) -> None:
    """Within the file, with both lines; and of a person who is here."""
    in_file = note(mail(first, "p1"), mail(second, "p2"))
    here = note(mail(second, "p2"), stored=(("p1", first),))
    assert [odd, odd] == [bool(in_file), bool(here)]
    if odd:
        assert [
            'Line 3: email "Ada@x.example" and "ada@x.example" (line 2) differ in capitals only.'
        ] == in_file
        assert "of a person who is here already differ" in here[0]


def test_a_person_who_gets_another_spelling_is_nothing_odd() -> None:
    """It is their own address."""
    assert [] == note(mail("Ada@x.example", "p1"), stored=(("p1", "ada@x.example"),))


def test_cut_numbers_are_said_of_texts_and_keys() -> None:
    """Of a key only where it may be one; a cut key is no person at all."""
    found = note(
        Person("p", {"user_id": "123456789012345000", "phone": "4.47912E+11"}, {"tier": "1E+17"})
    )
    assert 4 == len(found)
    assert "tier is" in found[0]
    assert "user_id" in found[1]
    assert all("cut" in text or "another number" in text for text in found[1:])


def test_what_is_redacted_is_not_shown() -> None:
    """In none of the three."""
    people = (
        Person("p1", {"email": "hid@x.example", "phone": "4.4E+11"}, {"tier": "hidden"}),
        Person("p2", {"email": "Hid@x.example"}, {"tier": "2.5E+12"}),
    )
    assert 5 == len(note(*people))
    text = "".join(note(*people, redacted=HIDDEN))
    assert "••••••" in text
    assert not [word for word in ("hid@", "Hid@", "hidden", "E+1") if word in text]


def test_of_many_the_first_are_said_and_all_are_counted() -> None:
    """Of each kind on its own."""
    people = [Person(f"p{n}", {"phone": "4.4E+11"}, {"tier": f"t{n}"}) for n in range(9)]
    found = note(*people)
    assert 12 == len(found)
    assert "… and 4 more values that are none of the options." == found[5]
    assert "… and 4 more numbers that a spreadsheet has cut, or may have." == found[11]
