"""People from a CSV, JSON or JSONL file, or from a stream of one; CSV and JSONL while it is read.

- All faults are reported at once, up to MOST_FAULTS, each with its line and column; they come as
  InvalidFiles at the *end*. A caller that acts on people before the end must be able to undo it.
- The text is UTF-8 without NUL, and may begin with a byte order mark, since Excel writes one; CSV
  may also be UTF-16 with its mark.
- No two people of a file have the same ``id`` or ``user_id``.
- Where an attribute is redacted, no line of the file goes into a report; where no key is known,
  only the structure does: it may be a file of credentials.
- An empty cell of a table means "not set"; JSON says null and ``""`` where it means them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from enum import Enum
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from typing import Final, TextIO, TypeAlias

from cactions.edges.files.file_io import build_read_error, name_path, open_binary
from cactions.edges.files.text_lines import read_lines, set_encoding
from cactions.logic.people.columns import ColumnMap
from cactions.logic.people.from_record import ALIASES, InvalidPerson, RecordFault
from cactions.logic.people.records import TOO_LONG_HINT, RowError, TextLine, find_text_fault
from cactions.logic.people.rows import (
    PeopleRow,
    Rows,
    read_csv_rows,
    read_json_rows,
    read_jsonl_rows,
)
from cactions.logic.source_mask import mask_values
from cactions.model import (
    DefinitionError,
    Finding,
    InvalidFiles,
    Person,
    Place,
    UsageError,
)

RULE: Final = "CA011"
MOST_FAULTS: Final = 100
LONGEST_JSON: Final = 64 * 1024 * 1024
"""In characters. A JSON array is read whole; more people than that belong into JSONL."""
_LARGEST_JSON: Final = 4 * LONGEST_JSON
"""In bytes: no file that is larger has so few characters, so that it need not be read."""


Observer: TypeAlias = Callable[[int, Person], None]
"""Is called with the line of a person, and the person."""


def ignore_person(_line: int, _person: Person) -> None:
    """The observer that does nothing."""


class PeopleFormat(Enum):
    """How a file of people is written; the value is the end of its name."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"

    @classmethod
    def of(cls, path: Path) -> PeopleFormat:
        """The format by the name of a file. Raises UsageError for other names."""
        try:
            return cls(path.suffix.lower().removeprefix("."))
        except ValueError:
            raise UsageError(
                f'the name "{path}" does not tell the format of a file of people',
                hint=f"It must end in {', '.join('.' + form.value for form in cls)}.",
            ) from None


def read_people_file(
    path: Path, columns: ColumnMap, observe: Observer = ignore_person
) -> Iterator[Person]:
    """The people of a file, by the end of its name; ``observe`` is called with each and its line.

    Raises UsageError where it cannot be read, DefinitionError where it is too large or a link leads
    out of its project, and InvalidFiles at the end.
    """
    form = PeopleFormat.of(path)
    try:
        with TextIOWrapper(open_binary(path), encoding="utf-8") as stream:
            if form is PeopleFormat.JSON and os.fstat(stream.fileno()).st_size > _LARGEST_JSON:
                raise DefinitionError(
                    f"{name_path(path)} is larger than {_LARGEST_JSON:,} bytes", hint=TOO_LONG_HINT
                )
            yield from read_people(stream, form, columns, observe, name=str(path))
    except OSError as error:
        raise build_read_error(path, error) from error


def read_people(
    stream: TextIO,
    form: PeopleFormat,
    columns: ColumnMap,
    observe: Observer = ignore_person,
    *,
    name: str = "<stdin>",
) -> Iterator[Person]:
    """The people of an open text, in any locale. Raises InvalidFiles at the end.

    Raises UsageError where a column is missing that the rules of ``columns`` name.
    """
    set_encoding(stream, utf_16=form is PeopleFormat.CSV)
    reading = _PeopleReader(name, columns, observe)
    yield from reading.read_people(stream, form)
    if reading.findings:
        source = reading.get_source()
        shown = source if columns.recognized else mask_values(source)
        raise InvalidFiles(tuple(reading.findings), {} if columns.has_redacted else {name: shown})
    columns.check_rules()


