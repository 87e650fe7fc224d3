"""The key of each column of one people file: by its name, or as the import was told.

A column is a contact field (or its alias), ``test``, ``attributes.tier``, or just ``tier`` where
that attribute is declared; ``column_names`` says which other names stand for one of these. Each
field or attribute has one key (``email``, ``attributes.tier``), whatever the column is called, so
that no value can be given twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.logic.people.column_names import (
    LONGEST_NAME,
    MOST_NAMES,
    ColumnNames,
    normalize_name,
    remember_name,
)
from cactions.logic.people.from_record import ATTRIBUTES
from cactions.logic.suggest import suggest
from cactions.logic.values.dates import load_zone
from cactions.model import CUSTOM_ATTRIBUTES, DataType, UsageError

TEST: Final = "test"
LEFT_OUT: Final = "\0"
"""The key of a column that is not read; no file has it."""

_ZONED: Final = re.compile(r"(.+?) \(([A-Z]{2,5}|[+-][0-9]{2}(?::?[0-9]{2})?)\)")
"""How Intercom names a column of dates: with the zone that its workspace is in today."""
_UTC: Final = "UTC"


class ImportRules(Struct, frozen=True):
    """What an import is told beside the file.

    ``keys``: field or attribute by the name of its column, empty for one that is left out.
    ``skips_unknown``: columns that are nothing of the workspace are left out, too. ``zone``: of
    dates that name none.
    """

    keys: Mapping[str, str] = MappingProxyType({})
    skips_unknown: bool = False
    zone: str = ""


class ColumnKeys:
    """Finds the key of a column. Raises UsageError for rules that name what is not known."""

    def __init__(self, types: Mapping[str, DataType], rules: ImportRules) -> None:
        self._types = types
        self._rules = rules
        bare = (key.removeprefix(ATTRIBUTES) for key in types)
        self._names = ColumnNames(name for name in (*types, *bare) if name != TEST)
        self._found: dict[str, str] = {}
        self._zones: dict[str, str] = {}
        self._given = {name: self._choose_key(name, key) for name, key in rules.keys.items()}
        self._unmet = dict.fromkeys(rules.keys)
        self.renamed: dict[str, str] = {}
        """The keys of columns whose names do not tell them, as far as they are kept."""
        self.skipped: dict[str, None] = {}
        """The names of columns that are left out, as far as they are kept."""
        _check_zone(rules.zone)

    @property
    def unmet(self) -> Collection[str]:
        """The columns that the rules name and that no row had."""
        return self._unmet

    @property
    def names(self) -> Collection[str]:
        """The columns of the file, as far as they are kept."""
        return self._found

    def find(self, name: str) -> str:
        """The key of a column; of an unknown one, the name itself, or LEFT_OUT."""
        key = self._found.get(name)
        if key is None:
            key = self._find_new(name)
            if len(self._found) < MOST_NAMES:
                self._found[name] = key
        return key

    def has_two_names(self, key: str) -> bool:
        """Whether columns of different names have this key, so that one can be left out."""
        return sum(known == key for known in self._found.values()) > 1

    def get_zone(self, key: str) -> str:
        """The zone of a column's dates where they name none; empty if it is not known."""
        return self._zones.get(key, self._rules.zone)

    def _choose_key(self, name: str, key: str) -> str:
        known = self._match(key) if key not in ("", TEST) else key or LEFT_OUT
        if not known:
            raise UsageError(
                f'--map "{name}={key}": there is no field or attribute "{key}"',
                hint=suggest(key, (name.removeprefix(ATTRIBUTES) for name in self._types)),
            )
        return known

    def _find_new(self, name: str) -> str:
        if name in self._given:
            self._unmet.pop(name, None)
            key = self._given[name]
        else:
            key = name if name == TEST else self._match(name) or self._match_zoned(name)
            if not key and not self._rules.skips_unknown:
                return name
            key = key or LEFT_OUT
        if key == LEFT_OUT:
            remember_name(self.skipped, name)
        elif normalize_name(name) not in _list_spellings(key) and len(self.renamed) < MOST_NAMES:
            self.renamed[name[:LONGEST_NAME]] = key
        return key

    def _match(self, name: str) -> str:
        if name.startswith(CUSTOM_ATTRIBUTES):
            name = ATTRIBUTES + name.removeprefix(CUSTOM_ATTRIBUTES)
        known = self._names.match(name)
        return known if not known or known in self._types else ATTRIBUTES + known

    def _match_zoned(self, name: str) -> str:
        """The key of ``Signed up (UTC)``; the clocks of other zones may have changed since."""
        zoned = _ZONED.fullmatch(name)
        key = self._match(zoned[1]) if zoned else ""
        if not zoned or self._types.get(key) is not DataType.DATE:
            return ""
        if zoned[2] == _UTC:
            self._zones[key] = _UTC
        return key


def _list_spellings(key: str) -> list[str]:
    bare = key.removeprefix(ATTRIBUTES)
    return [normalize_name(name) for name in (key, bare, CUSTOM_ATTRIBUTES + bare)]


def _check_zone(zone: str) -> None:
    try:
        load_zone(zone or _UTC)
    except ValueError:
        raise UsageError(
            f'"{zone}" is no time zone', hint="Name it as Europe/Berlin, UTC or +01:00."
        ) from None
