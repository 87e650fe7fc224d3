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


class _Stopped(Exception):
    """The work for a value was not begun, since an earlier one has failed."""


class Workers(Generic[T, R]):
    """Calls ``function`` for each value; several at a time with an ``executor``.

    Results come in the order of the values. At most ``most`` values are under way or waiting for
    their turn; ``put`` waits for the oldest one where there are more. After an exception, no
    further call is begun.
    """

    def __init__(self, function: Callable[[T], R], executor: Executor | None, most: int) -> None:
        self._function, self._executor, self._most = function, executor, most
        self._pending: deque[tuple[T, Future[R]]] = deque()
        self._stops = False

    def put(self, value: T) -> Iterator[tuple[T, R]]:
        """Begin the work for the value; results that are ready, or must be waited for.

        Raises what the function raised.
        """
        if self._executor is None:
            yield value, self._function(value)
            return
        self._pending.append((value, self._executor.submit(self._call, value)))
        while self._pending and (len(self._pending) > self._most or self._pending[0][1].done()):
            yield from self._take_oldest()

    def end(self) -> Iterator[tuple[T, R]]:
        """The results of everything that is under way."""
        while self._pending:
            yield from self._take_oldest()

    def abandon(self) -> list[tuple[T, R | BaseException | None]]:
        """Begin nothing more; what came of the work under way, None where it does not end."""
        self._stops = True
        under_way = [(value, future) for value, future in self._pending if not future.cancel()]
        self._pending.clear()
        wait([future for _, future in under_way], timeout=DRAIN_SECONDS)
        return [
            (value, (future.exception() or future.result()) if future.done() else None)
            for value, future in under_way
            if not (future.done() and isinstance(future.exception(), _Stopped))
        ]

    def _take_oldest(self) -> Iterator[tuple[T, R]]:
        value, future = self._pending[0]
        wait([future])  # a signal leaves it among those under way
        self._pending.popleft()
        if not isinstance(future.exception(), _Stopped):  # else the one that stopped it comes next
            yield value, future.result()

    def _call(self, value: T) -> R:
        if self._stops:
            raise _Stopped
        try:
            return self._function(value)
        except BaseException:
            self._stops = True
            raise


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
