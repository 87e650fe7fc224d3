"""A time limit for queries: an endless query is stopped, and signals are handled meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Final

QUERY_SECONDS: Final = 30.0


class QueryTimeout:
    """A progress handler, which SQLite calls; ``ended``: the last query ran out of time."""

    def __init__(self) -> None:
        self._deadline = inf
        self.ended = False

    def __call__(self) -> bool:
        self.ended = time.monotonic() > self._deadline
        return self.ended

    @contextmanager
    def limit_queries(self) -> Iterator[None]:
        """Limit the queries within to QUERY_SECONDS."""
        self._deadline, self.ended = time.monotonic() + QUERY_SECONDS, False
        try:
            yield
        finally:
            self._deadline = inf
