"""A third party with customers, and each of the ways in which such services give away a record.

A service finds records by a key: ``find(key, records)`` yields them, the first being the answer
where there is no list. What has a state is made anew for each service.
"""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import TypeAlias

Record: TypeAlias = "dict[str, object]"
Records: TypeAlias = "dict[str, Record]"
Find: TypeAlias = "Callable[[str, Records], Iterator[Record]]"


def find_exact(key: str, records: Records) -> Iterator[Record]:
    if key in records:
        yield records[key]


def find_by(normalize: Callable[[str], str]) -> Find:
    """Finds every key that is the same after this."""

    def find(key: str, records: Records) -> Iterator[Record]:
        wanted = normalize(key)
        yield from (record for name, record in records.items() if normalize(name) == wanted)

    return find


# The key is ignored


def ignore_key(_key: str, records: Records) -> Iterator[Record]:
    yield from records.values()


def list_first_page(_key: str, records: Records) -> Iterator[Record]:
    """Pages without a filter."""
    yield from list(records.values())[:2]


def list_page_of_key(key: str, records: Records) -> Iterator[Record]:
    """The page on which the key is, from its top."""
    names = [*records]
    if key in names:
        start = names.index(key) // 3 * 3
        yield from (records[name] for name in names[start : start + 3])


def answer_unknown(key: str, records: Records) -> Iterator[Record]:
    """The first customer, unless the key is known."""
    yield records.get(key) or next(iter(records.values()))


def answer_long(key: str, records: Records) -> Iterator[Record]:
    """A key of more than 64 characters is cut off, to nothing."""
    yield from find_exact(key, records) if len(key) <= 64 else iter(records.values())


def split_key(key: str, records: Records) -> Iterator[Record]:
    """Several keys, divided by commas; the last is answered first."""
    for part in reversed(key.split(",")):
        yield from find_exact(part, records)


# Searches


def search_fuzzily(key: str, records: Records) -> Iterator[Record]:
    exact = [*find_exact(key, records)]
    yield from exact or (record for name, record in records.items() if key and key in name)


def search_beginning(key: str, records: Records) -> Iterator[Record]:
    exact = [*find_exact(key, records)]
    yield from exact or (record for name, record in records.items() if name.startswith(key))


def search_end(key: str, records: Records) -> Iterator[Record]:
    exact = [*find_exact(key, records)]
    yield from exact or (r for name, r in records.items() if key and name.endswith(key))


def take_first_hit(key: str, records: Records) -> Iterator[Record]:
    """Of several hits, the exact one is not preferred."""
    yield from (record for name, record in records.items() if key and key in name)


def find_nearest(key: str, records: Records) -> Iterator[Record]:
    """The record whose key begins most like it."""

    def count(name: str) -> int:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(name, key, strict=False))
        return len([*same])

    best = max(records, key=count)
    if count(best) > len(best) // 2:
        yield records[best]


def match_pattern(key: str, records: Records) -> Iterator[Record]:
    pattern = key.replace("%", "*")
    yield from (records[name] for name in records if fnmatch.fnmatchcase(name, pattern))


def match_like(key: str, records: Records) -> Iterator[Record]:
    """SQL's LIKE."""
    pattern = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in key)
    yield from (records[name] for name in records if re.fullmatch(pattern, name))


def match_expression(key: str, records: Records) -> Iterator[Record]:
    """A regular expression."""
    try:
        pattern = re.compile(key)
    except re.error:
        return
    exact = [*find_exact(key, records)]
    yield from exact or (records[name] for name in records if key and pattern.fullmatch(name))


# Other forms of the key


fold_case = find_by(str.lower)
fold_fully = find_by(lambda key: unicodedata.normalize("NFKC", key).casefold())
trim_key = find_by(str.strip)
trim_end = find_by(lambda key: key.rstrip())


@find_by
def drop_accents(key: str) -> str:
    plain = unicodedata.normalize("NFD", key)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@find_by
def read_number(key: str) -> str:
    """As ``parseInt`` does."""
    match = re.match(r"\s*\+?0*([0-9]+)", key)
    return match[1] if match else key


@find_by
def drop_tags(key: str) -> str:
    """An address without its tag and dots, as some post offices read it."""
    local, mark, domain = key.rpartition("@")
    return local.partition("+")[0].replace(".", "") + mark + domain


def answer_nothing(key: str, records: Records) -> Iterator[Record]:
    """A blank is no filter, and what programs write for nothing is a customer of the tests."""
    if key.strip() in ("", "null"):
        yield from records.values()
    yield from find_exact(key, records)


def cut_key(key: str, records: Records) -> Iterator[Record]:
    """The column holds no more characters than the longest key has, and blanks at its end."""
    longest = max(map(len, records))
    yield from find_exact(key[:longest].rstrip(), records)


# Another record


def echo_email(key: str, records: Records) -> Iterator[Record]:
    """The customer of the session, with the address that was asked for."""
    yield {**next(iter(records.values())), "email": key}


def echo_search(key: str, records: Records) -> Iterator[Record]:
    """What a careless search finds, with the address that was asked for."""
    yield from ({**record, "email": key} for record in fold_case(key.strip(), records))


def find_next(key: str, records: Records) -> Iterator[Record]:
    """Off by one."""
    names = [*records]
    if key in names:
        yield records[names[(names.index(key) + 1) % len(names)]]


def find_place(key: str, records: Records) -> Iterator[Record]:
    """Where the key would stand in order: its own record, else the next one."""
    names = sorted(records)
    yield records[next((name for name in names if name >= key), names[-1])]


def mix_tenants(key: str, records: Records) -> Iterator[Record]:
    """The customer of the same number of another shop."""
    if key in records:
        yield {"email": "eve@other.example", "customer": key, "tier": "bronze", "points": 1}


def mix_all_tenants(key: str, records: Records) -> Iterator[Record]:
    """The same, where the other shop has customers with other values."""
    for record in find_exact(key, records):
        points = 9_000_000 + len(str(record["email"])) * 7 + int(str(record["points"])) % 13
        tier = "silver" if record["tier"] == "gold" else "gold"
        yield {**record, "email": f"{points}@other.example", "points": points, "tier": tier}
