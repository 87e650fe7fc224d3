"""What is read from the headers of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.rate_limit.headers import RateHeaders, read_headers

DATE = ("Date", "Wed, 10 Aug 2022 10:16:57 GMT")
"""Unix time 1660126617."""


def test_the_figures_of_a_recorded_answer_are_read() -> None:
    """Reset is told relative to the answer's own Date: clocks of machines are often wrong."""
    headers = [
        DATE,
        ("X-RateLimit-Limit", "167"),
        ("X-RateLimit-Remaining", "159"),
        ("X-RateLimit-Reset", "1660126626"),
    ]
    assert RateHeaders(167, 159, 9.0) == read_headers(headers)
    lower = [(name.lower(), f" {value} ") for name, value in headers]
    assert RateHeaders(167, 159, 9.0) == read_headers(lower)


@pytest.mark.parametrize(
    ("limit", "remaining"),
    [
        ("", "5"), ("83", ""), ("0", "0"), ("83", "84"), ("-83", "5"), ("83", "-1"), ("83.0", "5"),
        ("1_000", "5"), ("1e3", "5"), ("٨٣", "5"), ("83", "nan"), ("9" * 13, "5"),
    ],
)  # fmt: skip
def test_impossible_figures_count_as_absent(limit: str, remaining: str) -> None:
    """Both, since one without the other says nothing."""
    headers = [("X-RateLimit-Limit", limit), ("X-RateLimit-Remaining", remaining)]
    assert RateHeaders() == read_headers(headers)


def test_a_very_large_limit_is_one_million() -> None:
    """Whose answers said nothing would be called eight times a second."""
    headers = [("X-RateLimit-Limit", "1000000000"), ("X-RateLimit-Remaining", "999999000")]
    assert RateHeaders(1_000_000, 1_000_000) == read_headers(headers)
    headers[1] = ("X-RateLimit-Remaining", "7")
    assert RateHeaders(1_000_000, 7) == read_headers(headers)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5", 5.0), ("0", 0.0), ("Wed, 10 Aug 2022 10:17:07 GMT", 10.0),
        ("Wed, 10 Aug 2022 10:16:07 GMT", 0.0), ("soon", None), ("-1", None), ("1.5", None),
        ("", None), ("9" * 13, None),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    """RFC 9110, 10.2.3."""
    assert seconds == read_headers([DATE, ("Retry-After", text)]).retry_after


def test_a_date_says_nothing_without_a_date_of_the_server() -> None:
    """The clock of this machine is not used."""
    assert RateHeaders() == read_headers([("Retry-After", DATE[1]), ("X-RateLimit-Reset", "1")])


def test_of_a_repeated_header_the_first_counts() -> None:
    """As of Retry-After elsewhere."""
    headers = [("Retry-After", "3"), ("retry-after", "4")]
    assert RateHeaders(retry_after=3.0) == read_headers(headers)


NAMES = ["Date", "X-RateLimit-Limit", "x-ratelimit-remaining", "X-RateLimit-Reset", "Retry-After"]
DATES = st.from_regex(r"\A\w{3}, \d{1,2} \w{3} \d{1,9} \d\d:\d\d:\d\d( [+-]\d{1,9}| \w{3})?\Z")
TEXTS = st.one_of(st.text(), DATES, st.integers().map(str), st.floats().map(str))


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(), TEXTS)))
def test_any_headers_can_be_read(headers: list[tuple[str, str]]) -> None:
    """What cannot be is absent; what is there is possible."""
    found = read_headers(headers)
    assert (found.limit is None) is (found.remaining is None)
    assert found.limit is None or 0 <= (found.remaining or 0) <= found.limit
    assert found.retry_after is None or found.retry_after >= 0
