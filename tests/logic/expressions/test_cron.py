"""Cron expressions: what is meant, against a library, and what is refused at its place."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.expressions.cron import find_next, list_due, parse_cron
from cactions.logic.expressions.syntax_error import SyntaxProblem

DAYS = ("sun", "MON", "Tue", "3", "4", "5", "6", "7", "1-5", "5-7", "MON-FRI", "1,3")
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC).timestamp()


def draw_field(least: int, most: int) -> st.SearchStrategy[str]:
    """``1-1`` is left out: the library takes it for ``*``."""
    number = st.integers(least, most)
    span = st.tuples(number, number).filter(lambda p: p[0] != p[1]).map(sorted)
    return st.one_of(
        st.just("*"),
        number.map(str),
        st.lists(number, min_size=2, max_size=4).map(lambda all_: ",".join(map(str, all_))),
        span.map(lambda pair: f"{pair[0]}-{pair[1]}"),
        st.tuples(span, st.integers(1, 5)).map(lambda s: f"{s[0][0]}-{s[0][1]}/{s[1]}"),
    )


EXPRESSIONS = st.tuples(
    draw_field(0, 59) | st.integers(2, 30).map("*/{}".format),
    draw_field(0, 23) | st.integers(2, 12).map("*/{}".format),
    draw_field(1, 28),
    draw_field(1, 12) | st.sampled_from(["JAN", "feb-jun"]),
    st.just("*") | st.sampled_from(DAYS),
).map(" ".join)


@given(EXPRESSIONS, st.integers(1_700_000_000, 1_900_000_000))
def test_the_next_moments_are_those_of_croniter(text: str, start: int) -> None:
    croniter = pytest.importorskip("croniter").croniter
    other = croniter(text, datetime.fromtimestamp(start, UTC))
    expected = [int(other.get_next(float)) for _ in range(3)]
    moments, at = [], float(start)
    for _ in range(3):
        at = find_next(parse_cron(text), at)
        moments.append(int(at))
    assert expected == moments


@pytest.mark.parametrize(
    ("text", "start", "end", "says"),
    [
        ("@daily", 0, 6, "1 field"),
        ("* * * * * *", 0, 11, "6 fields"),
        ("* * * * * * 2027", 0, 16, "7 fields"),
        ("", 0, 0, "0 fields"),
        ("60 * * * *", 0, 2, "no minute"),
        ("0 24 * * *", 2, 4, "no hour"),
        ("0 0 0 * *", 4, 5, "no day of the month"),
        ("0 0 L * *", 4, 5, "no day of the month"),
        ("0 0 ? * *", 4, 5, "no day of the month"),
        ("0 0 * * 5#1", 8, 11, "no day of the week"),
        ("0 0 * * L5", 8, 10, "no day of the week"),
        ("0 0 * 13 *", 6, 8, "no month"),
        ("0 0 * * mno", 8, 11, "no day of the week"),
        ("H * * * *", 0, 1, "no minute"),
        ("R(0-10) * * * *", 0, 7, "no minute"),
        ("1,,2 * * * *", 2, 3, "no minute"),
        ("1, * * * *", 2, 3, "no minute"),
        ("-5 * * * *", 0, 2, "no minute"),
        ("*/0 * * * *", 0, 3, "no step"),
        ("*/60 * * * *", 0, 4, "no step"),
        ("5/2 * * * *", 0, 3, "step without a range"),
        ("0 22-2 * * *", 2, 6, "backwards"),
        ("0 1,* * * *", 4, 5, "stands in a list"),
        ("0 0 */2 * 1", 4, 11, "in different ways"),
        ("0 0 30 2 *", 4, 8, "never run"),
        ("0 0 31 4,6,9,11 *", 4, 15, "never run"),
        ("0 0 ٣ * *", 4, 5, "no day of the month"),
        ("0\u00a00 * * *" + "9" * 40, 8, 49, "no"),
    ],
)
def test_what_crons_read_differently_is_refused_at_its_place(
    text: str, start: int, end: int, says: str
) -> None:
    with pytest.raises(SyntaxProblem) as refused:
        parse_cron(text)
    assert says in refused.value.message
    assert refused.value.hint
    assert (start, end) == (refused.value.start, refused.value.end)


def test_a_leap_day_comes_also_around_a_century() -> None:
    times = parse_cron("0 0 29 2 *")
    assert datetime(2104, 2, 29, tzinfo=UTC).timestamp() == find_next(
        times, datetime(2096, 2, 29, tzinfo=UTC).timestamp()
    )


def test_a_moment_is_after_the_one_before_and_until_now() -> None:
    """So a moment that was taken is not due again, and one that is now is."""
    times = parse_cron("* * * * *")
    assert [] == [*list_due(times, NOON, NOON)]
    assert [NOON + 60] == [*list_due(times, NOON, NOON + 60)]
    assert [NOON + 60] == [*list_due(times, NOON + 59.9, NOON + 119.9)]
    assert [NOON + 60, NOON + 120] == [*islice(list_due(times, NOON, NOON + 9999), 2)]
