"""What doctor checks, in which order, and which hosts it asks for the time."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formatdate

from cactions.app.doctor import check_hosts
from cactions.logic.network.hosts import Host
from cactions.logic.network.reachability import HostProbe
from cactions.model import FailureReason, Health, RequestFailed
from tests.vaults import NOW, FixedClock

SITES = [Host(f"{name}.example", 443, ("loyalty",)) for name in "abcd"]


class FakeProber:
    """Some of the hosts are reachable, and some of these give the time."""

    def __init__(self, open_: str, tell: str) -> None:
        self.asked: list[str] = []
        self._open, self._tell = open_, tell

    def probe(self, sites: Sequence[Host]) -> list[HostProbe]:
        closed = RequestFailed("nobody is there", reason=FailureReason.NO_ANSWER)
        return [
            HostProbe(
                site, ("93.184.216.34",), None, None if site.host[0] in self._open else closed
            )
            for site in sites
        ]

    def get_date(self, site: Host) -> str:
        self.asked.append(site.host[0])
        return formatdate(NOW, usegmt=True) if site.host[0] in self._tell else ""


def clock(prober: FakeProber) -> Health:
    """The health of the clock, which is the last of all checks."""
    *others, last = check_hosts(SITES, prober, FixedClock())
    assert ["name", "connection"] * len(SITES) == [check.topic for check in others]
    assert "clock" == last.topic
    return last.health


def test_the_first_reachable_host_gives_the_time() -> None:
    """No other host is asked if it gives the time."""
    prober = FakeProber("bcd", "bcd")
    assert (Health.OK, ["b"]) == (clock(prober), prober.asked)


def test_at_most_two_hosts_are_asked_for_the_time() -> None:
    """Each may take seconds."""
    prober = FakeProber("abcd", "cd")
    assert (Health.UNKNOWN, ["a", "b"]) == (clock(prober), prober.asked)


def test_an_unreachable_host_is_not_asked_for_the_time() -> None:
    """Then the time is unknown."""
    prober = FakeProber("", "abcd")
    assert (Health.UNKNOWN, []) == (clock(prober), prober.asked)
