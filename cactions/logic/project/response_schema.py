"""The part of the file format that says how an answer is read."""

from __future__ import annotations

from enum import Enum
from typing import Final

from cactions.logic.project.request_schema import CHECKS, SUCCESS
from cactions.logic.yaml.schema import (
    BooleanSchema,
    EitherSchema,
    FieldSchema,
    IntegerSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    ScalarSchema,
    TextSchema,
)
from cactions.model import AnswerFormat, DataType, DateForm, Overwrite, WhenEmpty

LONGEST_TEXT: Final = 255
LARGEST_DIVISOR: Final = 10**12


def build_word_schema(enum: type[Enum]) -> TextSchema:
    """One of the words of an enumeration."""
    return TextSchema(words=tuple(member.value for member in enum))


_DATE_FORMS: Final = TextSchema(
    words=tuple(form.value for form in DateForm if form is not DateForm.PATTERN)
)
_CASE: Final = FieldSchema(
    TextSchema(words=("exact", "any")), "exact (default), or any: capitals make no difference"
)
_WHERE: Final = FieldSchema(
    MapSchema(TextSchema()), "path: reference; exactly one row or element must remain"
)
_LITERALS: Final = FieldSchema(
    MapSchema(ScalarSchema(), least=1), "path: the value that must stand there"
)

DATE: Final = EitherSchema(
    _DATE_FORMS,
    RecordSchema(
        {
            "form": FieldSchema(_DATE_FORMS, "how dates are written"),
            "pattern": FieldSchema(
                TextSchema(), 'the same in directives of strptime, such as "%d.%m.%Y %H:%M"'
            ),
            "zone": FieldSchema(
                TextSchema(), "that of times without an offset: UTC, +01:00 or Europe/Berlin"
            ),
        }
    ),
)

_BY_DATE: Final = EitherSchema(
    TextSchema(),
    RecordSchema(
        {
            "path": FieldSchema(TextSchema(), "a path in the row", required=True),
            "date": FieldSchema(DATE, "how dates are written there"),
        }
    ),
)
_ORDERS: Final = {
    "newest": FieldSchema(_BY_DATE, "of those that fit, the one with the latest date at this path"),
    "oldest": FieldSchema(_BY_DATE, "the one with the earliest date at this path"),
    "first": FieldSchema(TextSchema(), "the one with the lowest number at this path"),
    "last": FieldSchema(TextSchema(), "the one with the highest number at this path"),
}

_ELEMENTS: Final = {
    "in": FieldSchema(
        TextSchema(), 'where the elements are, such as "$.fields[*]"; path starts at the one meant'
    ),
    "where": _WHERE,
    "is": _LITERALS,
    **_ORDERS,
}

_AGGREGATES: Final = {
    "count": FieldSchema(TextSchema(), 'how many there are, such as "$.orders[*]"'),
    "sum": FieldSchema(TextSchema(), 'the sum of them, such as "$.orders[*].total"'),
    "min": FieldSchema(TextSchema(), "the lowest of them"),
    "max": FieldSchema(TextSchema(), "the highest of them"),
}

MAPPING: Final = RecordSchema(
    {
        "path": FieldSchema(TextSchema(), "a response path"),
        **_ELEMENTS,
        **_AGGREGATES,
        "text": FieldSchema(
            TextSchema(), 'several values as one text: "{{ $.first }} {{ $.last }}"'
        ),
        "parse": FieldSchema(TextSchema(), "a path in the JSON of the text that stands there"),
        "join": FieldSchema(TextSchema(empty=True), "what stands between the texts of a list"),
        "type": FieldSchema(build_word_schema(DataType), "convert the value to this type"),
        "divide": FieldSchema(
            IntegerSchema(2, LARGEST_DIVISOR), "divide the number, such as 100 for cents"
        ),
        "max_length": FieldSchema(
            EitherSchema(
                IntegerSchema(1, LONGEST_TEXT),
                RecordSchema(
                    {
                        "cut": FieldSchema(
                            IntegerSchema(1, LONGEST_TEXT), "longer texts are cut", required=True
                        )
                    }
                ),
            ),
            "longer texts are refused; {cut: 255} cuts them",
        ),
        "one_of": FieldSchema(ListSchema(ScalarSchema(), least=1), "other values are refused"),
        "values": FieldSchema(
            MapSchema(ScalarSchema(), least=1, empty=True), "response text: attribute value"
        ),
        "else": FieldSchema(ScalarSchema(), "the attribute value for every other text"),
        "case": _CASE,
        "date": FieldSchema(DATE, "how the third party writes dates"),
        "empty_when": FieldSchema(
            ListSchema(ScalarSchema(), least=1), "values that count as null, such as 0 or N/A"
        ),
        "redacted": FieldSchema(
            BooleanSchema(), "whether the attribute is hidden, in every action"
        ),
        "on_missing": FieldSchema(build_word_schema(WhenEmpty), "keep (default), clear or refuse"),
        "on_null": FieldSchema(build_word_schema(WhenEmpty), "keep (default), clear or refuse"),
        "overwrite": FieldSchema(
            build_word_schema(Overwrite), "always (default), if_empty, if_ours or never"
        ),
        "verified": FieldSchema(TextSchema(), "why what the service has there is true"),
        "unique": FieldSchema(BooleanSchema(), "whether no two people may have the same value"),
    }
)

_ROWS: Final = RecordSchema(
    {
        "path": FieldSchema(TextSchema(), 'where the rows are, such as "$.data[*]"', required=True),
        "where": _WHERE,
        "is": _LITERALS,
        **_ORDERS,
    }
)

_SAME_PERSON: Final = RecordSchema(
    {
        "path": FieldSchema(TextSchema(), "a response path", required=True),
        "equals": FieldSchema(TextSchema(), "person.email, person.user_id …", required=True),
        "case": _CASE,
        "verified": FieldSchema(TextSchema(), "why the third party's value can be trusted"),
        "redacted": FieldSchema(
            BooleanSchema(), "whether both values, and that of the person, are hidden everywhere"
        ),
    }
)

RESPONSE: Final = RecordSchema(
    {
        "format": FieldSchema(build_word_schema(AnswerFormat), "json (default) or xml"),
        "success_when": FieldSchema(
            SUCCESS, "what makes an answer a success; the default is status 200"
        ),
        "nothing_when": FieldSchema(
            RecordSchema(
                {
                    **CHECKS,
                    "empty": FieldSchema(TextSchema(), "the path of a list that is empty then"),
                }
            ),
            "what tells that the service has nothing about this person",
        ),
        "on_nothing": FieldSchema(
            TextSchema(words=("keep", "clear")),
            "what becomes of the mapped attributes then: keep (default) or clear",
        ),
        "rows": FieldSchema(_ROWS, "where the candidates are; paths below start at the row"),
        "same_person": FieldSchema(
            _SAME_PERSON, "the proof that the answer is about the matched person"
        ),
        "mapping": FieldSchema(
            MapSchema(EitherSchema(TextSchema(), MAPPING)), "attribute: response path"
        ),
    }
)
