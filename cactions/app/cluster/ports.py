"""What the cluster needs, as protocols: the store of parts, and the queue that wakes workers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from cactions.model import (
    ClusterProgress,
    ClusterStop,
    PartKey,
    PartLease,
    PartStep,
    RunHead,
    RunNeeds,
    RunPart,
)

AHEAD: Final = 200
"""Parts of a run that wait in the queue at the same time."""


class Cluster(Protocol):
    """Who carries out which part of which run. Every method raises StoreError."""

    def list_planned(self, run_id: str, after: int, most: int) -> Sequence[int]:
        """The numbers of the next entries that have a plan, and were not begun to be written."""

    def begin(self, head: RunHead, parts: Iterable[RunPart], needs: RunNeeds) -> None:
        """Hand in the parts of a step, at least one; those of an earlier step are over. Durable."""

    def read_progress(self, run_id: str) -> ClusterProgress | None:
        """How far the run is; None where the cluster does not have it (any more)."""

    def end(self, run_id: str) -> bool:
        """Take the run from the workers; whether that was possible: none is at work on it."""

    def read_needs(self, run_id: str) -> RunNeeds | None:
        """What a worker needs for the run; None where the cluster does not have it any more."""

    def list_ready(self, most: int) -> Sequence[RunPart]:
        """The next parts that a worker may take now, at most so many of each run."""

    def check_step(self, run_id: str, step: PartStep) -> None:
        """Raises StoreError unless a machine with the key has asked workers for this step."""

    def take(self, part: PartKey, worker: str) -> PartLease | None:
        """Lease the part; None where it is done, another worker has it, or it has to wait."""

    def renew(self, lease: PartLease) -> bool:
        """Go on with the lease; whether it goes on: not where it is lost, or the run stopped."""

    def release(self, lease: PartLease, *, failed: bool = False) -> bool:
        """Give the part back; after a failure it waits, longer each time. Whether it may go on."""

    def finish(self, lease: PartLease, outcomes: Mapping[str, int]) -> None:
        """Note that the part is done; with the last one that writes, the run is finished."""

    def stop_run(self, run_id: str, stop: ClusterStop) -> None:
        """Let no worker begin anything more of the run, and keep why; the first reason counts."""

    def refuse(self, run_id: str, why: str) -> None:
        """Note why a worker does not take parts of the run; there is no value of a person in it."""


class PartQueue(Protocol):
    """Hands parts to the workers that are free; a part may come twice, and to several."""

    def put(self, parts: Iterable[PartKey], *, left: bool = False) -> None:
        """Let workers carry these out, those of several runs by turns. Raises StoreError.

        ``left``: after all others, since a worker has left them to other workers.
        """

    def count_workers(self) -> int:
        """How many are alive. Raises StoreError."""


class Lease(Protocol):
    """The right to carry out a part, while it lasts."""

    def check(self) -> None:
        """Before anything is sent. Raises LeaseLost where another worker may have the part."""
