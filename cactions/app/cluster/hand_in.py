"""Hands a run to the workers part by part, and follows what they do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, repeat
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.cluster.ports import AHEAD, Cluster, PartQueue
from cactions.app.commit import FIRST_WINDOWS
from cactions.app.planning_task import PlanningStopped
from cactions.app.ports import Journal
from cactions.logic.shell import join_command
from cactions.model import (
    ClusterProgress,
    ClusterStop,
    PartStep,
    RunAborted,
    RunHead,
    RunNeeds,
    RunPart,
    StoreError,
    Trip,
    TripKind,
)

_FEWEST, _MOST = 50, 500
"""People of a part: a smaller one costs more than it does, a larger one is lost for longer."""
_PARTS: Final = 8
"""So many parts for each worker, where that is possible: so all end at about the same time."""
_POLL: Final = 0.1  # seconds
_PATIENCE: Final = 60.0
"""Seconds for which the database may be away while a run is followed."""
_QUIET: Final = 10.0
"""After so many seconds without progress it is said why; after ``_SOON`` if there was none yet."""
_SOON: Final = 2.0


class RunFollower(Struct, frozen=True):
    """How a run is followed: ``on_progress`` gets it, ``say`` tells why nothing happens."""

    wait: Callable[[float], None]
    get_time: Callable[[], float]
    on_progress: Callable[[ClusterProgress], None]
    say: Callable[[str], None]


def hand_in_planning(
    head: RunHead, people: int, needs: RunNeeds, cluster: Cluster, queue: PartQueue
) -> None:
    """Let workers plan entries 1 to ``people`` of a run. Durable."""
    size = _choose_size(people, queue.count_workers())
    parts = _split_numbers(RunPart(head.id, PartStep.PLAN, 1, people), size)
    _hand_in(head, parts, needs, cluster, queue)


def hand_in_writing(
    head: RunHead, needs: RunNeeds, journal: Journal, cluster: Cluster, queue: PartQueue
) -> None:
    """Let workers write the planned entries of a run, the first ones before all others. Durable."""
    planned = journal.read(head.id).counts.planned
    size = _choose_size(planned, queue.count_workers())
    _hand_in(head, _split_planned(head.id, cluster, size), needs, cluster, queue)


def hand_in_rest(
    head: RunHead, needs: RunNeeds, journal: Journal, cluster: Cluster, queue: PartQueue
) -> None:
    """Let workers finish a run that was begun: what was started, and what was not. Durable."""
    people = journal.read(head.id).counts.total
    size = _choose_size(people, queue.count_workers())
    _hand_in(head, _split_begun(head.id, cluster, people, size), needs, cluster, queue)


def _hand_in(
    head: RunHead, parts: Iterable[RunPart], needs: RunNeeds, cluster: Cluster, queue: PartQueue
) -> None:
    """Store the parts, and put the first of those into the queue that are not behind others."""
    stored = [*parts]
    cluster.begin(head, stored, needs)
    first = stored[0].stage
    queue.put(islice((part for part in stored if part.stage == first), AHEAD))


def _split_numbers(part: RunPart, size: int) -> Iterator[RunPart]:
    """The part as smaller ones."""
    for first in range(part.first, part.last + 1, size):
        yield replace(part, first=first, last=min(first + size - 1, part.last))


def _split_planned(run_id: str, cluster: Cluster, size: int) -> Iterator[RunPart]:
    """Parts that begin with a planned entry, and together have all of them."""
    last = 0
    for stage, most in chain(enumerate(FIRST_WINDOWS), repeat((len(FIRST_WINDOWS), size))):
        page = cluster.list_planned(run_id, last, most)
        if not page:
            return
        last = page[-1]
        yield RunPart(run_id, PartStep.WRITE, page[0], last, stage)


def _split_begun(run_id: str, cluster: Cluster, people: int, size: int) -> Iterator[RunPart]:
    """Parts of all entries, the first of which have as few planned ones as those of a new run."""
    last = planned = 0
    for stage, most in enumerate(FIRST_WINDOWS):
        page = cluster.list_planned(run_id, planned, most)
        if page:
            planned = page[-1]
            yield RunPart(run_id, PartStep.WRITE, last + 1, planned, stage)
            last = planned
    rest = RunPart(run_id, PartStep.WRITE, last + 1, people, len(FIRST_WINDOWS))
    yield from _split_numbers(rest, size)


def _choose_size(people: int, workers: int) -> int:
    return max(_FEWEST, min(_MOST, people // (_PARTS * max(1, workers))))


def follow_run(head: RunHead, cluster: Cluster, queue: PartQueue, follower: RunFollower) -> None:
    """Wait until the workers have done every part.

    Raises PlanningStopped where something looks like a leak, RunAborted where they have stopped, or
    someone took the run from them.
    """
    moved, seen, reason = follower.get_time() - _QUIET + _SOON, -1, ""
    while True:
        progress = _read_progress(head, cluster, follower)
        follower.on_progress(progress)
        if progress.stop and not progress.leased:
            raise _build_stopped_error(head, progress.stop)
        if progress.done == progress.parts:
            return
        now = follower.get_time()
        if progress.done != seen or progress.leased:
            moved, seen = now, progress.done
        elif now > moved + _QUIET:
            moved, before, reason = now, reason, _explain_quiet(progress, queue)
            if reason != before:
                follower.say(reason)
        follower.wait(_POLL)


def _read_progress(head: RunHead, cluster: Cluster, follower: RunFollower) -> ClusterProgress:
    """The progress, also where the database is away for a while."""
    until = follower.get_time() + _PATIENCE
    while True:
        try:
            progress = cluster.read_progress(head.id)
        except StoreError:
            if follower.get_time() > until:
                raise
            follower.wait(1.0)
            continue
        if progress is None:
            show = join_command(("runs", "show"), head.id)
            raise RunAborted(
                f"the run {head.id} was taken from the cluster", hint=f"`{show}` tells its state."
            )
        return progress


def _explain_quiet(progress: ClusterProgress, queue: PartQueue) -> str:
    if progress.refusal:
        return f"The run waits for a worker that can carry it out. {progress.refusal}."
    try:
        workers = queue.count_workers()
    except StoreError as error:
        return f"{error}."
    if not workers:
        return "No worker is running for this vault. Start one: `cactions worker`."
    return "The workers are busy with other runs."


def _build_stopped_error(head: RunHead, stop: ClusterStop) -> StoreError:
    if stop.trip:
        return PlanningStopped(Trip(TripKind(stop.trip), stop.message, hint=stop.hint))
    finish = join_command(("runs", "resume"), head.id, options=("--cluster",))
    undo = join_command(("runs", "undo"), head.id)
    hint = f"{stop.hint} To finish it: `{finish}`. To undo it: `{undo}`.".strip()
    return RunAborted(f"the workers have stopped with the run {head.id}: {stop.message}", hint=hint)
