"""Does one function for many values, in threads or not, in order and with bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

DRAIN_SECONDS: Final = 10.0
"""How long the end of what is under way is waited for, after a stop was asked for."""


class _NotBegun(Exception):
    """The work for a value was not begun, since an earlier one has failed."""


class Pool:
    """Threads that the end of the process does not wait for: a call that hangs cannot delay it."""

    def __init__(self, threads: int) -> None:
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads = threads
        self._ended = False
        for number in range(threads):
            Thread(target=self._work, name=f"person-{number}", daemon=True).start()

    def begin(self, future: Future[R], call: Callable[[], R]) -> None:
        """Do it in the next free thread; the future gets what comes of it."""
        self._tasks.put((future, call))

    def end(self) -> None:
        """Begin nothing more."""
        self._ended = True
        for _ in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while task := self._tasks.get():
            future, call = task
            if self._ended or not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - who asks for the result gets it
                future.set_exception(error)


class Workers(Generic[T, R]):
    """Calls ``function`` for each value; several at a time with a ``pool``.

    Results come in the order of the values. At most ``most`` values are under way or waiting for
    their turn; ``put`` waits for the oldest one where there are more. After an exception, no
    further call is begun.
    """

    def __init__(self, function: Callable[[T], R], pool: Pool | None, most: int) -> None:
        self._function, self._pool, self._most = function, pool, most
        self._pending: deque[tuple[T, Future[R]]] = deque()
        self._stops = False

    def put(self, value: T) -> Iterator[tuple[T, R]]:
        """Begin the work for the value; results that are ready, or must be waited for.

        Raises what the function raised.
        """
        if self._pool is None:
            yield value, self._function(value)
            return
        future: Future[R] = Future()
        self._pending.append((value, future))  # first, so that a signal finds what is under way
        self._pool.begin(future, partial(self._call, value))
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
            if not (future.done() and isinstance(future.exception(), _NotBegun))
        ]

    def _take_oldest(self) -> Iterator[tuple[T, R]]:
        value, future = self._pending[0]
        wait([future])  # a signal leaves it among those under way
        self._pending.popleft()
        if not isinstance(future.exception(), _NotBegun):  # else the one that stopped it comes next
            yield value, future.result()

    def _call(self, value: T) -> R:
        if self._stops:
            raise _NotBegun
        try:
            return self._function(value)
        except BaseException:
            self._stops = True
            raise


@contextmanager
def open_pool(threads: int) -> Iterator[Pool | None]:
    """A pool of so many threads; none for 0. At its end, waiting work is dropped.

    Also a single thread keeps a signal, which the main thread gets, out of the work under way.
    """
    if not threads:
        yield None
        return
    pool = Pool(threads)
    try:
        yield pool
    finally:
        pool.end()


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
