"""Moments on the command line: so long ago, or a date and time."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.cli.time_options import parse_since
from cactions.model import UsageError

NOW = 1_790_000_000.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 1_789_999_970), ("30m", 1_789_998_200), ("2h", 1_789_992_800),
        ("7d", 1_789_395_200), ("2026-11-28T10:00", 1_795_860_000),
        ("2026-11-28T12:00+02:00", 1_795_860_000), ("2026-11-28", 1_795_824_000),
        ("999999d", 0),
    ],
)  # fmt: skip
def test_a_moment_is_unix_seconds(text: str, expected: int) -> None:
    """A time without a zone is UTC; before 1970 there is nothing."""
    assert expected == parse_since(text, NOW)


@given(st.text(max_size=20))
def test_anything_else_is_a_usage_error(text: str) -> None:
    """No other error ever leaves."""
    with suppress(UsageError):
        assert parse_since(text, NOW) >= 0


def test_what_is_no_time_is_told_with_examples() -> None:
    """Of a length of time, and of a date."""
    with pytest.raises(UsageError, match='"soon" is no time') as caught:
        parse_since("soon", NOW)
    assert "2h" in caught.value.hint
