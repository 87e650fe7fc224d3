"""People as the workspace holds them: the table, one of them in full, and what an import did."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from cactions.logic.workspace_name import LOCAL_WORKSPACE
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
from cactions.render.layout import (
    NARROW,
    LabeledValue,
    choose_margin,
    render_labeled_values,
    render_table,
    wrap_paragraph,
)
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span
from cactions.render.values import ValueStyle, render_value

_COLUMNS = ("user_id", "email", "name", "id", "")
_MOST_CELL = 32
_REST = 44  # cells of the columns beside email and name


def render_people(found: Sequence[Person], *, redacted: Collection[Reference] = ()) -> View:
    """The table of people, in the order given; test people are marked.

    ``redacted`` is never shown.
    """

    def draw(width: int) -> list[StyledLine]:
        if not found:
            return [span("No people yet.")]
        beside = _MOST_CELL if width < NARROW else (width - _REST) // 2
        cell = ValueStyle(width=min(_MOST_CELL, beside), sized=False)
        rows = [_build_row(person, cell, redacted) for person in found]
        return [
            *render_table(_COLUMNS, rows, width),
            BLANK,
            span(messages.count_noun(len(rows), "person", "people")),
        ]

    return draw


def render_person(
    person: Person, attributes: Mapping[str, Attribute], *, redacted: Collection[Reference] = ()
) -> View:
    """Fields, then custom attributes.

    ``attributes`` gives their types where they are known, ``redacted`` is never shown.
    """

    def value_style(name: str) -> ValueStyle:
        known = attributes[name].data_type if name in attributes else DataType.STRING
        return ValueStyle(known, redacted=PersonAttribute(name) in redacted)

    def field(name: str) -> StyledLine:
        hidden = PersonField(name) in redacted
        return render_value(
            person.get_field(name), ValueStyle(CONTACT_FIELDS[name], redacted=hidden)
        )

    def draw(width: int) -> list[StyledLine]:
        hidden = [n for n in CONTACT_FIELDS if PersonField(n) in redacted]
        note = dim(" (test person)" if person.test else "")
        title = (
            Span(messages.get_display_name(person.get_label_without(hidden)), Style.STRONG),
            *note,
        )
        names = [name for name in CONTACT_FIELDS if name == "id" or name in person.fields]
        fields = [LabeledValue(n, (field(n),)) for n in names]
        lines = [
            *wrap_paragraph(title, width),
            BLANK,
            *render_labeled_values(fields, width, indent=choose_margin(width)),
            BLANK,
        ]
        if not person.attributes:
            return [*lines, span("No attributes.")]
        items = [
            LabeledValue(n, (render_value(v, value_style(n)),))
            for n, v in sorted(person.attributes.items())
        ]
        return [
            *lines,
            span("Attributes"),
            BLANK,
            *render_labeled_values(items, width, indent=choose_margin(width)),
        ]

    return draw


def render_import(number: int, source: str) -> View:
    """How many people an import took from ``source``."""
    many = messages.count_noun(number, "person", "people")
    where = Span(f" into the {LOCAL_WORKSPACE}.")
    line = (Span(f"{many} imported from ", Style.GOOD), Span(source, Style.CODE), where)
    return lambda width: wrap_paragraph(line, width)


def _build_row(
    person: Person, cell: ValueStyle, redacted: Collection[Reference]
) -> tuple[StyledLine, ...]:
    marks = ["lead"] if person.role is Role.LEAD else []
    marks += ["test"] if person.test else []
    fields = (
        render_value(person.get_field(name), replace(cell, redacted=PersonField(name) in redacted))
        for name in ("user_id", "email", "name")
    )
    return (
        *fields,
        span(person.id, Style.CODE),
        span(", ".join(marks), Style.CAUTION) if marks else (),
    )


def render_pulled_people(
    number: int, file: str, undeclared: Collection[str], misfits: Collection[str]
) -> View:
    """How many test people were taken into the file, and which attributes were left out."""

    def draw(width: int) -> list[StyledLine]:
        people = messages.count_noun(number, "test person", "test people")
        lines = wrap_paragraph(span(f"{people} written to {file}."), width)
        for names, why in (
            (undeclared, "not declared in the files"),
            (misfits, "of another type than declared"),
        ):
            if names:
                listed = ", ".join(sorted(names))
                lines += wrap_paragraph(span(f"Left out, {why}: {listed}."), width)
        return lines

    return draw
