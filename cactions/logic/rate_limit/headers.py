"""What the headers of an answer say about the rate limit; anything unreadable counts as absent."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final

from msgspec import Struct

_LONGEST: Final = 12  # digits; a Unix time has ten
_LARGEST: Final = 1_000_000  # calls a window; a larger figure counts as this one


class RateHeaders(Struct, frozen=True):
    """The figures of one answer; None where there is none."""

    limit: int | None = None
    remaining: int | None = None
    reset_in: float | None = None
    """Seconds from the answer's ``Date`` to ``X-RateLimit-Reset``."""
    retry_after: float | None = None
    """Seconds."""


def read_headers(headers: Sequence[tuple[str, str]]) -> RateHeaders:
    """The figures; never raises. Of a repeated header, the first counts."""
    values = {name.lower(): value.strip() for name, value in reversed(headers)}
    date = _parse_date(values.get("date", ""))
    limit = _parse_number(values.get("x-ratelimit-limit", ""))
    remaining = _parse_number(values.get("x-ratelimit-remaining", ""))
    reset = _parse_number(values.get("x-ratelimit-reset", ""))
    if limit is None or remaining is None or limit == 0 or remaining > limit:
        limit = remaining = None
    else:
        limit, remaining = min(limit, _LARGEST), min(remaining, _LARGEST)
    return RateHeaders(
        limit,
        remaining,
        None if reset is None or date is None else reset - date,
        _read_retry_after(values.get("retry-after", ""), date),
    )


def _read_retry_after(text: str, date: float | None) -> float | None:
    """RFC 9110, 10.2.3: seconds, or a date; that is compared with the server's own clock."""
    number = _parse_number(text)
    if number is not None:
        return float(number)
    until = _parse_date(text)
    return None if until is None or date is None else max(0.0, until - date)


def _parse_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None


def _parse_date(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
