"""Reads and writes the text of a condition: ``FIELD OPERATOR VALUE``.

- ``IN`` and ``NIN`` take several values: ``role IN user, lead``, also in parentheses.
- A field or value with spaces, quotes, commas or parentheses stands in quotes, ``"…"`` or ``'…'``;
  a quote or backslash inside has a backslash before it.
- Conditions are not joined within a text: each is a text of its own, and all must hold.
- A day is sent as a moment that lies on it in every time zone from UTC-10:30 to UTC+13:29, since
  the zone of the workspace decides where its days begin.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from cactions.logic.expressions.syntax_error import SyntaxProblem
from cactions.logic.people.condition_fields import (
    LISTS,
    OPERATORS,
    describe_type,
    find_field,
    list_operators,
    suggest_field,
)
from cactions.logic.people.declared_type import InvalidValue, parse_cell, parse_declared_value
from cactions.logic.suggest import suggest
from cactions.logic.values.dates import DateError, parse_day
from cactions.model import Attribute, Condition, DataType, Json, Scalar, UsageError

MOST_CONDITIONS: Final = 15
"""Filters in one group of Intercom's search."""

MOST_VALUES: Final = 50
"""Values of IN; Intercom's own limit is not documented."""

_SHOWN: Final = 80
"""Characters of a text that an error repeats."""

_IN_DAY: Final = 10 * 3600 + 1800
_EXAMPLE: Final = "For example: role = user"
_SPACE: Final = re.compile(r"\s*")
_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_BARE_FIELD: Final = re.compile(r"""[^\s"'=!<>~^$,()]+""")
_BARE_VALUE: Final = re.compile(r"""[^\s"',()]+""")
_OPERATOR: Final = re.compile(r"[=!<>~^$&|]+|[^\s\"'=!<>~^$,()&|]+")
_SIGNS: Final = "=!<>~^$"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_JOINS: Final = re.compile(r"(?i)and\b|or\b|&|\|")
_ROLES: Final = ("user", "lead")
_MEANT: Final[Mapping[str, str]] = {
    "==": "=", "is": "=", "equals": "=", "<>": "!=", "not": "!=", "=~": "~", "contains": "~",
    "like": "~", "=>": ">=", "=<": "<=", "starts": "^", "ends": "$", "not_in": "NIN",
}  # fmt: skip


def parse_conditions(
    texts: Sequence[str], declared: Mapping[str, Attribute]
) -> tuple[Condition, ...]:
    """The conditions, all of which must hold. Raises UsageError with the place of what is wrong."""
    if len(texts) > MOST_CONDITIONS:
        raise UsageError(
            f"--where is there {len(texts)} times, and Intercom takes {MOST_CONDITIONS} conditions",
            hint="Use IN for several values of one field.",
        )
    return tuple(_parse_option(text, declared) for text in texts)


def parse_condition(text: str, declared: Mapping[str, Attribute]) -> Condition:
    """One condition. Raises SyntaxProblem with the place of what is wrong."""
    return _ConditionReader(text, declared).read()


def _parse_option(text: str, declared: Mapping[str, Attribute]) -> Condition:
    try:
        return parse_condition(text, declared)
    except SyntaxProblem as problem:
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        raise UsageError(
            f'--where "{shown}", character {problem.start + 1:,}: {problem}', hint=problem.hint
        ) from None


