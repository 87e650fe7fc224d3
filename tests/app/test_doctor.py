"""What doctor looks at, in which order, and whom it asks for the time."""

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
    """Those of some hosts are open, and some of them tell the time."""

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


def clock(doors: FakeProber) -> Health:
    """How the clock is; the last of all checks."""
    *others, last = check_hosts(SITES, doors, FixedClock())
    assert ["name", "connection"] * len(SITES) == [check.topic for check in others]
    assert "clock" == last.topic
    return last.health


def test_the_first_open_host_is_asked_for_the_time() -> None:
    """And nobody else, where it tells it."""
    doors = FakeProber("bcd", "bcd")
    assert (Health.OK, ["b"]) == (clock(doors), doors.asked)


def test_only_two_are_asked_for_the_time() -> None:
    """Each may take seconds."""
    doors = FakeProber("abcd", "cd")
    assert (Health.UNKNOWN, ["a", "b"]) == (clock(doors), doors.asked)


def test_a_closed_host_is_not_asked() -> None:
    """Nobody knows the time then."""
    doors = FakeProber("", "abcd")
    assert (Health.UNKNOWN, []) == (clock(doors), doors.asked)
