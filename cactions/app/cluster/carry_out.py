"""Carries out one part of a run, under a lease: what a worker does with each job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.cluster.lease_keeper import LeaseKeeper
from cactions.app.cluster.leased_ports import LeasedCaller, LeasedPeople
from cactions.app.cluster.ports import AHEAD, Cluster, Lease, PartQueue
from cactions.app.open_entries import write_part
from cactions.app.plan_people import plan_part
from cactions.app.planning_task import PlanningStopped, PlanningTask
from cactions.model import (
    CactionsError,
    ClusterStop,
    DatabaseAway,
    LeaseLost,
    PartKey,
    PartLease,
    PartStep,
    RunNeeds,
)

_AGAIN_SECONDS: Final = 1.0
_REFUSED_SECONDS: Final = 3.0


class PartWork(Protocol):
    """What a worker has opened for a run."""

    def check_needs(self, needs: RunNeeds) -> str:
        """Why this worker may not carry out the run; empty where it may."""

    def build_task(self, lease: PartLease) -> PlanningTask:
        """What is planned and written, with a journal that is fenced by the lease."""


class Worker(Struct, frozen=True):
    """One process that carries out parts.

    ``open_work`` opens a run; ``say`` tells the operator. ``seconds`` is how long a lease holds,
    ``get_time`` a clock that does not stop while the machine sleeps, ``wait`` returns later.
    ``ends``: when it has nothing to do, so that it keeps nothing for others in the queue.
    """

    name: str
    cluster: Cluster
    queue: PartQueue
    open_work: Callable[[PartKey], PartWork]
    seconds: float
    get_time: Callable[[], float]
    wait: Callable[[float], None]
    say: Callable[[str], None]
    ends: bool = False


def carry_out(part: PartKey, worker: Worker, *, was_left: bool = False) -> Mapping[str, int]:
    """Carry out the part, unless it is done or another worker has it. Raises StoreError.

    ``was_left``: a worker has left it to others, and the queue has nothing else at the moment.

    Returns what became of how many people, by word; nothing where it was not carried out.

    A part that fails is given back, and tried again later; a run that fails again and again is
    stopped, and one whose answers look like a leak at once.
    """
    cluster = worker.cluster
    needs = cluster.read_needs(part.run_id)
    if needs is None:
        return {}
    work = worker.open_work(part)
    if why := work.check_needs(needs):
        cluster.refuse(part.run_id, f"{worker.name}: {why}")
        worker.say(f"The run {part.run_id} is left to other workers: {why}.")
        if not worker.ends:
            worker.queue.put([part], left=True)
        if was_left:  # or it would take the part again before others do
            worker.wait(_REFUSED_SECONDS)
        return {}
    asked = worker.get_time()
    lease = cluster.take(part, worker.name)
    return _carry_out_taken(lease, asked, work, worker) if lease else {}


def _carry_out_taken(
    lease: PartLease, asked: float, work: PartWork, worker: Worker
) -> Mapping[str, int]:
    cluster, part = worker.cluster, lease.part
    try:
        outcomes = _carry_out_leased(lease, asked, work, worker)
        cluster.finish(lease, outcomes)
    except LeaseLost as lost:
        worker.say(f"Entries {part.first:,} to {part.last:,} of {part.run_id}: {lost}.")
    except PlanningStopped as stopped:
        trip = stopped.trip
        cluster.stop_run(part.run_id, ClusterStop(trip.message, trip.hint, trip.kind.value))
        cluster.release(lease)
    except Exception as error:  # noqa: BLE001 - also after a mistake of ours, the part is given back
        _give_back(lease, error, worker)
    else:
        opened = [each for each in cluster.list_ready(AHEAD) if each.stage > part.stage]
        if opened:
            worker.queue.put(opened)
        return outcomes
    return {}


def _carry_out_leased(
    lease: PartLease, asked: float, work: PartWork, worker: Worker
) -> Mapping[str, int]:
    keeper = LeaseKeeper(
        lambda: worker.cluster.renew(lease), worker.seconds, worker.get_time, asked
    )
    try:
        task = _lease_task(work.build_task(lease), keeper)
        if lease.part.step is PartStep.PLAN:
            return plan_part(task, lease.part)
        return write_part(lease.part, task.head, task.stores)
    finally:
        keeper.close()


def _lease_task(task: PlanningTask, lease: Lease) -> PlanningTask:
    context = replace(task.context, caller=LeasedCaller(task.context.caller, lease))
    stores = replace(task.stores, people=LeasedPeople(task.stores.people, lease))
    return replace(task, context=context, stores=stores)


def _give_back(lease: PartLease, error: Exception, worker: Worker) -> None:
    """Let the part be tried again; it has not failed itself where the database was away."""
    part, hint = lease.part, ""
    why = f"an internal error ({type(error).__name__})"
    if isinstance(error, CactionsError):
        why, hint = str(error), error.hint
    worker.say(f"Entries {part.first:,} to {part.last:,} of {part.run_id}: {why}.")
    if not _release(lease, worker, failed=not _is_away(error)):
        worker.cluster.stop_run(part.run_id, ClusterStop(why, hint))


def _release(lease: PartLease, worker: Worker, *, failed: bool) -> bool:
    """As ``Cluster.release``, also where the database comes back before the lease ends."""
    until = worker.get_time() + worker.seconds
    while True:
        try:
            return worker.cluster.release(lease, failed=failed)
        except DatabaseAway:
            if worker.get_time() >= until:
                raise
            worker.wait(_AGAIN_SECONDS)


def _is_away(error: BaseException | None) -> bool:
    while error and not isinstance(error, DatabaseAway):
        error = error.__cause__
    return error is not None


def explain_unfit(own: RunNeeds, needs: RunNeeds) -> str:
    """Why a worker with this version and vault may not carry out a run; empty where it may."""
    if own.version != needs.version:
        return f"it is of cactions {own.version}, and the run of {needs.version}"
    if own.generation != needs.generation:
        age = "older" if own.generation < needs.generation else "newer"
        return (
            f"its vault is {age}: of generation {own.generation}, and the run was handed in with"
            f" {needs.generation}"
        )
    return ""
