"""Lets calls pass as fast as the workspace allows, over all workers and processes of a machine.

``LeasePacer`` does it over several machines.

    pacer = Pacer(MonotonicClock(), SystemSleeper(), FileSharedState(folder, app_id))
    permit = pacer.acquire()
    try:
        response = send(request)
    except BaseException:
        pacer.abandon(permit)
        raise
    pacer.observe(permit, response.status, response.headers)

Every permit must be given back with ``observe`` or ``abandon``; one that is not counts as a call
on its way for 20 s. What is learned from the headers is in ``logic/rate_limit``.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Final, Protocol, TypeVar

from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import open_private_file, wait_for_lock
from cactions.edges.store.state_folder import StateFolder
from cactions.logic.rate_limit.answers import observe_answer, observe_loss
from cactions.logic.rate_limit.figures import LimitFigures, PacerFigures, describe_limit
from cactions.logic.rate_limit.file_format import (
    LARGEST,
    choose_place,
    dump_state,
    find_block,
    load_state,
    name_block,
)
from cactions.logic.rate_limit.permits import take_permit
from cactions.logic.rate_limit.state import PacerState, Permit
from cactions.model import StoreError

LOCK_SECONDS: Final = 1.0
"""Locks are held for 0.1 ms; only a process that was stopped meanwhile holds one longer."""
_SLICE: Final = 0.5
"""The longest single wait in seconds; another process may have changed the state meanwhile."""

_REFUSED: Final = 429

_T = TypeVar("_T")
_Change = Callable[[PacerState, float], tuple[PacerState, _T]]
"""The next state, and a result, from a state and the time."""


class MonotonicClock:
    """The clock for pacing: seconds that never jump, the same for all processes of a machine."""

    def get_time(self) -> float:
        """Seconds since some moment, such as the start of the machine."""
        return time.monotonic()


class PacerClock(Protocol):
    """Tells the time; not that of day, which jumps."""

    def get_time(self) -> float:
        """Seconds."""


class PacerSleeper(Protocol):
    """Waits; ``SystemSleeper`` does."""

    def wait(self, seconds: float) -> None:
        """Return after this many seconds."""


class SharedState(Protocol):
    """Keeps the state for several processes."""

    def update(self, clock: PacerClock, change: _Change[_T]) -> _T:
        """Change the state while no other process does. Raises StoreError.

        The clock is read meanwhile, so that changes are in the order of their times.
        """


class FileSharedState:
    """The state in a file of the state folder, which is made when needed.

    - The kernel locks the open file, so that a killed process blocks no other. Each use opens it
      anew.
    - Nothing in it is trusted: a damaged, old or impossible state counts as none, and the next
      answer corrects a wrong count.
    """

    def __init__(self, folder: Path, key: str) -> None:
        """``key`` names the app; processes with the same key share a limit."""
        self._folder = StateFolder(folder)
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self.path = folder / f"rate-limit-{digest}"
        self._is_made = False
        self._written = b""
        self._state = PacerState()

    def update(self, clock: PacerClock, change: _Change[_T]) -> _T:
        """Change the state. Raises StoreError if the file cannot be used."""
        if not self._is_made:
            self._folder.make()
            self._is_made = True
        handle = open_private_file(self.path)
        try:
            with store_errors(self.path):
                wait_for_lock(handle, self.path, LOCK_SECONDS)
                now = clock.get_time()
                data = os.pread(handle, LARGEST, 0)
                state, result = change(self._load(data, now), now)
                self._write(handle, data, state)
            return result
        finally:
            os.close(handle)

    def _load(self, data: bytes, now: float) -> PacerState:
        block = data[find_block(data) :]
        if self._written and block.startswith(self._written):
            return self._state  # no other process has changed it
        return load_state(block, now)

    def _write(self, handle: int, data: bytes, state: PacerState) -> None:
        """A process that is killed meanwhile leaves the old state or the new one."""
        self._written, self._state = dump_state(state), state
        begin = choose_place(data, len(self._written))
        os.pwrite(handle, self._written, begin)
        os.pwrite(handle, name_block(begin), 0)


class Pacer:
    """Gives permits for calls; many threads may share it. The clock must never jump.

    If the shared state cannot be used, this process paces its own calls; the figures say so.
    """

    def __init__(
        self,
        clock: PacerClock,
        sleeper: PacerSleeper,
        shared: SharedState | None,
        share: float = 1.0,
    ) -> None:
        """``share``: the part of each window that may be used, over 0 and at most 1."""
        assert 0 < share <= 1, "a share is a part"
        self._clock, self._sleeper, self._shared, self._share = clock, sleeper, shared, share
        self._turn, self._lock = Lock(), Lock()
        self._state = PacerState()
        self._calls = self._refused = 0
        self._waited = 0.0
        self._error = ""

    def acquire(self) -> Permit:
        """The permit for one call, as soon as it may be sent."""
        with self._turn:  # one worker waits for the time, the others for their turn
            while not isinstance(permit := self.try_acquire(), Permit):
                self._wait(min(permit, _SLICE))
            return permit

    def try_acquire(self) -> Permit | float:
        """The permit for one call, or the seconds until the next try may succeed."""
        permit = self._take()
        with self._lock:
            self._calls += isinstance(permit, Permit)
        return permit

    def observe(
        self, permit: Permit, response_status: int, headers: Sequence[tuple[str, str]]
    ) -> None:
        """Note the answer to the call."""
        with self._lock:
            self._refused += response_status == _REFUSED
        self._note(permit, response_status, headers)

    def abandon(self, permit: Permit) -> None:
        """Note that no answer came; the call may have been counted."""
        self._note(permit, None, ())

    def get_figures(self) -> PacerFigures:
        """The figures now."""
        seen = self._describe()
        with self._lock:
            return PacerFigures(
                seen=seen,
                calls=self._calls,
                refused=self._refused,
                waited=self._waited,
                shared=self._is_shared(),
                shared_error=self._error,
            )

    def _take(self) -> Permit | float:
        """A permit, or the seconds until the next try."""
        return self._update(lambda state, now: take_permit(state, now, self._share))

    def _note(self, permit: Permit, status: int | None, headers: Sequence[tuple[str, str]]) -> None:
        """Take into account how a call ended; without a status, no answer came."""

        def note(state: PacerState, now: float) -> tuple[PacerState, None]:
            if status is None:
                return observe_loss(state, permit, now), None
            return observe_answer(state, permit, now, status, headers), None

        self._update(note)

    def _describe(self) -> LimitFigures:
        return self._update(lambda state, now: (state, describe_limit(state, now)))

    def _is_shared(self) -> bool:
        return self._shared is not None

    def _wait(self, seconds: float) -> None:
        before = self._clock.get_time()
        self._sleeper.wait(seconds)
        with self._lock:
            self._waited += max(0.0, self._clock.get_time() - before)

    def _update(self, change: _Change[_T]) -> _T:
        """Change the shared state; without one, or if it fails, that of this process."""
        with self._lock:
            if self._shared:
                try:
                    return self._shared.update(self._clock, self._keep(change))
                except StoreError as error:
                    self._shared, self._error = None, str(error)
            return self._keep(change)(self._state, self._clock.get_time())[1]

    def _keep(self, change: _Change[_T]) -> _Change[_T]:
        """The change, which also keeps the state for the time when it is shared no more."""

        def change_and_keep(state: PacerState, now: float) -> tuple[PacerState, _T]:
            self._state, result = change(state, now)
            return self._state, result

        return change_and_keep
