"""Several people, a plan for each of them, and the stores of a run."""

from __future__ import annotations

from pathlib import Path

from cactions.app.apply import apply_to_people, undo_run
from cactions.app.commit import RunStores
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.edges.store.run_lock import FileRunLock
from cactions.model import (
    ABSENT,
    Change,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    Run,
    RunHead,
    RunKind,
    SentCall,
    Subject,
)

OLD = {"tier": "silver", "coupon": "SPRING"}
NEW = {"tier": "gold", "points": 7}


def crowd(number: int) -> list[Person]:
    """People ``p00``, ``p01`` and so on, with their old values."""
    return [Person(f"p{n:02}", {"user_id": f"u-{n}"}, OLD) for n in range(number)]


def plans(number: int) -> list[Plan]:
    """For each person one value to overwrite, one to add and one to clear."""
    changes = (
        Change("tier", "silver", "gold"),
        Change("points", ABSENT, 7),
        Change("coupon", "SPRING", ABSENT),
    )
    return [
        Plan(
            "loyalty", Subject(f"p{n:02}", PersonQuery("user_id", f"u-{n}")), SentCall(""), changes
        )
        for n in range(number)
    ]


def head(run_id: str = "run-1", undoes: str = "", people: int | None = None) -> RunHead:
    kind = RunKind.UNDO if undoes else RunKind.APPLY
    started = 2.0 if undoes else 1.0
    return RunHead(run_id, kind, "loyalty", started, "ada@desk", undoes=undoes, people=people)


def apply(number: int, kept: RunStores) -> list[Receipt]:
    """A run for everyone; the receipts in the order of the people."""
    done = [*apply_to_people(head(people=number), plans(number), kept)]
    assert [f"p{n:02}" for n in range(number)] == [e.plan.subject.person_id for e, _ in done]
    return [receipt for _, receipt in done]


def undo(kept: RunStores, run_id: str = "undo-1", undoes: str = "run-1") -> list[Receipt]:
    """Undo a run."""
    return [receipt for _, receipt in undo_run(head(run_id, undoes), kept)]


def books(folder: Path, number: int) -> RunStores:
    state = folder / ".cactions"
    return RunStores(
        LocalPeopleStore(state, crowd(number)), LocalJournal(state), FileRunLock(state)
    )


def closed(kept: RunStores) -> None:
    """Close all files."""
    assert isinstance(kept.people, LocalPeopleStore)
    assert isinstance(kept.journal, LocalJournal)
    kept.people.close()
    kept.journal.close()


def states(kept: RunStores, number: int) -> list[str]:
    """``old`` or ``new`` for each person, ``torn`` for anything else."""
    held = [dict(kept.people.get(f"p{n:02}").attributes) for n in range(number)]
    return ["old" if each == OLD else "new" if each == NEW else "torn" for each in held]


def begun(kept: RunStores, run_id: str = "run-1") -> Run | None:
    """The run, if it was started."""
    return next((run for run in kept.journal.list_runs() if run.head.id == run_id), None)
