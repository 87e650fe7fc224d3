"""Every command that writes says where: the local workspace, or that of Intercom by its name.

The same story is told for both, once for people and once for programs; and a name that tries to
paint the terminal, or to be taken for words of ours, is a name and nothing else.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.cli import prompts
from cactions.cli.exit_codes import Exit
from cactions.cli.journal_wiring import open_journal
from cactions.logic.workspace_name import describe_workspace
from cactions.model import Outcome, Receipt, RunKind, WorkspaceName
from tests.cli.conftest import Done, Work
from tests.intercom_projects import add_ada, remote_project
from tests.projects import ABOUT_ADA, project, write
from tests.run_report import REPORT
from tests.servers import Server, Talk, serving
from tests.workspace import Settings, WorkspaceServer

STRANGE = 'Acme" (x).\nApplied: \x1b[31m[bold]Eve[/] \u202e<b>|*'
PLACES = {
    "local": WorkspaceName(),
    "intercom": WorkspaceName("intercom:abc12345", "Example workspace"),
    "strange": WorkspaceName("intercom:abc12345", STRANGE),
}
GATES = "--without test --without probe --because x"
Change = Callable[[Path], None]


@pytest.fixture(params=sorted(PLACES))
def place(request: pytest.FixtureRequest) -> WorkspaceName:
    """Where the people of the project are."""
    return PLACES[request.param]


@pytest.fixture
def settings(place: WorkspaceName) -> Settings:
    """A workspace of that name."""
    return Settings(app_name=place.name or "another one")


@pytest.fixture
def shop() -> Iterator[Server]:
    """The service that knows Ada, and no other key."""

    def answer(talk: Talk) -> None:
        while request := talk.request():
            known = b"/u-1 " in request.splitlines()[0]
            status, body = ("200 OK", ABOUT_ADA) if known else ("404 Not Found", b"{}")
            talk.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    with serving(answer) as server:
        yield server


@pytest.fixture
def document(shop: Server, intercom: WorkspaceServer, place: WorkspaceName) -> dict[str, Any]:
    """An action that writes to the place."""
    document = project(shop) if place.is_local else remote_project(shop, intercom)
    document["tokens"]["shop"]["token_id"] = "1234"
    document["actions"]["loyalty"]["description"] = "Copies the loyalty tier."
    return document


@pytest.fixture
def ready(work: Work, home: Path, intercom: WorkspaceServer, document: dict[str, Any]) -> Work:
    """The command line in a folder with the project, and files of people."""
    add_ada(intercom)
    write(home, document)
    (home / "people.csv").write_text("user_id\nu-1\nu-99\n")
    (home / "new.csv").write_text("user_id,email\nu-7,bo@example.com\n")
    return work


def cut_off(home: Path) -> None:
    """A run whose process was killed before it wrote Ada."""
    keep_run(home, ended=False)


def lose_answer(home: Path) -> None:
    """A run with a write request whose answer never came."""
    keep_run(home, ended=True)


def keep_run(home: Path, *, ended: bool) -> None:
    with closing(open_journal(home)) as journal:
        done, plan = next(
            (run, entry.plan)
            for run in journal.list_runs()
            for entry in run.entries
            if run.head.kind is RunKind.APPLY and entry.plan.effective
        )
        run_id = time.strftime(f"%Y%m%d-%H%M%S-{os.urandom(4).hex()}", time.gmtime())
        journal.create_run(replace(done.head, id=run_id, started=time.time(), people=1))
        if not ended:
            journal.record_plans(run_id, [plan])
            return
        plan = replace(plan, changes=(), call=replace(plan.call, status=None))
        [number] = journal.record_plans(run_id, [plan])
        unknown = Receipt(plan.subject.person_id, Outcome.OUTCOME_UNKNOWN)
        journal.record_outcomes(run_id, [(number, unknown)])
        journal.finish(run_id)


UNDO = "runs undo last --yes"
LOCAL_ONLY = ("people import",)
INTERCOM_ONLY = ("connectors push",)
NO_JSON = ("runs settle", "people import", "runs export")
STORY: tuple[str | Change, ...] = (
    "diff loyalty --person u-1",
    "run loyalty --person u-1 --draft --yes",
    "runs list", "runs show last", "runs export last",
    UNDO,
    "diff loyalty --people people.csv --out monday.plan",
    "run loyalty --plan monday.plan --draft --yes",
    UNDO,
    "run loyalty --people people.csv --draft --yes",
    "runs retry last --draft --yes",
    UNDO,
    cut_off,
    "runs resume last --yes",
    lose_answer,
    "runs settle last --done --yes",
    f"publish loyalty {GATES} --yes",
    f"publish loyalty {GATES} --without connector --yes",
    "live list", "live show loyalty",
    "connectors push loyalty --yes",
    "people import new.csv",
)  # fmt: skip
"""Commands of which each says that something is, was or would be written."""


def list_story(place: WorkspaceName) -> list[str | Change]:
    """What can be done there."""
    others = INTERCOM_ONLY if place.is_local else LOCAL_ONLY
    left_out = "--without connector" if place.is_local else "\0"
    return [
        step
        for step in STORY
        if not isinstance(step, str) or not (step.startswith(others) or left_out in step)
    ]


def check_words(done: Done, words: str, place: WorkspaceName) -> None:
    """The text names the place, and holds nothing that a terminal obeys."""
    shown = " ".join((done.out + done.err).split())
    assert describe_workspace(place) in shown, (words, done)
    assert (done.out + done.err).replace("\n", "").isprintable(), words


def find_names(document: Any) -> set[tuple[str, str]]:
    """Every workspace that stands in a document, with its name."""
    if isinstance(document, list):
        return {name for item in document for name in find_names(item)}
    if not isinstance(document, dict):
        return set()
    key = document.get("workspace")
    here = {(key, document.get("workspace_name", ""))} if isinstance(key, str) else set()
    return here | {name for item in document.values() for name in find_names(item)}


def test_every_command_that_writes_says_where(
    ready: Work, home: Path, place: WorkspaceName
) -> None:
    """In words, in every one of them."""
    told = 0
    for step in list_story(place):
        if not isinstance(step, str):
            step(home)
            continue
        done = ready(step)
        assert done.code in (Exit.CLEAN, Exit.FINDINGS), (step, done)
        if step.startswith("runs export"):
            continue
        check_words(done, step, place)
        told += 1
    assert (17 if place.is_local else 18) == told
    REPORT.append(f"where is said, in words, {place.key}: {told} commands")


def test_every_document_says_where(ready: Work, home: Path, place: WorkspaceName) -> None:
    """The key and the name as Intercom tells it, and no other."""
    told = 0
    for step in list_story(place):
        if not isinstance(step, str):
            step(home)
            continue
        done = ready(step if step.startswith(NO_JSON) else f"{step} --json")
        assert done.code in (Exit.CLEAN, Exit.FINDINGS), (step, done)
        if step.startswith(NO_JSON) and not step.startswith("runs export"):
            continue
        lines = done.out.splitlines()[:1] if step.startswith("runs export") else [done.out]
        assert {(place.key, place.name)} == find_names([*map(json.loads, lines)]), (step, done)
        assert done.out.replace("\n", "").isprintable(), step
        told += 1
    assert (16 if place.is_local else 18) == told
    REPORT.append(f"where is said, as JSON, {place.key}: {told} commands")


def test_every_report_says_where(ready: Work, home: Path, place: WorkspaceName) -> None:
    """No name becomes markup, a formula or another cell."""
    kind = "local workspace" if place.is_local else "Intercom workspace"
    for form, number in {"md": 1, "html": 1, "csv": 2, "json": 0}.items():
        file = home / f"report.{form}"
        option = "html" if form == "html" else "report"
        ready(f"diff loyalty --people people.csv --{option} {file.name}")
        text = file.read_text()
        if form == "json":
            assert {(place.key, place.name)} == find_names(json.loads(text))
        assert number == text.count(kind), form
        assert ("[bold" in text or "&#91;bold" in text) == (place.name == STRANGE), form
        assert not any(sign in text for sign in ("<b>", "\x1b", "\u202e")) or form == "json", form


def apply(ready: Work, home: Path) -> None:
    """A run that can be undone."""
    assert Exit.CLEAN == ready("run loyalty --person u-1 --draft --yes").code
    assert (home / ".cactions").exists()


def undo_and_cut_off(ready: Work, home: Path) -> None:
    """A run that can be resumed."""
    assert Exit.CLEAN == ready(UNDO).code
    cut_off(home)


def undo_and_lose_answer(ready: Work, home: Path) -> None:
    """A run with a request whose outcome is unknown, which the question shows whole."""
    assert ready("runs undo last --yes").code in (Exit.CLEAN, Exit.FINDINGS)
    lose_answer(home)


QUESTIONS: tuple[tuple[str, Callable[[Work, Path], None] | None], ...] = (
    ("run loyalty --person u-1 --draft", None),
    ("run loyalty --people people.csv --draft", None),
    ("runs undo last", apply),
    ("runs resume last", undo_and_cut_off),
    ("runs settle last --done", undo_and_lose_answer),
    (f"publish loyalty {GATES} --without connector", None),
    ("connectors push loyalty", None),
)


def test_every_question_before_a_write_says_where(
    ready: Work, home: Path, place: WorkspaceName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal, which `test_prompts` has; after "n", nothing was done there: exit code 3."""
    monkeypatch.setattr(prompts, "require_terminal", lambda *_: None)
    asked = 0
    for words, prepare in QUESTIONS:
        if place.is_local and words.startswith(INTERCOM_ONLY):
            continue
        if prepare:
            prepare(ready, home)
        words_here = words.replace(" --without connector", "") if place.is_local else words
        done = ready(words_here, "n\n")
        question, _, rest = done.err.partition("? [y/N] ")
        assert describe_workspace(place) in question.rpartition("\n")[2], (words, done)
        assert "Nothing was" in rest, done
        worst = Exit.FINDINGS if "--people" in words else Exit.NOTHING_DONE  # a refused person
        assert worst == done.code, (words, done)
        assert done.err.replace("\n", "").isprintable(), words
        asked += 1
    assert (6 if place.is_local else 7) == asked
    REPORT.append(f"where is asked about, {place.key}: {asked} questions")
