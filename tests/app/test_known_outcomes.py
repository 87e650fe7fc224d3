"""Exit code 4 only where it is not known what was written: the store's own words decide.

A disk that may not be written, or is full, from the k-th call on, for every k of each command.
"""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import OutcomeUnknown
from tests.app.test_disk_faults import COMPILER, Server, asked, server
from tests.case_counts import choose_number
from tests.edges.processes import ROOT
from tests.run_report import REPORT

__all__ = ["server"]

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(not COMPILER, reason="there is no C compiler to make the shim with"),
]

RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")
UNDO = ("runs", "undo", "last", "--yes")
COMMANDS = {
    "a first run": ((), RUN),
    "a first import": ((), ("people", "import", "people.csv")),
    "an import": ((RUN,), ("people", "import", "people.csv")),
    "an undo": ((RUN,), UNDO),
    "a prune": (
        (RUN, ("runs", "undo", "last", "--yes")),
        ("runs", "prune", "--keep", "0", "--yes"),
    ),
    "a forget": ((RUN,), ("runs", "forget", "--person", "user_id=u-1", "--yes")),
}
FAULTS = (("open", errno.EROFS), ("open", errno.EACCES), ("write", errno.ENOSPC))
UNKNOWN = ("may be stored or not", "is unknown")


def read_state(folder: Path) -> tuple[object, object]:
    """What is stored of people; the people of each run, with the erased ones."""
    state = folder / ".cactions"
    with closing(LocalPeopleStore(state)) as store, closing(LocalJournal(state)) as journal:
        people = [(person.id, dict(person.attributes)) for person in store.list()]
        runs = {
            run.head.id: [entry.plan.subject.person_id for entry in run.entries]
            for run in journal.list_runs()
        }
    return people, runs


@pytest.fixture
def template(server: Server, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The example, after the commands that come before."""
    folder = tmp_path / "template"
    shutil.copytree(ROOT / "cassettes", folder / "cassettes")
    shutil.copy(ROOT / "actions.example.yaml", folder / "actions.yaml")
    (folder / "people.csv").write_text("user_id,name,tier\nu-8,Mary,gold\nu-9,Emmy,silver\n")
    for words in request.param:
        assert 0 == call(server, folder, words, kind="open", number=10**6)["code"]
    return folder


def call(server: Server, folder: Path, words: tuple[str, ...], **fault: Any) -> dict[str, Any]:
    task = {"as": "called", "folder": str(folder), "words": list(words), "errno": 0, "once": False}
    return asked(server, **{**task, **fault})


@pytest.mark.parametrize(
    ("template", "words"), COMMANDS.values(), ids=COMMANDS, indirect=["template"]
)
def test_a_store_that_fails_leaves_its_outcome_known(
    server: Server, tmp_path: Path, template: Path, words: tuple[str, ...]
) -> None:
    """3 where nothing has changed, 1 where something has, 4 only where the store says so."""
    before = read_state(template)
    is_about_runs = words[1] in ("prune", "forget")
    codes: Counter[int] = Counter()
    for kind, code in FAULTS:
        for number in count(1, choose_number(4, 1)):
            folder = tmp_path / "case"
            shutil.copytree(template, folder)
            answer = call(server, folder, words, kind=kind, number=number, errno=code)
            after = read_state(folder)
            changed = before[is_about_runs] != after[is_about_runs]
            judge(answer, changed=changed)
            codes[answer["code"]] += 1
            shutil.rmtree(folder)
            if not answer["hit"]:
                break
    assert {0, 3} <= set(codes)
    REPORT.append(f"stores that fail ({' '.join(words[:2])}): {dict(sorted(codes.items()))}")


def judge(answer: dict[str, Any], *, changed: bool) -> None:
    if answer["code"] == 4:
        said = " ".join(answer["said"].split())
        assert any(word in said for word in UNKNOWN), answer
    else:
        assert answer["code"] in (0, 1, 3), answer
        assert changed == (answer["code"] in (0, 1)), answer


def test_an_unknown_outcome_is_a_kind_of_its_own() -> None:
    """All other errors of a store are about what did not happen."""
    assert [] == [kind for kind in OutcomeUnknown.__subclasses__() if kind.__module__ != __name__]
