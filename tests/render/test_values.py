"""A value on one line: the shown text is exact and unambiguous."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.model import ABSENT, MASK, DataType, Value, is_empty, is_same
from cactions.render.text import StyledLine, count_cells, to_plain_text
from cactions.render.values import ValueStyle, format_utc, render_pair, render_value

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)
ROOMY = ValueStyle(width=100_000)


def words(line: StyledLine) -> str:
    """The line as it is printed."""
    return to_plain_text([line])[:-1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (ABSENT, "(empty)"),
        (None, "(empty)"),
        ("", '""'),
        ("(empty)", '"(empty)"'),
        ("silver", "silver"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("don't", "don't"),
        ("Zoë 名前", "Zoë 名前"),
        ("ada+test@example.com", "ada+test@example.com"),
        (1200, "1200"),
        ("1200", '"1200"'),
        ("+442079460000", '"+442079460000"'),
        ("1,000.5", '"1,000.5"'),
        ("1e5", '"1e5"'),
        (1.0, "1.0"),
        (True, "true"),
        ("true", '"true"'),
        ("No", '"No"'),
        ("null", '"null"'),
        ("2026-01-01", '"2026-01-01"'),
        (" a", '" a"'),
        ("a ", '"a "'),
        ("a  b", '"a  b"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("C:\\dir", '"C:\\\\dir"'),
        ("[1]", '"[1]"'),
        ([1, "a"], '[1, "a"]'),
        ({"a": None}, '{"a": null}'),
        ("silver → gold", '"silver → gold"'),
        ("and so on…", '"and so on…"'),
        (MASK, f'"{MASK}"'),
        ("\x1b[31mred", '"\\x1b[31mred"'),
        ("a\nb\tc", '"a\\nb\\tc"'),
        ("exe\u202etxt", '"exe\\u202etxt"'),
        ("\ud800", '"\\ud800"'),
        ("a\xa0b", '"a\\xa0b"'),
    ],
)
def test_a_value_is_quoted_only_if_it_is_ambiguous(value: Value, shown: str) -> None:
    """Without quotes if it is unambiguous, otherwise in quotes."""
    assert shown == words(render_value(value))


@given(VALUES, VALUES)
def test_different_values_look_different(left: Value, right: Value) -> None:
    """No two values look the same, except that null and absent are both "(empty)"."""
    if words(render_value(left, ROOMY)) == words(render_value(right, ROOMY)):
        assert is_same(left, right)


@given(VALUES, VALUES, st.integers(24, 120))
def test_old_and_new_value_look_different_unless_equal(
    before: Value, after: Value, width: int
) -> None:
    """Also if they are long and start alike: the cut text includes the difference."""
    left, right = render_pair(before, after, ValueStyle(width=width))
    assert words(left) != words(right) or is_same(before, after)


@given(st.text(min_size=1), st.text(), st.text(), st.integers(40, 100))
def test_long_texts_with_a_common_beginning_show_their_difference(
    start: str, left: str, right: str, width: int
) -> None:
    """For any beginning of any length."""
    before, after = start * 300 + left, start * 300 + right
    shown = [words(line) for line in render_pair(before, after, ValueStyle(width=width))]
    assert shown[0] != shown[1] or before == after


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("caf\xe9", "cafe\u0301", ['"caf\\xe9"', '"cafe\\u0301"']),
        ("\uff47\uff4f\uff4c\uff44", "gold", ['"\\uff47\\uff4f\\uff4c\\uff44"', '"gold"']),
        ("9", 9, ['"9"', "9"]),
        (1, 1.0, ["1", "1.0"]),
        (
            "x" * 99 + "old",
            "x" * 99 + "new!",
            ['…"xxxxxxxxxxxxold" (102 characters)', '…"xxxxxxxxxxxxnew!" (103 characters)'],
        ),
    ],
)
def test_lookalike_texts_are_shown_differently(
    before: Value, after: Value, shown: list[str]
) -> None:
    """Texts that look alike in a font are escaped; long ones start just before their difference."""
    assert shown == [words(line) for line in render_pair(before, after, ValueStyle())]


@given(VALUES, st.integers(40, 120))
def test_a_value_fits_the_given_width(value: Value, width: int) -> None:
    """Long values are cut, and show their length."""
    assert count_cells(render_value(value, ValueStyle(width=width))) <= width


def test_a_long_value_is_cut_quickly() -> None:
    """Showing fifty characters does not process ten million."""
    assert "(10,000,000 characters)" in words(render_value("\u202e" * 10_000_000))


def test_a_number_too_long_for_python_is_described() -> None:
    """More than 4,300 digits."""
    assert "(a number too long to be written)" == words(render_value([10**5000]))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1764579600, "2025-12-01T09:00:00Z (1764579600)"),
        (0, "1970-01-01T00:00:00Z (0)"),
        (-1, "1969-12-31T23:59:59Z (-1)"),
        (0.5, "1970-01-01T00:00:00.500000Z (0.5)"),
        (1e300, "1e+300 (no date)"),
        (10**30, "1000000000000000000000000000000 (no date)"),
        (float("nan"), "NaN (no date)"),
        (True, "true"),
        ("2025-12-01", '"2025-12-01"'),
        ([1], "[1]"),
        (None, "(empty)"),
    ],
)
def test_a_date_is_shown_in_utc_with_its_seconds(value: Value, shown: str) -> None:
    """A value that is not a number or not a date is shown unchanged."""
    assert shown == words(render_value(value, ValueStyle(DataType.DATE)))


@given(VALUES)
def test_a_redacted_value_shows_only_whether_it_exists(value: Value) -> None:
    """Its dots have the same length for every value."""
    expected = "(empty)" if is_empty(value) else MASK
    assert expected == words(render_value(value, ValueStyle(redacted=True)))


def test_a_timestamp_is_shown_to_the_second() -> None:
    """In UTC, whatever the machine's own time zone is."""
    assert "2026-11-22 11:29:00" == format_utc(1795346940.9)
