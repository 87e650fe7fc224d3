"""Parses the date formats of services into the Unix seconds that an attribute stores.

- A time without an offset is ambiguous: it is refused, unless the author declares its zone.
- A local time that does not exist, or exists twice as the clocks are set back, is refused.
- A day without a time is read as midnight, but only where the author declares it.
- Fractions of a second are floored, before 1970 too.
- Seconds and milliseconds are told apart by size, and the wrong unit is refused with a hint:
  both are whole numbers, so that they are easily confused.
- Years from 1900 to 9999. A leap second (``:60``) does not exist in Unix time: BAD_DATE.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from typing import Final

from cactions.model import DateForm, DateFormat, KeepReason

MIN_MILLISECONDS: Final = 10**11
"""As seconds the year 5138, as milliseconds March 1973."""

DIRECTIVES: Final = "YmdbBHIpMSfz%"
"""The directives of ``datetime.strptime`` that a pattern may have: none depends on a language."""

_DATE_TIME: Final = (
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?P<offset>[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-5][0-9]))?)?)?"
)
"""RFC 3339, and the variants of ISO 8601 that services use: no seconds, ``+0100``.

Patterns are compiled when they are used: most files have no dates.
"""

_MAIL_DATE: Final = (
    r"(?:(?P<weekday>[A-Z][a-z]{2}), ?)?(?P<day>[0-9]{1,2}) (?P<month>[A-Z][a-z]{2})"
    r" (?P<year>[0-9]{4}) (?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r" (?P<zone>[+-][0-9]{2}[0-5][0-9]|[A-Z]{1,3})"
)
"""RFC 2822, 3.3, without comments, and dates of HTTP, which are such."""
_MONTHS: Final = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
)  # fmt: skip
_WEEKDAYS: Final = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_ZONES: Final[Mapping[str, int]] = MappingProxyType(
    {"GMT": 0, "UT": 0, "UTC": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
     "MDT": -6, "PST": -8, "PDT": -7}
)  # fmt: skip
"""RFC 2822, 4.3: the names that mean an offset, in hours."""

_DAY_FORM: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_OFFSET: Final = r"(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-5][0-9])"
_LONGEST: Final = 100
_NAIVE: Final = "a time needs an offset, such as Z or +01:00"
_OUT_OF_RANGE: Final = "the year must lie between 1900 and 9999"
_NO_SUCH_TIME: Final = "the calendar or the clock has no such time"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MIN_SECONDS: Final = -2_208_988_800
"""1900-01-01T00:00:00Z"""
_MAX_SECONDS: Final = 253_402_300_799
"""9999-12-31T23:59:59Z"""


class DateError(ValueError):
    """A value that the attribute cannot store; ``detail`` never contains the value."""

    def __init__(self, reason: KeepReason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class DayError(DateError):
    """A day where a date and time is read."""

    def __init__(self) -> None:
        super().__init__(KeepReason.NAIVE_TIME, "it is a day without a time")


def parse_date(value: str | int, date: DateFormat) -> int:
    """Unix seconds of a date in this form. Raises DateError."""
    if isinstance(value, int):
        if date.form not in NUMBERS:
            raise DateError(KeepReason.WRONG_TYPE, "a date as text is expected")
        return parse_timestamp(value, date.form)
    return _TEXTS[date.form](value, date)


def parse_date_text(text: str, zone: str = "") -> int:
    """Unix seconds of a date and time, with an offset where ``zone`` is empty. Raises DateError."""
    parts = re.fullmatch(_DATE_TIME, text)
    if parts is None:
        raise DateError(KeepReason.BAD_DATE, "a date is written 2026-01-31T09:30:00Z")
    moment = _build_moment([int(part or 0) for part in parts.groups()[:6]])
    if parts["offset"]:
        return _to_seconds(moment.replace(tzinfo=_parse_offset(parts)))
    if parts[4] is None:
        raise DayError
    return _to_seconds(_localize(moment, zone))


def parse_day(text: str, zone: str = "UTC") -> int:
    """Unix seconds of a calendar day's midnight. Raises DateError."""
    if not re.fullmatch(_DAY_FORM, text):
        raise DateError(KeepReason.BAD_DATE, "a day is written 2026-01-31")
    return parse_date_text(f"{text}T00:00", zone or "UTC")


