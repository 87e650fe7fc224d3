"""What is said of people that are taken all the same: options, capitals, numbers; and how much."""

from __future__ import annotations

import tracemalloc
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import pytest

from cactions.logic.people.import_notes import MOST_COMPARED, ImportNotes
from cactions.logic.people.lookup import get_lookup_key
from cactions.model import Attribute, DataType, Person, PersonAttribute, PersonField, Reference

TIER = Attribute("tier", DataType.STRING, options=("gold", "silver"))
HIDDEN: list[Reference] = [PersonField("email"), PersonField("phone"), PersonAttribute("tier")]


def note(
    *people: Person,
    stored: Iterable[str] = (),
    redacted: Collection[Reference] = (),
    most: int = MOST_COMPARED,
) -> list[str]:
    """``stored``: the addresses of everyone after the import, without those of the people."""
    notes = ImportNotes({"tier": TIER}, redacted, most)
    for line, person in enumerate(people, start=2):
        notes.observe(line, person)
    own = (key for person in people if (key := get_lookup_key(person, "email")))
    notes.compare_addresses(chain(stored, own))
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
    """In whatever order they stand in the file; and one of them may be here already."""
    words = 'email "Ada@x.example" and "ada@x.example" of another person differ in capitals only.'
    assert [f"Line 3: {words}"] * odd == note(mail(first, "p1"), mail(second, "p2"))
    assert [f"Line 2: {words}"] * odd == note(mail(second, "p2"), mail(first, "p1"))
    assert [f"Line 2: {words}"] * odd == note(mail(second, "p2"), stored=(first,))
    assert [] == note(mail(first, "p1"))


def test_three_spellings_are_two_notes() -> None:
    """Each is compared with the first in capitals."""
    spellings = ("ADA@x.example", "ada@x.example", "Ada@x.example")
    assert 2 == len(note(*(mail(email, email) for email in spellings)))


def test_addresses_without_capitals_take_no_memory() -> None:
    """Nor is anyone else's address read for them."""

    def refuse() -> Iterator[str]:
        raise AssertionError
        yield

    notes = ImportNotes({}, ())
    tracemalloc.start()
    try:
        for number in range(20_000):
            notes.observe(number, mail(f"u-{number}@x.example"))
        notes.compare_addresses(refuse())
        assert tracemalloc.get_traced_memory()[0] < 100_000
    finally:
        tracemalloc.stop()


def test_addresses_with_capitals_are_kept_up_to_a_number() -> None:
    """How many were not compared is said."""
    emails = ("A@x.example", "B@x.example", "C@x.example", "a@x.example", "A@x.example")
    assert [
        'Line 2: email "A@x.example" and "a@x.example" of another person differ in capitals only.',
        "Addresses with capitals that were not compared: 1. Only the first 2 of a file are.",
    ] == note(*(mail(email, str(number)) for number, email in enumerate(emails)), most=2)


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
