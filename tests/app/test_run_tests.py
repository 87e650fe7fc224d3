"""Batches of tests in threads: in order, several at a time, and some alone."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic, sleep

import pytest

from cactions.app import run_tests
from cactions.model import FailureReason, PersonQuery, PlanFailure, Subject
from cactions.model import TestReport as Report  # pytest would collect it

RESULT = PlanFailure("a", Subject("", PersonQuery("id", "")), FailureReason.MISUSE, "")


class Meter:
    """Steps that know how many of them are under way; they end when ``wanted`` have met."""

    def __init__(self, wanted: int) -> None:
        self.most, self.now, self.wanted = 0, 0, wanted
        self.with_alone: list[int] = []
        self._lock = Lock()

    def step(self, name: str, *, alone: bool = False) -> Callable[[], Report]:
        def run() -> Report:
            with self._lock:
                self.now += 1
                self.most = max(self.most, self.now)
                if alone:
                    self.with_alone.append(self.now)
            until = monotonic() + (0.02 if alone or self.wanted == 1 else 10)
            while self.most < self.wanted and monotonic() < until:
                sleep(0.001)
            if alone:
                sleep(0.01)
                self.with_alone.append(self.now)
            with self._lock:
                self.now -= 1
            return Report("a", name, RESULT)

        return run


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_so_many_batches_run_at_a_time_and_reports_keep_the_order(threads: int) -> None:
    """Whatever ends first."""
    meter = Meter(threads)
    batches = [run_tests.TestBatch((meter.step(str(number)),)) for number in range(40)]
    reports = [*run_tests.run_batches(batches, threads)]
    assert [str(number) for number in range(40)] == [report.test for report in reports]
    assert threads == meter.most


def test_the_steps_of_a_batch_are_in_order() -> None:
    """One begins when the one before has ended."""
    log: list[str] = []

    def step(name: str) -> Callable[[], Report]:
        def run() -> Report:
            log.append(f"{name} begins")
            sleep(0.002)
            log.append(f"{name} ends")
            return Report("a", name, RESULT)

        return run

    batch = run_tests.TestBatch(tuple(step(str(number)) for number in range(5)))
    assert 5 == len([*run_tests.run_batches([batch], 4)])
    assert [f"{n} {what}" for n in range(5) for what in ("begins", "ends")] == log


def test_a_batch_that_is_alone_has_no_company() -> None:
    """Nothing is under way when it begins, and nothing begins before it ends."""
    meter = Meter(2)
    batches = [
        run_tests.TestBatch((meter.step(str(n), alone=n % 5 == 4),), alone=n % 5 == 4)
        for n in range(30)
    ]
    reports = [*run_tests.run_batches(batches, 4)]
    assert [str(number) for number in range(30)] == [report.test for report in reports]
    assert 2 <= meter.most <= 4
    assert [1] * 12 == meter.with_alone


def test_an_error_of_a_step_ends_the_run() -> None:
    """It is not taken for a report."""

    def fail() -> Report:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        [*run_tests.run_batches([run_tests.TestBatch((fail,))] * 3, 2)]
