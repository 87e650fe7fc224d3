"""Checks that a database has one of our layouts, before anything in it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.edges.store.sqlite_errors import build_damaged_error
from cactions.logic.printable import escape_control
from cactions.model import StoreError

Cell: TypeAlias = "str | int | float | bytes | None"
Row: TypeAlias = "tuple[Cell, ...]"

OBJECTS: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
"""Every table, index, trigger and view, with the statement that makes it."""


class Schema(Struct, frozen=True):
    """The name of a database in messages, its version, and the statements that make it.

    ``additions`` make it ``newer`` before the first write, where two layouts had one version.
    """

    what: str
    version: int
    statements: tuple[str, ...]
    additions: tuple[str, ...] = ()
    newer: Schema | None = None


def check_layout(
    query_rows: Callable[[str], list[Row]],
    subject: str,
    layouts: Sequence[Schema],
    objects: Callable[[Schema], frozenset[Row]],
) -> Schema:
    """Find the layout of a database, of ``layouts`` (newest first). Raises StoreError."""
    [(version,)] = query_rows("PRAGMA user_version")
    known = [layout for layout in layouts if layout.version == version]
    newest = layouts[0].version
    if not known and isinstance(version, int) and version > newest:
        raise StoreError(
            f"{subject} was written by a newer cactions (format {version};"
            f" this one knows {newest})",
            hint="Use the newer cactions.",
        )
    if not known:
        why = "it is empty, or the database of another program"
        raise build_damaged_error(subject, why)
    actual = normalize_sql(query_rows(OBJECTS))
    if found := next((layout for layout in known if objects(layout) == actual), None):
        return found
    different = sorted(str(name) for _, name, *_ in actual ^ objects(known[0]))
    why = f'"{escape_control(different[0], 60)}" in it is not as cactions made it'
    raise build_damaged_error(subject, why)


def normalize_sql(objects: Iterable[Row]) -> frozenset[Row]:
    """The rows of ``OBJECTS`` for comparison: line breaks and blanks in SQL are ignored."""
    return frozenset(
        (*names, " ".join(sql.split()) if isinstance(sql, str) else sql) for *names, sql in objects
    )
