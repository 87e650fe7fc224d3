"""What nobody may see of a person: in labels, in queries, and by name."""

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
    return frozenset(one.name for one in redacted if isinstance(one, PersonField))


def list_hidden_attributes(redacted: Iterable[Reference]) -> frozenset[str]:
    """The custom attributes among them."""
    return frozenset(one.name for one in redacted if isinstance(one, PersonAttribute))


def get_label(person: Person, redacted: frozenset[Reference]) -> str:
    """What to call somebody."""
    return person.label_without(list_hidden_fields(redacted))


def build_subject(person: Person, query: PersonQuery, redacted: frozenset[Reference]) -> Subject:
    """Whom a plan is about."""
    return Subject(person.id, mask_query(query, redacted), get_label(person, redacted))


def mask_query(query: PersonQuery, redacted: frozenset[Reference]) -> PersonQuery:
    """How somebody was asked for, with dots for a value that nobody may see."""
    hidden = PersonField(query.field) in redacted
    return PersonQuery(query.field, MASK) if hidden else query