class _ConditionReader:
    """Reads one text from left to right. Raises SyntaxProblem at the first thing that is wrong."""

    def __init__(self, text: str, declared: Mapping[str, Attribute]) -> None:
        self._text, self._declared = text, declared
        self._at = 0

    def read(self) -> Condition:
        field, data_type = self._read_field()
        operator = self._read_operator(field, data_type)
        values = self._read_values(field, operator, data_type)
        return Condition(field, operator, values, data_type)

    def _read_field(self) -> tuple[str, DataType]:
        start = self._skip_space()
        if start == len(self._text):
            raise self._build_problem("the condition is empty", _EXAMPLE)
        name = self._read_word(_BARE_FIELD)
        if name is None:
            raise self._build_problem("there is no field before the operator", _EXAMPLE)
        found = find_field(name, self._declared)
        if found is None:
            hint = suggest_field(name, self._declared)
            raise self._build_problem(f'there is no field "{name[:_SHOWN]}"', hint, start)
        return found

    def _read_operator(self, field: str, data_type: DataType) -> str:
        start = self._skip_space()
        known = list_operators(field, data_type)
        choice = f"Use {', '.join(known)}."
        match = _OPERATOR.match(self._text, start)
        if match is None:
            what = "there is no operator" if start == len(self._text) else "an operator must follow"
            raise self._build_problem(f"{what} after {field}", choice)
        word = match[0]
        operator = word.upper() if word.upper() in LISTS else word
        if operator not in OPERATORS:
            meant = _MEANT.get(word.lower(), "")
            hint = f'did you mean "{meant}"?' if meant in known else choice
            raise self._build_problem(f'there is no operator "{word[:_SHOWN]}"', hint)
        if operator not in known:
            what = f'{field} is {describe_type(data_type)}, which "{operator}" does not compare'
            raise self._build_problem(what, choice)
        self._at = match.end()
        return operator

    def _read_values(self, field: str, operator: str, data_type: DataType) -> tuple[Scalar, ...]:
        is_list = operator in LISTS
        opened = self._skip_space() if is_list and self._take("(") else None
        values = [self._read_value(field, data_type)]
        while is_list and self._take(","):
            values.append(self._read_value(field, data_type))
        if opened is not None and not self._take(")"):
            raise self._build_problem("the list is not closed", 'End it with ")".')
        self._require_end(is_list=is_list)
        if len(values) > MOST_VALUES:
            hint = "Use several commands, or a file of people with --people."
            raise self._build_problem(f"{operator} takes at most {MOST_VALUES} values", hint, 0)
        return tuple(values)

    def _read_value(self, field: str, data_type: DataType) -> Scalar:
        start = self._skip_space()
        if start == len(self._text) or self._text[start] in ",()":
            raise self._build_problem(f"there is no value for {field}", "Write it here.")
        if self._text[start] in _SIGNS:
            hint = 'Put a value that begins with such a sign in quotes: "…".'
            raise self._build_problem("an operator stands where the value should", hint)
        text = self._read_word(_BARE_VALUE)
        if not text:
            what = f"the value for {field} is empty"
            raise self._build_problem(what, "A search needs a value.", start)
        if field == "role" and text not in _ROLES:
            raise self._build_problem("a role is user or lead", suggest(text, _ROLES), start)
        try:
            return _parse_value(text, data_type)
        except InvalidValue as error:
            raise self._build_problem(f"{field} {error.message}", error.hint, start) from None

    def _require_end(self, *, is_list: bool) -> None:
        start = self._skip_space()
        if start == len(self._text):
            return
        if _JOINS.match(self._text, start):
            hint = "Give each condition a --where of its own; all of them must hold."
            raise self._build_problem("conditions are not joined in one text", hint)
        if self._text[start] == "," and not is_list:
            raise self._build_problem("this operator takes one value", "Use IN for several.")
        separated = "with a comma between the values" if is_list else "in quotes if it has spaces"
        raise self._build_problem("the value ends before this", f"Write it {separated}.")

    def _read_word(self, bare: re.Pattern[str]) -> str | None:
        """A text with or without quotes; None where there is neither."""
        start = self._at
        if self._text[start] in "\"'":
            match = _QUOTED.match(self._text, start)
            if match is None:
                hint = f"End it with {self._text[start]}."
                raise self._build_problem("the quote is never closed", hint)
            self._at = match.end()
            return self._unescape(match[0][1:-1], start + 1)
        match = bare.match(self._text, start)
        self._at = match.end() if match else start
        return match[0] if match else None

    def _unescape(self, text: str, start: int) -> str:
        for escape in _ESCAPE.finditer(text):
            if escape[1] not in "\"'\\":
                hint = r"Write \\ for a backslash."
                where = start + escape.start()
                raise self._build_problem("a backslash stands before no quote", hint, where)
        return _ESCAPE.sub(r"\1", text)

    def _take(self, sign: str) -> bool:
        """Whether this sign is next; then it is passed."""
        start = self._skip_space()
        self._at = start + self._text.startswith(sign, start)
        return self._at > start

    def _skip_space(self) -> int:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _build_problem(self, message: str, hint: str, start: int | None = None) -> SyntaxProblem:
        start = self._at if start is None else start
        return SyntaxProblem(message, hint, start, len(self._text))


def _parse_value(text: str, data_type: DataType) -> Scalar:
    """The value in its type. Raises InvalidValue."""
    if data_type is DataType.DATE and _DAY.fullmatch(text):
        try:
            return parse_day(text) + _IN_DAY
        except DateError as error:
            raise InvalidValue(f"is not a date: {error.detail}") from None
    value: Json = parse_declared_value(parse_cell(text, data_type), data_type)
    assert not isinstance(value, list | dict), "it was read from a text"
    return value
