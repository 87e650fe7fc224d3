"""Hooks of the test run: generated cases are counted, measured and reported at the end.

The tests run in several processes (pytest-xdist); their counts are combined here.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from cactions.cli import progress
from cactions.edges.files.confined_paths import forget_projects
from tests.case_counts import COUNTS, HOSTILE, Tally, counted, target_of
from tests.run_report import REPORT

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

_SLOW_IS_NO_FAULT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Time on the wall says nothing where other work runs; the costs of cases are measured in CPU."""

settings.register_profile("normal form", _SLOW_IS_NO_FAULT, derandomize=True, max_examples=30)
settings.register_profile("long form", _SLOW_IS_NO_FAULT, derandomize=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What is run where all tests would take too long."""
    parser.addoption(
        "--one-of-each-file", action="store_true",
        help="only the first test of each file that has no long form",
    )  # fmt: skip


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: nearly half of the time, a test waits for processes, disks and clocks."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``--one-of-each-file`` meets every module and every fixture of a file, and takes a minute."""
    if not config.option.one_of_each_file:
        return
    first: dict[str, pytest.Item] = {}
    for item in items:
        if not item.get_closest_marker("hostile"):
            first.setdefault(item.nodeid.partition("::")[0], item)
    config.hook.pytest_deselected(items=[item for item in items if item not in first.values()])
    items[:] = first.values()


def pytest_configure(config: pytest.Config) -> None:
    """``-m hostile`` runs the long form, with new cases each time; the normal run has the same.

    A shell that starts the tests in the background ignores SIGINT for them and their children.
    """
    is_long = config.option.markexpr == "hostile"
    COUNTS.factor = HOSTILE if is_long else 1
    settings.load_profile("long form" if is_long else "normal form")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Hypothesis allows replacing the body of a test (its ``inner_test``)."""
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """What a test opened without a command around it ends before its fixtures do.

    Else the next command of this process would end it: close it, and exchange the streams.
    """
    progress.run_exit_hooks()


def pytest_collection_finish() -> None:
    """Freeze collected objects: garbage collection then skips thousands of tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_project() -> Iterator[None]:
    """Forget the project folders of each test."""
    yield
    forget_projects()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One for each worker process, which is started when it is first needed."""
    from tests.postgres_server import PostgresServer, find_postgres  # its library loads slowly

    found = find_postgres()
    if isinstance(found, str):
        pytest.skip(found)
    with PostgresServer(found) as server:
        yield server


@pytest.fixture
def postgres_address(postgres_server: PostgresServer) -> str:
    """A new and empty database. A test that stops its server starts a server of its own."""
    return postgres_server.create_database()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker process reports its counts."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["report"] = REPORT
        output["tallies"] = {name: asdict(tally) for name, tally in COUNTS.by_target.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The counts of a finished worker process; a crashed one has none."""
    output = getattr(node, "workeroutput", {})
    REPORT.extend(output.get("report", ()))
    for name, tally in output.get("tallies", {}).items():
        COUNTS.add(name, Tally(**tally))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases, how slow, how large."""
    if COUNTS.by_target:
        terminalreporter.section("generated cases")
        for line in COUNTS.lines():
            terminalreporter.write_line(line)
    if REPORT:
        terminalreporter.section("kills and failing disks")
        for line in REPORT:
            terminalreporter.write_line(line)
