"""Hooks of the test run: generated cases are counted, measured and told at the end.

The tests run in several processes (pytest-xdist); what each has counted comes together here.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest

from cactions.edges.files.confined_paths import forget_projects
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


def pytest_collection_finish() -> None:
    """What was collected stays: thousands of tests are not searched for garbage at each one."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_project() -> Iterator[None]:
    """No test knows the folders of another."""
    yield
    forget_projects()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker process hands over what it has counted."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["told"] = TOLD
        output["tallies"] = {name: asdict(tally) for name, tally in COUNTS.by_target.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The counts of a worker process that has ended; one that died has none."""
    output = getattr(node, "workeroutput", {})
    TOLD.extend(output.get("told", ()))
    for name, tally in output.get("tallies", {}).items():
        COUNTS.add(name, Tally(**tally))


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
