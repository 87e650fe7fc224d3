"""Finds the one person of a query, or gives an error with the next step.

- ``id`` and ``user_id`` are compared character by character; ``user_id`` finds users only, since
  leads have none of their own.
- ``email`` is compared by the rule of ``same_person``: both ASCII, exactly one ``@``, the domain
  in any case. A lead and a user may share an address: then the address alone is ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from cactions.logic.shell import quote_word
from cactions.model import (
    MATCH_FIELDS,
    Action,
    InvalidText,
    Person,
    PersonQuery,
    Role,
    UsageError,
)

MAX_LISTED: Final = 10
LIST_HINT: Final = (
    "`cactions people list` lists all people; to add some: `cactions people import --help`."
)


def build_lookup_key(field: str, text: str) -> str | None:
    """The normal form of a value for comparison; None for a value that matches no person."""
    if isinstance(text, InvalidText):
        return None
    if field == "email":
        return _normalize_email(text)
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes of a command line that are no UTF-8
        return None
    return text or None


def get_lookup_key(person: Person, field: str) -> str | None:
    """The lookup key of a person for this match field; None where no query finds them by it."""
    value = person.get_field(field)
    if not isinstance(value, str) or (field == "user_id" and person.role is not Role.USER):
        return None
    return build_lookup_key(field, value)


def list_lookup_keys(person: Person) -> Mapping[str, str | None]:
    """The lookup keys of a person, by match field."""
    return {field: get_lookup_key(person, field) for field in MATCH_FIELDS}


def index_by_key(
    people: Iterable[Person], *fields: str
) -> Mapping[tuple[str, str], Sequence[Person]]:
    """The people of each match field and lookup key; only of these fields where some are named."""
    by_key: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        for field in fields or MATCH_FIELDS:
            if key := get_lookup_key(person, field):
                by_key.setdefault((field, key), []).append(person)
    return by_key


def has_key(person: Person, query: PersonQuery) -> bool:
    """Whether the person matches the query."""
    return get_lookup_key(person, query.field) == build_lookup_key(query.field, query.value)


def is_any_key(query: PersonQuery, keys: Iterable[PersonQuery]) -> bool:
    """Whether a query finds by one of these keys, in whatever form each is written."""
    return bool(query.value) and _normalize(query) in map(_normalize, keys)


def _normalize(query: PersonQuery) -> tuple[str, str]:
    return query.field, build_lookup_key(query.field, query.value) or query.value


def choose_role(action: Action) -> Role | None:
    """Whom of several people with one e-mail address an action is for; None: of any role."""
    if "users" not in action.audiences:
        return Role.LEAD
    return Role.USER if action.audiences == ("users",) else None


def check_field(query: PersonQuery) -> None:
    """Raises UsageError for a field that is no match field."""
    if query.field not in MATCH_FIELDS:
        raise UsageError(
            f'people cannot be looked up by "{query.field}"',
            hint=f"Use {' or '.join(MATCH_FIELDS)}.",
        )


def require_one_person(
    query: PersonQuery,
    people: Sequence[Person],
    near: Iterable[str] = (),
    hint: str = LIST_HINT,
) -> Person:
    """The only person of a search. Raises UsageError; ``near`` are keys for a suggestion.

    Several people may share an e-mail address: then those of the query's role count.
    """
    if len(people) > 1 and query.role:
        people = [person for person in people if person.role is query.role] or people
    if len(people) == 1:
        return people[0]
    if not people:
        raise UsageError(f"there is no person with {query}", hint=_suggest_key(query, near, hint))
    listed = ", ".join(f"{person.role.value} {person.id}" for person in people[:MAX_LISTED])
    more = len(people) - MAX_LISTED
    raise UsageError(
        f"{len(people)} people have {query}, and exactly one must match: {listed}"
        + (f" and {more} more" if more > 0 else ""),
        hint=f"Name one by its id, such as `{quote_word([f'id={people[0].id}'])}`.",
    )


def _suggest_key(query: PersonQuery, near: Iterable[str], hint: str) -> str:
    if query.field != "email" and _normalize_email(query.value):
        return f"Did you mean `{quote_word([f'email={query.value}'])}`? {hint}"
    known = sorted(set(near))
    alike = [key for key in known if key.lower() == query.value.lower()]
    close = alike or get_close_matches(query.value, known, n=1)
    if not close:
        return hint
    why = " Before the @, capitals count." if query.field == "email" else ""
    return f"Did you mean {query.field} {close[0]}?{why} {hint}"


def _normalize_email(text: str) -> str | None:
    local, _, domain = text.partition("@")
    plain = text.isascii() and local and domain and "@" not in domain
    return f"{local}@{domain.lower()}" if plain else None
