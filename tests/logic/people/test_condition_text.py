"""Conditions as texts: what is written is read as the same, and all else is a usage error."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.people.condition_fields import (
    LISTS,
    OPERATORS,
    SEARCH_FIELDS,
    list_operators,
)
from cactions.logic.people.condition_text import (
    MOST_CONDITIONS,
    MOST_VALUES,
    parse_conditions,
)
from cactions.logic.plan.equality import MAX_EXACT, MAX_INTEGER
from cactions.model import (
    CUSTOM_ATTRIBUTES,
    Attribute,
    Condition,
    DataType,
    Scalar,
    UsageError,
    is_same,
)
from tests.conditions import format_condition
from tests.run_report import REPORT

NAMES = {
    "tier": DataType.STRING,
    "points": DataType.INTEGER,
    "score": DataType.FLOAT,
    "active": DataType.BOOLEAN,
    "since": DataType.DATE,
    'Favourite "colour", or\\shade': DataType.STRING,
}
DECLARED = {name: Attribute(name, data_type) for name, data_type in NAMES.items()}
FIELDS = {**SEARCH_FIELDS, **{CUSTOM_ATTRIBUTES + name: kind for name, kind in NAMES.items()}}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
VALUES: dict[DataType, st.SearchStrategy[Scalar]] = {
    DataType.STRING: TEXTS,
    DataType.INTEGER: st.integers(-MAX_INTEGER, MAX_INTEGER),
    DataType.FLOAT: st.floats(-MAX_EXACT, MAX_EXACT, allow_nan=False),
    DataType.BOOLEAN: st.booleans(),
    DataType.DATE: st.integers(-2_208_988_800, 10**11 - 1),
}


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field, data_type = draw(st.sampled_from(sorted(FIELDS.items(), key=str)))
    operator = draw(st.sampled_from(list_operators(field, data_type)))
    value = st.sampled_from(["user", "lead"]) if field == "role" else VALUES[data_type]
    most = 4 if operator in LISTS else 1
    values = draw(st.lists(value, min_size=1, max_size=most))
    return Condition(field, operator, tuple(values), data_type)


def parse(text: str) -> Condition:
    [condition] = parse_conditions([text], DECLARED)
    return condition


@given(conditions())
def test_what_is_written_is_read_as_the_same(condition: Condition) -> None:
    """Field, operator, and each value in its type."""
    found = parse(format_condition(condition))
    assert condition == found
    assert all(map(is_same, condition.values, found.values))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("role = user", ("role", "=", ("user",))),
        (" role=user ", ("role", "=", ("user",))),
        ("role in lead,user", ("role", "IN", ("lead", "user"))),
        ("role NIN ( lead , user )", ("role", "NIN", ("lead", "user"))),
        ("user_id ^ u-", ("external_id", "^", ("u-",))),
        ("email $ @example.com", ("email", "$", ("@example.com",))),
        ("name = 'Ada Lovelace'", ("name", "=", ("Ada Lovelace",))),
        (r'name !~ "a \"b\" \\ c"', ("name", "!~", (r'a "b" \ c',))),
        ("email ~ a+b=c", ("email", "~", ("a+b=c",))),
        ("custom_attributes.points>=-5", ("custom_attributes.points", ">=", (-5,))),
        ("custom_attributes.score < 1.5", ("custom_attributes.score", "<", (1.5,))),
        ("custom_attributes.active != TRUE", ("custom_attributes.active", "!=", (True,))),
        ("created_at > 1700000000", ("created_at", ">", (1_700_000_000,))),
        ("created_at < 2026-01-31T00:00:00Z", ("created_at", "<", (1_769_817_600,))),
        ("created_at = 2026-01-31", ("created_at", "=", (1_769_817_600 + 37_800,))),
    ],
)
def test_the_forms_of_a_condition(text: str, expected: tuple[object, ...]) -> None:
    """A day is a moment on it in nearly every zone."""
    found = parse(text)
    assert expected == (found.field, found.operator, found.values)


@pytest.mark.parametrize(
    ("text", "place", "words", "hint"),
    [
        ("", 1, "is empty", "role = user"),
        ("   ", 4, "is empty", "role = user"),
        ("= user", 1, "no field before", "role = user"),
        ("tier = gold", 1, 'no field "tier"', 'did you mean "custom_attributes.tier"'),
        ("attributes.tier = gold", 1, "no field", 'did you mean "custom_attributes.tier"'),
        ("custom_attributes.teir = x", 1, "no field", 'did you mean "custom_attributes.tier"'),
        ("custom_attributes.zzz = x", 1, "no field", "`cactions attributes pull`"),
        ("emial = x", 1, 'no field "emial"', 'did you mean "email"'),
        ("role", 5, "no operator after role", "Use =, !="),
        ("role user", 6, 'no operator "user"', "Use =, !="),
        ("role == user", 6, 'no operator "=="', 'did you mean "="'),
        ("name contains Ada", 6, "no operator", 'did you mean "~"'),
        ("name , Ada", 6, "an operator must follow", "Use ="),
        ("name > Ada", 6, 'name is a text, which ">" does not', "Use ="),
        ("created_at != 2026-01-01", 12, "created_at is a date", "Use =, >, <"),
        ("created_at IN 2026-01-01", 12, "created_at is a date", "Use =, >, <"),
        ("tag_id ~ 7", 8, "does not compare", "Use =, !="),
        ("name =", 7, "no value for name", ""),
        ('name = ""', 8, "is empty", ""),
        ('name = "Ada', 8, "never closed", 'End it with "'),
        ("name = 'Ada", 8, "never closed", "End it with '"),
        ('"name = Ada', 1, "never closed", 'End it with "'),
        (r'name = "a\b"', 10, "backslash", r"Write \\"),
        ("name = Ada Lovelace", 12, "ends before", "in quotes"),
        ("name = =Ada", 8, "an operator stands", "in quotes"),
        ("role = usr", 8, "user or lead", 'did you mean "user"'),
        ("role = user AND name = x", 13, "not joined", "a --where of its own"),
        ("role = user || name = x", 13, "not joined", "a --where of its own"),
        ("name = Ada, Bob", 11, "one value", "Use IN"),
        ("name IN Ada Bob", 13, "ends before", "comma"),
        ("name IN (Ada, Bob", 18, "not closed", 'End it with ")"'),
        ("name IN (Ada, )", 15, "no value", ""),
        ("name IN Ada,", 13, "no value", ""),
        ("name IN ()", 10, "no value", ""),
        ("custom_attributes.points = many", 28, "whole number", "digits"),
        ("custom_attributes.points = 1.5", 28, "whole number", "digits"),
        ("custom_attributes.active = yes", 28, "true or false", "true or false"),
        ("created_at = yesterday", 14, "not a date", "2026-01-31T09:30:00Z"),
        ("created_at = 2026-02-30", 14, "no such time", ""),
        ("created_at = 1700000000000", 14, "milliseconds", "1,000"),
        ("name = \ud800", 8, "lone surrogate", "Remove it"),
    ],
)
def test_an_error_tells_the_place_and_what_to_write(
    text: str, place: int, words: str, hint: str
) -> None:
    """The place is that of the first character that is wrong."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert f"character {place}: " in str(caught.value)
    assert words in str(caught.value)
    assert hint in caught.value.hint


