"""Does one function for many values, in threads or not, in order and with bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final, Generic, TypeVar, cast

_PART: Final = 4
"""Where all are under way, a quarter of them is waited for."""

T = TypeVar("T")
R = TypeVar("R")

DRAIN_SECONDS: Final = 10.0
"""How long the end of what is under way is waited for, after a stop was asked for."""


class _NotBegun(Exception):
    """The work for a value was not begun, since an earlier one has failed."""


class Task(Generic[R]):
    """One call, which one thread makes and another one waits for.

    Smaller than a Future of the standard library, whose package also loads logging.
    """

    def __init__(self, call: Callable[[], R]) -> None:
        self._call = call
        self._beginning, self._ending = Lock(), Lock()
        self._ending.acquire()
        self._result: R | None = None
        self.error: BaseException | None = None
        self.is_done = False

    def run(self) -> None:
        """Make the call, unless it was made or cancelled before."""
        if not self.take():
            return
        try:
            self._result = self._call()
        except BaseException as error:  # noqa: BLE001 - who asks for the result gets it
            self.error = error
        self.is_done = True
        self._ending.release()

    def take(self) -> bool:
        """Whether no one has taken it before, to make the call or to cancel it."""
        return self._beginning.acquire(blocking=False)

    def wait(self, seconds: float = -1) -> bool:
        """Wait for its end, or so long; whether it has come."""
        if not self.is_done and self._ending.acquire(timeout=seconds):
            self._ending.release()
        return self.is_done

    def get_result(self) -> R:
        """What the call returned. Raises what it raised."""
        if self.error:
            raise self.error
        return cast("R", self._result)


class Pool:
    """Threads that the end of the process does not wait for: a call that hangs cannot delay it."""

    def __init__(self, threads: int) -> None:
        self._tasks: SimpleQueue[Task[Any] | None] = SimpleQueue()
        self._threads = threads
        self._ended = False
        for number in range(threads):
            Thread(target=self._work, name=f"person-{number}", daemon=True).start()

    def begin(self, task: Task[Any]) -> None:
        """Do it in the next free thread."""
        self._tasks.put(task)

    def end(self) -> None:
        """Begin nothing more."""
        self._ended = True
        for _ in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while task := self._tasks.get():
            if not self._ended:
                task.run()


class Workers(Generic[T, R]):
    """Calls ``function`` for each value; several at a time with a ``pool``.

    Results come in the order of the values. At most ``most`` values are under way or waiting for
    their turn; ``put`` waits for the oldest one where there are more. After an exception, no
    further call is begun.
    """

    def __init__(self, function: Callable[[T], R], pool: Pool | None, most: int) -> None:
        self._function, self._pool, self._most = function, pool, most
        self._pending: deque[tuple[T, Task[R]]] = deque()
        self._cancelled: list[T] = []
        self._stops = False

    def put(self, value: T) -> Iterator[tuple[T, R]]:
        """Begin the work for the value; results that are ready, or must be waited for.

        Raises what the function raised.
        """
        if self._pool is None:
            yield value, self._function(value)
            return
        task = Task(partial(self._call, value))
        self._pending.append((value, task))  # first, so that a signal finds what is under way
        self._pool.begin(task)
        if len(self._pending) > self._most:
            # several at once: each time that this thread wakes up, it stops another one
            self._pending[self._most // _PART][1].wait()
        while self._pending and (len(self._pending) > self._most or self._pending[0][1].is_done):
            yield from self._take_oldest()

    def end(self) -> Iterator[tuple[T, R]]:
        """The results of everything that is under way."""
        while self._pending:
            yield from self._take_oldest()

    def abandon(self) -> tuple[list[tuple[T, R | BaseException | None]], list[T]]:
        """Begin nothing more.

        Returns what came of the work under way, with None where it does not end, and the values
        whose work was not begun. A value whose result was given out is in neither.
        """
        self._stops = True
        under_way: list[tuple[T, Task[R]]] = []
        for value, task in self._pending:
            if task.take():
                self._cancelled.append(value)
            else:
                under_way.append((value, task))
        self._pending.clear()
        until = monotonic() + DRAIN_SECONDS
        ended: list[tuple[T, R | BaseException | None]] = []
        for value, task in under_way:
            task.wait(max(0.0, until - monotonic()))
            if isinstance(task.error, _NotBegun):
                self._cancelled.append(value)
            else:
                result = (task.error or task.get_result()) if task.is_done else None
                ended.append((value, result))
        cancelled, self._cancelled = self._cancelled, []
        return ended, cancelled

    def _take_oldest(self) -> Iterator[tuple[T, R]]:
        value, task = self._pending[0]
        task.wait()  # a signal leaves it among those under way
        self._pending.popleft()
        if isinstance(task.error, _NotBegun):  # the one that stopped it comes next
            self._cancelled.append(value)
        else:
            yield value, task.get_result()

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
