"""Services that keep what they answered, and give it to someone else."""

from __future__ import annotations

from collections.abc import Iterator

from tests.app.service_finds import Record, Records, find_exact


class Cache:
    """The last response, to whomever it was."""

    def __init__(self) -> None:
        self._last: Record | None = None

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        if self._last is None and key in records:
            self._last = records[key]
        if self._last is not None:
            yield self._last


class LateCache:
    """From the third call on, every known key gets what the second one got."""

    def __init__(self) -> None:
        self._calls = 0
        self._kept: Record | None = None

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        if key not in records:
            return
        self._calls += 1
        if self._kept is None and self._calls == 2:
            self._kept = records[key]
        yield self._kept or records[key]


class LastAnswer:
    """An unknown key gets what was answered last."""

    def __init__(self) -> None:
        self._last: Record | None = None

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        self._last = records.get(key, self._last)
        if self._last is not None:
            yield self._last


class KeptByCase:
    """Answers are kept by the key in small letters; only what is not kept is looked up exactly."""

    def __init__(self) -> None:
        self._kept: Records = {}

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        for record in find_exact(key, records):
            self._kept[key.lower()] = record
        if key.lower() in self._kept:
            yield self._kept[key.lower()]


class KeptByBeginning:
    """Answers are kept by the first twelve characters of the key."""

    def __init__(self) -> None:
        self._kept: Records = {}

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        for record in find_exact(key, records):
            self._kept[key[:12]] = record
        if key[:12] in self._kept:
            yield self._kept[key[:12]]
