"""Dates of mail headers, declared patterns and declared zones, against the standard library."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.values.dates import DateError, load_zone, parse_date
from cactions.model import DateForm, DateFormat, KeepReason
from tests.case_counts import cases

MAIL = DateFormat(DateForm.RFC2822)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(
    datetime(1902, 1, 1),  # noqa: DTZ001
    datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=OFFSETS,
).map(lambda moment: moment.replace(microsecond=0))
BERLIN = DateFormat(DateForm.ISO8601, "Europe/Berlin")


def reason(text: str | int, date: DateFormat) -> KeepReason:
    with pytest.raises(DateError) as caught:
        parse_date(text, date)
    assert str(text) not in caught.value.detail
    return caught.value.reason


@cases(200)
@given(MOMENTS)
def test_a_mail_date_is_read_as_the_standard_library_writes_it(moment: datetime) -> None:
    """With any offset, with and without the day of the week."""
    text = format_datetime(moment)
    assert parse_date(text, MAIL) == int(moment.timestamp())
    assert parse_date(text.partition(", ")[2], MAIL) == int(moment.timestamp())


@pytest.mark.parametrize(
    "zone", ["GMT", "UT", "UTC", "Z", "EST", "EDT", "CST", "MDT", "PST", "-0000"]
)
def test_a_mail_date_may_name_its_zone(zone: str) -> None:
    """The names of RFC 2822; the library reads them alike."""
    text = f"Wed, 10 Jan 2018 21:05:30 {zone}"
    expected = parsedate_to_datetime(text)
    expected = expected if expected.tzinfo else expected.replace(tzinfo=UTC)
    assert parse_date(text, MAIL) == int(expected.timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 10 Jan 2018 21:05:30 +0000",  # a Wednesday
        "Wed, 10 Jan 18 21:05:30 +0000",
        "Wed, 10 Jan 2018 21:05:30",
        "Wed, 10 Jan 2018 21:05:30 +00:00",
        "Wed, 32 Jan 2018 21:05:30 +0000",
        "Wed, 10 Foo 2018 21:05:30 +0000",
        "Wed, 10 Jan 2018 25:05:30 +0000",
        "Wed, 10 Jan 2018 21:05:60 +0000",
        "Wed, 10 Jan 2018 21:05:30 +9900",
        "Wed, 10 Jan 2018 21:05:30 XYZ",
        "\u0661\u0660 Jan 2018 21:05:30 +0000",
        "",
    ],
)
def test_what_is_no_mail_date_is_refused(text: str) -> None:
    """Also where the day of the week contradicts the date."""
    with pytest.raises(DateError):
        parse_date(text, MAIL)


@cases(200)
@given(st.datetimes(datetime(1950, 1, 1), datetime(2037, 1, 1)))  # noqa: DTZ001
def test_a_local_time_is_the_moment_at_which_the_clocks_show_it(moment: datetime) -> None:
    """Exactly one moment, or it is refused."""
    moment = moment.replace(microsecond=0)
    first, second = (moment.replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=n) for n in (0, 1))
    if first.utcoffset() != second.utcoffset():
        assert reason(moment.isoformat(), BERLIN) is KeepReason.NAIVE_TIME
        return
    seconds = parse_date(moment.isoformat(), BERLIN)
    shown = datetime.fromtimestamp(seconds, ZoneInfo("Europe/Berlin"))
    assert shown.replace(tzinfo=None) == moment


@pytest.mark.parametrize(
    ("text", "word"), [("2026-03-29T02:30:00", "skip"), ("2026-10-25T02:30:00", "twice")]
)
def test_a_time_that_is_skipped_or_shown_twice_is_refused(text: str, word: str) -> None:
    """As the clocks are changed; an offset tells which one is meant."""
    with pytest.raises(DateError, match=word):
        parse_date(text, BERLIN)
    assert isinstance(parse_date(f"{text}+01:00", BERLIN), int)


def test_a_zone_is_for_times_without_an_offset() -> None:
    """A day begins at midnight there."""
    assert parse_date("2026-01-31T09:30:00", DateFormat(DateForm.ISO8601, "UTC")) == 1769851800
    assert parse_date("2026-01-31T09:30:00", BERLIN) == 1769851800 - 3600
    assert parse_date("2026-01-31T09:30:00Z", BERLIN) == 1769851800
    assert parse_date("2026-01-31", DateFormat(DateForm.ISO8601_DATE, "+01:00")) == 1769814000
    assert reason("2026-01-31T09:30:00", DateFormat(DateForm.ISO8601)) is KeepReason.NAIVE_TIME
    assert reason("2026-01-31", BERLIN) is KeepReason.NAIVE_TIME


@cases(200)
@given(
    MOMENTS, st.sampled_from(["%d.%m.%Y %H:%M:%S %z", "%Y%m%dT%H%M%S%z", "%b %d %Y %I:%M:%S %p %z"])
)
def test_a_pattern_reads_what_it_writes(moment: datetime, pattern: str) -> None:
    """Its directives are those of the standard library."""
    date = DateFormat(DateForm.PATTERN, pattern=pattern)
    text = moment.strftime(pattern).replace(moment.strftime("%Y"), f"{moment.year:04}")
    assert parse_date(text, date) == int(moment.timestamp())


@pytest.mark.parametrize(
    "text", ["31.02.2026", "1.1.26", "01.01.2026 ", "0000", "\u0660\u0661.01.2026", "1" * 200]
)
def test_what_does_not_fit_a_pattern_is_refused(text: str) -> None:
    """With the pattern, and without the value."""
    date = DateFormat(DateForm.PATTERN, "UTC", "%d.%m.%Y")
    with pytest.raises(DateError, match=re.escape(date.pattern)):
        parse_date(text, date)


@cases(200)
@given(st.text(max_size=30), st.sampled_from(DateForm))
def test_no_text_ends_in_another_exception(text: str, form: DateForm) -> None:
    """A date, or a DateError."""
    date = DateFormat(form, "Europe/Berlin", "%Y-%m-%d %H:%M:%S.%f")
    if form in (DateForm.UNIX_S, DateForm.UNIX_MS):
        return
    with suppress(DateError):
        assert isinstance(parse_date(text, date), int)


@pytest.mark.parametrize(
    "name", ["Mars/Base", "../../etc/passwd", "/etc/passwd", "+1:00", "", "CEST!"]
)
def test_an_unknown_zone_is_named(name: str) -> None:
    """None of these reads a file outside the database."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is the name
        load_zone(name)
    assert str(caught.value) == name
