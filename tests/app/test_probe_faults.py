"""Each classic fault of a service, by each key, place and shape: tests and probe refuse it.

What both accept is tried by an attacker who knows far more than the probe (``finds_leak``): it must
hold. A fault that is stopped by the identity check of the action may pass.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from cactions.model import ProbeReport
from tests.app.probe_cases import (
    LOOKUPS,
    Lookup,
    Scene,
    build_project,
    build_scene,
    describe_tests,
    passes_tests,
    run_probe,
)
from tests.app.probe_oracle import finds_leak
from tests.app.service_shapes import FIRST, PLACES, SHAPES, Shape, ShopService
from tests.app.services import FAULTS
from tests.case_counts import choose_number
from tests.run_report import REPORT

PROOFS = ("", "email", "user_id")
EVERY, LONG = 17, 2
"""One in so many combinations is tried, in the normal run and in the long form."""


class Variation(NamedTuple):
    """One service, and the action that asks it."""

    fault: str
    lookup: Lookup
    shape: Shape
    proof: str
    seed: int

    @property
    def place(self) -> str:
        return PLACES[self.seed % len(PLACES)]

    def create_service(self, scene: Scene) -> ShopService:
        return ShopService(scene.records, FAULTS[self.fault](), self.place, self.shape)


def list_variations(fault: str) -> Iterator[Variation]:
    for at, lookup in enumerate(LOOKUPS):
        for number, shape in enumerate((*SHAPES, FIRST)):
            for turn, proof in enumerate(PROOFS):
                seed = [*FAULTS].index(fault) * 7 + at * 3 + number * 5 + turn
                yield Variation(fault, lookup, shape, proof, seed)


def judge_service(variation: Variation) -> tuple[str, ProbeReport]:
    """What becomes of a service: refused, kept back or accepted."""
    lookup, shape = variation.lookup, variation.shape
    scene = build_scene(lookup, variation.seed)
    tests = describe_tests(scene, shape, lookup)
    project = build_project(lookup, variation.place, shape, variation.proof, tests)
    report = run_probe(project, scene, variation.create_service(scene), variation.seed)
    if not (report.passed and passes_tests(project, scene, variation.create_service(scene))):
        return "refused", report
    leak = finds_leak(project, scene, lambda: variation.create_service(scene), lookup)
    return f"accepted: {leak}" if leak else "kept back by the action", report


def count_outcomes(fault: str, every: int) -> Counter[str]:
    """Every variation of a fault; fails for one that is accepted."""
    outcomes: Counter[str] = Counter()
    start = [*FAULTS].index(fault)
    for number, variation in enumerate(list_variations(fault)):
        if (number + start) % every == 0:
            outcome, _ = judge_service(variation)
            assert not outcome.startswith("accepted"), (*variation, outcome)
            outcomes[outcome] += 1
    return outcomes


@pytest.mark.hostile
@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_service_is_refused_or_gives_nothing_away(fault: str) -> None:
    """A slice of all combinations; in the long form, half of them."""
    outcomes = count_outcomes(fault, choose_number(EVERY, LONG))
    assert outcomes["refused"]
    counts = ", ".join(
        f"{number} {name}" for name, number in sorted(outcomes.items(), reverse=True)
    )
    REPORT.append(f"a service that {fault}: {counts}, 0 of {outcomes.total()} accepted")