class _PeopleReader:
    """One file that is being read: its faults so far, and the people in it."""

    def __init__(self, name: str, columns: ColumnMap, observe: Observer) -> None:
        self.findings: list[Finding] = []
        self._name = name
        self._columns = columns
        self._observe = observe
        self._lines: dict[int, str] = {}
        self._met: dict[tuple[str, str], tuple[int, int]] = {}
        self._ordinals = count(1)

    def read_people(self, stream: TextIO, form: PeopleFormat) -> Iterator[Person]:
        """Everyone before the first fault; then the rest is read for its faults."""
        for row in self._read_rows(stream, form):
            person = self._build_person(row)
            unreliable = isinstance(row, RowError) and row.is_text_fault
            if unreliable or len(self.findings) >= MOST_FAULTS:
                return
            if isinstance(row, PeopleRow) and person and not self.findings:
                self._observe(row.number, person)
                yield person

    def get_source(self) -> str:
        """The lines that findings point into; all others are empty, so that numbers hold."""
        last = max(self._lines, default=0)
        return "\n".join(self._lines.get(number, "") for number in range(1, last + 1))

    def _read_rows(self, stream: TextIO, form: PeopleFormat) -> Rows:
        if form is PeopleFormat.CSV:
            return read_csv_rows(read_lines(stream), self._columns)
        if form is PeopleFormat.JSONL:
            return read_jsonl_rows(read_lines(stream), self._columns)
        whole = TextLine(1, stream.read(LONGEST_JSON + 1))
        fault = find_text_fault(whole, LONGEST_JSON)
        return iter([fault]) if fault else read_json_rows(whole.text, self._columns)

    def _build_person(self, row: PeopleRow | RowError) -> Person | None:
        """The person of a row; None, and findings, where there is none."""
        if isinstance(row, RowError):
            self._add_finding(row)
            return None
        try:
            person = self._columns.build_person(row.pairs)
        except InvalidPerson as error:
            for fault in sorted(error.faults, key=lambda fault: row.span(fault.key)):
                self._add_fault(row, fault)
            return None
        if double := self._find_double(person, row):
            self._add_fault(row, double)
        return person

    def _find_double(self, person: Person, row: PeopleRow) -> RecordFault | None:
        """Whether an earlier person of the file has the same ``user_id`` or ``id``."""
        here = (next(self._ordinals), row.number)
        fields = {"id": person.id, **person.fields}
        written = {ALIASES.get(key, key): key for key, value in row.pairs if value}
        double = None
        for name in ("id", "user_id"):
            first = (
                self._met.setdefault((name, str(fields[name])), here) if name in fields else here
            )
            if first != here:
                text = next(literal for literal in (name, "user_id", "email") if literal in written)
                message = f'"{fields[text]}" belongs to the person in line {first[1]} already'
                double = RecordFault(written[text], message, "Keep one of the two.")
        return double

    def _add_fault(self, row: PeopleRow, fault: RecordFault) -> None:
        self._add_finding(RowError(row.source, row.span(fault.key), str(fault), fault.hint))

    def _add_finding(self, misread: RowError) -> None:
        """As a finding, at the first of the lines that it spans."""
        source, (start, end) = misread.source, misread.span
        before = source.text.rfind("\n", 0, start) + 1
        after = source.text.find("\n", start)
        line_text = source.text[before : None if after < 0 else after].rstrip("\r")
        number = source.number + source.text.count("\n", 0, start)
        end = max(min(end, before + len(line_text)), start + 1)
        place = Place(self._name, number, start - before + 1, number, end - before + 1)
        self._lines[number] = line_text
        self.findings.append(Finding(RULE, misread.message, misread.hint, place))
