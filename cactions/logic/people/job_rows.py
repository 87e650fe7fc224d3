"""Reads the rows of a file of people as what one action runs for.

- A column is the action's ``match`` (or its alias), or a data input: ``NAME`` or ``inputs.NAME``;
  ``column_names`` says which other names stand for these. All other columns are ignored, since
  exports hold many, and ``ignored`` names them.
- An empty cell of a table means "not set"; JSON says null and ``""`` where it means them.
- A value that the row does not set is that of the command line, else the input's default.
- A row that does not fit is a BadRow. Only a file without the action's ``match`` is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias, cast

from msgspec.structs import replace

from cactions.logic.people.column_names import MOST_NAMES, remember_name
from cactions.logic.people.cut_numbers import CUT_HINT, is_cut_number
from cactions.logic.people.declared_type import InvalidValue, parse_declared_value
from cactions.logic.people.from_record import find_key_problem
from cactions.logic.people.job_columns import INPUTS, JobColumns
from cactions.logic.people.lookup import choose_role
from cactions.logic.request.inputs import (
    InputError,
    check_input_names,
    resolve_inputs,
    resolve_known_inputs,
)
from cactions.model import (
    Action,
    BadRow,
    DataType,
    InputType,
    JobRow,
    Json,
    PersonQuery,
    Scalar,
    UsageError,
)

MAX_IGNORED: Final = MOST_NAMES
_FILL_INPUT: Final = "Fill it in, or say it for all rows with --input."
_MOST_WITHOUT_KEY: Final = 20
"""Objects that may lack the key at the start of a file before the file is refused."""

CellRow: TypeAlias = "tuple[int, Sequence[Json]]"
ObjectRow: TypeAlias = "tuple[int, Json]"


class Table(NamedTuple):
    """A table as it is read: each row has its line, and a cell for each column.

    ``ignored``: what the file has beside these columns.
    """

    columns: Sequence[str]
    rows: Iterator[CellRow | BadRow]
    ignored: tuple[str, ...] = ()


class JobRows(Iterator[JobRow | BadRow]):
    """The rows of one file, which are read once and in order.

    ``ignored``: the columns that say nothing to the action, at most MAX_IGNORED; with JSON, those
    of the rows so far. ``close`` closes the file, also before its end.
    """

    def __init__(
        self,
        rows: Iterator[JobRow | BadRow],
        ignored: Mapping[str, None],
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._rows = rows
        self._ignored = ignored
        self.close = close

    @property
    def ignored(self) -> tuple[str, ...]:
        return tuple(self._ignored)

    def wrap(
        self,
        outer: Callable[[Iterator[JobRow | BadRow]], Iterator[JobRow | BadRow]],
        close: Callable[[], None] | None = None,
    ) -> JobRows:
        """The same rows, through a function that reads them."""
        return JobRows(outer(self._rows), self._ignored, close or self.close)

    def __next__(self) -> JobRow | BadRow:
        return next(self._rows)


class RowParser:
    """What a row says to one action. ``shared``: the inputs of the command line, for all rows.

    Raises UsageError for an input that the action does not have or that does not fit.
    """

    def __init__(self, action: Action, shared: Mapping[str, Scalar]) -> None:
        check_input_names(action, shared)
        self._action = action
        self._shared = _drop_nulls(shared)
        self._role = choose_role(action)
        texts = (item for item in action.inputs if item.type is InputType.STRING)
        self._texts = {item.name for item in texts if not item.is_content}
        self.columns = JobColumns(action)
        self.ignored: dict[str, None] = {}

    def read_table(self, table: Table) -> JobRows:
        """The rows of a table. Raises UsageError where the columns cannot be enough for any row."""
        columns = self.columns.place_columns(table.columns, table.ignored)
        key = cast("int", self.columns.find_key(columns))
        places = self.columns.find_inputs(columns)
        used = {key, *places.values()}
        self._ignore(name for place, name in enumerate(table.columns) if place not in used)
        self._ignore(table.ignored)
        self._check_shared(places)
        rows = (
            self._read_cells(table.rows, key, places)
            if places
            else self._read_keys(table.rows, key)
        )
        return JobRows(rows, self.ignored)

    def read_objects(self, rows: Iterator[ObjectRow | BadRow]) -> JobRows:
        """The rows of JSON. Raises UsageError where the first of them all have no key."""
        self._check_shared(self.columns.inputs)
        first: list[ObjectRow | BadRow] = []
        names: dict[str, None] = {}
        for row in rows:
            first.append(row)
            members = row[1] if isinstance(row, tuple) and isinstance(row[1], dict) else {}
            if self.columns.has_key(members):
                break
            names.update(dict.fromkeys(members))
            if names and len(first) >= _MOST_WITHOUT_KEY:
                raise self.columns.build_key_error([*names])
        else:
            if names:
                raise self.columns.build_key_error([*names])
        return JobRows(map(self._read_object, chain(first, rows)), self.ignored)

    def _check_shared(self, columns: Container[str]) -> None:
        """One error instead of one for each row: an input that no row can set must be given."""
        settled = [
            item
            for item in self._action.inputs
            if item.name not in columns or self._shared.get(item.name) is not None
        ]
        try:
            resolve_inputs(replace(self._action, inputs=tuple(settled)), self._shared)
        except InputError as error:
            hint = f"Add a column for it to the file, or {error.hint} for everyone."
            raise error if error.example else UsageError(str(error), hint=hint) from None

    def _ignore(self, names: Iterable[str]) -> None:
        for name in names:
            if name:
                remember_name(self.ignored, name)

    def _read_keys(self, rows: Iterator[CellRow | BadRow], key: int) -> Iterator[JobRow | BadRow]:
        """Rows without inputs of their own share what is given for all."""
        inputs = resolve_inputs(self._action, self._shared)
        for row in rows:
            yield row if isinstance(row, BadRow) else self._build_row(row[0], row[1][key], inputs)

    def _read_cells(
        self, rows: Iterator[CellRow | BadRow], key: int, places: Mapping[str, int]
    ) -> Iterator[JobRow | BadRow]:
        for row in rows:
            if isinstance(row, BadRow):
                yield row
                continue
            line, cells = row
            values = {name: cells[place] for name, place in places.items() if cells[place] != ""}
            yield self._parse_row(line, cells[key], values)

    def _read_object(self, row: ObjectRow | BadRow) -> JobRow | BadRow:
        if isinstance(row, BadRow):
            return row
        line, value = row
        if not isinstance(value, dict):
            return BadRow(line, "a row must be an object", "Write {…}.")
        written = _flatten(value)
        names = self.columns.names
        self._ignore(name for name in written if name not in names)
        members = {names.match(name) or name: item for name, item in written.items()}
        if len(members) < len(written):
            return BadRow(line, "two members of the row have the same meaning", "Keep one of them.")
        values = self.columns.find_inputs(members)
        return self._parse_row(line, self.columns.find_key(members), values)

    def _parse_row(self, line: int, key: Json, values: Mapping[str, Json]) -> JobRow | BadRow:
        own = _drop_nulls(cast("Mapping[str, Scalar]", values))
        for name, value in own.items():
            if isinstance(value, str) and "\0" in value:
                return BadRow(line, f'the input "{name}" contains a NUL character', "Remove it.")
            if name in self._texts and is_cut_number(str(value)):
                message = f'the input "{name}" is a number that a spreadsheet has cut'
                return BadRow(line, message, CUT_HINT)
        try:
            inputs = resolve_known_inputs(self._action, {**self._shared, **own})
        except InputError as error:
            hint = f"For example {error.example}." if error.example else _FILL_INPUT
            return BadRow(line, str(error), hint)
        return self._build_row(line, key, inputs)

    def _build_row(self, line: int, key: Json, inputs: Mapping[str, Scalar]) -> JobRow | BadRow:
        match = self._action.match
        text = key if isinstance(key, str) else _convert_key(key)
        if isinstance(text, InvalidValue):
            return BadRow(line, f"{match} {text.message}", text.hint)
        if not text:
            return BadRow(line, f"there is no {match}", "Fill it in.")
        if problem := find_key_problem(text):
            return BadRow(line, f"{match} {problem.message}", problem.hint)
        return JobRow(line, PersonQuery(match, text, self._role), inputs)


def _convert_key(key: Json) -> str | InvalidValue:
    """The text of a whole number, which many exports write for an id; no other value is a key."""
    if type(key) is int:
        return str(key)
    try:
        return str(parse_declared_value(key, DataType.STRING) or "")
    except InvalidValue as error:
        return error


def _drop_nulls(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {name: value for name, value in values.items() if value is not None}


def _flatten(row: Mapping[str, Json]) -> Mapping[str, Json]:
    """With the members of ``inputs`` under their whole names."""
    inner = row.get(INPUTS.rstrip("."))
    if not isinstance(inner, dict):
        return row
    rest = {name: value for name, value in row.items() if value is not inner}
    return {**rest, **{INPUTS + name: value for name, value in inner.items()}}
