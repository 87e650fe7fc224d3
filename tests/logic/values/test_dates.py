"""Dates: which texts are read, their Unix seconds, and which are refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.values.dates import DateError, parse_date_text, parse_timestamp
from cactions.model import DateForm, KeepReason
from tests.case_counts import cases

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FIRST = datetime(1900, 1, 2)  # noqa: DTZ001 hypothesis adds the zone
LAST = datetime(9999, 12, 30)  # noqa: DTZ001 hypothesis adds the zone
MOMENTS = st.datetimes(FIRST, LAST, timezones=OFFSETS)


def refusal(text: str) -> KeepReason:
    """Why the text is refused."""
    with pytest.raises(DateError) as caught:
        parse_date_text(text)
    return caught.value.reason


@cases(200)
@given(MOMENTS, st.sampled_from("Tt "))
def test_every_date_is_read_as_by_python(moment: datetime, between: str) -> None:
    """The standard library is the oracle; fractions are floored."""
    expected = (moment - EPOCH) // timedelta(seconds=1)
    assert expected == parse_date_text(moment.isoformat(sep=between))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T10:00:00Z",
        "2026-11-22t10:00:00z",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00Z",
        "2026-11-22T10:00:00.999999999999Z",
        "2026-11-22T10:00:00,5Z",
        "2026-11-22T10:00:00-00:00",
        "2026-11-22T11:00:00+01:00",
        "2026-11-22T11:00:00+0100",
        "2026-11-22T11:00:00+01",
        "2026-11-21T23:30:00-10:30",
    ],
)
def test_one_moment_has_many_accepted_spellings(text: str) -> None:
    """RFC 3339, with variants of ISO 8601 that services use."""
    assert parse_date_text(text) == 1795341600


@pytest.mark.parametrize("text", ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"])
def test_fractions_before_1970_are_floored(text: str) -> None:
    """Half a second before the epoch is in second -1, not in 0."""
    assert parse_date_text(text) == -1


@pytest.mark.parametrize(
    "text", ["2026-11-22", "2026-11-22T10:00:00", "2026-11-22 10:00", "2026-11-22T10:00:00.5"]
)
def test_a_time_without_an_offset_is_refused_by_name(text: str) -> None:
    """It could be any moment of a day."""
    assert refusal(text) is KeepReason.NAIVE_TIME


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026",
        "2026-11",
        "2026-13-01",
        "2026-02-29T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2026-11-22T10:00:00+24:00",
        "2026-11-22T10:00:00+01:60",
        "2026-11-22T10:00:00 Z",
        "2026-11-22T10:00:00Z\n",
        " 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.Z",
        "2026-11-22T10Z",
        "2026-11-22Z",
        "20261122T100000Z",
        "2026-W47-7T10:00:00Z",
        "2026-326T10:00:00Z",
        "+002026-11-22T10:00:00Z",
        "\uff12026-11-22T10:00:00Z",
        "22/11/2026 10:00",
        "Sun, 22 Nov 2026 10:00:00 GMT",
        "1795341600",
    ],
)
def test_an_invalid_date_is_refused(text: str) -> None:
    """No other calendar, order or alphabet is guessed."""
    assert refusal(text) is KeepReason.BAD_DATE


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("1900-01-01T00:00:00Z", True),
        ("1899-12-31T23:59:59Z", False),
        ("1900-01-01T00:00:00+00:01", False),
        ("9999-12-31T23:59:59Z", True),
        ("9999-12-31T23:59:59-00:01", False),
        ("0001-01-01T00:00:00+23:59", False),
    ],
)
def test_years_from_1900_to_9999_are_accepted(text: str, fits: bool) -> None:
    """Birthdays fit; services use other years to mean "never"."""
    if fits:
        assert isinstance(parse_date_text(text), int)
    else:
        assert refusal(text) is KeepReason.OUT_OF_RANGE


@cases(200)
@given(st.text())
def test_any_other_text_raises_only_the_refusal(text: str) -> None:
    """One kind of exception for any text."""
    assert refusal(text) in {KeepReason.BAD_DATE, KeepReason.NAIVE_TIME}


@cases(200)
@given(st.integers(10**11, 253402300799999))
def test_milliseconds_are_floored_to_seconds(number: int) -> None:
    """Never rounded up into a second that has not started."""
    assert number // 1000 == parse_timestamp(number, DateForm.UNIX_MS)


@cases(200)
@given(st.integers())
def test_a_number_is_never_valid_as_seconds_and_milliseconds(number: int) -> None:
    """Only zero is the same moment in both."""
    fits = []
    for form in (DateForm.UNIX_S, DateForm.UNIX_MS):
        with suppress(DateError):
            fits.append(parse_timestamp(number, form))
    assert fits == [0, 0] or len(fits) <= 1
