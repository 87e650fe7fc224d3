"""Which person a query means: exactly one, or an error that helps.

- ``id`` and ``user_id`` are compared character by character; ``user_id`` finds users only, since
  leads have none of their own.
- ``email`` is compared by the rule of ``same_person``: both ASCII, exactly one ``@``, the domain
  in any case. A lead and a user may share an address: then the address alone finds nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from cactions.logic.shell import quote_word
from cactions.model import MATCH_FIELDS, Person, PersonQuery, Role, UsageError

_MOST_LISTED: Final = 10
_LIST: Final = "`cactions people list` shows who is there."


def build_lookup_key(field: str, text: str) -> str | None:
    """The form of a value that is equal for equal values; None for one that equals nothing."""
    if field == "email":
        return _address(text)
    try:
        text.encode()
    except UnicodeEncodeError:  # bytes of a command line that are no UTF-8
        return None
    return text or None


def list_lookup_keys(person: Person) -> Mapping[str, str | None]:
    """By match field, the key under which the person is found."""
    user_id, email = person.fields.get("user_id"), person.fields.get("email")
    is_user = person.role is Role.USER
    return {
        "id": build_lookup_key("id", person.id),
        "user_id": build_lookup_key("user_id", user_id)
        if is_user and isinstance(user_id, str)
        else None,
        "email": build_lookup_key("email", email) if isinstance(email, str) else None,
    }


def check_field(query: PersonQuery) -> None:
    """Raises UsageError for a field by which nobody can be looked up."""
    if query.field not in MATCH_FIELDS:
        raise UsageError(
            f'people are not found by "{query.field}"', hint=f"Use {' or '.join(MATCH_FIELDS)}."
        )


def require_one_person(
    query: PersonQuery, found: Sequence[Person], near: Iterable[str] = ()
) -> Person:
    """The only person found. Raises UsageError; ``near`` are keys that may have been meant."""
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"there is no person with {query}", hint=_hint(query, near))
    listed = ", ".join(f"{person.role.value} {person.id}" for person in found[:_MOST_LISTED])
    more = len(found) - _MOST_LISTED
    raise UsageError(
        f"{len(found)} people have {query}, and exactly one must match: {listed}"
        + (f" and {more} more" if more > 0 else ""),
        hint=f"Name the one by id, such as `{quote_word([f'id={found[0].id}'])}`.",
    )


def _hint(query: PersonQuery, near: Iterable[str]) -> str:
    close = get_close_matches(query.value, sorted(set(near)), n=1)
    return f"Did you mean {query.field} {close[0]}? {_LIST}" if close else _LIST


def _address(text: str) -> str | None:
    local, _, domain = text.partition("@")
    plain = text.isascii() and local and domain and "@" not in domain
    return f"{local}@{domain.lower()}" if plain else None
