"""A Parquet file as a table; of its columns, only those are read that the action needs.

A batch of rows is in memory at a time, and the compressed columns of one row group.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, Final
from uuid import UUID

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from cactions.logic.people.job_rows import CellRow, Table
from cactions.logic.people.job_sources import REST_UNREAD
from cactions.logic.people.records import MAX_RECORD_CHARACTERS
from cactions.model import MIB, BadRow, Json, UsageError

BATCH: Final = 1_000
MAX_GROUP: Final = 1024 * MIB
"""Of the needed columns of one row group, unpacked."""

_SAVE: Final = "Save it anew, or as CSV."
_CAST: Final = "Save the column as text."
_TYPES: Final[tuple[Callable[[Any], bool], ...]] = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_integer,
    pa.types.is_float32,
    pa.types.is_float64,
    pa.types.is_boolean,
    pa.types.is_decimal,
    pa.types.is_null,
)


class _BadCell:
    """A value that is no text although its type says so."""


def read_parquet_table(file: BinaryIO, wanted: Container[str]) -> Table:
    """The table; its columns are the wanted ones. Raises UsageError for what is no such file."""
    try:
        parquet = ParquetFile(file)
        fields = list(parquet.schema_arrow)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UsageError("the file is not Parquet, or is damaged", hint=_SAVE) from error
    needed = [field for field in fields if field.name in wanted]
    for field in needed:
        if not _is_readable(field.type):
            message = f'the column "{field.name}" has the type {field.type}, which is not read'
            raise UsageError(message, hint=_CAST)
    columns = [field.name for field in needed]
    _check_sizes(parquet.metadata, columns)
    ignored = tuple(field.name for field in fields if field.name not in wanted)
    return Table(columns, _read_cells(parquet, columns), ignored)


def _is_readable(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_readable(kind.value_type)
    return any(fits(kind) for fits in _TYPES) or getattr(kind, "extension_name", "") == "arrow.uuid"


def _check_sizes(metadata: Any, columns: Sequence[str]) -> None:
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        chunks = (group.column(place) for place in range(group.num_columns))
        size = sum(c.total_uncompressed_size for c in chunks if c.path_in_schema in columns)
        if size > MAX_GROUP:
            message = f"a row group of the file has more than {MAX_GROUP:,} bytes"
            raise UsageError(message, hint="Save it with smaller row groups.")


def _read_cells(parquet: Any, columns: Sequence[str]) -> Iterator[CellRow | BadRow]:
    number = 0
    try:
        for batch in parquet.iter_batches(batch_size=BATCH, columns=columns, use_threads=False):
            lists = [_list_values(batch.column(name)) for name in columns]
            for cells in zip(*lists, strict=True):
                number += 1
                yield _build_row(number, columns, cells)
    except (pa.ArrowException, OSError, ValueError):
        yield BadRow(number + 1, "the file is damaged here", REST_UNREAD)


def _build_row(number: int, columns: Sequence[str], cells: Sequence[Any]) -> CellRow | BadRow:
    for name, cell in zip(columns, cells, strict=True):
        if isinstance(cell, _BadCell):
            return BadRow(number, f"{name} is not UTF-8", _CAST)
        if isinstance(cell, str) and len(cell) > MAX_RECORD_CHARACTERS:
            return BadRow(number, f"{name} is too long")
    return number, cells


def _list_values(column: Any) -> list[Json | _BadCell]:
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:  # one of them is no text
        values = column.cast(pa.large_binary()).to_pylist()
    plain = pa.types.is_integer(column.type) or pa.types.is_boolean(column.type)
    return values if plain else [_convert_value(value) for value in values]


def _convert_value(value: Any) -> Json | _BadCell:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return _BadCell()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    result: Json = str(value) if isinstance(value, UUID) else value
    return result
