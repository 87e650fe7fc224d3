"""Does one function for many values, in threads or not, in order and with bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

DRAIN_SECONDS: Final = 10.0
"""How long the end of what is under way is waited for, after a stop was asked for."""


class Workers(Generic[T, R]):
    """Calls ``function`` for each value; several at a time with an ``executor``.

    Results come in the order of the values. At most ``most`` values are under way or waiting for
    their turn; ``put`` waits for the oldest one where there are more.
    """

    def __init__(self, function: Callable[[T], R], executor: Executor | None, most: int) -> None:
        self._function, self._executor, self._most = function, executor, most
        self._pending: deque[tuple[T, Future[R]]] = deque()

    def put(self, value: T) -> Iterator[tuple[T, R]]:
        """Begin the work for the value; results that are ready, or must be waited for.

        Raises what the function raised.
        """
        if self._executor is None:
            yield value, self._function(value)
            return
        self._pending.append((value, self._executor.submit(self._function, value)))
        while self._pending and (len(self._pending) > self._most or self._pending[0][1].done()):
            value, future = self._pending.popleft()
            yield value, future.result()

    def end(self) -> Iterator[tuple[T, R]]:
        """The results of everything that is under way."""
        while self._pending:
            value, future = self._pending.popleft()
            yield value, future.result()

    def abandon(self) -> list[tuple[T, R | Exception]]:
        """Begin nothing more; what came of the work under way, as far as it ends in time."""
        under_way = [(value, future) for value, future in self._pending if not future.cancel()]
        self._pending.clear()
        wait([future for _, future in under_way], timeout=DRAIN_SECONDS)
        return [
            (value, future.exception() or future.result())  # type: ignore[misc]
            for value, future in under_way
            if future.done()
        ]


@contextmanager
def open_pool(threads: int) -> Iterator[Executor | None]:
    """A pool of so many threads; none for one thread. At its end, waiting work is dropped."""
    if threads <= 1:
        yield None
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="person")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def split_windows(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """The values in lists of at most so many."""
    window: list[T] = []
    for value in values:
        window.append(value)
        if len(window) == size:
            yield window
            window = []
    if window:
        yield window
