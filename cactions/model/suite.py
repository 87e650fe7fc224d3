"""What a run of tests has shown: its reports, what no test uses, and what no test has met."""

from __future__ import annotations

from msgspec import Struct

from cactions.model.plan import TestReport


class UnusedInteraction(Struct, frozen=True):
    """A recorded interaction that no test of its action asks for; ``number`` counts from 1."""

    action: str
    source: str
    number: int
    request: str


class CoveragePoint(Struct, frozen=True):
    """Something of an action that a test can meet, and whether a test that passed did."""

    name: str
    met: bool


class ActionCoverage(Struct, frozen=True):
    """The points of an action, in the order of the file."""

    action: str
    points: tuple[CoveragePoint, ...]

    @property
    def met(self) -> int:
        """How many points are met."""
        return sum(point.met for point in self.points)

    @property
    def missing(self) -> tuple[str, ...]:
        """The points that are not met."""
        return tuple(point.name for point in self.points if not point.met)


class SuiteResult(Struct, frozen=True):
    """Everything that ``cactions test`` shows.

    ``untested`` are the chosen actions that have no tests. ``strict``: an unused recording is a
    failure. ``coverage`` is None where it was not asked for; ``slowest`` is how many of the tests
    are shown with their time.
    """

    reports: tuple[TestReport, ...]
    untested: tuple[str, ...] = ()
    unused: tuple[UnusedInteraction, ...] = ()
    strict: bool = False
    coverage: tuple[ActionCoverage, ...] | None = None
    slowest: int = 0

    @property
    def slow_reports(self) -> tuple[TestReport, ...]:
        """The tests that took the most time, the slowest first."""
        in_order = sorted(self.reports, key=lambda report: -report.seconds)
        return tuple(in_order[: self.slowest])

    @property
    def coverage_percent(self) -> float:
        """The share of points that are met; 100 where there are none."""
        total = sum(len(action.points) for action in self.coverage or ())
        met = sum(action.met for action in self.coverage or ())
        return 100 * met / total if total else 100.0
