"""What was found out about this machine and the hosts, as checks with the next step. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

from msgspec import Struct

from cactions.logic.network.hosts import Host
from cactions.logic.printable import escape_control
from cactions.model import CactionsError, Health, HealthCheck, RequestFailed

_MOST_NAMES: Final = 3
MOST_SKEW: Final = 60.0
"""Seconds that a clock may be off: beyond it, tokens and certificates are misjudged."""


class HostProbe(Struct, frozen=True):
    """What a host answered: where its name leads, or why nowhere, and how TLS went.

    Without ``addresses`` and ``no_name``, the proxy looks it up.
    """

    site: Host
    addresses: tuple[str, ...] = ()
    no_name: RequestFailed | None = None
    no_connection: RequestFailed | None = None

    @property
    def is_open(self) -> bool:
        """Whether requests can be made there."""
        return not (self.no_name or self.no_connection)


def build_checks(knocked: HostProbe) -> Iterator[HealthCheck]:
    """Its name, then its connection."""
    site, where = knocked.site, str(knocked.site)
    if knocked.no_name:
        yield build_failed_check("name", where, knocked.no_name)
        message = "not tried, since nothing is known of where it is"
        yield HealthCheck("connection", where, Health.UNKNOWN, message)
        return
    leads = "is looked up by the proxy, unchecked"
    if knocked.addresses:
        leads = f"leads to {' and '.join(knocked.addresses)}"
    if site.entry:
        leads = f"is {site.entry.address} by `network.allow` ({site.entry.reason}); not looked up"
    yield HealthCheck("name", where, Health.OK, leads)
    if knocked.no_connection:
        yield build_failed_check("connection", where, knocked.no_connection)
    else:
        message = f"TLS with a certificate for this very name; asked by {_join_user_names(site)}"
        yield HealthCheck("connection", where, Health.OK, message)


def _join_user_names(site: Host) -> str:
    first, rest = site.asked_by[:_MOST_NAMES], len(site.asked_by) - _MOST_NAMES
    return ", ".join(map(escape_control, first)) + (f" and {rest:,} more" if rest > 0 else "")


_DOCTOR: Final = re.compile(r"`cactions doctor` [^.]*\.")


def build_failed_check(topic: str, subject: str, error: CactionsError) -> HealthCheck:
    """A problem, as the error says it, but for the advice to give the command that found it."""
    hint = _DOCTOR.sub("", error.hint).strip()
    return HealthCheck(topic, subject, Health.PROBLEM, str(error), hint)


def check_clock(texts: Sequence[tuple[str, str, float]]) -> HealthCheck:
    """``told``: of hosts, the name, the ``Date`` header (empty for none) and our time just then."""
    for host, date, now in texts:
        seconds = _parse_http_date(date)
        if seconds is not None:
            return _build_clock_check(host, now - seconds)
    message = "no host has told the time" if texts else "no host could be asked for the time"
    return HealthCheck("clock", "", Health.UNKNOWN, message)


def _build_clock_check(host: str, skew: float) -> HealthCheck:
    if abs(skew) <= MOST_SKEW:
        return HealthCheck("clock", "", Health.OK, f"within {MOST_SKEW:.0f} s of {host}")
    way = "ahead of" if skew > 0 else "behind"
    return HealthCheck(
        "clock", "", Health.PROBLEM, f"{abs(skew):,.0f} s {way} {host}",
        "Set this machine's clock: certificates and tokens are judged by it.",
    )  # fmt: skip


def _parse_http_date(date: str) -> float | None:
    """RFC 9110, 5.6.7; None for what is no date."""
    try:
        text = parsedate_to_datetime(date)
        return text.replace(tzinfo=text.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return None
