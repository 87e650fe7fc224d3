"""A process that plans and writes many people, and answers with its counts and its memory.

``python -m tests.bulk.many_rows FOLDER PEOPLE ROWS`` answers with a line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from cactions.app.apply import commit_planned
from cactions.app.commit import RunStores
from cactions.app.plan_people import plan_people
from cactions.app.planning_task import PlanningTask
from cactions.app.propose import PlanContext
from cactions.cli.job_files import open_job_rows
from cactions.cli.load import load_projects
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.edges.store.run_lock import FileRunLock
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    Person,
    Request,
    Response,
    RunHead,
    RunKind,
    RunPhase,
    Snapshot,
)
from tests.bulk.scene import get_before
from tests.bulk.shop import get_record

RUN = "run-1"


class ShopCaller:
    """The shop without a network."""

    source = ""

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        number = int(str(asked.person.fields["user_id"])[2:])
        return Response(200, (), json.dumps(get_record(number)).encode())


def write_rows(path: Path, people: int, rows: int) -> None:
    """One row for each person; then repeated ones, bad ones and unknown ones in turn."""
    with path.open("w") as file:
        file.write("user_id\n")
        file.writelines(f"u-{number}\n" for number in range(people))
        for number in range(people, rows):
            odd = (f"u-{number % people}", f'" u-{number}"', f"v-{number}")
            file.write(f"{odd[number % 3]}\n")


def list_people(people: int) -> Iterator[Person]:
    """Everyone who is known."""
    for number in range(people):
        fields = {"user_id": f"u-{number}", "email": f"p{number}@example.com"}
        yield Person(f"p{number}", fields, get_before(number))


def main(folder: Path, people: int, rows: int) -> None:
    """Plan and write."""
    write_rows(folder / "people.csv", people, rows)
    [loaded] = load_projects([folder], None, lambda _: Snapshot({}, 0), leaks=False)
    project = loaded.project
    action = project.actions["loyalty"]
    store = LocalPeopleStore(folder / ".cactions")
    store.import_people(list_people(people))
    journal = LocalJournal(folder / ".cactions")
    stores = RunStores(store, journal, FileRunLock(folder / ".cactions"), project, threads=2)
    head = RunHead(RUN, RunKind.APPLY, "loyalty", 1.0, "ada@desk")
    given = open_job_rows(folder / "people.csv", action, None, {})
    planning = PlanningTask(head, action, PlanContext(store, ShopCaller()), stores, probes=False)
    plan_people(planning, given)
    journal.open_rows(RUN).advance(RunPhase.PLANNED, "")
    done = commit_planned(journal.read(RUN), stores)
    outcomes = {outcome.value: number for outcome, number in done.counts.outcomes.items()}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = {"outcomes": outcomes, "total": done.counts.total, "memory": memory}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
