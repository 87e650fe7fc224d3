"""Simulated processes that lease permits; what their threads do is done at each event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cactions.edges.intercom.lease_pacer import LeasePacer
from cactions.edges.intercom.pacer import PacerClock, SharedState
from cactions.logic.rate_limit.state import PacerState, Permit
from cactions.model import StoreError
from tests.logic.rate_limit.simulation import Client, Headers

NOW = 5000.0


class Timer:
    """A clock and a sleeper: waiting lets the time pass."""

    def __init__(self) -> None:
        self.now = NOW

    def get_time(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class MemoryState:
    """A shared state in this process, which can be out of reach."""

    def __init__(self) -> None:
        self.state = PacerState()
        self.is_down = False

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        if self.is_down:
            raise StoreError("the database cannot be reached", hint="Check it.")
        self.state, result = change(self.state, clock.get_time())
        return result


class CountedState:
    """A shared state, and how often this process changed it."""

    def __init__(self, inner: SharedState) -> None:
        self.inner, self.changes = inner, 0

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        self.changes += 1
        return self.inner.update(clock, change)


class LeaseClient(Client):
    """A process with a pacer of its own. ``group``: all processes, whose time is the same."""

    def __init__(
        self,
        shared: SharedState,
        group: list[LeaseClient],
        workers: int,
        think: float = 0.0,
        share: float = 1.0,
    ) -> None:
        super().__init__(workers, think=think)
        self.timer, self.store, self.group = Timer(), CountedState(shared), group
        self.offset = 0.0
        """That of the machine's clock."""
        self.pacer = LeasePacer(self.timer, self.timer, self.store, share, threaded=False)
        group.append(self)

    def pass_time(self, now: float) -> None:
        for client in self.group:
            client.timer.now = now + client.offset
            client.pacer.run_due()

    def take(self, now: float) -> Permit | float:
        self.pass_time(now)
        if isinstance(permit := self.pacer.try_acquire(), Permit):
            return permit
        self.pacer.run_due()
        return self.pacer.try_acquire()

    def observe(self, permit: Permit, now: float, status: int, headers: Headers) -> None:
        self.timer.now = now + self.offset
        self.pacer.observe(permit, status, headers)
        self.pass_time(now)

    def abandon(self, permit: Permit, now: float) -> None:
        self.timer.now = now + self.offset
        self.pacer.abandon(permit)
        self.pass_time(now)
