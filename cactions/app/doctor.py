"""Looks at what a live call needs of this machine and its network. Sends no secret, opens none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from cactions.app.ports import Clock
from cactions.logic.network.hosts import Host
from cactions.logic.network.reachability import HostProbe, build_checks, check_clock
from cactions.model import HealthCheck

_ASKED: Final = 2


class HostProber(Protocol):
    """The hosts, as they can be reached from here."""

    def probe(self, sites: Sequence[Host]) -> Sequence[HostProbe]:
        """Look each name up and shake hands, at all of them at once; in bounded time."""

    def get_date(self, site: Host) -> str:
        """The time that it tells, as HTTP writes it; empty where it tells none."""


def check_hosts(sites: Sequence[Host], doors: HostProber, clock: Clock) -> Iterator[HealthCheck]:
    """Every host's name and connection, then the clock, by the first hosts that can be reached."""
    knocked = doors.probe(sites)
    for host_probe in knocked:
        yield from build_checks(host_probe)
    texts: list[tuple[str, str, float]] = []
    for host_probe in [host_probe for host_probe in knocked if host_probe.is_open][:_ASKED]:
        texts.append((host_probe.site.host, doors.get_date(host_probe.site), clock.get_time()))
        if texts[-1][1]:
            break
    yield check_clock(texts)
