"""Cron expressions of five fields, as POSIX has them, with names, steps and Sunday as 7.

What crons read in different ways is refused: seconds, ``@daily``, ``L``, ``#``, ``?``, ranges that
go backwards, and a step of all days beside days of the week.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from msgspec import Struct

from cactions.logic.expressions.syntax_error import SyntaxProblem
from cactions.logic.suggest import suggest
from cactions.model import CronTimes

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_WEEKDAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SUNDAY: Final = 7
"""Another name of 0."""
_YEARS: Final = 9
"""A leap day comes once in this time, also around 2100."""
_WORD: Final = re.compile(r"\S+")
_ITEM: Final = re.compile(r"(?:\*|([0-9a-z]{1,9})(?:-([0-9a-z]{1,9}))?)(?:/([0-9]{1,4}))?")
_EXAMPLE: Final = 'Write minute, hour, day, month and day of the week: "0 3 * * *".'


class _Field(Struct, frozen=True):
    name: str
    least: int
    most: int
    names: Mapping[str, int] = {}


_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, {name: at for at, name in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, 7, {name: at for at, name in enumerate(_WEEKDAYS)}),
)


def parse_cron(text: str) -> CronTimes:
    """The minutes that an expression means. Raises SyntaxProblem."""
    words = [*_WORD.finditer(text)]
    if len(words) != len(_FIELDS):
        found = f"{len(words)} field{'s' if len(words) != 1 else ''}"
        raise SyntaxProblem(f"this has {found}, and not 5", _EXAMPLE, 0, len(text))
    sets = [_read_field(word, field) for word, field in zip(words, _FIELDS, strict=True)]
    minutes, hours, days, months, weekdays = sets
    day, weekday = words[2][0], words[4][0]
    stars = [each.startswith("*") for each in (day, weekday)]
    if any(stars) and "*" not in (day, weekday):
        hint = "Write the days themselves, such as 1,15, or * in one of the two fields."
        message = "crons read a step of all days beside days of the week in different ways"
        raise SyntaxProblem(message, hint, words[2].start(), words[4].end())
    times = CronTimes(
        " ".join(word[0] for word in words),
        minutes,
        hours,
        days,
        months,
        frozenset(day % _SUNDAY for day in weekdays),
        any_day=not any(stars),
    )
    if not any(_is_meant(times, date(2028, 1, 1) + timedelta(days)) for days in range(366)):
        message = "no year has such a day: it would never run"
        raise SyntaxProblem(message, "Choose a day that comes.", words[2].start(), words[3].end())
    return times


def list_due(times: CronTimes, after: float, until: float) -> Iterator[int]:
    """The moments after a time and until another one, in Unix seconds, the first one first."""
    moment = after
    while (moment := find_next(times, moment)) <= until:
        yield int(moment)


def find_next(times: CronTimes, after: float) -> int:
    """The first moment after a time, in Unix seconds."""
    begin = datetime.fromtimestamp(after // 60 * 60 + 60, UTC)
    day, earliest = begin.date(), (begin.hour, begin.minute)
    for _ in range(366 * _YEARS):
        if _is_meant(times, day):
            for hour in sorted(times.hours):
                for minute in sorted(times.minutes):
                    if (hour, minute) >= earliest:
                        found = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                        return int(found.timestamp())
        day, earliest = day + timedelta(1), (0, 0)
    raise AssertionError("an expression that never comes is refused when it is read")


def _is_meant(times: CronTimes, day: date) -> bool:
    if day.month not in times.months:
        return False
    fits = (day.day in times.days, day.isoweekday() % _SUNDAY in times.weekdays)
    return any(fits) if times.any_day else all(fits)


def _read_field(word: re.Match[str], field: _Field) -> frozenset[int]:
    parts, start = word[0].split(","), word.start()
    found: set[int] = set()
    for part in parts:
        end = start + max(len(part), 1)
        try:
            found |= _read_item(part.lower(), field, alone=len(parts) == 1)
        except ValueError as error:
            message, hint = error.args
            raise SyntaxProblem(message, hint, start, end) from None
        start += len(part) + 1
    return frozenset(found)


def _read_item(text: str, field: _Field, *, alone: bool) -> set[int]:
    """Raises ValueError with a message and a hint."""
    match = _ITEM.fullmatch(text)
    allowed = f"Use *, {field.least} to {field.most}, a list 1,2, a range 1-5 or a step */5."
    if match is None:
        raise ValueError(f'"{text}" is no {field.name} of a cron expression', allowed)
    first, last, step = match.groups()
    if not (first or alone):
        raise ValueError(f"{text} stands in a list", "A list holds numbers and ranges.")
    least = _read_number(first, field) if first else field.least
    most = field.most - (field.most == _SUNDAY) if first is None else least
    if last:
        most = _read_number(last, field)
        if most < least:
            raise ValueError(f"the range {text} goes backwards", "Write it as a list: 22,23,0,1.")
    elif first and step:
        raise ValueError(f"{text} has a step without a range", f"Write */{step} or a range.")
    if step is not None and not 0 < int(step) <= field.most:
        raise ValueError(f"{step} is no step of a {field.name}", allowed)
    return {*range(least, most + 1, int(step or 1))}


def _read_number(text: str, field: _Field) -> int:
    if text.isdecimal() and field.least <= int(text) <= field.most:
        return int(text)
    if text in field.names:
        return field.names[text]
    hint = suggest(text, field.names) if field.names and not text.isdecimal() else ""
    allowed = f"Use {field.least} to {field.most}."
    raise ValueError(f'"{text}" is no {field.name}', hint or allowed)
