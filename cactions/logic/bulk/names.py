"""What the names in a response say of an identifier: its kind, and whose it is.

The words are English, as are the names in the APIs of services.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Final

from cactions.logic.lint.vocabulary import (
    AUDIT,
    CATALOG,
    OTHERS,
    SELECTORS,
    SHARED,
    is_contact_address,
    is_shared,
    split_words,
)
from cactions.model import EACH, Segment

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z_\-]*\d{0,2}[A-Za-z_\-]*")
_LONGEST_NAME: Final = 40

_EMAIL_NAME: Final = frozenset("email mail e address addr primary main".split())
_ID_NAME: Final = frozenset("id uuid guid gid uid key no nr num number external public".split())
_PERSON_NAME: Final = frozenset(
    "user customer account acct member client person profile login username"
    " subscriber patient student employee verified".split()
)
_NOT_IDS: Final = frozenset(
    "family household document file workspace project group seat session team org"
    " tenant shop merchant device meter license licence friend holder nickname alias"
    " subscription contract policy plan".split()
)
_DESKS: Final = frozenset(
    "support help helpdesk service info sales rep representative advisor vendor"
    " seller merchant supplier sender noreply office parent owner guardian spouse"
    " partner relative sibling friend family household shop team tenant previous old"
    " former".split()
)
"""Whose address or number in a response is not that of the person it is about."""

_UNCLEAR: Final = frozenset("contact recipient holder billing shipping delivery".split())
_ASIDE: Final = OTHERS | AUDIT | SHARED | CATALOG | _DESKS


class IdentifierKind(Enum):
    """What an identifier is, by its value or its name."""

    EMAIL = "email"
    PHONE = "phone"
    ID = "id"


class PathRole(Enum):
    """Whose identifier a path holds, by its names."""

    OWN = "own"
    """That of the person whom the response is about."""
    OTHER = "other"
    """That of another person, or of a company or a product."""
    UNKNOWN = "unknown"


@lru_cache(2_000)
def find_named_kind(name: str) -> IdentifierKind | None:
    """PHONE or ID, by a name; None for a name of something else."""
    words = split_words(name)
    if not words or is_shared(name) or not AUDIT.isdisjoint(words):
        return None
    if is_contact_address(name):
        return None if words[-1] in ("email", "mail", "emails") else IdentifierKind.PHONE
    if not CATALOG.isdisjoint(words) or words[-1] not in SELECTORS:
        return None
    return None if words[-1] in _NOT_IDS else IdentifierKind.ID


@lru_cache(2_000)
def mask_name(name: str) -> str:
    """A member's name as a step of a path; ``*`` where it may be a value of a person."""
    return name if len(name) <= _LONGEST_NAME and _PLAIN_NAME.fullmatch(name) else "*"


def write_path(steps: Iterable[Segment]) -> str:
    """A path as it is counted: ``$.orders[*].email``."""
    return "$" + "".join(map(_write_step, steps))


def _write_step(step: Segment) -> str:
    if isinstance(step, str):
        return f".{mask_name(step)}"
    return "[*]" if step is EACH else f"[{step}]"


@lru_cache(2_000)
def find_role(path: str) -> PathRole:
    """Whose identifier a path such as ``$.customer.email`` holds."""
    *above, last = [split_words(step) for step in path.split(".")]
    words = {word for step in above for word in step}
    lists = sum(step.endswith("[*]") and step != "$[*]" for step in path.split("."))
    if not _ASIDE.isdisjoint({*words, *last}):
        return PathRole.OTHER
    own = bool(last) and set(last) <= _EMAIL_NAME | _ID_NAME | _PERSON_NAME
    clear = not lists and _UNCLEAR.isdisjoint(words)
    return PathRole.OWN if own and clear else PathRole.UNKNOWN


@lru_cache(1_000)
def list_record_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The members of a record that may tell it from others, the best first."""
    ranked = sorted((rank, n, name) for n, name in enumerate(names) if (rank := _rank(name)))
    return tuple(name for _, _, name in ranked[:3])


def _rank(name: str) -> int:
    """1 for the best name of a record's id; 0 for none."""
    words = split_words(name)
    if not words or not _ASIDE.isdisjoint(words):
        return 0
    if len(words) == 1 and words[0] in ("id", "uuid", "guid", "gid", "uid"):
        return 1
    if set(words) <= _ID_NAME | _PERSON_NAME:
        return 2 if words[-1] in _ID_NAME else 3
    return 4 if set(words) <= _EMAIL_NAME | _PERSON_NAME and words[-1] != "address" else 0
