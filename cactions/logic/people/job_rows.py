"""Reads the rows of a file of people as what one action runs for.

- A column is the action's ``match`` (or its alias), or a data input: ``NAME`` or ``inputs.NAME``.
  All other columns are ignored, since exports hold many, and ``ignored`` names them.
- An empty cell of a table means "not set"; JSON says null and ``""`` where it means them.
- A value that the row does not set is that of the command line, else the input's default.
- A row that does not fit is a BadRow. Only a file without the action's ``match`` is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple, TypeAlias, TypeVar, cast

from msgspec.structs import replace

from cactions.logic.people.declared_type import InvalidValue, parse_declared_value
from cactions.logic.people.from_record import ALIASES, find_key_problem
from cactions.logic.people.lookup import choose_role
from cactions.logic.request.inputs import (
    InputError,
    check_input_names,
    resolve_inputs,
    resolve_known_inputs,
)
from cactions.logic.source_mask import is_key, mask_text
from cactions.logic.suggest import find_closest, join_names
from cactions.model import (
    Action,
    BadRow,
    DataType,
    JobRow,
    Json,
    PersonQuery,
    Scalar,
    UsageError,
)

INPUTS: Final = "inputs."
MAX_IGNORED: Final = 100
"""Names that are kept, so that a file of JSON with ever new names needs no more memory."""
LONGEST_NAME: Final = 64
_FILL_INPUT: Final = "Fill it in, or say it for all rows with --input."
_MOST_WITHOUT_KEY: Final = 20
"""Objects that may lack the key at the start of a file before the file is refused."""

Item = TypeVar("Item")
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
    of the rows so far.
    """

    def __init__(self, rows: Iterator[JobRow | BadRow], ignored: Mapping[str, None]) -> None:
        self._rows = rows
        self._ignored = ignored

    @property
    def ignored(self) -> tuple[str, ...]:
        return tuple(self._ignored)

    def wrap(
        self, outer: Callable[[Iterator[JobRow | BadRow]], Iterator[JobRow | BadRow]]
    ) -> JobRows:
        """The same rows, through a function that reads them."""
        return JobRows(outer(self._rows), self._ignored)

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
        names = [item.name for item in action.inputs]
        aliases = [alias for alias, name in ALIASES.items() if name == action.match]
        self._key_names = (action.match, *(alias for alias in aliases if alias not in names))
        self._input_names = {
            name: (INPUTS + name, name) if name != action.match else (INPUTS + name,)
            for name in names
        }
        self.known = {*self._key_names, *chain.from_iterable(self._input_names.values())}
        self.ignored: dict[str, None] = {}

    def read_table(self, table: Table) -> JobRows:
        """The rows of a table. Raises UsageError where the columns cannot be enough for any row."""
        columns = {name: place for place, name in enumerate(table.columns)}
        self._check_columns(table)
        key = columns[next(name for name in self._key_names if name in columns)]
        places = _take_inputs(columns, self._input_names)
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
        self._check_shared(self._input_names)
        first: list[ObjectRow | BadRow] = []
        names: dict[str, None] = {}
        for row in rows:
            first.append(row)
            members = row[1] if isinstance(row, tuple) and isinstance(row[1], dict) else {}
            if any(name in members for name in self._key_names):
                break
            names.update(dict.fromkeys(members))
            if names and len(first) >= _MOST_WITHOUT_KEY:
                raise self._build_key_error([*names])
        else:
            if names:
                raise self._build_key_error([*names])
        return JobRows(map(self._read_object, chain(first, rows)), self.ignored)

    def _check_columns(self, table: Table) -> None:
        if not any(name in table.columns for name in self._key_names):
            raise self._build_key_error([*table.columns, *table.ignored])
        for place, name in enumerate(table.columns):
            if name in self.known and name in table.columns[:place]:
                raise UsageError(f'the file has two columns "{name}"', hint="Keep one of them.")

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

    def _build_key_error(self, columns: Sequence[str]) -> UsageError:
        match = self._action.match
        alike = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in columns}
        close = alike.get(find_closest(match, alike), "")
        shown = [
            name if name == close or is_key(name) else mask_text(name[:LONGEST_NAME])
            for name in columns
        ]
        hint = (
            f'Rename the column "{close}" to {match}.'
            if close
            else f"Add the column {' or '.join(self._key_names)}."
        )
        return UsageError(
            f"the file has no column {match}, by which {self._action.name} finds people; "
            f"its columns: {join_names(shown)}",
            hint=hint,
        )

    def _ignore(self, names: Iterable[str]) -> None:
        for name in names:
            if len(self.ignored) < MAX_IGNORED and name:
                self.ignored[name[:LONGEST_NAME]] = None

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
        members = _flatten(value)
        self._ignore(name for name in members if name not in self.known)
        key = next((members[name] for name in self._key_names if name in members), None)
        values = _take_inputs(members, self._input_names)
        return self._parse_row(line, key, values)

    def _parse_row(self, line: int, key: Json, values: Mapping[str, Json]) -> JobRow | BadRow:
        own = _drop_nulls(cast("Mapping[str, Scalar]", values))
        for name, value in own.items():
            if isinstance(value, str) and "\0" in value:
                return BadRow(line, f'the input "{name}" contains a NUL character', "Remove it.")
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
            return BadRow(line, f"{match} {problem}", "Remove it: nothing would match it.")
        return JobRow(line, PersonQuery(match, text, self._role), inputs)


def _convert_key(key: Json) -> str | InvalidValue:
    """The text of a whole number, which many exports write for an id; no other value is a key."""
    if type(key) is int:
        return str(key)
    try:
        return str(parse_declared_value(key, DataType.STRING) or "")
    except InvalidValue as error:
        return error


def _take_inputs(
    members: Mapping[str, Item], input_names: Mapping[str, tuple[str, ...]]
) -> dict[str, Item]:
    """What is there for each input, under the first of its names that is there."""
    found: dict[str, Item] = {}
    for name, names in input_names.items():
        for column in names:
            if column in members:
                found[name] = members[column]
                break
    return found


def _drop_nulls(values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {name: value for name, value in values.items() if value is not None}


def _flatten(row: Mapping[str, Json]) -> Mapping[str, Json]:
    """With the members of ``inputs`` under their whole names."""
    inner = row.get(INPUTS.rstrip("."))
    if not isinstance(inner, dict):
        return row
    rest = {name: value for name, value in row.items() if value is not inner}
    return {**rest, **{INPUTS + name: value for name, value in inner.items()}}
