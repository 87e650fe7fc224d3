"""Work that takes long says on stderr how far it has come, and nothing else changes by that."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from cactions.cli import followed_work, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.render import progress_display
from cactions.render.progress_display import LazyCanvas, LineCanvas, ProgressDisplay, ProgressState
from cactions.rules import CHECKED
from tests.cli.conftest import Cli, Done, Say, Work
from tests.cli.test_cut_off import cut_off
from tests.intercom_projects import remote_project
from tests.projects import write
from tests.servers import Server
from tests.workspace import WorkspaceServer

START_SECONDS = followed_work.START_SECONDS
LABELS = (
    "Testing", "Undoing", "Reading", "Importing", "Requests", "Checking", "Deleting", "Searching",
    "Erasing", "Keys", "Exporting", "Writing",
)  # fmt: skip
LINE = re.compile(rf"^({'|'.join(LABELS)}): .*\n", re.MULTILINE)


def list_progress(done: Done) -> list[str]:
    """The lines of progress, without their rate."""
    return [line[0].partition(", ")[0].strip() for line in LINE.finditer(done.err)]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds are over at once, and each step has a line."""
    monkeypatch.setattr(followed_work, "START_SECONDS", 0)
    monkeypatch.setattr(progress_display, "LINE_SECONDS", 0)


def test_work_that_is_over_in_two_seconds_says_nothing(cli: Cli) -> None:
    """Which is nearly all of it."""
    assert [] == list_progress(cli("test"))
    assert 2.0 == START_SECONDS  # on a terminal; elsewhere a line says it every ten seconds


@pytest.mark.usefixtures("at_once")
def test_tests_undo_and_import_say_how_far_they_are(cli: Cli, home: Path) -> None:
    """On stderr alone: stdout is what it was."""
    done = cli("test")
    assert [f"Testing: {n} of 9 ({n * 100 // 9} %)" for n in range(1, 10)] == list_progress(done)
    rows = "".join(f"u-{number},p{number}@example.com\n" for number in range(10, 40))
    (home / "people.csv").write_text(f"user_id,email\n{rows}")
    done = cli("people", "import", "people.csv")
    assert [f"Importing: {number}" for number in range(1, 31)] == list_progress(done)
    assert (Exit.CLEAN, 1) == (done.code, done.out.count("30 people"))


@pytest.mark.usefixtures("at_once")
def test_nothing_is_said_beside_json(cli: Cli) -> None:
    """A program reads the document, and its log stays short."""
    assert "" == cli("test", "--json").err


@pytest.mark.usefixtures("at_once")
def test_requests_to_intercom_are_counted(
    work: Work, shop: Server, intercom: WorkspaceServer, home: Path
) -> None:
    """Whatever sends them; each command begins with the first."""
    write(home, remote_project(shop, intercom))
    for words in ("audit", "connectors list", "attributes pull", "people pull"):
        before = len(intercom.log)
        done = work(words)
        sent = len(intercom.log) - before
        assert sent > 0
        assert [f"Requests: {number}" for number in range(1, sent + 1)] == list_progress(done)
        assert not LINE.search(done.out)
        assert not wiring.is_showing_progress()


def test_a_progress_that_begins_takes_the_other_away(capsys: pytest.CaptureFixture[str]) -> None:
    """There is room for one; and the items are those that were given, in their order."""
    with wiring.show_progress("Planning", 0) as outer:
        assert wiring.is_alone(outer)
        assert [1, 2, 3] == [*follow_items(iter([1, 2, 3]), "Reading", "people")]
        with wiring.show_progress("Writing", 0):
            assert not wiring.is_alone(outer)
        assert wiring.is_alone(outer)
    assert not wiring.is_showing_progress()
    assert ("", "") == capsys.readouterr()


def test_the_unit_is_that_of_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    """The rate of tests is not one of people."""
    moments = iter([0.0, 0.0, 0.0, 3.0])
    canvas = LineCanvas(wiring.create_output())
    display = ProgressDisplay("Testing", 9, canvas, 10, clock=lambda: next(moments))
    display.unit = "tests"
    display.hold(2)
    display.update(6, {})
    assert "Testing: 6 of 9 (66 %), 2.0 tests per second, about 1.5 s left\n" == (
        capsys.readouterr().err
    )


def count_labels(done: Done) -> dict[str, int]:
    """How many lines each kind of progress had."""
    return dict(Counter(line.partition(":")[0] for line in list_progress(done)))


@pytest.mark.usefixtures("at_once")
def test_each_store_says_how_far_it_is(say: Say, cli: Cli, home: Path) -> None:
    """Validation, a resumed run, an export, an erased person, deleted runs, a new key, hosts."""
    found = count_labels(say("validate"))
    assert {"Reading": 1, "Checking": len(CHECKED)} == found
    cut_off(cli, home, written=False)
    steps = {
        "runs resume last --yes": {"Writing": 1},
        "runs export last --out run.jsonl": {"Exporting": 2},
        "runs forget --person user_id=u-1 --yes": {"Searching": 1, "Erasing": 1},
        "runs prune --keep 0 --yes": {"Deleting": 1},
        "vault init": {},
        "vault rekey": {"Keys": 1},
    }
    for words, labels in steps.items():
        done = say(words)
        counted = count_labels(done)
        wanted = {label: number for label, number in counted.items() if label in labels}
        assert (Exit.CLEAN, labels) == (done.code, wanted), (words, done)
        assert not LINE.search(done.out)
    assert not wiring.is_showing_progress()


def test_nothing_is_drawn_on_before_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, what draws is not even loaded for work that is over."""
    made: list[ProgressState] = []

    class Canvas:
        def draw(self, state: ProgressState) -> None:
            made.append(state)

        def erase(self) -> None:
            """Nothing is kept."""

    moments = iter([0.0, 0.0, 0.0, 1.9, 2.1])
    display = ProgressDisplay(
        "Reading", 2, LazyCanvas(Canvas), 0.1, clock=lambda: next(moments)
    )  # fmt: skip
    display.hold(2)
    display.update(1, {})
    assert [] == made
    display.update(2, {})
    assert [2] == [state.done for state in made]
