"""What was found out about this machine and the hosts, as checks with the next step. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from cactions.logic.cassette.request_diff import printable
from cactions.logic.network.hosts import Site
from cactions.model import CactionsError, Check, Health, NoAnswer, noun

_MOST_NAMES: Final = 3
MOST_SKEW: Final = 60.0
"""Seconds that a clock may be off: beyond it, tokens and certificates are misjudged."""


@noun
class Knocked:
    """What a host answered: where its name leads, or why nowhere, and how TLS went.

    Without ``addresses`` and ``no_name``, the proxy looks it up.
    """

    site: Site
    addresses: tuple[str, ...] = ()
    no_name: NoAnswer | None = None
    no_connection: NoAnswer | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests can be made there."""
        return not (self.no_name or self.no_connection)


def checks_of(knocked: Knocked) -> Iterator[Check]:
    """Its name, then its connection."""
    site, where = knocked.site, str(knocked.site)
    if knocked.no_name:
        yield failed("name", where, knocked.no_name)
        message = "not tried, since nothing is known of where it is"
        yield Check("connection", where, Health.UNKNOWN, message)
        return
    leads = "is looked up by the proxy, unchecked"
    if knocked.addresses:
        leads = f"leads to {' and '.join(knocked.addresses)}"
    if site.entry:
        leads = f"is {site.entry.address} by `network.allow` ({site.entry.reason}); not looked up"
    yield Check("name", where, Health.OK, leads)
    if knocked.no_connection:
        yield failed("connection", where, knocked.no_connection)
    else:
        message = f"TLS with a certificate for this very name; asked by {_askers(site)}"
        yield Check("connection", where, Health.OK, message)


def _askers(site: Site) -> str:
    first, rest = site.asked_by[:_MOST_NAMES], len(site.asked_by) - _MOST_NAMES
    return ", ".join(map(printable, first)) + (f" and {rest:,} more" if rest > 0 else "")


def failed(topic: str, subject: str, error: CactionsError) -> Check:
    """A problem, as the error says it."""
    return Check(topic, subject, Health.PROBLEM, str(error), error.hint)


def clock_check(told: Sequence[tuple[str, str, float]]) -> Check:
    """``told``: of hosts, the name, the ``Date`` header (empty for none) and our time just then."""
    for host, date, now in told:
        seconds = _seconds(date)
        if seconds is not None:
            return _clock(host, now - seconds)
    message = "no host has told the time" if told else "no host could be asked for the time"
    return Check("clock", "", Health.UNKNOWN, message)


def _clock(host: str, skew: float) -> Check:
    if abs(skew) <= MOST_SKEW:
        return Check("clock", "", Health.OK, f"within {MOST_SKEW:.0f} s of {host}")
    way = "ahead of" if skew > 0 else "behind"
    return Check(
        "clock", "", Health.PROBLEM, f"{abs(skew):,.0f} s {way} {host}",
        "Set this machine's clock: certificates and tokens are judged by it.",
    )  # fmt: skip


def _seconds(date: str) -> float | None:
    """RFC 9110, 5.6.7; None for what is no date."""
    try:
        told = parsedate_to_datetime(date)
        return told.replace(tzinfo=told.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return None
