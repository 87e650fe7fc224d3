"""The disk fails at the k-th write, fsync or open, for every k until none fails any more.

The faults are real: a library is loaded between the process and the C library (``faults.c``).
"""

from __future__ import annotations

import errno
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from cactions.app.apply import resume_run
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import Outcome
from tests.app.crowd import begun, books, closed, states
from tests.app.victims import SERVE
from tests.case_counts import COUNTS, choose_number
from tests.edges.processes import ROOT, running, said, tell
from tests.run_report import REPORT

PEOPLE = 3
KINDS = ("write", "fsync", "open")
COMPILER = shutil.which("cc")
Server = subprocess.Popen[str]

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD is Linux's"),
    pytest.mark.skipif(not COMPILER, reason="there is no C compiler to make the shim with"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    shim = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(
        [str(COMPILER), "-shared", "-fPIC", "-O1", "-o", str(shim), str(source), "-ldl"],
        check=True, timeout=300,
    )  # fmt: skip
    with running(SERVE, LD_PRELOAD=str(shim)) as process:
        yield process


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter({"faults": 0, "stopped": 0, "in doubt": 0, "survived": 0,
                                     "written too early": 0})  # fmt: skip
    yield counted
    REPORT.append(", ".join(f"{name}: {number}" for name, number in counted.items()))


def asked(server: Server, **task: Any) -> dict[str, Any]:
    tell(server, json.dumps(task))
    answer: dict[str, Any] = json.loads(said(server))
    assert not answer["failed"], task
    return answer


def number_after(word: str, text: str) -> int:
    found = re.search(rf"(\d+) {word}", text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("once", [True, False], ids=["once", "for ever"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_failing_disk_stops_the_run_with_a_correct_report(  # noqa: PLR0913, PLR0917 - three tables
    server: Server, tmp_path: Path, counts: Counter[str], kind: str, code: int, once: bool
) -> None:
    """Every write has a durable before-image, no person is half written, the message is true."""
    thorough = COUNTS.factor > 1
    if not thorough and once == (code == errno.EIO):
        pytest.skip("in the long form: pytest -m hostile")
    step = 1 if thorough or kind != "write" else 2
    for number in count(1, step):
        folder = tmp_path / str(number)
        folder.mkdir()
        answer = asked(
            server, **{"as": "harmed"}, do="run", folder=str(folder), people=PEOPLE,
            kind=kind, number=number, errno=code, once=once, tidy=number % 2 == 0,
        )  # fmt: skip
        judged(folder, answer, counts)
        if not answer["hit"]:
            return
        shutil.rmtree(folder)


def judged(folder: Path, answer: dict[str, Any], counts: Counter[str]) -> None:
    """The report equals the stored state; a resume finishes everything that is open."""
    message = answer["said"]
    kept = books(folder, PEOPLE)
    held, run = states(kept, PEOPLE), begun(kept)
    written = held.count("new")
    assert "torn" not in held
    assert [] == answer["early"]
    counts["faults"] += answer["hit"]
    counts["written too early"] += len(answer["early"])
    applied = number_after("applied", message)
    if answer["error"] == "":
        counts["survived"] += 1
        assert PEOPLE == written
    elif answer["error"] == "OutcomeUnknown":
        counts["in doubt"] += 1
        unknown = number_after("of these, the outcome", message) or 1
        assert written in (applied, applied + unknown), message  # a batch is one transaction
    else:
        counts["stopped"] += 1
        assert ("RunAborted", applied) == (answer["error"], written), message
    if run:
        assert written <= len(run.entries)
        receipts = [entry.receipt for entry in run.entries if entry.receipt]
        assert {Outcome.APPLIED} >= {receipt.outcome for receipt in receipts}
        if "was interrupted" in message:
            assert len(receipts) <= applied  # what was lost is found by reading
            assert PEOPLE - applied == number_after("open", message)
        done = run if run.finished else resume_run(run, kept)
        everybody = [entry.receipt for entry in done.entries if entry.receipt]
        assert PEOPLE == len(everybody) + done.not_started
        assert len(done.entries) == states(kept, PEOPLE).count("new")
    closed(kept)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_command_on_a_failing_disk_has_the_right_exit_code(
    server: Server, tmp_path: Path, counts: Counter[str], kind: str, code: int
) -> None:
    """3 if nothing was written, 1 if the writes are reported, 4 if the outcome is unknown."""
    words = ["run", "loyalty", "--person", "u-1", "--replay", "--yes"]
    codes = set()
    for number in count(1, choose_number(6, 1)):
        folder = tmp_path / str(number)
        shutil.copytree(ROOT / "cassettes", folder / "cassettes")
        shutil.copy(ROOT / "actions.example.yaml", folder / "actions.yaml")
        answer = asked(
            server, **{"as": "called"}, folder=str(folder), words=words,
            kind=kind, number=number, errno=code, once=False,
        )  # fmt: skip
        counts["faults"] += answer["hit"]
        counts[{0: "survived", 1: "stopped", 3: "stopped", 4: "in doubt"}[answer["code"]]] += 1
        codes.add(answer["code"])
        said = answer["said"].partition("Old values are kept")[0]
        assert (answer["code"] == 0) == (said == ""), answer
        gold = [p.attributes["tier"] for p in LocalPeopleStore(folder / ".cactions").list()] == [
            "gold"
        ]
        assert answer["code"] == 4 or gold == (answer["code"] in (0, 1)), answer
        assert (answer["code"] == 1) == (gold and "1 applied" in answer["said"]), answer
        shutil.rmtree(folder)
        if not answer["hit"]:
            break
    assert {0, 3} <= codes
