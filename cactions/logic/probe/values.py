"""What becomes of a victim's key in each kind of attack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Final

from cactions.logic.bulk.identifiers import get_prefix, is_email
from cactions.logic.bulk.probe import build_random_value
from cactions.model import ABSENT, ProbeVariant, Scalar, Value

_WILDCARDS: Final = ("*", "%", ".*")
_JOKERS: Final = ("*", "%", "_", "?")
_NOTHING: Final = ("", " ", "null", "undefined")
_DIGIT: Final = 9
_LONG: Final = 300
"""More characters than a column for keys holds."""
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ACCENTS: Final = dict(zip("aceinosuyACEINOSUY", "áçéíñóşúýÁÇÉÍÑÓŞÚÝ", strict=True))
_WIDE: Final = 0xFEE0
"""How far the wide form of an ASCII character is from it."""

KEY_VARIANTS: Final = (
    ProbeVariant.VICTIM_KEY,
    ProbeVariant.RANDOM_KEY,
    ProbeVariant.EMPTY_KEY,
    ProbeVariant.OTHER_CASE,
    ProbeVariant.SPACES,
    ProbeVariant.LOOKALIKE,
    ProbeVariant.OTHER_FORM,
    ProbeVariant.PREFIX,
    ProbeVariant.PART,
    ProbeVariant.LONGER,
    ProbeVariant.WILDCARD,
    ProbeVariant.BOTH_KEYS,
)
"""Those of a single key."""


def list_values(
    wanted: Value, own: Value, random: Random
) -> Iterator[tuple[ProbeVariant, tuple[Scalar, ...]]]:
    """For each variant, the values to be tried instead of the attacker's ``own``; maybe none."""
    for variant in KEY_VARIANTS:
        found = dict.fromkeys(_build_values(variant, wanted, own, random))
        yield variant, tuple(value for value in found if _is_other(value, wanted, own, variant))


def _is_other(value: Scalar, wanted: Value, own: Value, variant: ProbeVariant) -> bool:
    is_own = type(value) is type(own) and value == own
    return not is_own and (variant is ProbeVariant.VICTIM_KEY or value != wanted)


def _build_values(
    variant: ProbeVariant, wanted: Value, own: Value, random: Random
) -> Iterator[Scalar]:
    if wanted == "" or not isinstance(wanted, str | bool | int | float):
        return
    if variant is ProbeVariant.VICTIM_KEY:
        yield wanted
    elif variant is ProbeVariant.RANDOM_KEY:
        drawn = build_random_value(wanted, random)
        yield from () if drawn is ABSENT else (drawn,)
    elif variant is ProbeVariant.BOTH_KEYS and isinstance(wanted, str):
        other = "x" if own in (ABSENT, None, "") else own
        yield from (f"{other},{wanted}", f"{wanted},{other}", f"x,{wanted}", f"{wanted},")
    elif isinstance(wanted, str):
        yield from _build_texts(variant, wanted)
    elif type(wanted) is int and variant is ProbeVariant.OTHER_FORM:
        yield from (0, -1, -wanted)
    elif type(wanted) is int and variant is ProbeVariant.PART and abs(wanted) > _DIGIT:
        yield from (wanted // 10, int(str(abs(wanted))[1:]), wanted * 10)


def _build_texts(variant: ProbeVariant, wanted: str) -> Iterator[str]:
    match variant:
        case ProbeVariant.EMPTY_KEY:
            yield from _NOTHING
        case ProbeVariant.OTHER_CASE:
            others = {wanted.upper(), wanted.lower(), wanted.swapcase()} - {wanted}
            yield from sorted(others)[:1]
        case ProbeVariant.SPACES:
            yield from (f"{wanted} ", f" {wanted}")
        case ProbeVariant.LOOKALIKE:
            yield from _build_lookalikes(wanted)
        case ProbeVariant.OTHER_FORM:
            yield from _build_other_forms(wanted)
        case ProbeVariant.LONGER:
            blanks = " " * _LONG
            yield from (f"{wanted}x", f"{wanted}{blanks}x", f"{wanted}{'x' * _LONG}")
        case _:
            yield from _build_parts(variant, wanted)


def _build_parts(variant: ProbeVariant, wanted: str) -> Iterator[str]:
    match variant:
        case ProbeVariant.PREFIX:
            yield from _list_fragments(wanted)
        case ProbeVariant.PART:
            fragments = [*_list_fragments(wanted), ""]
            yield from (part for part in (wanted[:-1], wanted[1:]) if part not in fragments)
        case ProbeVariant.WILDCARD:
            yield from (*_WILDCARDS, f"{wanted}*")
            yield from (wanted[:-1] + mark for mark in (*_JOKERS, f"[{wanted[-1]}]"))


def _list_fragments(text: str) -> tuple[str, ...]:
    """Parts of a key that are none of the same kind."""
    if is_email(text):
        local, _, domain = text.rpartition("@")
        return (local, f"@{domain}")
    if _UUID.fullmatch(text):
        return (text[:-1], text[1:])
    prefix = get_prefix(text)
    return (prefix,) if prefix else ()


def _build_other_forms(text: str) -> Iterator[str]:
    """What programs read as the same number, or post offices as the same address."""
    if text.isascii() and text.isdecimal():
        yield from (f"0{text}", f"+{text}", f"{text}.0")
    elif is_email(text):
        local, _, domain = text.rpartition("@")
        yield from (f"{local}+x@{domain}", f"{local[:1]}.{local[1:]}@{domain}")
        yield from (f"{local.partition('+')[0]}@{domain}",) if "+" in local else ()


def _build_lookalikes(text: str) -> Iterator[str]:
    for at, sign in enumerate(text):
        if sign in _ACCENTS:
            yield text[:at] + _ACCENTS[sign] + text[at + 1 :]
            break
    for at, sign in enumerate(text):
        if sign.isascii() and sign.isalnum():
            yield text[:at] + chr(ord(sign) + _WIDE) + text[at + 1 :]
            break
