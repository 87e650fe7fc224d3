"""The first visible sheet of an XLSX file as a table of texts; its rows while they are read.

- A file may be a bomb: the sizes that it states, which the unpacking holds it to, are limited.
- Excel keeps 15 digits of a number, so that a longer one is refused: it may be another person's.
- A formula has the value that was last computed. Dates and errors such as ``#N/A`` are refused.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Container, Iterator, Sequence
from contextlib import closing
from datetime import date, time, timedelta
from itertools import count
from typing import Any, BinaryIO, Final
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES

from cactions.logic import strict_json
from cactions.logic.people.job_rows import CellRow, Table
from cactions.logic.people.job_sources import REST_UNREAD
from cactions.logic.people.records import MAX_RECORD_CHARACTERS
from cactions.model import MIB, BadRow, UsageError

MAX_ROWS: Final = 1_048_576
"""Excel's own limit."""
MAX_UNPACKED: Final = 512 * MIB
MAX_PART: Final = 128 * MIB
"""Of a part that is read whole; a sheet is not."""
MAX_RATIO: Final = 200
"""How much larger a part may be than its packed form: ordinary sheets are up to 30 times larger."""

_SHEETS: Final = "xl/worksheets/"
_MAX_EXACT: Final = 10**15
_SAVE: Final = "Save it as .xlsx anew and without a password, or as CSV UTF-8."
_AS_TEXT: Final = "Format the column as text, and enter the values anew."


def read_xlsx_table(file: BinaryIO, wanted: Container[str]) -> Table:
    """The table; its columns are the wanted ones. Raises UsageError for what is no such file."""
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    try:
        _check_sizes(file)
        sheets = load_workbook(file, read_only=True, data_only=True, keep_links=False).worksheets
    except UsageError:
        raise
    except Exception as error:  # the library lets through whatever it meets
        raise UsageError("the file is not XLSX, or is damaged", hint=_SAVE) from error
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not visible:
        raise UsageError("the file has no visible sheet", hint=_SAVE)
    others = tuple(f"the sheet {sheet.title}" for sheet in visible[1:])
    return _read_sheet(visible[0], wanted, others)


def _check_sizes(file: BinaryIO) -> None:
    with ZipFile(file) as archive:
        parts = archive.infolist()
    sizes = [part.file_size for part in parts]
    others = [part.file_size for part in parts if not part.filename.startswith(_SHEETS)]
    if sum(sizes) > MAX_UNPACKED or max(others, default=0) > MAX_PART:
        raise UsageError(f"the file is larger than {MAX_UNPACKED:,} bytes", hint="Save it as CSV.")
    if any(p.file_size > MIB and p.file_size > MAX_RATIO * p.compress_size for p in parts):
        raise UsageError("the file unpacks to far more than it holds", hint="Save it as CSV.")


def _read_sheet(sheet: Any, wanted: Container[str], others: Sequence[str]) -> Table:
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    rows = _list_rows(sheet)
    header = next((row for row in rows if isinstance(row, BadRow) or any(row[1])), None)
    if header is None or isinstance(header, BadRow):
        raise UsageError("the first sheet is empty or cannot be read", hint=_SAVE)
    names = ["" if cell is None else str(cell) for cell in header[1]]
    places = [place for place, name in enumerate(names) if name in wanted]
    ignored = (*(name for name in names if name not in wanted), *others)
    columns = [names[place] for place in places]
    return Table(columns, _read_cells(rows, columns, places), ignored)


def _list_rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]] | BadRow]:
    """The rows with their numbers, also the empty ones."""
    rows = sheet.iter_rows(max_row=MAX_ROWS + 1, values_only=True)
    with closing(rows):
        for number in count(1):
            try:
                row = next(rows, None)
            except Exception:  # noqa: BLE001 - the library lets through whatever it meets
                yield BadRow(number, "the sheet is damaged here", REST_UNREAD)
                return
            if row is None:
                return
            if number > MAX_ROWS:
                yield BadRow(number, f"a sheet has at most {MAX_ROWS:,} rows", REST_UNREAD)
                return
            yield number, row


def _read_cells(
    rows: Iterator[tuple[int, Sequence[Any]] | BadRow],
    columns: Sequence[str],
    places: Sequence[int],
) -> Iterator[CellRow | BadRow]:
    for row in rows:
        if isinstance(row, BadRow):
            yield row
            continue
        number, cells = row
        if all(cell is None for cell in cells):
            continue
        own = [cells[place] if place < len(cells) else None for place in places]
        faults = zip(columns, map(_find_fault, own), strict=True)
        name, fault = next(((name, fault) for name, fault in faults if fault), ("", ""))
        yield (
            BadRow(number, f"{name} {fault}", _AS_TEXT) if fault else (number, [*map(_write, own)])
        )


def _find_fault(cell: object) -> str:
    if isinstance(cell, date | time | timedelta):
        return "is a date"
    if isinstance(cell, int | float) and abs(cell) >= _MAX_EXACT:
        return "is a number of more than 15 digits, which Excel does not keep exactly"
    if isinstance(cell, str) and cell in ERROR_CODES:
        return "is an error of the sheet"
    if isinstance(cell, float) and math.isnan(cell):
        return "is not a number"
    return "is too long" if isinstance(cell, str) and len(cell) > MAX_RECORD_CHARACTERS else ""


def _write(cell: Any) -> str:
    """As CSV would have it; numbers and booleans in the form that ``--input`` reads."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    whole = isinstance(cell, float) and cell.is_integer()
    return strict_json.dump_json(int(cell) if whole else cell)
