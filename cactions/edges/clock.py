"""The clock of the machine."""

from __future__ import annotations

import time


class SystemClock:
    """The time of day, as ``app/ports.py`` wants it."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()
