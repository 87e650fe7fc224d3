"""Progress of work that may take long: after two seconds it is said on stderr how far it has come.

With ``--json`` nothing is said. Where another progress is shown, such as that of a run for many
people, requests are not counted besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from cactions.cli import json_output, progress, wiring

if TYPE_CHECKING:
    from cactions.render.progress_display import ProgressDisplay

START_SECONDS: Final = 2.0
"""What takes less is over before a line about it is read."""

T = TypeVar("T")


def follow_items(items: Iterable[T], label: str, unit: str, total: int = 0) -> Iterator[T]:
    """The items, while it is shown how many of them the caller has worked on.

    ``unit`` is their noun in the plural; ``total`` 0: not known.
    """
    with show_long_work(label, unit, total) as display:
        for number, item in enumerate(items, start=1):
            yield item
            display.update(number, {})


@contextmanager
def show_long_work(label: str, unit: str, total: int = 0) -> Iterator[ProgressDisplay]:
    """A display for work that tells it itself how far it has come."""
    with wiring.show_progress(
        label, total, quiet=json_output.is_asked(), unit=unit, delay=START_SECONDS
    ) as display:
        yield display


class _RequestCount:
    """How many requests the command has sent, and where that is shown."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._display: ProgressDisplay | None = None
        self._sent = 0

    def add(self) -> None:
        with self._lock:
            if self._display is None:
                if wiring.is_showing_progress() or json_output.is_asked():
                    return
                self._open()
            self._sent += 1
            if self._display and wiring.is_alone(self._display):
                self._display.update(self._sent, {})

    def _open(self) -> None:
        """Until the command ends."""
        stack = ExitStack()
        self._display = stack.enter_context(
            wiring.show_progress("Requests", 0, unit="requests", delay=START_SECONDS)
        )
        progress.add_exit_hook(stack.close)
        progress.add_exit_hook(self._reset)

    def _reset(self) -> None:
        self._display, self._sent = None, 0


_requests: Final = _RequestCount()


def count_request() -> None:
    """A request is about to be sent."""
    _requests.add()
