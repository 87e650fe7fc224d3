"""What a row says to one action: who, and the data inputs; every row becomes exactly one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.logic.people.job_rows import MAX_IGNORED, JobRows, RowParser, Table
from cactions.model import (
    Action,
    BadRow,
    DataInput,
    InputType,
    JobRow,
    Json,
    PersonQuery,
    Role,
    Scalar,
    UsageError,
)
from tests.builders import action

POINTS = DataInput("points", InputType.INTEGER)
NOTE = DataInput("note", InputType.STRING, default_value="none")
RATIO = DataInput("ratio", InputType.DECIMAL)
VIP = DataInput("vip", InputType.BOOLEAN)
NEEDED = DataInput("order", InputType.STRING, required=True)


def an_action(*inputs: DataInput, **rest: Any) -> Action:
    return replace(action(), inputs=inputs, **rest)


def table(of: Action, columns: Sequence[str], *cells: Sequence[Json], **given: Scalar) -> JobRows:
    rows = iter([*enumerate(cells, start=2)])
    return RowParser(of, given).read_table(Table(columns, rows))


def objects(of: Action, *values: Json, **given: Scalar) -> JobRows:
    return RowParser(of, given).read_objects(iter([*enumerate(values, start=1)]))


def inputs_of(rows: JobRows) -> list[Mapping[str, Scalar]]:
    return [row.inputs for row in rows if isinstance(row, JobRow)]


def test_a_row_is_a_query_by_the_match_of_the_action() -> None:
    """Also where the file has other keys; and the role is the one of the command line."""
    rows = table(an_action(match="email"), ["id", "email", "user_id"], ["i", "a@b.c", "u"])
    assert [JobRow(2, PersonQuery("email", "a@b.c", Role.USER), {})] == list(rows)
    assert ("id", "user_id") == rows.ignored
    both = an_action(audiences=("users", "leads"))
    [row] = table(both, ["user_id"], ["u"])
    assert JobRow(2, PersonQuery("user_id", "u", None)) == row


def test_the_alias_of_a_key_is_the_key() -> None:
    """The name itself goes before it; an input of that name too."""
    assert ["u"] == [r.query.value for r in table(an_action(), ["external_id"], ["u"])]  # type: ignore[union-attr]
    both = table(an_action(), ["external_id", "user_id"], ["x", "u"])
    assert (["u"], ("external_id",)) == ([r.query.value for r in both], both.ignored)  # type: ignore[union-attr]
    named = an_action(DataInput("external_id", InputType.STRING))
    assert [{"external_id": "x"}] == inputs_of(table(named, ["external_id", "user_id"], ["x", "u"]))


def test_inputs_are_typed_as_on_the_command_line() -> None:
    """By name or with the prefix, which wins; an empty cell is not set."""
    of = an_action(POINTS, NOTE, RATIO, VIP)
    columns = ["user_id", "points", "note", "inputs.ratio", "vip"]
    rows = table(of, columns, ["u", "12", "12", "0.5", "true"], ["u", "", "", "", ""])
    assert [{"points": 12, "note": "12", "ratio": 0.5, "vip": True}, {"note": "none"}] == (
        inputs_of(rows)
    )
    both = table(of, ["user_id", "points", "inputs.points"], ["u", "1", "2"])
    assert ([{"points": 2, "note": "none"}], ("points",)) == (inputs_of(both), both.ignored)


def test_an_input_with_the_name_of_the_key_needs_the_prefix() -> None:
    """The bare column says who."""
    of = an_action(DataInput("email", InputType.STRING), match="email")
    [row] = table(of, ["email", "inputs.email"], ["a@b.c", "d@e.f"])
    assert JobRow(2, PersonQuery("email", "a@b.c", Role.USER), {"email": "d@e.f"}) == row
    assert [{}] == inputs_of(table(of, ["email"], ["a@b.c"]))


def test_the_command_line_gives_what_a_row_does_not() -> None:
    """A cell that is not empty wins, then the command line, then the default."""
    of = an_action(POINTS, NOTE)
    rows = table(of, ["user_id", "note"], ["u", "mine"], ["u", ""], points="7", note="all")
    assert [{"points": 7, "note": "mine"}, {"points": 7, "note": "all"}] == inputs_of(rows)
    rows = objects(of, {"user_id": "u", "note": ""}, {"user_id": "u", "note": None}, note="all")
    assert [{"note": ""}, {"note": "all"}] == inputs_of(rows)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "there is no user_id"),
        (" u", "begins or ends with a space"),
        ("a\u200bb", "an invisible character"),
        ("a\0", "an invisible character"),
        ("\udcff", "an invisible character"),
        (None, "there is no user_id"),
        (1.5, "must be a text, and is a decimal number"),
        (True, "must be a text, and is true or false"),
        ([], "must be a text, and is a list"),
        ({}, "must be a text, and is an object"),
    ],
)
def test_a_row_without_a_valid_key_is_a_bad_row(key: Json, words: str) -> None:
    """Its message shows no value, and the rest is read."""
    for rows in (
        table(an_action(), ["user_id"], [key], ["u"]),
        objects(an_action(), {"user_id": key}, {"user_id": "u"}),
    ):
        bad, good = rows
        assert isinstance(bad, BadRow)
        assert words in bad.message
        assert bad.hint
        assert isinstance(good, JobRow)


def test_a_whole_number_is_a_key() -> None:
    """Its digits are not ambiguous, and many exports write ids so."""
    [row] = objects(an_action(), {"user_id": 12345678901234567890})
    assert isinstance(row, JobRow)
    assert "12345678901234567890" == row.query.value


@pytest.mark.parametrize(
    ("value", "words", "hint"),
    [
        ("012", 'the input "points" is not an integer', "For example 12."),
        (1.5, 'the input "points" is not an integer', "For example 12."),
        (True, 'the input "points" is not an integer', "For example 12."),
        ([1], 'the input "points" is not an integer', "For example 12."),
        ({"a": 1}, 'the input "points" is not an integer', "For example 12."),
        ("1\0", 'the input "points" contains a NUL character', "Remove it."),
    ],
)
def test_a_value_of_another_type_is_a_bad_row(value: Json, words: str, hint: str) -> None:
    """By the rules of the command line; the message shows no value."""
    rows = objects(an_action(POINTS), {"user_id": "u", "points": value}, {"user_id": "u"})
    assert [BadRow(1, words, hint), JobRow(2, PersonQuery("user_id", "u", Role.USER))] == [*rows]


def test_a_missing_value_of_a_required_input_is_a_bad_row() -> None:
    """Where the file can have one."""
    of = an_action(NEEDED)
    [bad, good] = table(of, ["user_id", "order"], ["u", ""], ["u", "7"])
    assert isinstance(bad, BadRow)
    assert 'the input "order" needs a value' == bad.message
    assert "--input" in bad.hint
    assert isinstance(good, JobRow)
    with pytest.raises(UsageError, match='"order" needs a value'):
        table(of, ["user_id"], ["u"])
    assert [{"order": "7"}] == inputs_of(table(of, ["user_id"], ["u"], order="7"))


@pytest.mark.parametrize("given", [{"pints": "1"}, {"points": "x"}])
def test_an_input_of_the_command_line_is_checked_once(given: dict[str, Scalar]) -> None:
    """And not for each row."""
    for of in (table, objects):
        with pytest.raises(UsageError):
            of(an_action(POINTS), *((["user_id"],) if of is table else ()), **given)  # type: ignore[operator]


@pytest.mark.parametrize("match", ["user_id", "email"])
def test_a_column_of_an_export_is_the_key(match: str) -> None:
    """By the label that Intercom gives it; of inputs, too, and in JSON."""
    columns = ["User ID", "Email", "Points"]
    of = an_action(POINTS, match=match)
    key = "u" if match == "user_id" else "a@b.c"
    for rows in (
        table(of, columns, ["u", "a@b.c", "7"]),
        objects(of, dict(zip(columns, ["u", "a@b.c", 7], strict=True))),
    ):
        [row] = rows
        assert isinstance(row, JobRow)
        assert (key, {"points": 7}) == (row.query.value, row.inputs)


def test_two_names_of_one_column_are_refused() -> None:
    """Of a table at once, of JSON in its row."""
    with pytest.raises(UsageError, match='two columns "Email" and "email"'):
        table(an_action(match="email"), ["Email", "email"], ["A@b.c", "a@b.c"])
    [row] = objects(an_action(match="email"), {"Email": "A@b.c", "email": "a@b.c"})
    assert isinstance(row, BadRow)
    assert "same meaning" in row.message


@pytest.mark.parametrize("key", ["1.23457E+17", "1,2E+17"])
def test_a_number_that_a_spreadsheet_has_cut_finds_no_one(key: str) -> None:
    """As a key, and as an input; one that is the content of a message finds nothing anyway."""
    content = DataInput("text", InputType.STRING, is_content=True)
    of = an_action(NOTE, RATIO, content)
    [bad, worse, good] = table(
        of, ["user_id", "note", "ratio", "text"],
        [key, "", "", ""], ["u", key, "", ""], ["u", "", "1.5", key],
    )  # fmt: skip
    for row, name in ((bad, "user_id"), (worse, 'the input "note"')):
        assert isinstance(row, BadRow)
        assert row.message.startswith(f"{name} is a number that a spreadsheet has cut")
        assert "as text" in row.hint
    assert isinstance(good, JobRow)


@pytest.mark.parametrize(
    ("columns", "shown", "hint"),
    [
        (["name", "UserID"], "name, UserID", 'Rename the column "UserID" to user_id.'),
        (["userid"], "userid", 'Rename the column "userid" to user_id.'),
        (["name"], "name", "Add the column user_id or external_id."),
        (["ada@example.com", "5"], "•••••••••••••••, •", "Add the column"),
    ],
)
def test_a_file_without_the_key_is_refused(columns: list[str], shown: str, hint: str) -> None:
    """Names are shown; what may be a value of a file without a header is not."""
    for read in (
        lambda: table(an_action(), columns, ["u"] * len(columns)),
        lambda: objects(an_action(), *repeat(dict.fromkeys(columns, "u"), 30)),
    ):
        with pytest.raises(UsageError) as caught:
            read()
        assert str(caught.value).endswith(f"; its columns: {shown}")
        assert hint in caught.value.hint


def test_the_first_objects_may_lack_the_key() -> None:
    """Some exports leave out what is null; not many rows are read ahead."""
    rows = objects(an_action(), {"name": "x"}, 3, {"user_id": "u"})
    assert [BadRow, BadRow, JobRow] == [type(row) for row in rows]
    taken = []

    def endless() -> Iterator[tuple[int, Json]]:
        for number in range(1, 10**9):
            taken.append(number)
            yield number, {"name": "x"} if number == 1 else {"user_id": "u"}

    next(RowParser(an_action(), {}).read_objects(endless()))
    assert [1, 2] == taken


def test_a_needed_column_stands_once() -> None:
    """Which of two would count is not guessed; other columns do not matter."""
    for columns in (["user_id", "user_id"], ["user_id", "points", "points"]):
        with pytest.raises(UsageError, match="two columns"):
            table(an_action(POINTS), columns, ["u"] * len(columns))
    rows = table(an_action(), ["user_id", "x", "x", ""], ["u", "", "", ""])
    assert (("x",), 1) == (rows.ignored, len([*rows]))


def test_ignored_names_need_bounded_memory() -> None:
    """A JSON file may have other names in each row."""
    rows = objects(an_action(), *({"user_id": "u", f"{n}" + "x" * 999: 1} for n in range(300)))
    assert 300 == len([*rows])
    assert MAX_IGNORED == len(rows.ignored)
    assert max(map(len, rows.ignored)) <= 64


def test_inputs_of_json_may_be_an_object() -> None:
    """``inputs: {…}`` is the same as ``inputs.NAME``."""
    of = an_action(POINTS)
    rows = objects(of, {"user_id": "u", "inputs": {"points": 3, "x": 1}, "attributes": {"a": 1}})
    assert ([{"points": 3}], ("attributes", "inputs.x")) == (inputs_of(rows), rows.ignored)


def test_bad_rows_of_the_reader_are_kept() -> None:
    """In their place."""
    bad = BadRow(3, "broken")
    for of in (an_action(), an_action(POINTS)):
        rows = RowParser(of, {}).read_table(
            Table(["user_id", "points"], iter([(2, ["u", ""]), bad, (4, ["v", ""])]))
        )
        assert [2, 3, 4] == [row.line for row in rows]
    assert [bad] == [*RowParser(an_action(), {}).read_objects(iter([bad]))]
