"""What is left of a planning that does not come to its end, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from cactions.app.apply import close_run
from cactions.app.commit import RunStores
from cactions.app.planning_task import PlanningStopped
from cactions.cli import wiring
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    CactionsError,
    DefinitionError,
    Run,
    RunAborted,
    RunHead,
    RunKind,
    RunPhase,
    UsageError,
)


@contextmanager
def end_on_trip(run: Run, stores: RunStores, *, writes: bool) -> Iterator[None]:
    """A planning that was stopped is not resumed: what stopped it would be forgotten."""
    try:
        yield
    except PlanningStopped as stopped:
        if not writes:
            with suppress(CactionsError):
                stores.journal.discard(run.head.id)
            raise
        close_run(run, stores)
        show = join_command(("runs", "show"), run.head.id)
        ended = RunAborted(
            str(stopped), hint=f"{stopped.hint} `{show}` lists the requests that were sent."
        )
        ended.written = True  # at the third party
        raise ended from stopped


@contextmanager
def discard_on_error(
    head: RunHead, stores: RunStores, *, writes: bool, keeps: bool
) -> Iterator[None]:
    """A plan that cannot be made leaves nothing, unless calls may have changed something.

    Where the planning was only cut off, the run is kept, and can be resumed; ``keeps``: the journal
    is still there then.
    """
    try:
        yield
    except PlanningStopped:
        raise
    except (UsageError, DefinitionError):
        if not writes or _read_phase(head, stores) is RunPhase.READING:  # no call was made
            with suppress(CactionsError):
                stores.journal.discard(head.id)
        raise
    except BaseException:
        _explain_cut_off(head, stores, keeps=keeps)
        raise


@contextmanager
def explain_interrupt(head: RunHead) -> Iterator[None]:
    """A signal cuts off the writing of a run: name the commands that go on from there.

    An undo goes on where the run is undone again.
    """
    try:
        yield
    except Exception:
        raise
    except BaseException:
        output = wiring.create_output()
        where = describe_workspace(head.workspace)
        if head.kind is RunKind.UNDO:
            again = join_command(("runs", "undo"), head.undoes)
            output.info(f"The undo in the {where} was cut off. To go on: {again}")
            raise
        go_on, back = (join_command(("runs", verb), head.id) for verb in ("resume", "undo"))
        output.info(f"The run in the {where} was cut off. To go on: {go_on}")
        output.info(f"To undo it: {back}")
        raise


def _explain_cut_off(head: RunHead, stores: RunStores, *, keeps: bool) -> None:
    """How to go on with a planning that can be resumed; without all its people, it cannot."""
    phase = _read_phase(head, stores)
    if phase is RunPhase.READING:
        with suppress(CactionsError):
            stores.journal.discard(head.id)
    elif keeps and phase is RunPhase.PLANNING:
        go_on = join_command(("runs", "resume"), head.id)
        wiring.create_output().info(f"The planning was cut off. To go on: {go_on}")


def _read_phase(head: RunHead, stores: RunStores) -> RunPhase | None:
    with suppress(CactionsError):  # it may not have been made
        return stores.journal.read(head.id).phase
    return None
