"""Records become people by one set of rules, and all errors are reported at once."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.logic.people.declared_type import InvalidValue, parse_cell, parse_declared_value
from cactions.logic.people.from_record import (
    InvalidPerson,
    RecordFault,
    derive_person_id,
    parse_person,
    update_person,
)
from cactions.model import Attribute, DataType, Json, Person, is_same

DECLARED = {kind.value: Attribute(kind.value, kind) for kind in DataType}


def made(attributes: dict[str, Json] | None = None, /, **fields: Json) -> Person:
    return parse_person(fields, attributes or {}, False, DECLARED)


def faults(attributes: dict[str, Json] | None = None, /, **fields: Json) -> list[RecordFault]:
    with pytest.raises(InvalidPerson) as caught:
        made(attributes, **fields)
    return list(caught.value.faults)


@pytest.mark.parametrize(
    ("fields", "person_id"),
    [
        ({"user_id": "u-1", "email": "ada@example.com"}, "a8ae9346b4f3e606434b5bf7"),
        ({"user_id": "", "email": "ada@example.com"}, "9b62a3a2bce7c868f30d60f0"),
        ({"email": "ada@example.com"}, "9b62a3a2bce7c868f30d60f0"),
    ],
)
def test_an_id_is_derived_from_the_user_id_or_the_email(
    fields: dict[str, Json], person_id: str
) -> None:
    """The same on every machine, or journals would lose their people."""
    assert person_id == derive_person_id(fields)


def test_a_given_id_is_kept() -> None:
    """Only a missing id is derived; it is not a field."""
    assert Person("p1", {"user_id": "u-1"}) == made(id="p1", user_id="u-1")
    assert derive_person_id({"user_id": "u-1"}) == made(user_id="u-1").id


def test_unset_fields_are_dropped_and_empty_attributes_stay() -> None:
    """Null is a value of an attribute, but a field with null is missing."""
    person = made({"string": None, "float": None}, user_id="u-1", email="", name=None, role="")
    assert {"user_id": "u-1"} == person.fields
    assert {"string": None, "float": None} == person.attributes


@pytest.mark.parametrize("old", [True, False])
@pytest.mark.parametrize("new", [True, False])
def test_an_update_keeps_the_mark_of_a_test_person(old: bool, new: bool) -> None:
    """A record of an export never says it; what the record does not name stays as well."""
    before = Person("p1", {"user_id": "u-1", "name": "Ada"}, {"a": 1, "b": 2}, test=old)
    after = update_person(before, Person("p9", {"name": "Eve"}, {"b": None}, test=new))
    fields: dict[str, Json] = {"user_id": "u-1", "name": "Eve"}
    assert Person("p1", fields, {"a": 1, "b": None}, test=old or new) == after


def test_external_id_is_accepted_as_user_id() -> None:
    """Exports of its API can be read."""
    assert {"user_id": "u-1"} == made(external_id="u-1").fields


def test_the_order_of_attributes_is_kept() -> None:
    """Also if it differs from the order of the declarations."""
    assert ["string", "date"] == list(made({"string": "a", "date": 1}, id="p").attributes)


def test_all_errors_are_reported_at_once() -> None:
    """With its key; an unknown name has the nearest one as its hint."""
    errors = faults(
        {"strin": "x", "integer": "1", "date": 1.5},
        user_id=7,
        emial="a",
        email=" a@b.c",
        role="boss",
        external_id="u-2",
    )
    assert {
        "attributes.strin",
        "attributes.integer",
        "attributes.date",
        "user_id",
        "emial",
        "email",
        "role",
        "external_id",
    } == {fault.key for fault in errors}
    hints = {fault.key: fault.hint for fault in errors if fault.unknown}
    assert 'Did you mean "string"?' == hints["attributes.strin"]
    assert 'Did you mean "email"?' == hints["emial"]


def test_a_person_needs_an_identifying_field() -> None:
    """A name or a phone number identifies no person."""
    assert [RecordFault("", "there is no user_id or email or id", "Give at least one.")] == faults(
        name="Ada", phone="1", email="", external_id=None
    )


@pytest.mark.parametrize("value", [" u-1", "u-1\n", "u\u200b1", "u\x001", "u\x1b[31m", "\u00a0"])
@pytest.mark.parametrize("name", ["id", "user_id", "external_id", "email"])
def test_a_key_has_only_visible_characters(name: str, value: str) -> None:
    """Invisible characters could merge two people, or hide one behind another."""
    assert name in {fault.key for fault in faults(**{name: value})}


@pytest.mark.parametrize(
    ("kind", "given", "held"),
    [
        ("string", "", ""),
        ("string", "é\n", "é\n"),
        ("string", None, None),
        ("integer", -(2**53) + 1, -(2**53) + 1),
        ("float", 3, 3.0),
        ("float", 2**53, 2.0**53),
        ("float", -0.5, -0.5),
        ("boolean", False, False),
        ("date", 0, 0),
        ("date", -1, -1),
        ("date", "2026-01-31T09:30:00Z", 1769851800),
        ("date", "2026-01-31T10:30:00+01:00", 1769851800),
    ],
)
def test_a_value_must_have_the_declared_type(kind: str, given: Json, held: Json) -> None:
    """Whole numbers for floats and dates as text are the only conversions."""
    assert is_same(held, parse_declared_value(given, DataType(kind)))


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("string", 1),
        ("string", True),
        ("string", []),
        ("string", "a\0"),
        ("string", "\ud800"),
        ("integer", True),
        ("integer", 1.0),
        ("integer", "1"),
        ("integer", 2**53),
        ("float", True),
        ("float", "1.5"),
        ("float", 2**53 + 1),
        ("float", float("inf")),
        ("float", float("nan")),
        ("boolean", 1),
        ("boolean", "true"),
        ("date", True),
        ("date", 1.0),
        ("date", "2026-01-31"),
        ("date", "2026-01-31T09:30:00"),
        ("date", "2026-13-31T09:30:00Z"),
        ("date", 1_700_000_000_000),
        ("date", 10**400),
        ("date", {}),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, given: Json) -> None:
    """True is not 1, 1.0 is not 1, and a date needs an offset; the message shows no value."""
    with pytest.raises(InvalidValue) as caught:
        parse_declared_value(given, DataType(kind))
    assert caught.value.hint
    assert "2026-13" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("string", "007", "007"),
        ("string", " a ", " a "),
        ("integer", "7", 7),
        ("integer", "-7", -7),
        ("float", "7", 7.0),
        ("float", "1e3", 1000.0),
        ("boolean", "TRUE", True),
        ("boolean", "false", False),
        ("date", "1769851800", 1769851800),
        ("date", "2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z"),
    ],
)
def test_a_cell_is_read_by_the_declared_type(kind: str, text: str, value: Any) -> None:
    """A string keeps its zeros."""
    assert is_same(value, parse_cell(text, DataType(kind)))


@pytest.mark.parametrize("kind", ["integer", "float", "boolean"])
@pytest.mark.parametrize(
    "text", ["007", "+1", "1,5", "1_000", "٣", " 1", "0x1", "nan", "yes", "1" * 5000, "-"]
)
def test_a_cell_that_is_not_a_number_is_refused(kind: str, text: str) -> None:
    """It is read as a text, which the attribute does not accept."""
    assert text == parse_cell(text, DataType(kind))
