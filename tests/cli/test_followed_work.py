"""Work that takes long says on stderr how far it has come, and nothing else changes by that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cactions.cli import followed_work, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.render import progress_display
from cactions.render.progress_display import LineCanvas, ProgressDisplay
from tests.cli.conftest import Cli, Done, Work
from tests.intercom_projects import remote_project
from tests.projects import write
from tests.servers import Server
from tests.workspace import WorkspaceServer

START_SECONDS = followed_work.START_SECONDS
LINE = re.compile(r"^(Testing|Undoing|Reading|Importing|Requests): .*\n", re.MULTILINE)


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
    assert 2.0 == START_SECONDS


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
