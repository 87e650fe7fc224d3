"""A third party with customers, and each of the ways in which such services give away a record.

A service finds records by a key: ``GET /customers/KEY``, or ``GET /search?key=KEY`` for a list.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

from cactions.logic.request.call import CallSpec
from cactions.model import Action, Request, Response

Record: TypeAlias = "dict[str, object]"
Records: TypeAlias = "dict[str, Record]"
Find: TypeAlias = "Callable[[str, Records], Iterator[Record]]"


class CustomerService:
    """The Caller of a service that finds its records in one way."""

    source = ""

    def __init__(self, records: Records, find: Find) -> None:
        self._records, self._find = records, find
        self.keys: list[str] = []

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, _spec: CallSpec, sealed: Request) -> Response:
        url = urlsplit(sealed.url.reveal())
        texts = parse_qs(url.query, keep_blank_values=True).get("key")
        key = texts[0] if texts else unquote(url.path.rpartition("/")[2])
        self.keys.append(key)
        found = list(self._find(key, self._records))
        if texts:
            return Response(200, (), json.dumps({"data": found}).encode())
        body: Record = found[0] if found else {}
        return Response(200 if found else 404, (), json.dumps(body).encode())


def find_exact(key: str, records: Records) -> Iterator[Record]:
    if key in records:
        yield records[key]


def ignore_key(_key: str, records: Records) -> Iterator[Record]:
    yield from records.values()


def search_fuzzily(key: str, records: Records) -> Iterator[Record]:
    yield from (record for name, record in records.items() if key and key in name)


def echo_email(key: str, records: Records) -> Iterator[Record]:
    """The customer of the session, with the address that was asked for."""
    yield {**next(iter(records.values())), "email": key}


def find_next(key: str, records: Records) -> Iterator[Record]:
    """Off by one."""
    names = [*records]
    if key in names:
        yield records[names[(names.index(key) + 1) % len(names)]]


class Cache:
    """The last response, to whomever it was."""

    def __init__(self) -> None:
        self._last: Record | None = None

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        if self._last is None and key in records:
            self._last = records[key]
        if self._last is not None:
            yield self._last


def mix_tenants(key: str, records: Records) -> Iterator[Record]:
    """The customer of the same number of another shop."""
    if key in records:
        yield {"email": "eve@other.example", "tier": "bronze", "points": 1}


def fold_case(key: str, records: Records) -> Iterator[Record]:
    yield from (record for name, record in records.items() if name.lower() == key.lower())


def trim_key(key: str, records: Records) -> Iterator[Record]:
    yield from find_exact(key.strip(), records)


def match_pattern(key: str, records: Records) -> Iterator[Record]:
    pattern = key.replace("%", "*")
    yield from (records[name] for name in records if fnmatch.fnmatchcase(name, pattern))


def list_first_page(_key: str, records: Records) -> Iterator[Record]:
    """Pages without a filter."""
    yield from list(records.values())[:2]


FAULTS: dict[str, Callable[[], Find]] = {
    "ignores the key": lambda: ignore_key,
    "fuzzy search": lambda: search_fuzzily,
    "echoes the e-mail address": lambda: echo_email,
    "off by one": lambda: find_next,
    "caches the last answer": Cache,
    "mixes tenants": lambda: mix_tenants,
    "folds case": lambda: fold_case,
    "trims": lambda: trim_key,
    "wildcards": lambda: match_pattern,
    "first page": lambda: list_first_page,
}
