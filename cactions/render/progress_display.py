"""How far a long work has come: what is shown while it goes on, and how often.

``update`` may be called for each person: until it is time for the next picture, it only takes note.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from msgspec import Struct

from cactions.render import messages
from cactions.render.duration import format_duration, format_rate
from cactions.render.output import PlainOutput
from cactions.render.text import Style, StyledLine, join_spans, span

LINE_SECONDS: Final = 10.0
"""Between two lines where there is no terminal."""
FRAME_SECONDS: Final = 0.1
"""Between two pictures on a terminal."""

_RATE_SECONDS: Final = 30.0  # the rate is that of the last half minute
_PERCENT: Final = 100
_STYLES: Final = MappingProxyType(dict(messages.OUTCOMES.values()))


class ProgressState(Struct, frozen=True):
    """How far the work is. ``total`` 0: not known. ``rate`` in units per second, or 0."""

    label: str
    total: int
    done: int = 0
    counts: Mapping[str, int] = {}
    note: str = ""
    rate: float = 0.0
    unit: str = "people"

    @property
    def remaining(self) -> float | None:
        """The seconds that it will take at this rate; None if that cannot be said."""
        left = self.total - self.done
        return left / self.rate if self.rate and left > 0 else None


class ProgressCanvas(Protocol):
    """Where progress is shown."""

    def draw(self, state: ProgressState) -> None:
        """Show it, in the place of what was shown before."""

    def erase(self) -> None:
        """Take it away, so that something else can be written."""


class ProgressDisplay:
    """Shows a work on a canvas, at most once in ``interval`` seconds.

    ``unit`` is what is counted, in the plural.
    """

    def __init__(
        self,
        label: str,
        total: int,
        canvas: ProgressCanvas | None,
        interval: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label, self._total, self._canvas = label, total, canvas
        self._clock, self._interval = clock, interval
        self.unit = "people"
        self._due = clock() + interval if canvas else float("inf")
        self._past = deque([(clock(), 0)])

    def update(self, done: int, counts: Mapping[str, int], note: str = "", total: int = 0) -> None:
        """So many are done; ``counts`` by the word of their end state.

        ``note`` says what is waited for; ``total`` is given once it is known. The mapping is not
        kept.
        """
        self._total = total or self._total
        now = self._clock()
        if now < self._due or self._canvas is None:
            return
        self._due = now + self._interval
        rate = self._measure_rate(now, done)
        state = ProgressState(self._label, self._total, done, counts, note, rate, self.unit)
        self._canvas.draw(state)

    def hold(self, seconds: float) -> None:
        """Show nothing for so long."""
        if self._canvas:
            self._due = self._clock() + seconds

    def erase(self) -> None:
        """Take the picture away; the next ``update`` may bring it back."""
        if self._canvas:
            self._canvas.erase()

    def _measure_rate(self, now: float, done: int) -> float:
        while len(self._past) > 1 and self._past[1][0] <= now - _RATE_SECONDS:
            self._past.popleft()
        start, before = self._past[0]
        self._past.append((now, done))
        return (done - before) / (now - start) if now > start else 0.0


class LazyCanvas:
    """A canvas that is made for its first picture: most work is over before."""

    def __init__(self, create: Callable[[], ProgressCanvas]) -> None:
        self._create = create
        self._canvas: ProgressCanvas | None = None

    def draw(self, state: ProgressState) -> None:
        self._canvas = self._canvas or self._create()
        self._canvas.draw(state)

    def erase(self) -> None:
        """Nothing is there before the first picture."""
        if self._canvas:
            self._canvas.erase()


class LineCanvas:
    """A line on stderr for each state; nothing is ever erased."""

    def __init__(self, output: PlainOutput) -> None:
        self._output = output

    def draw(self, state: ProgressState) -> None:
        line = join_spans(", ", [span(f"{state.label}: {count_done(state)}"), *list_details(state)])
        self._output.print_err(lambda _: [line])

    def erase(self) -> None:
        """A line stays."""


def count_done(state: ProgressState) -> str:
    """``1,200 of 10,000 (12 %)``."""
    if not state.total:
        return f"{state.done:,}"
    percent = min(_PERCENT, state.done * _PERCENT // state.total)
    return f"{state.done:,} of {state.total:,} ({percent} %)"


def list_details(state: ProgressState) -> list[StyledLine]:
    """The rate, the time that is left, people by end state, and what is waited for."""
    rate = format_rate(state.rate, state.unit)
    details = [span(rate)] if rate else []
    if state.remaining is not None:
        details.append(span(f"about {format_duration(state.remaining)} left"))
    details += [
        span(f"{number:,} {word}", _STYLES.get(word, Style.PROSE))
        for word, number in state.counts.items()
        if number
    ]
    return [*details, span(state.note, Style.CAUTION)] if state.note else details
