"""What scheduled runs need, as protocols: the moments that were due, and the work of a worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from cactions.app.commit import RunStores
from cactions.app.planning_task import Planned, PlanningTask
from cactions.model import (
    BadRow,
    DueMoment,
    JobRow,
    MomentState,
    PlanSummary,
    Run,
    RunHead,
    RunNeeds,
)


class Schedules(Protocol):
    """The moments that were due. Every method raises StoreError."""

    def get_time(self) -> float:
        """The time that all workers go by, in Unix seconds."""

    def open_for_writing(self) -> AbstractContextManager[None]:
        """A transaction, with what the journal and the cluster do in it."""

    def find_last(self, environment: str, action: str) -> int:
        """The last moment that was claimed; 0 for none."""

    def take(self, moments: Sequence[DueMoment], last: int) -> bool:
        """Claim moments of one action; whether ``last`` was still the last one. Durable."""

    def is_begun(self, moment: DueMoment) -> bool:
        """Whether its run is in the journal."""

    def read(self, moment: DueMoment) -> DueMoment:
        """The moment as it is now."""

    def move(
        self,
        moment: DueMoment,
        state: MomentState,
        *,
        text: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> DueMoment:
        """The moment in its next state. Raises RunAborted where another worker has moved it."""

    def replace_generation(self, run_id: str, generation: int) -> None:
        """Let workers with this generation of the vault go on with a run."""

    def record_failure(self, moment: DueMoment, text: str, seconds: float) -> None:
        """Count a failure, and let no worker try again for so many seconds."""


class ScheduledWork(Protocol):
    """What a worker has opened for the runs of one action. Every method raises CactionsError."""

    stores: RunStores
    needs: RunNeeds

    def build_head(self, run_id: str) -> RunHead:
        """The head of a run that begins now."""

    def build_task(self, head: RunHead) -> PlanningTask:
        """What is planned; it begins with what the definition and the vault are now."""

    def continue_task(self, run: Run) -> PlanningTask:
        """The same for a run that was begun. Raises UsageError where that has changed since."""

    def open_rows(self, task: PlanningTask) -> AbstractContextManager[Iterable[JobRow | BadRow]]:
        """The people whom the schedule is for."""

    def store_summary(self, planned: Planned, task: PlanningTask) -> None:
        """Keep what is known of the plan as a whole: the run is planned then. Durable."""

    def check_plan(self, run: Run) -> PlanSummary:
        """What is known of a planned run. Raises UsageError where the plan holds no more."""
