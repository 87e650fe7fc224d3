"""Which values of a person find their record at the third party, or prove whose it is."""

from __future__ import annotations

from typing import Final

from cactions.logic.lint.vocabulary import FILTERS, is_shared, split_words
from cactions.model import (
    Action,
    Input,
    PersonAttribute,
    PersonField,
    Reference,
)

PersonReference = PersonField | PersonAttribute

_NO_KEYS: Final = ("role", "name", "avatar", "email_verified", "unsubscribed_from_emails")


def list_request_keys(action: Action) -> tuple[PersonReference, ...]:
    """What the request and the row filter read of a person and that finds a record."""
    found = [*action.request.references]
    rows = action.response.rows
    found += [reference for _, reference in rows.where] if rows else ()
    return _keep_keys(found)


def list_identity_references(action: Action) -> tuple[PersonReference, ...]:
    """The request keys, and what ``same_person`` compares."""
    proof = action.response.same_person
    return _keep_keys([*list_request_keys(action), *((proof.equals,) if proof else ())])


def has_shared_keys(action: Action) -> bool:
    """Whether the request asks for what several people have in common, such as their company."""
    keys = list_request_keys(action)
    return bool(keys) and all(is_shared(key.name) for key in keys)


def _keep_keys(references: list[Reference] | list[PersonReference]) -> tuple[PersonReference, ...]:
    kept: dict[PersonReference, None] = {}
    for reference in references:
        if not isinstance(reference, Input) and _may_find(reference):
            kept[reference] = None
    return tuple(kept)


def _may_find(reference: PersonReference) -> bool:
    """A country or a language narrows an answer and finds no record."""
    if isinstance(reference, PersonField):
        return reference.name not in _NO_KEYS
    words = split_words(reference.name)
    return not (words and words[-1] in FILTERS)
