"""People as the workspace holds them: the table, one of them in full, and what an import did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cactions.model import CONTACT_FIELDS, Attribute, DataType, Person, Role
from cactions.render import words
from cactions.render.ink import BLANK, Ink, Line, Sheet, Tone, ink, joined, quiet
from cactions.render.layout import Fact, facts, margin, prose, table
from cactions.render.values import Look, show

_COLUMNS = ("user_id", "email", "name", "id", "")
_MOST_CELL = 32
_REST = 44  # cells of the columns beside email and name


def people(found: Sequence[Person]) -> Sheet:
    """The table of people, in the order given; test people are marked."""

    def draw(room: int) -> list[Line]:
        if not found:
            return [ink("No people yet.")]
        cell = Look(room=min(_MOST_CELL, (room - _REST) // 2), sized=False)
        rows = [_row(one, cell) for one in found]
        return [
            *table(_COLUMNS, rows, room),
            BLANK,
            ink(words.count(len(rows), "person", "people")),
        ]

    return draw


def person(one: Person, attributes: Mapping[str, Attribute]) -> Sheet:
    """Fields, then custom attributes; ``attributes`` gives their types where they are known."""

    def draw(room: int) -> list[Line]:
        title = (Ink(one.label, Tone.STRONG), *quiet(" (test person)" if one.test else ""))
        names = [name for name in CONTACT_FIELDS if name == "id" or name in one.fields]
        fields = [Fact(n, (show(one.field_value(n), Look(CONTACT_FIELDS[n])),)) for n in names]
        lines = [title, BLANK, *facts(fields, room, indent=margin(room)), BLANK]
        if not one.attributes:
            return [*lines, ink("No attributes.")]
        return [*lines, ink("Attributes"), BLANK, *_attributes(one, attributes, room)]

    return draw


def imported(added: int, changed: int, unchanged: int, source: str) -> Sheet:
    """How many people an import took from ``source``, by what became of them."""
    counts = ((added, "added"), (changed, "changed"), (unchanged, "unchanged"))
    parts = [ink(f"{number:,} {word}", Tone.GOOD) for number, word in counts if number]
    many = words.count(added + changed + unchanged, "person", "people")
    line = (Ink(f"{many} from "), Ink(source, Tone.CODE), *(ink(": ") if parts else ()))
    return lambda room: prose((*line, *joined(", ", parts), Ink(".")), room)


def _row(one: Person, cell: Look) -> tuple[Line, ...]:
    marks = ["lead"] if one.role is Role.LEAD else []
    marks += ["test"] if one.test else []
    fields = (show(one.field_value(name), cell) for name in ("user_id", "email", "name"))
    return (*fields, ink(one.id, Tone.CODE), ink(", ".join(marks), Tone.CAUTION) if marks else ())


def _attributes(one: Person, known: Mapping[str, Attribute], room: int) -> list[Line]:
    items = []
    for name, value in sorted(one.attributes.items()):
        data_type = known[name].data_type if name in known else DataType.STRING
        items.append(Fact(name, (show(value, Look(data_type)),)))
    return facts(items, room, indent=margin(room))
