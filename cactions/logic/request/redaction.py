"""What nobody may see of a person: in labels, in queries, and by name."""

from __future__ import annotations

from collections.abc import Iterable

from cactions.model import (
    DOTS,
    Person,
    PersonAttribute,
    PersonField,
    PersonQuery,
    Reference,
    Subject,
)


def hidden_fields(redacted: Iterable[Reference]) -> frozenset[str]:
    """The contact fields among them."""
    return frozenset(one.name for one in redacted if isinstance(one, PersonField))


def hidden_attributes(redacted: Iterable[Reference]) -> frozenset[str]:
    """The custom attributes among them."""
    return frozenset(one.name for one in redacted if isinstance(one, PersonAttribute))


def label_of(person: Person, redacted: frozenset[Reference]) -> str:
    """What to call somebody."""
    return person.label_without(hidden_fields(redacted))


def subject_of(person: Person, query: PersonQuery, redacted: frozenset[Reference]) -> Subject:
    """Whom a plan is about."""
    return Subject(person.id, shown_query(query, redacted), label_of(person, redacted))


def shown_query(query: PersonQuery, redacted: frozenset[Reference]) -> PersonQuery:
    """How somebody was asked for, with dots for a value that nobody may see."""
    hidden = PersonField(query.field) in redacted
    return PersonQuery(query.field, DOTS) if hidden else query
