"""A simulated service with a rate limit and its clients, event by event; no time passes.

calls = simulate(Service(phase=3, reset_late=2), Client(workers=8), seconds=180)
assert 0 == calls.refused
assert min(calls.used()) >= 0.98
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import count
from typing import TypeAlias

from cactions.logic.rate_limit.answers import observe_answer, observe_loss
from cactions.logic.rate_limit.permits import take_permit
from cactions.logic.rate_limit.state import WINDOW, PacerState, Permit

EPOCH = 1_900_000_000  # the server's clock when the simulation begins
START = 5_000.0  # the clock of the machine at that time

Headers: TypeAlias = list[tuple[str, str]]


@dataclass
class Service:
    """Counts calls as Intercom was seen to. Times are seconds since the begin."""

    limit: int = 83
    phase: float = 0.0
    reset_late: float = 0.0
    told_after: bool = False
    skew: float = 0.0
    """``Date`` minus the clock of the windows."""
    sliding: bool = False
    retry_after: str | None = None
    limits: Sequence[tuple[float, int]] = ()
    """Later limits, each with its time."""
    drift: float = 0.0
    """How much slower the machine's clock runs, in parts."""
    clock_jump: tuple[float, float] | None = None
    """When the machine's clock is set, and by how many seconds."""
    phase_jump: tuple[float, float] | None = None
    used: Counter[int] = field(default_factory=Counter)
    recent: deque[float] = field(default_factory=deque)
    own: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)
    refusals: list[float] = field(default_factory=list)
    foreign_refusals: list[float] = field(default_factory=list)

    def limit_at(self, at: float) -> int:
        return next((limit for since, limit in reversed(self.limits) if at >= since), self.limit)

    def phase_at(self, at: float) -> float:
        return self.phase_jump[1] if self.phase_jump and at >= self.phase_jump[0] else self.phase

    def window_at(self, at: float) -> int:
        return math.floor((at - self.phase_at(at)) / WINDOW)

    def call(self, at: float, *, foreign: bool = False) -> tuple[int, Headers]:
        """Count a call; its status and headers."""
        limit, window = self.limit_at(at), self.window_at(at)
        before = self._count(at, window)
        allowed = before < limit
        if allowed:
            self._add(at, window, foreign)
        else:
            (self.foreign_refusals if foreign else self.refusals).append(at)
        left = limit - before - (self.told_after and allowed)
        return (200 if allowed else 429), self._headers(at, limit, max(0, left), allowed)

    def _count(self, at: float, window: int) -> int:
        if not self.sliding:
            return self.used[window]
        while self.recent and self.recent[0] <= at - WINDOW:
            self.recent.popleft()
        return len(self.recent)

    def _add(self, at: float, window: int, foreign: bool) -> None:
        self.used[window] += 1
        self.recent.append(at)
        (self.others if foreign else self.own)[window] += 1

    def _headers(self, at: float, limit: int, left: int, allowed: bool) -> Headers:
        end = self.phase_at(at) + (self.window_at(at) + 1) * WINDOW
        headers = [
            ("Date", format_date(math.floor(EPOCH + at + self.skew))),
            ("X-RateLimit-Limit", str(limit)),
            ("X-RateLimit-Remaining", str(left)),
            ("X-RateLimit-Reset", str(math.ceil(EPOCH + end + self.reset_late))),
        ]
        if not allowed and self.retry_after is not None:
            headers.append(("Retry-After", self.retry_after))
        return headers


_DATES: dict[int, str] = {}


def format_date(second: int) -> str:
    if second not in _DATES:
        _DATES[second] = formatdate(second, usegmt=True)
    return _DATES[second]


@dataclass
class Client:
    """One process with several workers; processes with the same ``shared`` list share it."""

    workers: int = 8
    share: float = 1.0
    shared: list[PacerState] = field(default_factory=lambda: [PacerState()])
    lost: float = 0.0
    """The part of the calls that get no answer after they were counted."""
    begins: float = 0.0
    ends: float = math.inf
    think: float = 0.0
    """Seconds between two calls of a worker."""
    latency: tuple[float, float] = (0.07, 0.35)
    change: Callable[[Headers, random.Random], Headers] = lambda headers, _: headers
    waited: float = 0.0
    longest_wait: float = 0.0
    tries: int = 0

    def take(self, now: float) -> Permit | float:
        self.tries += 1
        self.shared[0], result = take_permit(self.shared[0], now, self.share)
        if isinstance(result, float):
            self.longest_wait = max(self.longest_wait, result)
        return result

    def observe(self, permit: Permit, now: float, status: int, headers: Headers) -> None:
        self.shared[0] = observe_answer(self.shared[0], permit, now, status, headers)

    def abandon(self, permit: Permit, now: float) -> None:
        self.shared[0] = observe_loss(self.shared[0], permit, now)


