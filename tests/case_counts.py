"""Counts the generated cases of the parsers, and limits each to one second and 64 MiB.

A case is one completed call of the body of a Hypothesis test; cases rejected by ``assume`` are
not counted. CPU is measured for every case, memory (tracemalloc's peak) for one in SAMPLE, whose
CPU is not checked, since tracing slows it down. Garbage collection is off during a case, since
it would scan the heap of the whole test run. The table is printed at the end of the test run.
"""

from __future__ import annotations

import functools
import gc
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.strategies import text

TARGETS = {
    "YAML decoder and loader": ("logic/project/test_json_schema.py", "::test_action_files_"),
    "templates": ("logic/expressions/test_template.py", "::test_templates_"),
    "paths": ("logic/expressions/test_json_path.py", "::test_paths_"),
    "strict JSON": ("logic/test_strict_json.py", "::test_json_"),
    "coercion": ("logic/plan/test_coerce.py", "::test_coercion_"),
    "dates": ("logic/values/test_dates.py", "logic/values/test_other_dates.py"),
    "decimals": ("logic/values/test_decimals.py",),
    "XML": ("logic/exchange/test_xml_body.py",),
    "documents": ("logic/documents/test_documents.py", "::test_documents_"),
    "cassette parser": (
        "edges/cassette/test_reader", "logic/cassette/test_request_key.py", "::test_cassettes_",
    ),
    "people files": (
        "logic/people/test_rows.py", "edges/files/test_people_file.py",
        "logic/people/test_job_sources.py", "edges/files/test_job_file.py", "::test_people_",
    ),
}  # fmt: skip
"""By target, parts of the ids of its tests."""

ORACLES = ("paths", "dates", "decimals", "XML")
"""The targets that are held against the standard library, or a strict reader of a standard."""

SECONDS = 1.0
MEMORY = 64 * 1024 * 1024
SAMPLE = 20
HOSTILE = 10
"""The factor for the number of cases with ``-m hostile``."""
SLICE = 8
"""The normal run has one of so many cases."""

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass
class Tally:
    """The cost of the cases of one target: CPU in seconds, memory in bytes."""

    cases: int = 0
    sampled: int = 0
    slowest: float = 0
    largest: int = 0


@dataclass
class Counts:
    """All counts of this test run."""

    factor: int = 1
    planned: dict[str, int] = field(default_factory=dict)
    by_target: dict[str, Tally] = field(default_factory=dict)

    def add(self, target: str, tally: Tally) -> None:
        """Add the counts of another process."""
        known = self.by_target.get(target, Tally())
        self.by_target[target] = _together([known, tally])

    def lines(self) -> list[str]:
        """A line for each target, and one for all."""
        rows = [*self.by_target.items(), ("together", _together(self.by_target.values()))]
        return [
            f"{name:25} {each.cases:7,} cases  slowest {each.slowest * 1000:4.0f} ms CPU  "
            f"largest {each.largest / 1024 / 1024:5.1f} MiB of {each.sampled:,} measured"
            for name, each in rows
        ]


COUNTS = Counts()


def cases(number: int) -> Callable[[Test], Test]:
    """A slice of the given number of cases in the normal run, ten times it with ``-m hostile``."""

    def decorated(test: Test) -> Test:
        planned = choose_number(number // SLICE, number * HOSTILE)
        COUNTS.planned[test.__name__] = planned
        wanted = settings(
            max_examples=planned,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        return pytest.mark.hostile(wanted(test))

    return decorated


def choose_number(slice_: int, whole: int) -> int:
    """A number for the normal run, or that for ``-m hostile``; the test has that mark."""
    return whole if COUNTS.factor > 1 else slice_


def target_of(nodeid: str) -> str | None:
    """The target of a test."""
    return next((t for t, parts in TARGETS.items() if any(p in nodeid for p in parts)), None)


def counted(body: Callable[..., Any], tally: Tally) -> Callable[..., Any]:
    """The body of a test, measured and checked at each call."""

    @functools.wraps(body)
    def case(*given: Any, **named: Any) -> Any:
        _make_character_tables()
        tracing = tally.cases % SAMPLE == 0 and not tracemalloc.is_tracing()
        if tracing:
            tracemalloc.start()
        gc.disable()
        before = time.process_time()
        try:
            result = body(*given, **named)
            spent = time.process_time() - before
        finally:
            gc.enable()
            peak = tracemalloc.get_traced_memory()[1] if tracing else 0
            if tracing:
                tracemalloc.stop()
        tally.cases += 1
        tally.sampled += tracing
        tally.largest = max(tally.largest, peak)
        tally.slowest = max(tally.slowest, 0 if tracing else spent)
        assert peak <= MEMORY, f"one case took {peak:,} bytes"
        assert tracing or spent <= SECONDS, f"one case took {spent:.1f} seconds"
        return result

    return case


@functools.cache
def _make_character_tables() -> None:
    """Hypothesis makes them at first use, for seconds and 200 MiB in a new folder."""
    text().validate()


def _together(tallies: Any) -> Tally:
    every = list(tallies)
    return Tally(
        sum(each.cases for each in every),
        sum(each.sampled for each in every),
        max((each.slowest for each in every), default=0),
        max((each.largest for each in every), default=0),
    )
