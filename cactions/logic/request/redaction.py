"""Redaction: the values of a person that are never shown, in labels, queries and by name."""

from __future__ import annotations

from collections.abc import Iterable

from cactions.model import (
    MASK,
    Person,
    PersonAttribute,
    PersonField,
    PersonQuery,
    Reference,
    Subject,
)


def list_hidden_fields(redacted: Iterable[Reference]) -> frozenset[str]:
    """The contact fields among them."""
    return frozenset(reference.name for reference in redacted if isinstance(reference, PersonField))


def list_hidden_attributes(redacted: Iterable[Reference]) -> frozenset[str]:
    """The custom attributes among them."""
    return frozenset(
        reference.name for reference in redacted if isinstance(reference, PersonAttribute)
    )


def get_label(person: Person, redacted: frozenset[Reference]) -> str:
    """The name of a person for messages, without redacted fields."""
    return person.get_label_without(list_hidden_fields(redacted))


def build_subject(person: Person, query: PersonQuery, redacted: frozenset[Reference]) -> Subject:
    """The subject of a plan."""
    return Subject(person.id, mask_query(query, redacted), get_label(person, redacted))


def mask_query(query: PersonQuery, redacted: frozenset[Reference]) -> PersonQuery:
    """What was asked for, without the role; the value is masked if the field is redacted."""
    is_redacted = PersonField(query.field) in redacted
    return PersonQuery(query.field, MASK if is_redacted else query.value)
