"""Keeps a lease while its work goes on, and says at any moment whether it is certainly still held.

The end of a lease is counted from before it was asked for, by a clock of this machine that does not
stop with it. So a worker that was frozen, or cannot reach the database, knows in time that another
one may have its part by now, without asking.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from cactions.model import LeaseLost, StoreError

_MARGIN: Final = 5.0
"""Seconds before the end of a lease: what is sent until then has an answer before it."""
_PARTS: Final = 4
"""A lease is renewed so often in its time, so that a single lost answer does not end it."""


class LeaseKeeper:
    """Renews a lease in a thread; implements ``Lease``."""

    def __init__(
        self,
        renew: Callable[[], bool],
        seconds: float,
        get_time: Callable[[], float],
        asked: float,
    ) -> None:
        """``seconds``: how long a lease holds. ``asked``: the time before this one was taken."""
        self._renew, self._seconds, self._get_time = renew, seconds, get_time
        self._safe_until = asked + seconds - _MARGIN
        self._is_over = Event()
        self._is_lost = False
        self._thread = Thread(target=self._keep, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises LeaseLost where the lease is lost, or may be."""
        if self._is_lost:
            raise LeaseLost
        if self._get_time() >= self._safe_until:
            raise LeaseLost(known=False)

    def close(self) -> None:
        """Renew no more."""
        self._is_over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._is_over.wait(self._seconds / _PARTS):
            asked = self._get_time()
            try:
                held = self._renew()
            except StoreError:  # the next one may reach the database again, in time
                continue
            if not held:
                self._is_lost = True
                return
            self._safe_until = asked + self._seconds - _MARGIN
