"""How credentials are recognised: by what they are called, by their format, or as drawn at random.

A text is taken apart into runs of letters and of digits. Words, numbers, versions and dates change
rarely between the two; what is drawn at random does so all the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import lru_cache
from typing import Final
from unicodedata import normalize

DOTS: Final = "\N{BULLET}" * 6
"""Stands in the place of a credential."""
_VARIED: Final = 8
"""Different characters, at least, of what is drawn at random."""

_FORMATS: Final = (
    r"\b(?:[srp]k_(?:live|test)_[0-9A-Za-z]{10,}|whsec_[0-9A-Za-z+/=]{16,}"
    r"|gh[pousr]_[0-9A-Za-z]{20,}|github_pat_[0-9A-Za-z_]{20,}|glpat-[0-9A-Za-z_-]{15,}"
    r"|xox[abeprs]-[0-9A-Za-z-]{10,}|xapp-[0-9A-Za-z-]{10,}"
    r"|A[KS]IA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{20,}"
    r"|shp(?:at|ss|ca|pa)_[0-9a-fA-F]{20,}|sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{20,}"
    r"|EAAA[0-9A-Za-z_-]{50,}|SG\.[\w-]{16,}\.[\w-]{16,}|key-[0-9a-f]{32}|SK[0-9a-f]{32}"
    r"|npm_[0-9A-Za-z]{30,}|pypi-AgE[0-9A-Za-z_-]{20,}|dop_v1_[0-9a-f]{40,}|hf_[0-9A-Za-z]{30,}"
    r"|sk-[0-9A-Za-z_-]{24,}|pat-[a-z]{2}[0-9]-[0-9a-f-]{36}|dG9rO[0-9A-Za-z+/=_-]{20,})"
    r"|(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
)
"""How services write their keys. Compiled when they are needed: most texts are too short."""

_WORD: Final = r"[0-9A-Za-z+/_=-]{%d,}"
_UUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_HASHED: Final = (
    r"(?i:\b(?:sha-?(?:1|256|384|512)|md5|commits?|blobs?|trees?|digests?|hash|etag)"
    r"[:=/-][0-9a-f]{7,})"
)
"""The hash of something, with what it is in front of it."""
_NAMED: Final = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+"

_SECRET: Final = frozenset(
    "password passwd pwd pswd psw passphrase passcode secret passwort kennwort motdepasse"
    " wachtwoord contrasena senha haslo heslo losenord passord adgangskode salasana".split()
)
"""Without accents; a name may have one of them in several words, such as ``pass_phrase``."""
_MOST_PARTS: Final = 3
_ABOUT_IT: Final = frozenset(
    "value text string plain raw confirmation confirm repeat again base64".split()
)
"""Behind the name of a secret, these say how often or how it is written."""
_USERS_OF_PASS: Final = frozenset(
    "user admin db database smtp api auth login basic http ftp sql svc service my".split()
)
"""What stands before "pass" where it is short for a password."""
_CREDENTIAL: Final = frozenset(
    "token key pw apikey auth authorization bearer jwt sig signature hmac credential credentials"
    " accesstoken authtoken apitoken session sessionid cookie pass".split()
)
_PUBLIC: Final = frozenset(
    "page next continuation sync csrf idempotency sort partition cache public cursor"
    " pagination primary foreign external".split()
)
_IDENTIFIER: Final = frozenset(
    "id uuid guid ids checksum hash digest etag sha sha1 sha256 md5 fingerprint cursor commit"
    " revision ref traceparent trace".split()
)


class Name(IntEnum):
    """What the name of a place says of the text in it."""

    IDENTIFIER = 0
    """It tells things apart, as a checksum or an id does."""
    NEUTRAL = 1
    CONSTANT = 2
    """Nothing, and the text is the same in every request of a client: no key of a record."""
    CREDENTIAL = 3
    """It may hold a credential, or a word such as the name of a key."""
    SECRET = 4
    """It holds a credential, however that looks."""


@lru_cache(1_000)
def suggests_secret(name: str) -> Name:
    """By the last word of it: ``X-Shop-Token`` is a credential, ``page_token`` is none."""
    words = _split_name(name)
    last = words[-1] if words else ""
    if _ends_in_secret(words) or (last in _ABOUT_IT and _ends_in_secret(words[:-1])):
        return Name.SECRET
    if last in _CREDENTIAL and _PUBLIC.isdisjoint(words):
        return Name.CREDENTIAL
    return Name.IDENTIFIER if last in _IDENTIFIER else Name.NEUTRAL


def _split_name(name: str) -> list[str]:
    """Its words in lower case, without accents, and without a number or version at the end."""
    plain = name if name.isascii() else re.sub("[\u0300-\u036f]", "", normalize("NFKD", name))
    words = [word.lower() for word in re.findall(_NAMED, plain)]
    if len(words) > 1 and words[-1].isdigit():
        number = words.pop()
        if words[-1] in {"sha", "md", "base"}:
            words[-1] += number
        elif words[-1] == "v" and len(words) > 1:
            words.pop()
    return words


def _ends_in_secret(words: list[str]) -> bool:
    return any("".join(words[-count:]) in _SECRET for count in range(1, _MOST_PARTS + 1))


_AUTHORIZATION: Final = r"(?i)\s*(?:basic|bearer|token|apikey|api-key)\s+([\w.~+/=:-]{6,})\s*"
_ELEMENT: Final = (
    r"(?i)<(?:[\w-]+:)?(?:\w*password|passwd|pwd|pass|secret|api_?key|passwort)\b[^<>]{0,200}>"
    r"\s*([^<>\s]{3,200})\s*</"
)


def is_authorization(text: str) -> bool:
    """Whether a text is the value of an Authorization header, wherever it stands."""
    return re.fullmatch(_AUTHORIZATION, text) is not None


def is_short_password(name: str, text: str) -> bool:
    """Whether a name ends in "pass" for a password; a pass for boarding is plain words."""
    words = [word.lower() for word in re.findall(_NAMED, name)]
    short = words[-1:] == ["pass"] and _USERS_OF_PASS.issuperset(words[:-1])
    return short and not re.fullmatch(r"[A-Za-z -]*", text)


def find_secret_elements(text: str) -> tuple[str, ...]:
    """The credentials in elements of XML that are named so."""
    return tuple(re.findall(_ELEMENT, text))


_LEAST: Final = {
    Name.IDENTIFIER: 24,
    Name.NEUTRAL: 20,
    Name.CONSTANT: 12,
    Name.CREDENTIAL: 12,
    Name.SECRET: 12,
}
"""So many characters drawn at random make a credential."""
_WORD_SIZE: Final = 16
"""So long is a word, at least, that is looked at."""
_WORD_SIZES: Final = {Name.CONSTANT: 12}
_LEAST_HEX: Final = {
    Name.NEUTRAL: 32,
    Name.CONSTANT: 16,
    Name.CREDENTIAL: 16,
    Name.SECRET: 16,
}
"""Of hexadecimal digits; an identifier is one whatever its length."""


def looks_like_secret(text: str, name: Name = Name.NEUTRAL) -> bool:
    """Whether a text holds what services give out as keys, or what looks drawn at random.

    Linear in the length of the text.
    """
    if len(text) < _LEAST[Name.SECRET]:
        return False
    if re.search(_FORMATS, text):
        return True
    if name < Name.CREDENTIAL:
        text = re.sub(f"{_UUID}|{_HASHED}", "", text)
    size = _WORD_SIZES.get(name, _WORD_SIZE)
    return any(_is_random(word, name) for word in re.findall(_WORD % size, text))


def has_secret_segment(path: str) -> bool:
    """Whether a path holds a credential: each of its segments is judged alone.

    Short codes of several segments look drawn at random only where they are joined.
    """
    plain = re.sub(f"{_UUID}|{_HASHED}", "", path)
    return re.search(_FORMATS, path) is not None or any(map(looks_like_secret, plain.split("/")))


def _is_random(word: str, name: Name) -> bool:
    opaque = "".join(_find_opaque_parts(word))
    hexed = bool(re.fullmatch("[0-9a-f]+|[0-9A-F]+", opaque))
    least = _LEAST_HEX.get(name, len(opaque) + 1) if hexed else _LEAST[name]
    return len(opaque) >= least and len(set(opaque)) >= _VARIED


_MOST_RUNS: Final = 4
"""Runs of letters and of digits in a name, such as ``Points2024EditionV2``."""


def _find_opaque_parts(word: str) -> Iterator[str]:
    """The parts of a word in which letters and digits take turns, as in no name and no number."""
    for part in re.findall("[0-9A-Za-z]+", word):
        if len(re.findall("[0-9]+|[A-Za-z]+", part)) > _MOST_RUNS:
            yield part


_PAIR: Final = r"""(?<![\w-])([\w-]+)["']?\s*:\s*["']?(?!\{\s*["']?secret\b)([^"'\n]*)"""
"""A key of YAML and the text behind it, unless that names a sealed secret."""


@lru_cache(64)
def may_hold_secret(line: str) -> bool:
    """Whether a line of a file looks like a credential, by its form or by the name of its key.

    For files with errors of the format, whose requests no rule has seen. Linear in the length.
    """
    return looks_like_secret(line) or any(
        (suggests_secret(name) >= Name.CREDENTIAL and looks_like_secret(text, Name.CREDENTIAL))
        or (suggests_secret(name) is Name.SECRET and len(text.strip()) >= _LEAST[Name.SECRET])
        for name, text in re.findall(_PAIR, line)
    )


def mask_secrets(text: str) -> str:
    """The text with dots in the place of each word that looks like a credential."""
    if not looks_like_secret(text):
        return text
    words = re.split(r"([^0-9A-Za-z+/_=.-]+)", re.sub(_FORMATS, DOTS, text))
    return "".join(DOTS if looks_like_secret(word) else word for word in words)