@dataclass
class Crowd:
    """Other clients: a rate as part of the limit, evenly or at random, or in bursts."""

    part: float = 0.2
    manner: str = "even"
    begins: float = 0.0
    ends: float = math.inf

    def times(self, limit: int, seconds: float, rng: random.Random) -> list[float]:
        mean = WINDOW / (self.part * limit)
        at, found = self.begins, []
        while at < min(seconds, self.ends):
            if self.manner == "even":
                at += mean * rng.uniform(0.8, 1.2)
                found.append(at)
            elif self.manner == "random":
                at += rng.expovariate(1 / mean)
                found.append(at)
            else:  # five at once
                at += 5 * mean
                found += [at + each / 50 for each in range(5)]
        return found


def simulate(
    service: Service,
    *clients: Client,
    seconds: float = 180.0,
    crowd: Crowd | None = None,
    seed: int = 1,
) -> Service:
    """Run the clients against the service; returns the service with its counts."""
    _Run(service, clients, seconds, seed).run(crowd)
    return service


class _Run:
    def __init__(
        self, service: Service, clients: Sequence[Client], seconds: float, seed: int
    ) -> None:
        self.service, self.clients, self.seconds = service, clients, seconds
        self.rng = random.Random(seed)
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.numbers = count()
        self.queues = {id(client): 0 for client in clients}
        self.is_trying = {id(client): False for client in clients}

    def at(self, when: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self.events, (when, next(self.numbers), event))

    def run(self, crowd: Crowd | None) -> None:
        for when in crowd.times(self.service.limit, self.seconds, self.rng) if crowd else ():
            self.at(when, lambda now: void(self.service.call(now, foreign=True)))
        for client in self.clients:
            for _ in range(client.workers):
                self.at(client.begins, lambda now, client=client: self.enter(client, now))
        while self.events and self.events[0][0] < self.seconds:
            when, _, event = heapq.heappop(self.events)
            event(when)

    def local(self, now: float) -> float:
        since, seconds = self.service.clock_jump or (math.inf, 0.0)
        return START + now * (1 - self.service.drift) + (seconds if now >= since else 0.0)

    def enter(self, client: Client, now: float) -> None:
        """A worker wants to call; one of the waiting workers tries, the others queue."""
        if now >= client.ends:
            return
        self.queues[id(client)] += 1
        if not self.is_trying[id(client)]:
            self.attempt(client, now)

    def attempt(self, client: Client, now: float) -> None:
        result = client.take(self.local(now))
        if isinstance(result, float):
            client.waited += result
            self.is_trying[id(client)] = True
            self.at(now + min(result, 0.5), lambda now: self.attempt(client, now))
            return
        self.queues[id(client)] -= 1
        whole = self.rng.uniform(*client.latency)
        up = whole * self.rng.uniform(0.3, 0.7)
        self.at(now + up, lambda now: self.arrive(client, result, now, whole - up))
        self.is_trying[id(client)] = bool(self.queues[id(client)])
        if self.queues[id(client)]:
            self.at(now + 0.0002, lambda now: self.attempt(client, now))

    def arrive(self, client: Client, permit: Permit, now: float, down: float) -> None:
        status, headers = self.service.call(now)
        headers = client.change(headers, self.rng)
        self.at(now + down, lambda now: self.receive(client, permit, now, status, headers))

    def receive(
        self, client: Client, permit: Permit, now: float, status: int, headers: Headers
    ) -> None:
        if self.rng.random() < client.lost:
            client.abandon(permit, self.local(now))
        else:
            client.observe(permit, self.local(now), status, headers)
        if client.think:
            self.at(now + client.think, lambda now: self.enter(client, now))
        else:
            self.enter(client, now)


def void(_result: object) -> None:
    """Events return nothing."""


def whole_windows(service: Service, seconds: float, first: int = 2) -> range:
    """The windows from the third on that ended in time; the first may have begun earlier."""
    return range(service.window_at(0) + first, service.window_at(seconds - 1))
