"""Hooks of the test run: generated cases are counted, measured and told at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.counting import COUNTS, HOSTILE, Tally, counted, target_of
from tests.told import TOLD


def pytest_configure(config: pytest.Config) -> None:
    """``-m hostile`` runs the long form."""
    COUNTS.factor = HOSTILE if config.option.markexpr == "hostile" else 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Hypothesis lets the body of a test be replaced (its ``inner_test``)."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    target = target_of(item.nodeid)
    if not (handle and target):
        return (yield)
    body = handle.inner_test
    handle.inner_test = counted(body, COUNTS.by_target.setdefault(target, Tally()))
    try:
        return (yield)
    finally:
        handle.inner_test = body


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases, how slow, how large."""
    if COUNTS.by_target:
        terminalreporter.section("generated cases")
        for line in COUNTS.lines():
            terminalreporter.write_line(line)
    if TOLD:
        terminalreporter.section("kills and failing disks")
        for line in TOLD:
            terminalreporter.write_line(line)
