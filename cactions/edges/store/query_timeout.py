"""How long a query may take: one that never ends is stopped, and signals are heard meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Final

PATIENCE_SECONDS: Final = 30.0


class QueryTimeout:
    """SQLite asks it now and then, and stops where it says so; meanwhile Python hears signals.

    ``ended`` says that the last query has had its time.
    """

    def __init__(self) -> None:
        self._deadline = inf
        self.ended = False

    def __call__(self) -> bool:
        self.ended = time.monotonic() > self._deadline
        return self.ended

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """What is within has PATIENCE_SECONDS."""
        self._deadline, self.ended = time.monotonic() + PATIENCE_SECONDS, False
        try:
            yield
        finally:
            self._deadline = inf
