"""A pacer for a shared state that is far away: no call waits for it that has a permit.

    pacer = LeasePacer(MonotonicClock(), SystemSleeper(), shared, share)

A thread leases permits before they are needed, stores answers, and gives back what is not used;
each of its changes of the shared state does all of it at once. It sleeps while nothing is held.

Where the state cannot be used, this process goes on with a part of the limit that all processes
together do not exceed, and the figures say so; it comes back when the state can be used again.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Final

from cactions.edges.intercom.held_permits import (
    ExchangeBatch,
    ExchangeResult,
    HeldPermits,
    Member,
    SharedTime,
    apply_batch,
    check_urgency,
    convert_answers,
)
from cactions.edges.intercom.lone_pace import LonePace
from cactions.edges.intercom.pacer import Pacer, PacerClock, PacerSleeper, SharedState
from cactions.logic.rate_limit.figures import LimitFigures, describe_limit
from cactions.logic.rate_limit.leases import (
    HOLD_SECONDS,
    choose_delay,
    choose_size,
    settle_outcomes,
)
from cactions.logic.rate_limit.state import Permit
from cactions.model import StoreError

_SOON: Final = 0.02  # seconds; between two leases that no call waits for
_GAPS: Final = 2
"""After a change that brought too little comes a pause that is so many times longer."""
_SLICE: Final = 2.0
"""The longest wait in seconds; another process may give permits back meanwhile."""
_FIRST_RETRY: Final = 1.0  # seconds
_LAST_RETRY: Final = 8.0  # seconds
_PATIENCE: Final = 2.0
"""Seconds for which calls wait for the shared state before this process goes on alone."""
_ID_BITS: Final = 53


class LeasePacer(Pacer):
    """Gives permits for calls; many threads may share it. Close it at the end."""

    def __init__(
        self,
        clock: PacerClock,
        sleeper: PacerSleeper,
        shared: SharedState,
        share: float = 1.0,
        *,
        threaded: bool = True,
    ) -> None:
        """``share``: as for ``Pacer``. Without ``threaded``, ``run_due`` is to be called."""
        super().__init__(clock, sleeper, None, share)
        self._store, self._member = shared, Member(secrets.randbits(_ID_BITS), share)
        self._work, self._news = Condition(self._lock), Condition(self._lock)
        self._held = HeldPermits(measured_at=clock.get_time())
        self._time: SharedTime | None = None
        self._alone: LonePace | None = None
        self._waiting = self._changes = self._changes_seen = 0
        self._is_asked = self._is_closed = False
        self._begun = math.inf
        self._ended = self._retry_at = -math.inf
        self._failures = 0
        self._thread: Thread | None = None
        self._is_threaded = threaded

    def acquire(self) -> Permit:
        """The permit for one call, as soon as it may be sent."""
        with self._count_waiting():
            return super().acquire()

    def close(self) -> None:
        """Give back what is held, and end the thread."""
        with self._lock:
            self._is_closed = True
            self._work.notify()
        if self._thread:
            self._thread.join()
        if self._time and self._alone is None and (self._held.ready or self._held.answers):
            self._exchange()

    def run_due(self) -> None:
        """Change the shared state if that is due."""
        with self._lock:
            is_due = self._compute_due() <= 0
        if is_due:
            self._exchange()

    @contextmanager
    def _count_waiting(self) -> Iterator[None]:
        with self._lock:
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1

    def _take(self) -> Permit | float:
        with self._lock:
            now = self._clock.get_time()
            if self._alone is None and (self._is_closed or now - self._begun > _PATIENCE):
                self._go_alone("the shared limit does not answer")
            if self._alone:
                return self._alone.take_permit(now)
            permit = self._held.use_permit(now)
            if permit is None or self._may_prefetch(now):
                self._is_asked = permit is None
                self._start()
            self._changes_seen = self._changes
            return permit or max(self._retry_at - now, _SOON)

    def _note(self, permit: Permit, status: int | None, headers: Sequence[tuple[str, str]]) -> None:
        with self._lock:
            now = self._clock.get_time()
            answer = self._held.record_answer(permit, now, status, headers)
            if answer is None:
                return
            is_first = len(self._held.answers) == 1
            if self._alone:
                self._alone.record_answer(answer)
            elif check_urgency(self._state, self._time, answer):
                self._held.urgent = is_first = True
            if is_first:
                self._start()

    def _describe(self) -> LimitFigures:
        """Also what is not stored yet counts."""
        with self._lock:
            now = self._clock.get_time()
            if self._alone:
                return self._alone.describe_limit(now)
            now = self._guess_time(now)
            time = self._time or SharedTime(0.0, 0.0, 0.0)
            outcomes = convert_answers(self._held.answers, time)
            return describe_limit(settle_outcomes(self._state, now, outcomes), now)

    def _is_shared(self) -> bool:
        return self._alone is None

    def _wait(self, seconds: float) -> None:
        """Until the shared state was changed, at most so long."""
        if not self._is_threaded:
            super()._wait(seconds)
            return
        with self._lock:
            before = self._clock.get_time()
            self._news.wait_for(lambda: self._changes != self._changes_seen, seconds)
            self._waited += max(0.0, self._clock.get_time() - before)

    def _start(self) -> None:
        """Let the thread look what is due."""
        if self._thread is None and self._is_threaded and not self._is_closed:
            self._thread = Thread(target=self._run, name="cactions-permits", daemon=True)
            self._thread.start()
        self._work.notify()

    def _run(self) -> None:
        while True:
            with self._lock:
                while not self._is_closed and (seconds := self._compute_due()) > 0:
                    self._work.wait(None if seconds == math.inf else seconds)
                if self._is_closed:
                    return
            self._exchange()

    def _compute_due(self) -> float:
        """The seconds until the shared state is to be changed."""
        now, held = self._clock.get_time(), self._held
        if self._alone:
            return self._retry_at - now
        if held.urgent:
            return 0.0
        times = [math.inf]
        if (self._waiting or self._is_asked) and not held.ready:
            times.append(self._retry_at)
        if held.ready:
            times.append(held.ready[0][1] + HOLD_SECONDS)
        if held.answers:
            delay = choose_delay(self._state, self._guess_time(now))
            times.append(held.answers[0].received_at + delay)
        if self._may_prefetch(now):
            return 0.0
        return min(times) - now

    def _may_prefetch(self, now: float) -> bool:
        """Whether permits will soon be used up that more than one can be leased for at once."""
        if not self._held.is_short() or now < max(self._ended + _SOON, self._retry_at):
            return False
        return choose_size(self._state, self._guess_time(now), self._held.describe_demand(0)) > 1

    def _guess_time(self, now: float) -> float:
        return self._time.get_latest(now) if self._time else now

    def _exchange(self) -> None:
        """Bring what is due to the shared state, and take a lease."""
        with self._lock:
            batch = self._collect()
        try:
            result = self._store.update(
                self._clock,
                lambda state, now: apply_batch(
                    state, SharedTime(now, batch.begun, self._clock.get_time()), batch, self._member
                ),
            )
        except BaseException as error:
            with self._lock:
                self._fail(batch, str(error))
            if not isinstance(error, StoreError):
                raise
        else:
            with self._lock:
                self._accept(batch, result)

    def _collect(self) -> ExchangeBatch:
        self._begun = self._clock.get_time()
        waiting = max(self._waiting, int(self._is_asked))
        return self._held.collect_batch(self._begun, None if self._is_closed else waiting)

    def _accept(self, batch: ExchangeBatch, result: ExchangeResult) -> None:
        now = self._clock.get_time()
        self._state, self._time, self._alone = result.state, result.time, None
        self._error, self._failures = "", 0
        for call, permit in zip(batch.unknown, result.adopted, strict=True):
            call.permit, call.alone = permit, None
        self._held.took = took = now - batch.begun
        since = now if took <= _PATIENCE else batch.begun  # else they are given back
        self._held.ready.extend((permit, since) for permit in result.lease.permits)
        self._is_asked = self._is_asked and not result.lease.permits
        if wait := result.lease.wait:
            wait = min(max(wait, _GAPS * took), _SLICE)
        self._retry_at = now + wait
        if self._held.has_unknown_calls():  # sent meanwhile
            self._held.urgent = True
        self._finish(now)

    def _fail(self, batch: ExchangeBatch, why: str) -> None:
        now = self._clock.get_time()
        self._held.answers = [*batch.answers, *self._held.answers]
        if self._alone is None:
            self._go_alone(why)
        self._error = why
        self._retry_at = now + min(_FIRST_RETRY * 2.0**self._failures, _LAST_RETRY)
        self._failures += 1
        self._finish(now)

    def _finish(self, now: float) -> None:
        self._begun, self._ended = math.inf, now
        self._changes += 1
        self._news.notify_all()

    def _go_alone(self, why: str) -> None:
        self._error = why
        self._alone = LonePace(self._state, self._time, self._share, self._held)
