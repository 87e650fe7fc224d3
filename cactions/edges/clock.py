"""The clock of the machine."""

from __future__ import annotations

import random
import secrets
import time


class SystemClock:
    """The time of day, as ``app/ports.py`` wants it."""

    def get_time(self) -> float:
        """Unix seconds."""
        return time.time()


class SystemSleeper:
    """Waiting and chance, as ``app/ports.py`` wants them."""

    def wait(self, seconds: float) -> None:
        """Return after so many seconds."""
        time.sleep(seconds)

    def draw_jitter(self) -> float:
        """A number from 0 to 1."""
        return random.random()  # noqa: S311 - it spreads retries, and keeps no secret

    def new_idempotency_key(self) -> str:
        """32 hexadecimal digits."""
        return secrets.token_hex(16)


def get_awake_time() -> float:
    """Seconds by a clock that never jumps, and goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
