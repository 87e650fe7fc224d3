"""Parses the date formats of services into the Unix seconds that an attribute stores.

- A time without an offset is ambiguous: it is refused, never read as local time or as UTC.
- A day without a time is read as midnight in UTC, but only where the author declares it.
- Fractions of a second are floored, before 1970 too.
- Seconds and milliseconds are told apart by size, and the wrong unit is refused with a hint:
  both are whole numbers, so that they are easily confused.
- Years from 1900 to 9999. A leap second (``:60``) does not exist in Unix time: BAD_DATE.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from cactions.model import DateForm, KeepReason

MIN_MILLISECONDS: Final = 10**11
"""As seconds the year 5138, as milliseconds March 1973."""

_DATE_TIME: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?P<offset>[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-5][0-9]))?)?)?"
)
"""RFC 3339, and the variants of ISO 8601 that services use: no seconds, ``+0100``."""

_DAY_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAIVE: Final = "a time needs an offset, such as Z or +01:00"
_DAY: Final = "it is a day without a time: `date: iso8601_date` reads it as midnight in UTC"

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


def parse_date_text(text: str) -> int:
    """Unix seconds of a date and time with an offset. Raises DateError."""
    parts = _DATE_TIME.fullmatch(text)
    if parts is None:
        raise DateError(KeepReason.BAD_DATE, "a date is written 2026-01-31T09:30:00Z")
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_parse_zone(parts))
    except ValueError:
        raise DateError(KeepReason.BAD_DATE, "the calendar or the clock has no such time") from None
    if parts["offset"] is None:
        raise DateError(KeepReason.NAIVE_TIME, _NAIVE if parts[4] else _DAY)
    return _check_range(_to_seconds(moment))


def parse_day(text: str) -> int:
    """Unix seconds of a calendar day's midnight in UTC. Raises DateError."""
    if not _DAY_FORM.fullmatch(text):
        raise DateError(KeepReason.BAD_DATE, "a day is written 2026-01-31")
    return parse_date_text(f"{text}T00:00Z")


def parse_timestamp(number: int, form: DateForm) -> int:
    """Unix seconds of a number in the given form. Raises DateError."""
    if form is DateForm.UNIX_MS:
        if 0 < abs(number) < MIN_MILLISECONDS:
            raise DateError(KeepReason.OUT_OF_RANGE, "it looks like seconds: try `date: unix_s`")
        return _check_range(number // 1000)
    if abs(number) >= MIN_MILLISECONDS:
        raise DateError(KeepReason.OUT_OF_RANGE, "it looks like milliseconds: try `date: unix_ms`")
    return _check_range(number)


def _parse_zone(parts: re.Match[str]) -> timezone:
    if parts["sign"] is None:
        return UTC
    hours, minutes = int(parts["hours"]), int(parts["minutes"] or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if parts["sign"] == "-" else offset)


def _to_seconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(seconds=1)


def _check_range(seconds: int) -> int:
    if not _MIN_SECONDS <= seconds <= _MAX_SECONDS:
        raise DateError(KeepReason.OUT_OF_RANGE, "the year must lie between 1900 and 9999")
    return seconds
