"""How a run is cut into parts, and how its driver is told why nothing happens."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.app.cluster.hand_in import RunFollower, follow_run, hand_in_rest
from cactions.app.cluster.ports import AHEAD
from cactions.model import ClusterProgress, PartStep, RunHead, RunKind, RunNeeds, RunPart

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 0.0, "")
NEEDS = RunNeeds("1.0", 1)


class RecordingCluster:
    """A run of ``people`` entries, of which these are planned; what is handed in, and put."""

    def __init__(self, people: int, planned: list[int], workers: int = 0) -> None:
        self.people, self.planned, self.workers = people, planned, workers
        self.parts: list[RunPart] = []
        self.waiting: list[RunPart] = []

    def list_planned(self, _run_id: str, after: int, most: int) -> list[int]:
        return [number for number in self.planned if number > after][:most]

    def begin(self, _head: RunHead, parts: Any, _needs: RunNeeds) -> None:
        self.parts = [*parts]

    def put(self, parts: Any) -> None:
        self.waiting = [*parts]

    def count_workers(self) -> int:
        return self.workers

    def read(self, _run_id: str) -> Any:
        """The journal, and the counts of the run."""
        return self

    @property
    def counts(self) -> Any:
        return self

    @property
    def total(self) -> int:
        return self.people


PLANNED = {
    "everyone": [*range(1, 2001)],
    "every third": [*range(3, 2001, 3)],
    "the last ones": [*range(1900, 2001)],
    "five": [7, 8, 9, 1000, 1999],
    "no one": [],
}


@pytest.mark.parametrize("planned", PLANNED)
@pytest.mark.parametrize("workers", [0, 4])
def test_a_run_that_was_begun_goes_on_with_few_people_first(planned: str, workers: int) -> None:
    """As a new one does; and every entry is in one part, since also open ones are finished."""
    cluster: Any = RecordingCluster(2000, PLANNED[planned], workers)
    hand_in_rest(HEAD, NEEDS, cluster, cluster, cluster)
    numbers = [n for part in cluster.parts for n in range(part.first, part.last + 1)]
    assert [*range(1, 2001)] == numbers
    assert {PartStep.WRITE} == {part.step for part in cluster.parts}
    for stage, most in ((0, 10), (1, 90)):
        inside = [
            number
            for part in cluster.parts
            if part.stage == stage
            for number in PLANNED[planned]
            if part.first <= number <= part.last
        ]
        assert len(inside) <= most
        assert not PLANNED[planned] or stage or inside
    first = cluster.parts[0].stage
    assert [p for p in cluster.parts if p.stage == first][:AHEAD] == cluster.waiting


def test_it_is_soon_said_why_nothing_happens_and_once() -> None:
    """And again where the reason is another one."""
    now, said = [0.0], list[str]()

    def wait(seconds: float) -> None:
        now[0] += seconds

    class Cluster(RecordingCluster):
        def read_progress(self, _run_id: str) -> ClusterProgress:
            refusal = "" if now[0] < 60 else "one: it has other files"
            return ClusterProgress(4, 4 * (now[0] > 120), refusal=refusal)

    cluster: Any = Cluster(4, [])
    seen: list[int] = []
    follower = RunFollower(wait, lambda: now[0], lambda each: seen.append(each.done), said.append)
    follow_run(HEAD, cluster, cluster, follower)
    assert (0, 4) == (seen[0], seen[-1])
    assert ["No worker is running", "The run waits for a"] == [text[:20].strip() for text in said]
