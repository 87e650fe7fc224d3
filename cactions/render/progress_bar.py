"""A progress bar on a terminal: two lines on stderr that are drawn anew, and leave no trace.

It has no thread of its own and hides no cursor, so that a killed process leaves the terminal as it
was. Standard streams are not redirected: the net for secrets lies under them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from cactions.render.color_output import to_rich_text
from cactions.render.layout import wrap
from cactions.render.output import replace_unencodable, wants_colour
from cactions.render.progress_display import ProgressState, count_done, list_details
from cactions.render.text import Span, Style, StyledLine, View, join_spans, span

_MOST_BAR: Final = 40  # cells
_LEAST_BAR: Final = 8
_MOST_LINES: Final = 3  # of details; a taller picture would flicker


class _Console(Console):
    """Leaves the cursor alone."""

    def show_cursor(self, show: bool = True) -> bool:  # noqa: ARG002
        return False


class BarCanvas:
    """Draws onto stderr, which is a terminal. ``mask`` replaces what may not be shown."""

    def __init__(self, mask: Callable[[View], View]) -> None:
        self._mask = mask
        self._lock = Lock()
        self._live: Live | None = None
        self._console = _Console(
            stderr=True,
            force_terminal=True,
            highlight=False,
            markup=False,
            emoji=False,
            color_system="standard" if wants_colour(sys.stderr) else None,
        )

    def draw(self, state: ProgressState) -> None:
        with self._lock, suppress(OSError):  # who has no terminal any more needs no picture
            if self._live is None:
                self._live = Live(
                    console=self._console,
                    auto_refresh=False,
                    transient=True,
                    redirect_stdout=False,
                    redirect_stderr=False,
                )
                self._live.start()
            self._live.update(self._build_picture(state), refresh=True)

    def erase(self) -> None:
        with self._lock, suppress(OSError):
            live, self._live = self._live, None
            if live:
                live.stop()

    def _build_picture(self, state: ProgressState) -> Group:
        width = self._console.width - 1  # a full line would wrap in some terminals
        details = join_spans(" · ", list_details(state))
        head, *rows = self._lay_out(
            [(Span(state.label, Style.STRONG), Span(f"  {count_done(state)}")),
             *wrap(details, width)[:_MOST_LINES]], width,
        )  # fmt: skip
        bar_width = min(_MOST_BAR, width - sum(part.cells for part in head) - 2)
        first = Table.grid(padding=(0, 2))
        if state.total and bar_width >= _LEAST_BAR:
            done = min(state.done, state.total)
            bar = ProgressBar(total=state.total, completed=done, width=bar_width)
            first.add_row(to_rich_text(head), bar)
        else:
            first.add_row(to_rich_text(head))
        return Group(first, *map(to_rich_text, rows))

    def _lay_out(self, lines: list[StyledLine], width: int) -> list[StyledLine]:
        masked = self._mask(lambda _: lines)(width)
        return replace_unencodable(masked or [span("")], sys.stderr)
