"""A file of people that an action runs for, or a stream of one: its rows while it is read.

Once the rows are returned, nothing is raised any more: a file that cannot be read to its end
gives a last BadRow that says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from enum import Enum
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final, TextIO, TypeAlias

from cactions.edges.files.file_io import describe_os_error, open_binary
from cactions.edges.files.text_lines import read_lines, set_encoding
from cactions.logic.people.job_rows import JobRows, RowParser, Table
from cactions.logic.people.job_sources import (
    REST_UNREAD,
    read_csv_table,
    read_json_objects,
    read_jsonl_objects,
)
from cactions.model import Action, BadRow, JobRow, Scalar, UsageError

STDIN: Final = Path("-")
_CHUNK: Final = 64 * 1024


class JobFormat(Enum):
    """How a file of people is written."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"

    @classmethod
    def of(cls, path: Path) -> JobFormat:
        """The format by the end of the file's name. Raises UsageError for another name."""
        end = path.suffix.lower().removeprefix(".")
        try:
            return cls(_OTHER_ENDS.get(end, end))
        except ValueError:
            raise UsageError(
                f'the name "{path}" does not tell the format of a file of people',
                hint=f"Use --format {'|'.join(form.value for form in cls)}.",
            ) from None


_OTHER_ENDS: Final = {"tsv": "csv", "tab": "csv", "ndjson": "jsonl"}

TableReader: TypeAlias = Callable[[BinaryIO, Container[str]], Table]
"""Reads a table from a file that can be searched; only cells of these columns need be there."""


def open_job_rows(
    source: Path | TextIO,
    action: Action,
    form: JobFormat | None = None,
    inputs: Mapping[str, Scalar] = MappingProxyType({}),
    *,
    read_table: TableReader | None = None,
) -> JobRows:
    """The rows of a file, of stdin (``-``) or of an open text; ``inputs`` count for all rows.

    The file is closed at the end of the rows, or by ``close``. ``read_table`` is for PARQUET and
    XLSX. Raises UsageError for a file that cannot be read or that does not name people as the
    action needs it.
    """
    form = form or find_format(source)
    parser = RowParser(action, inputs)
    with ExitStack() as stack:
        if read_table:
            file = stack.enter_context(_open_searchable(source, form))
            rows = parser.read_table(read_table(file, parser.columns.names))
        else:
            rows = _read_text(stack.enter_context(_open_text(source)), form, parser)
        file_stack = stack.pop_all()
        return rows.wrap(partial(_read_to_end, file_stack), file_stack.close)


def find_format(source: Path | TextIO) -> JobFormat:
    """The format by the name of the file. Raises UsageError where there is none, as for stdin."""
    if not isinstance(source, Path) or source == STDIN:
        raise UsageError("stdin has no name that tells its format", hint="Say --format csv.")
    return JobFormat.of(source)


def _open_text(source: Path | TextIO) -> AbstractContextManager[TextIO]:
    if source == STDIN:
        return nullcontext(sys.stdin)
    return TextIOWrapper(open_binary(source)) if isinstance(source, Path) else nullcontext(source)


def _open_searchable(source: Path | TextIO, form: JobFormat) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, Path) and source != STDIN:
        file = open_binary(source)
        if file.seekable():
            return file
        file.close()
    raise UsageError(
        f"{form.value.upper()} cannot be read from a stream", hint="Name the file, or use CSV."
    )


def _read_text(stream: TextIO, form: JobFormat, parser: RowParser) -> JobRows:
    try:
        set_encoding(stream, utf_16=form is JobFormat.CSV)
        if form is JobFormat.CSV:
            return parser.read_table(read_csv_table(read_lines(stream)))
        if form is JobFormat.JSONL:
            return parser.read_objects(read_jsonl_objects(read_lines(stream)))
        return parser.read_objects(read_json_objects(iter(partial(stream.read, _CHUNK), "")))
    except OSError as error:
        raise UsageError(
            f"the file cannot be read: {describe_os_error(error)}", hint="Check the disk."
        ) from error


def _read_to_end(opened: ExitStack, rows: Iterator[JobRow | BadRow]) -> Iterator[JobRow | BadRow]:
    line = 0
    with opened:
        try:
            for row in rows:
                line = row.line
                yield row
        except OSError as error:
            message = f"the file cannot be read further: {describe_os_error(error)}"
            yield BadRow(line + 1, message, REST_UNREAD)
