"""Counts the generated cases of the parsers, and holds each to a second and to 64 MiB.

A case is one call of the body of a Hypothesis test that came to its end; what ``assume`` throws
away is not counted. CPU is measured for every case, memory (tracemalloc's peak) for one in
SAMPLE, whose CPU is not judged, since tracing slows it down. No case pays for the search for
garbage in the heap of a whole test run. The table ends the test run.
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

TARGETS = {
    "YAML decoder and shaping": ("logic/test_json_schema.py", "::test_action_files_"),
    "templates": ("logic/test_templating.py", "::test_templates_"),
    "paths": ("logic/test_picking.py", "::test_paths_"),
    "strict JSON": ("logic/test_strict_json.py", "::test_json_"),
    "coercion": ("logic/test_coercing.py", "logic/test_dating.py", "::test_coercion_"),
    "wire": ("logic/test_wire.py", "::test_documents_"),
    "cassette parser": ("edges/test_cassette", "logic/test_comparing.py", "::test_cassettes_"),
    "people files": ("logic/test_rows.py", "edges/test_people_file.py", "::test_people_"),
}
"""By target, what the ids of its tests hold."""

SECONDS = 1.0
MEMORY = 64 * 1024 * 1024
SAMPLE = 20
HOSTILE = 10
"""How many times as many cases ``-m hostile`` runs."""

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass
class Tally:
    """What the cases of one target have cost: CPU in seconds, memory in bytes."""

    cases: int = 0
    sampled: int = 0
    slowest: float = 0
    largest: int = 0


@dataclass
class Counts:
    """Everything that was counted in this test run."""

    factor: int = 1
    planned: dict[str, int] = field(default_factory=dict)
    by_target: dict[str, Tally] = field(default_factory=dict)

    def add(self, target: str, tally: Tally) -> None:
        """Count what another process has counted."""
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
    """So many cases in the normal run, ten times as many under ``-m hostile``."""

    def decorated(test: Test) -> Test:
        COUNTS.planned[test.__name__] = number * COUNTS.factor
        wanted = settings(
            max_examples=number * COUNTS.factor,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        return pytest.mark.hostile(wanted(test))

    return decorated


def target_of(nodeid: str) -> str | None:
    """The target that a test belongs to."""
    return next((t for t, parts in TARGETS.items() if any(p in nodeid for p in parts)), None)


def counted(body: Callable[..., Any], tally: Tally) -> Callable[..., Any]:
    """The body of a test, measured and judged at each call."""

    @functools.wraps(body)
    def case(*given: Any, **named: Any) -> Any:
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


def _together(tallies: Any) -> Tally:
    every = list(tallies)
    return Tally(
        sum(each.cases for each in every),
        sum(each.sampled for each in every),
        max((each.slowest for each in every), default=0),
        max((each.largest for each in every), default=0),
    )
