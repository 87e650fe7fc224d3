"""An interrupted run on the command line: it is listed, resumed or undone."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.cli.exit_codes import Exit
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.run_lock import FileRunLock
from cactions.logic.plan.undo_plan import invert_plan
from cactions.model import JobRow, Outcome, PersonQuery, Receipt, RunHead, RunKind, RunPhase
from tests.app.crowd import plans
from tests.cli.conftest import Cli
from tests.edges.processes import running, said

RUN = "20260101-000000-00000001"
HEAD = RunHead(RUN, RunKind.APPLY, "loyalty", 1767225600.0, "me@here", people=2)
LOYALTY = ("loyalty", "--person", "u-1", "--replay")
APPLIED = ("run", *LOYALTY, "--yes")


def cut_off(cli: Cli, home: Path, *, written: bool, intended: bool = True) -> None:
    """Two people were submitted; one plan is in the journal, then the process was killed."""
    cli(*APPLIED)
    with closing(LocalJournal(home / ".cactions")) as journal:
        [done] = journal.list_runs()
    if not written:
        cli("runs", "undo", "last", "--yes")
    cli("runs", "prune", "--keep", "0", "--yes")
    with closing(LocalJournal(home / ".cactions")) as journal:
        journal.create_run(HEAD)
        if intended:
            journal.record_plans(RUN, [done.entries[0].plan])


def tier(cli: Cli) -> str:
    found: str = cli("people", "show", "u-1", "--json").json["people"][0]["attributes"]["tier"]
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


def test_an_interrupted_run_is_listed_with_the_next_step(cli: Cli, home: Path) -> None:
    """In the list of runs and in the run itself, with every person counted."""
    cut_off(cli, home, written=False)
    for words in (("runs", "list"), ("runs", "show", "last")):
        shown = flat(cli(*words).out)
        assert "cut off" in shown
        assert "2: 2 open" in shown
        assert f"cactions runs resume {RUN}" in shown
        assert f"cactions runs undo {RUN}" in shown


@pytest.mark.parametrize("written", [False, True])
def test_resume_finishes_the_run_whatever_was_already_written(
    cli: Cli, home: Path, written: bool
) -> None:
    """It shows the current state, and counts the person who was never started."""
    cut_off(cli, home, written=written)
    assert ("gold" if written else "silver") == tier(cli)
    done = cli("runs", "resume", "last", "--yes")
    assert (Exit.CLEAN, "gold") == (done.code, tier(cli))
    found = "already has the new values" if written else "has the old values"
    assert found in done.out
    assert "1 person was not started" in flat(done.out)
    assert f"Run {RUN} is finished. 2 people: 1 applied, 1 not started." in flat(done.out)
    again = cli("runs", "resume", RUN, "--yes")
    assert (Exit.MISUSE, True) == (again.code, "is finished" in again.err)


UNDO = "20260102-000000-00000002"


def cut_off_undo(cli: Cli, home: Path, *, restored: bool, others: int = 0) -> None:
    """A run has written, and its undo was killed with one plan in the journal.

    ``others`` are written to by the run as well, and were not reached by the undo.
    """
    cli(*APPLIED)
    with closing(LocalJournal(home / ".cactions")) as journal:
        [done] = journal.list_runs()
        plan = done.entries[0].plan
    if restored:
        cli("runs", "undo", "last", "--yes")
    cli("runs", "prune", "--keep", "0", "--yes")
    more = [replace(plan, subject=replace(plan.subject, person_id=f"q{n}")) for n in range(others)]
    with closing(LocalJournal(home / ".cactions")) as journal:
        journal.create_run(replace(HEAD, people=1 + others))
        numbers = journal.record_plans(RUN, [plan, *more])
        receipt = Receipt(plan.subject.person_id, Outcome.APPLIED)
        journal.record_outcomes(RUN, [(number, receipt) for number in numbers])
        journal.finish(RUN)
        undo = replace(HEAD, id=UNDO, kind=RunKind.UNDO, undoes=RUN, people=None)
        journal.create_run(undo)
        journal.record_plans(UNDO, [invert_plan(plan)])


@pytest.mark.parametrize("restored", [False, True])
def test_an_undo_that_was_cut_off_goes_on_where_it_is_given_again(
    cli: Cli, home: Path, restored: bool
) -> None:
    """The list says so, and so does the error where the undo itself is named."""
    cut_off_undo(cli, home, restored=restored)
    listed = flat(cli("runs", "list").out)
    go_on = f"cactions runs undo {RUN}"
    assert (
        f"Run {UNDO}, an undo, was cut off, or is still in progress. To go on: {go_on}." in listed
    )
    assert f"cactions runs resume {UNDO}" not in listed
    refused = cli("runs", "undo", UNDO, "--yes")
    assert (Exit.MISUSE, True) == (
        refused.code,
        f"To go on with it: `{go_on}`" in flat(refused.err),
    )
    done = cli("runs", "undo", RUN, "--yes")
    assert (Exit.CLEAN, "silver") == (done.code, tier(cli))
    assert restored == (f"The undo {UNDO} is finished" in flat(done.out + done.err))
    with closing(LocalJournal(home / ".cactions")) as journal:
        assert all(run.finished for run in journal.list_runs())
        assert (1, 0) == (journal.read(RUN).counts.undone, journal.read(RUN).counts.standing)
    again = cli("runs", "undo", RUN, "--yes")
    assert (Exit.CLEAN, True) == (again.code, "left nothing to undo" in flat(again.out + again.err))


@pytest.mark.parametrize("others", [0, 2])
def test_a_resumed_undo_says_whom_it_did_not_reach(cli: Cli, home: Path, others: int) -> None:
    """It knows only those with whom it had begun: the others still have what the run wrote."""
    cut_off_undo(cli, home, restored=False, others=others)
    done = cli("runs", "resume", UNDO, "--yes")
    assert (Exit.FINDINGS if others else Exit.CLEAN, "silver") == (done.code, tier(cli))
    rest = f"{others} people of the run may have what it wrote: `cactions runs undo {RUN}`."
    assert bool(others) == (rest in flat(done.out + done.err))


def test_resume_skips_and_reports_a_person_changed_since(cli: Cli, home: Path) -> None:
    """Both values are shown, and the exit code is that of a finding."""
    cut_off(cli, home, written=False)
    person = {"user_id": "u-1", "attributes": {"tier": "bronze"}}
    (home / "edit.json").write_text(json.dumps([person]))
    assert Exit.CLEAN == cli("people", "import", "edit.json", "--update").code
    done = cli("runs", "resume", "last", "--yes")
    assert (Exit.FINDINGS, "bronze") == (done.code, tier(cli))
    assert "silver" in done.out
    assert "bronze" in done.out


def test_resuming_a_run_without_plans_applies_nothing(cli: Cli, home: Path) -> None:
    """The output says so, and for whom to run the action again."""
    cut_off(cli, home, written=False, intended=False)
    done = cli("runs", "resume", "last", "--yes")
    assert Exit.CLEAN == done.code
    assert "No person in it is open. Resuming writes nothing" in flat(done.out)
    assert "2 people were not started" in flat(done.out)
    assert "2: 2 not started" in flat(cli("runs", "list").out)


@pytest.mark.parametrize("written", [False, True])
def test_undo_reverts_and_closes_an_interrupted_run(cli: Cli, home: Path, written: bool) -> None:
    """After that it cannot be resumed."""
    cut_off(cli, home, written=written)
    assert Exit.CLEAN == cli("runs", "undo", RUN, "--yes").code
    assert "silver" == tier(cli)
    assert Exit.MISUSE == cli("runs", "resume", "last", "--yes").code
    assert "cut off" not in cli("runs", "list").out


def test_resume_with_json_prints_the_whole_run(cli: Cli, home: Path) -> None:
    """As `runs show` does."""
    cut_off(cli, home, written=False)
    done = cli("runs", "resume", "last", "--yes", "--json").json
    assert done == cli("runs", "show", RUN, "--json").json
    assert (True, 2) == (done["finished"], done["head"]["people"])


def test_resume_prune_and_forget_need_confirmation(cli: Cli, home: Path) -> None:
    """Without a terminal there is no question, so nothing happens."""
    cut_off(cli, home, written=False)
    for words in (
        ("resume", "last"), ("prune", "--keep", "0"), ("forget", "--person", "user_id=u-1"),
    ):  # fmt: skip
        assert Exit.MISUSE == cli("runs", *words).code
    assert not cli("runs", "show", RUN, "--json").json["finished"]


def test_an_interrupted_run_is_neither_pruned_nor_forgotten(cli: Cli, home: Path) -> None:
    """It is needed for resuming; the error says how."""
    cut_off(cli, home, written=True)
    assert "Nothing was deleted" in cli("runs", "prune", "--keep", "0", "--yes").err
    refused = cli("runs", "forget", "--person", "user_id=u-1", "--yes")
    assert (Exit.MISUSE, True) == (refused.code, f"runs resume {RUN}" in refused.err)
    assert 1 == len(cli("runs", "list", "--json").json["runs"])


def test_a_second_process_reports_the_lock_owner_and_does_nothing(cli: Cli, home: Path) -> None:
    """Exit 3 for a run, an undo and a resume; nothing is written."""
    cut_off(cli, home, written=True)
    before = (home / ".cactions" / "people.db").read_bytes()
    person = ("run", "loyalty", "--person", "u-2", "--replay", "--yes")
    with FileRunLock(home / ".cactions").hold(HEAD):
        for words in (person, ("runs", "undo", RUN, "--yes"), ("runs", "resume", RUN, "--yes")):
            done = cli(*words)
            assert Exit.NOTHING_DONE == done.code
            assert (
                "action loyalty is being run in the local workspace (.cactions) by process"
                in flat(done.err)
            )
            assert "nothing was written" in flat(done.err)
    assert before == (home / ".cactions" / "people.db").read_bytes()
    assert 1 == len(cli("runs", "list", "--json").json["runs"])


def test_an_export_is_json_lines_readable_by_the_owner_only(cli: Cli, home: Path) -> None:
    """The head with the counts, then one line per person; redacted values are left out."""
    path = home / "actions.yaml"
    path.write_text(path.read_text().replace("coupon: {path:", "coupon: {redacted: true, path:"))
    cli(*APPLIED)
    assert Exit.CLEAN == cli("runs", "export", "last", "--out", "run.jsonl").code
    text = (home / "run.jsonl").read_text()
    first, entry = (json.loads(line) for line in text.splitlines())
    assert cli("runs", "export", "last").out == text
    assert ("cactions.export/1", 1, 0) == (first["format"], first["people"], first["not_started"])
    assert "applied" == entry["receipt"]["outcome"]
    assert "SPRING24" not in text
    assert 0o600 == (home / "run.jsonl").stat().st_mode & 0o777


def test_a_forgotten_person_is_still_counted(cli: Cli, home: Path) -> None:
    """The run keeps the outcome without the person; the person stays in the workspace."""
    cli(*APPLIED)
    done = cli("runs", "forget", "--person", "user_id=u-1", "--yes")
    assert "1 entry in 1 run" in flat(done.err)
    assert "The person stays in the workspace" in flat(done.err)
    shown = cli("runs", "show", "last")
    assert "1: 1 applied" in flat(shown.out)
    assert "A forgotten person" in shown.out
    assert "Ada" not in shown.out
    assert "gold" == tier(cli)
    for path in (home / ".cactions" / "runs").iterdir():
        assert b"Ada" not in path.read_bytes()
    assert "Nothing" in cli("runs", "undo", "last", "--yes").err


def test_resume_says_how_many_started_people_it_does_not_list(cli: Cli, home: Path) -> None:
    """A run may have more of them than are read at once."""
    people = 520
    with closing(LocalJournal(home / ".cactions")) as journal:
        journal.create_run(replace(HEAD, people=people))
        journal.record_plans(RUN, plans(people))
    shown = flat(cli("runs", "resume", "last", "--yes").out)
    assert f"And {people - 20} more who were started." in shown


def test_a_planning_that_was_cut_off_is_closed_before_a_person_is_forgotten(
    cli: Cli, home: Path
) -> None:
    """Its rows may be about the person, and are gone when it is closed."""
    cli(*APPLIED)
    with closing(LocalJournal(home / ".cactions")) as journal:
        head = replace(HEAD, started=2e9, environment="production")
        journal.create_run(head, RunPhase.READING)
        query = PersonQuery("user_id", "u-1")
        rows = [(1, JobRow(1, query, {"color": "a-colour-of-hers"})), (2, JobRow(2, query))]
        journal.open_rows(RUN).add(rows, [])
        journal.open_rows(RUN).advance(RunPhase.PLANNING, "")
    forget = ("runs", "forget", "--person", "user_id=u-1", "--yes")
    refused = cli(*forget)
    assert Exit.MISUSE == refused.code
    assert f"cactions runs resume {RUN}" in flat(refused.err)
    assert f"cactions runs undo {RUN}" in flat(refused.err)
    assert Exit.CLEAN == cli("runs", "undo", RUN, "--yes").code
    assert Exit.CLEAN == cli(*forget).code
    assert "2: 2 not started" in flat(cli("runs", "show", RUN).out)
    for path in (home / ".cactions" / "runs").iterdir():
        assert b"a-colour-of-hers" not in path.read_bytes(), path
    assert Exit.CLEAN == cli("runs", "retry", RUN, "--yes").code  # nothing is left to retry
    assert 2 == len(cli("runs", "list", "--json").json["runs"])


HOLD = """
import sys
from pathlib import Path
from cactions.edges.store.run_lock import FileRunLock
from cactions.model import RunHead, RunKind, WorkspaceName
head = RunHead(sys.argv[2], RunKind.APPLY, "loyalty", 1.0, "ada", WorkspaceName("local"))
with FileRunLock(Path(sys.argv[1])).hold(head):
    print("held")
    sys.stdin.read()
"""


def test_a_run_of_another_process_is_running_and_not_cut_off(cli: Cli, home: Path) -> None:
    """It becomes cut off as soon as its process has ended, and only then can be resumed."""
    cut_off(cli, home, written=False)
    with running(HOLD, home / ".cactions", RUN) as process:
        assert "held" == said(process)
        listed = cli("runs", "list").out
        assert (True, False) == ("running" in listed, "cut off" in listed)
        assert "runs resume" not in listed
        assert "running" in cli("runs", "show", "last").out
        assert cli("runs", "list", "--json").json["runs"][0]["running"]
        assert Exit.CLEAN != cli("runs", "resume", "last", "--yes").code
        process.kill()
        process.wait()
    listed = cli("runs", "list").out
    assert (False, True) == ("running" in listed, "cut off" in listed)