def parse_mail_date(text: str) -> int:
    """Unix seconds of a date by RFC 2822. Raises DateError."""
    parts = re.fullmatch(_MAIL_DATE, text)
    if parts is None:
        detail = "a date is written Sat, 31 Jan 2026 09:30:00 +0000"
        raise DateError(KeepReason.BAD_DATE, detail)
    if parts["month"] not in _MONTHS:
        raise DateError(KeepReason.BAD_DATE, _NO_SUCH_TIME)
    month = _MONTHS.index(parts["month"]) + 1
    numbers = [int(parts[name] or 0) for name in ("day", "hour", "minute", "second")]
    moment = _build_moment([int(parts["year"]), month, *numbers])
    if parts["weekday"] not in (None, _WEEKDAYS[moment.weekday()]):
        raise DateError(KeepReason.BAD_DATE, "the day of the week is not that of the date")
    return _to_seconds(moment.replace(tzinfo=_parse_mail_zone(parts["zone"])))


def parse_timestamp(number: int, form: DateForm) -> int:
    """Unix seconds of a number in the given form. Raises DateError."""
    if form is DateForm.UNIX_MS:
        if 0 < abs(number) < MIN_MILLISECONDS:
            raise DateError(KeepReason.OUT_OF_RANGE, "it looks like seconds: try `date: unix_s`")
        return _check_range(number // 1000)
    if abs(number) >= MIN_MILLISECONDS:
        raise DateError(KeepReason.OUT_OF_RANGE, "it looks like milliseconds: try `date: unix_ms`")
    return _check_range(number)


def load_zone(name: str) -> tzinfo:
    """``UTC``, ``+01:00``, or a zone of the IANA database. Raises ValueError."""
    if name == "UTC":
        return UTC
    if offset := re.fullmatch(_OFFSET, name):
        return _parse_offset(offset)
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - few files name a zone

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(name) from error


def _parse_pattern(text: str, date: DateFormat) -> int:
    if not text.isascii() or len(text) > _LONGEST:
        raise DateError(KeepReason.BAD_DATE, f"a date is written {date.pattern}")
    try:
        moment = datetime.strptime(text, date.pattern)  # noqa: DTZ007 - the zone comes below
    except ValueError:
        raise DateError(KeepReason.BAD_DATE, f"a date is written {date.pattern}") from None
    return _to_seconds(moment if moment.tzinfo else _localize(moment, date.zone))


def _build_moment(numbers: Sequence[int]) -> datetime:
    """The time of year, month, day, hour, minute and second, in no zone yet."""
    year, month, day, hour, minute, second = numbers
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        raise DateError(KeepReason.BAD_DATE, _NO_SUCH_TIME) from None


def _localize(moment: datetime, zone: str) -> datetime:
    """The moment at which the clocks of a zone show this, which must be exactly one."""
    if not zone:
        raise DateError(KeepReason.NAIVE_TIME, _NAIVE)
    local = moment.replace(tzinfo=load_zone(zone))
    if local.utcoffset() == local.replace(fold=1).utcoffset():
        return local
    is_skipped = local.astimezone(UTC).astimezone(local.tzinfo).replace(tzinfo=None) != moment
    detail = f"the clocks of {zone} {'skip this time' if is_skipped else 'show this time twice'}"
    raise DateError(KeepReason.NAIVE_TIME, detail)


def _parse_offset(parts: re.Match[str]) -> timezone:
    if parts["sign"] is None:
        return UTC
    offset = timedelta(hours=int(parts["hours"]), minutes=int(parts["minutes"] or 0))
    try:
        return timezone(-offset if parts["sign"] == "-" else offset)
    except ValueError:
        raise DateError(KeepReason.BAD_DATE, _NO_SUCH_TIME) from None


def _parse_mail_zone(zone: str) -> timezone:
    """``-0000`` says that the local zone is unknown, and the time is UTC all the same."""
    if zone in _ZONES:
        return timezone(timedelta(hours=_ZONES[zone]))
    parts = re.fullmatch(_OFFSET, f"{zone[:3]}:{zone[3:]}")
    if parts is None:
        raise DateError(KeepReason.NAIVE_TIME, "its zone has no known offset")
    return _parse_offset(parts)


def _to_seconds(moment: datetime) -> int:
    try:
        return _check_range((moment - _EPOCH) // timedelta(seconds=1))
    except OverflowError:
        raise DateError(KeepReason.OUT_OF_RANGE, _OUT_OF_RANGE) from None


def _check_range(seconds: int) -> int:
    if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:
        raise DateError(KeepReason.OUT_OF_RANGE, _OUT_OF_RANGE)
    return seconds


NUMBERS: Final = (DateForm.UNIX_S, DateForm.UNIX_MS)
_TEXTS: Final[Mapping[DateForm, Callable[[str, DateFormat], int]]] = MappingProxyType(
    {
        DateForm.ISO8601: lambda text, date: parse_date_text(text, date.zone),
        DateForm.ISO8601_DATE: lambda text, date: parse_day(text, date.zone),
        DateForm.RFC2822: lambda text, _: parse_mail_date(text),
        DateForm.PATTERN: _parse_pattern,
    }
)
