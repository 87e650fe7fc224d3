"""Looks at what a live call needs of this machine and its network. Sends no secret, opens none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from cactions.app.ports import Clock
from cactions.logic.network.hosts import Site
from cactions.logic.network.reachability import Knocked, checks_of, clock_check
from cactions.model import Check

_ASKED: Final = 2


class Doors(Protocol):
    """The hosts, as they can be reached from here."""

    def knock(self, sites: Sequence[Site]) -> Sequence[Knocked]:
        """Look each name up and shake hands, at all of them at once; in bounded time."""
        ...

    def date(self, site: Site) -> str:
        """The time that it tells, as HTTP writes it; empty where it tells none."""
        ...


def examine(sites: Sequence[Site], doors: Doors, clock: Clock) -> Iterator[Check]:
    """Every host's name and connection, then the clock, by the first hosts that can be reached."""
    knocked = doors.knock(sites)
    for one in knocked:
        yield from checks_of(one)
    told: list[tuple[str, str, float]] = []
    for one in [one for one in knocked if one.is_open][:_ASKED]:
        told.append((one.site.host, doors.date(one.site), clock.now()))
        if told[-1][1]:
            break
    yield clock_check(told)