def test_too_many_conditions_and_values_are_refused() -> None:
    """Those are the limits of Intercom's search."""
    assert MOST_CONDITIONS == len(parse_conditions(["role = user"] * MOST_CONDITIONS, {}))
    with pytest.raises(UsageError, match="16 times"):
        parse_conditions(["role = user"] * (MOST_CONDITIONS + 1), {})
    many = ", ".join(["x"] * MOST_VALUES)
    assert MOST_VALUES == len(parse(f"name IN {many}").values)
    with pytest.raises(UsageError, match="at most 50 values"):
        parse(f"name IN {many}, x")


def find_error(text: str) -> UsageError | None:
    """What is wrong with a text; any other exception is a fault of ours."""
    try:
        parse(text)
    except UsageError as error:
        return error
    return None


def test_hostile_texts_give_usage_errors_only() -> None:
    """Random texts, and conditions with some characters changed."""
    random, outcomes = Random(1), Counter[str]()
    pieces = [*FIELDS, *OPERATORS, *"\"'\\(),&| \t\n\0\x1b\u202e", "AND", "user", "\ud800",
              "2026-01-31", "9" * 500, "x" * 2000, "-", "1e999", "null"]  # fmt: skip
    for _ in range(20_000):
        text = "".join(random.choice(pieces) for _ in range(random.randrange(8)))
        if random.random() < 0.5:
            text = f"{random.choice([*FIELDS])} {random.choice(OPERATORS)} {text}"
        error = find_error(text)
        outcomes["refused" if error else "taken"] += 1
        assert error is None or (error.hint and len(str(error)) < 600)
    assert outcomes["taken"] > 500
    assert outcomes["refused"] > 10_000
    REPORT.append(f"hostile conditions: {dict(outcomes)}")
