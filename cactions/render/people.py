"""People as the workspace holds them: the table, one of them in full, and what an import did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cactions.model import (
    CONTACT_FIELDS,
    Attribute,
    DataType,
    Person,
    PersonAttribute,
    PersonField,
    Reference,
    Role,
)
from cactions.render import messages
from cactions.render.layout import NARROW, Fact, facts, margin, prose, table
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, quiet
from cactions.render.values import Look, show

_COLUMNS = ("user_id", "email", "name", "id", "")
_MOST_CELL = 32
_REST = 44  # cells of the columns beside email and name


def people(found: Sequence[Person], *, redacted: Collection[Reference] = ()) -> Sheet:
    """The table of people, in the order given; test people are marked.

    ``redacted`` is what nobody may see.
    """

    def draw(room: int) -> list[Line]:
        if not found:
            return [ink("No people yet.")]
        beside = _MOST_CELL if room < NARROW else (room - _REST) // 2
        cell = Look(room=min(_MOST_CELL, beside), sized=False)
        rows = [_row(one, cell, redacted) for one in found]
        return [
            *table(_COLUMNS, rows, room),
            BLANK,
            ink(messages.count(len(rows), "person", "people")),
        ]

    return draw


def person(
    one: Person, attributes: Mapping[str, Attribute], *, redacted: Collection[Reference] = ()
) -> Sheet:
    """Fields, then custom attributes.

    ``attributes`` gives their types where they are known, ``redacted`` is what nobody may see.
    """

    def look(name: str) -> Look:
        known = attributes[name].data_type if name in attributes else DataType.STRING
        return Look(known, redacted=PersonAttribute(name) in redacted)

    def field(name: str) -> Line:
        hidden = PersonField(name) in redacted
        return show(one.field_value(name), Look(CONTACT_FIELDS[name], redacted=hidden))

    def draw(room: int) -> list[Line]:
        hidden = [n for n in CONTACT_FIELDS if PersonField(n) in redacted]
        note = quiet(" (test person)" if one.test else "")
        title = (Ink(messages.called(one.label_without(hidden)), Tone.STRONG), *note)
        names = [name for name in CONTACT_FIELDS if name == "id" or name in one.fields]
        fields = [Fact(n, (field(n),)) for n in names]
        lines = [*prose(title, room), BLANK, *facts(fields, room, indent=margin(room)), BLANK]
        if not one.attributes:
            return [*lines, ink("No attributes.")]
        items = [Fact(n, (show(v, look(n)),)) for n, v in sorted(one.attributes.items())]
        return [*lines, ink("Attributes"), BLANK, *facts(items, room, indent=margin(room))]

    return draw


def imported(number: int, source: str) -> Sheet:
    """How many people an import took from ``source``."""
    many = messages.count(number, "person", "people")
    line = (Ink(f"{many} imported from ", Tone.GOOD), Ink(source, Tone.CODE), Ink("."))
    return lambda room: prose(line, room)


def _row(one: Person, cell: Look, redacted: Collection[Reference]) -> tuple[Line, ...]:
    marks = ["lead"] if one.role is Role.LEAD else []
    marks += ["test"] if one.test else []
    fields = (
        show(one.field_value(name), replace(cell, redacted=PersonField(name) in redacted))
        for name in ("user_id", "email", "name")
    )
    return (*fields, ink(one.id, Tone.CODE), ink(", ".join(marks), Tone.CAUTION) if marks else ())
