"""Progress: how often it is shown, what it says, and what it leaves on the terminal."""

from __future__ import annotations

import io
import os
import pty
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cactions.cli import wiring
from cactions.model import MASK
from cactions.render.output import PlainOutput
from cactions.render.progress_bar import BarCanvas
from cactions.render.progress_display import (
    FRAME_SECONDS,
    LINE_SECONDS,
    LineCanvas,
    ProgressDisplay,
    ProgressState,
    list_details,
)
from cactions.render.text import Span, View, join_spans, to_plain_text


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Canvas:
    """Keeps every state, and counts how often it was erased."""

    def __init__(self) -> None:
        self.states: list[ProgressState] = []
        self.erased = 0

    def draw(self, state: ProgressState) -> None:
        self.states.append(state)

    def erase(self) -> None:
        self.erased += 1


def test_it_is_drawn_at_most_once_in_an_interval() -> None:
    """However often it is told."""
    clock, canvas = Clock(), Canvas()
    display = ProgressDisplay("Planning", 1000, canvas, FRAME_SECONDS, clock=clock)
    for number in range(1000):
        clock.now += 0.001
        display.update(number, {})
    assert 9 <= len(canvas.states) <= 10


def test_an_idle_update_costs_next_to_nothing() -> None:
    """It is called for each of a million people."""
    display = ProgressDisplay("Planning", 10**6, Canvas(), 3600)
    counts = {"failed": 3}
    start = time.process_time()
    for number in range(100_000):
        display.update(number, counts)
    assert (time.process_time() - start) / 100_000 < 2e-6


def test_rate_and_remaining_time_are_those_of_the_last_half_minute() -> None:
    """A slow start is forgotten."""
    clock, canvas = Clock(), Canvas()
    display = ProgressDisplay("Planning", 10_000, canvas, 1.0, clock=clock)
    for second in range(1, 101):
        clock.now += 1
        display.update(second if second < 50 else 50 + (second - 50) * 20, {})
    last = canvas.states[-1]
    assert 20 == last.rate
    assert (10_000 - last.done) / 20 == last.remaining


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (ProgressState("x", 10), ""),
        (ProgressState("x", 10, 10, rate=5.0), "5.0 people per second"),
        (ProgressState("x", 0, 10, rate=50.0), "50 people per second"),
        (
            ProgressState("x", 1000, 400, {"applied": 390, "failed": 10, "held back": 0}, "", 20.0),
            "20 people per second, about 30 s left, 390 applied, 10 failed",
        ),
        (ProgressState("x", 5, note="waiting"), "waiting"),
    ],
)
def test_the_details_are_those_that_are_known(state: ProgressState, text: str) -> None:
    """Nothing is said of what is not known."""
    assert text == to_plain_text([join_spans(", ", list_details(state))]).strip()


def test_without_a_terminal_each_state_is_one_line() -> None:
    """However narrow the page is, and with nothing but text in it."""
    stream = io.StringIO()
    canvas = LineCanvas(PlainOutput(io.StringIO(), stream, width=24))
    canvas.draw(ProgressState("Planning\x1b[2J", 1500, 300, {"failed": 1200}, "wait\x07", 87.0))
    canvas.draw(ProgressState("Planning", 0, 7))
    assert (
        "Planning\\x1b[2J: 300 of 1,500 (20 %), 87 people per second, about 14 s left,"
        " 1,200 failed, wait\\x07\nPlanning: 7\n"
    ) == stream.getvalue()


@contextmanager
def terminal(**environ: str) -> Iterator[int]:
    """Our end of a terminal that is stderr now, 60 cells wide."""
    ours, theirs = pty.openpty()
    size = {"COLUMNS": "60", "LINES": "20", "TERM": "xterm", "NO_COLOR": "", **environ}
    with pytest.MonkeyPatch.context() as patched, os.fdopen(theirs, "w") as stderr:
        for name, value in size.items():
            patched.setenv(name, value)
        patched.setattr(sys, "stderr", stderr)
        yield ours
    os.close(ours)


def read(ours: int) -> str:
    """What the terminal got, once nothing more has come for a while: the kernel takes its time."""
    sys.stderr.flush()
    found = b""
    while select.select([ours], [], [], 0.2)[0]:
        found += os.read(ours, 100_000)
    return found.decode()


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}])
def test_a_bar_hides_no_cursor_and_uses_no_other_screen(environ: dict[str, str]) -> None:
    """A process that is killed leaves the terminal as it was."""
    with terminal(**environ) as ours:
        canvas = BarCanvas(lambda view: view)
        canvas.draw(ProgressState("Planning\x1b[2J", 1500, 300, {"failed": 12}, "wait\x07", 87.0))
        canvas.draw(ProgressState("Planning", 1500, 301))
        text = read(ours)
        canvas.erase()
        canvas.erase()
        assert read(ours).endswith("\x1b[2K")
    assert "300 of 1,500 (20 %)" in text
    assert "Planning\\x1b[2J" in text
    assert not any(sign in text for sign in ("\x1b[?", "\x1b[2J", "\x07"))
    assert ("\x1b[1m" in text) is not bool(environ)


def test_a_secret_is_masked_in_the_bar() -> None:
    """As in everything else."""

    def mask(view: View) -> View:
        return lambda width: [
            tuple(Span(part.text.replace("s3cret", MASK), part.style) for part in line)
            for line in view(width)
        ]

    with terminal() as ours:
        BarCanvas(mask).draw(ProgressState("Planning", 9, 1, note="at s3cret"))
        text = read(ours)
    assert f"at {MASK}" in text
    assert "s3cret" not in text


def test_a_message_takes_the_place_of_the_bar() -> None:
    """Which comes back with the next update, and is gone at the end."""
    with terminal() as ours:
        with wiring.show_progress("Planning", 10) as display:
            time.sleep(FRAME_SECONDS)
            display.update(1, {})
            assert "1 of 10" in read(ours)
            wiring.create_output().info("The vault is open.")
            text = read(ours)
            assert text.index("\x1b[2K") < text.index("The vault is open.")
            time.sleep(FRAME_SECONDS)
            display.update(2, {})
            assert "2 of 10" in read(ours)
        assert read(ours).endswith("\x1b[2K")


@pytest.mark.parametrize("quiet", [True, False])
def test_without_a_terminal_a_short_work_says_nothing(
    quiet: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line comes after ten seconds; with --quiet never."""
    with wiring.show_progress("Planning", 10, quiet=quiet) as display:
        display.update(10, {})
    assert ("", "") == capsys.readouterr()
    assert 10 == LINE_SECONDS
