"""Windows that slide are noticed, and then used through a token bucket."""

from __future__ import annotations

import pytest

from cactions.logic.rate_limit.figures import describe_limit
from cactions.logic.rate_limit.state import WindowKind
from tests.logic.rate_limit.simulation import START, Client, Crowd, Service, simulate

SECONDS = 180.0
LATER = range(3, 17)
"""The periods of ten seconds in which the bucket is in use."""


@pytest.mark.parametrize("workers", [8, 24])
@pytest.mark.parametrize("limit", [83, 167])
@pytest.mark.parametrize("after", [False, True])
def test_sliding_windows_are_noticed_and_used_to_94_percent(
    limit: int, workers: int, after: bool
) -> None:
    """Nothing is refused, not even before they are noticed."""
    for seed in range(3):
        client = Client(workers)
        service = simulate(Service(limit, told_after=after, sliding=True), client, seed=seed)
        figures = describe_limit(client.shared[0], START + SECONDS)
        assert WindowKind.SLIDING is figures.windows
        assert [] == service.refusals
        assert sum(service.own[period] for period in LATER) >= 0.94 * limit * len(LATER)
        assert max(service.own[period] for period in LATER) <= limit


def test_a_large_sliding_window_is_used_too() -> None:
    """Three windows are enough to notice."""
    service = simulate(Service(1667, sliding=True), Client(64), seconds=60)
    assert [] == service.refusals
    assert sum(service.own[period] for period in (3, 4)) >= 0.94 * 1667 * 2


def test_a_sliding_window_with_others_refuses_a_call_now_and_then() -> None:
    """Each refusal keeps more calls free."""
    found = [
        simulate(Service(83, sliding=True), Client(), crowd=Crowd(0.2), seed=seed)
        for seed in range(5)
    ]
    assert all(len(service.refusals) <= 4 for service in found)
    assert all(sum(service.own[each] for each in LATER) >= 0.65 * 83 * 14 for service in found)


@pytest.mark.parametrize("crowd", [None, Crowd(0.2), Crowd(0.5), Crowd(0.2, "bursts")])
@pytest.mark.parametrize("phase", [0.0, 3.0])
def test_fixed_windows_are_not_taken_for_sliding(crowd: Crowd | None, phase: float) -> None:
    """Whatever other clients do: in a fixed window, Remaining rises once in ten seconds."""
    for workers in (1, 3, 8):
        client = Client(workers)
        simulate(Service(83, phase), client, crowd=crowd)
        figures = describe_limit(client.shared[0], START + SECONDS)
        assert WindowKind.FIXED is figures.windows
