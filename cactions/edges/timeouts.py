"""A call that may hang, and whose end is not waited for for ever.

- What the call returns or raises comes back as a value: nothing is raised here, so that no foreign
  exception, which may carry a secret in its text or its frames, hangs on one of ours.
- A late call goes on in a daemon thread; it ends with the process, and its result is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from msgspec import Struct

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Returned(Generic[_T]):
    """The call returned this."""

    value: _T = field(repr=False)


class Raised(Struct, frozen=True):
    """The call raised an exception of these classes, the nearest first; its text is not kept."""

    classes: tuple[type[BaseException], ...]

    @property
    def name(self) -> str:
        """The name of its class, which is all that may be shown."""
        return self.classes[0].__name__


class TimedOut(Struct, frozen=True):
    """The call had not ended after so many seconds."""

    seconds: float


def call_with_timeout(seconds: float, call: Callable[[], _T]) -> Returned[_T] | Raised | TimedOut:
    """What became of the call, known after so many seconds at the latest."""
    outcomes: SimpleQueue[Returned[_T] | Raised] = SimpleQueue()

    def run() -> None:
        try:
            outcomes.put(Returned(call()))
        except BaseException as error:  # noqa: BLE001 - the waiting caller gets it
            outcomes.put(Raised(tuple(c for c in type(error).__mro__ if c is not object)))

    Thread(target=run, daemon=True).start()
    try:
        return outcomes.get(timeout=seconds)
    except Empty:
        return TimedOut(seconds)
