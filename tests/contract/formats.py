"""The formats of the descriptions, each with a check; a format without a check is an error.

jsonschema skips a format whose library is not installed (``uri``, ``date-time``); these do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from jsonschema import FormatChecker  # type: ignore[import-untyped]

MILLISECONDS_FROM = 10**11
"""A Unix time from here on is in milliseconds: in seconds it would be the year 5138."""

FORMATS = {
    ("integer", "date-time"): "unix-seconds",
    ("integer", "timestamp"): "unix-seconds",
    ("string", "date-time"): "date-time",
    ("string", "uri"): "uri",
    ("string", "uuid"): "uuid",
}
"""Type and format in the descriptions, and the check that they mean."""

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
URI = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9a-fA-F]{2})+"
)


def _is_unix_time(value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return True
    return 0 <= value < MILLISECONDS_FROM


def _is_date_time(value: object) -> bool:
    """RFC 3339."""
    if not isinstance(value, str):
        return True
    with suppress(ValueError):
        return bool(DATE_TIME.fullmatch(value)) and bool(datetime.fromisoformat(value))
    return False


def _is_uri(value: object) -> bool:
    """RFC 3986: absolute, and with a host where it has an authority."""
    if not isinstance(value, str):
        return True
    with suppress(ValueError):
        return bool(URI.fullmatch(value)) and bool(urlsplit(value).hostname or "://" not in value)
    return False


def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or bool(UUID.fullmatch(value))


CHECKS: dict[str, Callable[[object], bool]] = {
    "unix-seconds": _is_unix_time,
    "date-time": _is_date_time,
    "uri": _is_uri,
    "uuid": _is_uuid,
}


def build_checker() -> FormatChecker:
    """A checker of these formats and of no other."""
    checker = FormatChecker(formats=())
    for name, check in CHECKS.items():
        checker.checks(name)(check)
    return checker
