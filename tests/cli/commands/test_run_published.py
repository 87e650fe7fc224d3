"""Ways around a publication: saved plans, drafts, kept runs, folders without files; none works."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.cli import prompts
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions
from tests.cli.commands.test_publish_intercom import GATES, words
from tests.cli.conftest import Done, Work, list_writes
from tests.intercom_projects import add_ada, remote_project
from tests.projects import ABOUT_ADA, write
from tests.servers import Server, Talk, serving
from tests.workspace import WorkspaceServer

Document = dict[str, Any]

PUBLISH = f"publish loyalty {GATES} --without connector"
RUN = "run loyalty --person u-1 --yes"
DIFF = "diff loyalty --people people.csv --out ada.plan"
TAKE = "run loyalty --plan ada.plan --yes"


def answer_by_key(talk: Talk) -> None:
    """Ada is known, and no other key."""
    while request := talk.request():
        status, body = ("200 OK", ABOUT_ADA) if b"/u-1 " in request else ("404 Not Found", b"{}")
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        talk.send(head.encode() + body)


@pytest.fixture
def shop() -> Iterator[Server]:
    with serving(answer_by_key) as server:
        yield server


@pytest.fixture
def document(work: Work, home: Path, shop: Server, intercom: WorkspaceServer) -> Document:
    """It is published, without a data connector; its people are no test people."""
    found = remote_project(shop, intercom, test_people=[{"user_id": "u-9"}])
    write(home, found)
    (home / "people.csv").write_text("user_id\nu-1\n")
    add_ada(intercom)
    assert Exit.CLEAN == work(PUBLISH).code
    return found


def change(home: Path, document: Document) -> None:
    """The files say something that is not published."""
    changed = copy.deepcopy(document)
    changed["actions"]["loyalty"]["response"]["mapping"]["tier"]["max_length"] = 21
    write(home, changed)


def test_recorded_answers_are_not_written_by_a_saved_plan(
    work: Work,
    home: Path,
    intercom: WorkspaceServer,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No such plan is saved, and one of an earlier version of cactions is refused."""
    document["workspace"]["test_people"] = [{"user_id": "u-1"}]
    write(home, document)
    assert Exit.CLEAN == work("people pull").code
    assert Exit.CLEAN == work("test loyalty --record --yes").code
    forged = home / "forged.json"
    forged.write_text((home / "cassettes/loyalty.json").read_text().replace("gold", "platinum"))
    done = work(f"{DIFF} --cassette forged.json")
    assert (Exit.MISUSE, True) == (done.code, "recorded answer is never written" in words(done))
    assert not (home / "ada.plan").exists()
    with monkeypatch.context() as patched:
        patched.setattr(LiveOptions, "refuse_replay_at", lambda *_: None)
        assert Exit.CLEAN == work(f"{DIFF} --cassette forged.json").code
    done = work(TAKE)
    assert (Exit.MISUSE, True) == (done.code, "made of recorded answers" in words(done)), done
    assert [] == list_writes(intercom)


def test_a_draft_of_a_saved_plan_writes_test_people_only(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """The plan was made without --draft, so that it may be of anyone."""
    change(home, document)
    assert Exit.CLEAN == work(DIFF).code
    assert Exit.NOTHING_DONE == work(TAKE).code
    done = work(f"{TAKE} --draft")
    assert (Exit.FINDINGS, True) == (done.code, "1 failed" in words(done)), done
    assert [] == list_writes(intercom)
    write(home, document)
    assert Exit.CLEAN == work(DIFF).code
    assert Exit.CLEAN == work(TAKE).code  # the control: it is published, and for anyone
    assert 1 == len(list_writes(intercom))


def test_a_draft_of_a_kept_run_writes_test_people_only(
    work: Work,
    home: Path,
    intercom: WorkspaceServer,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was planned while its definition was live, and another one is by now."""

    def cut_off(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(prompts, "confirm", cut_off)
        assert Exit.CLEAN != work("run loyalty --people people.csv --yes").code
    change(home, document)
    assert Exit.CLEAN == work(PUBLISH).code
    write(home, document)
    assert Exit.NOTHING_DONE == work("runs resume last --yes").code
    done = work("runs resume last --draft --yes")
    assert (Exit.FINDINGS, True) == (done.code, "1 failed" in words(done)), done
    assert [] == list_writes(intercom)


def test_a_plan_that_came_by_another_address_is_not_written(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """The private address of a host is a part of what a plan rests on."""
    assert Exit.CLEAN == work(DIFF).code
    document["network"]["allow"][0]["address"] = "127.0.0.2"
    write(home, document)
    assert Exit.CLEAN == work(PUBLISH).code
    done = work(TAKE)
    assert Exit.MISUSE == done.code, done
    assert 'definition of the action "loyalty" has changed' in words(done)
    assert [] == list_writes(intercom)


def test_a_machine_without_files_has_nothing_to_compare_or_publish(
    work: Work, home: Path, document: Document
) -> None:
    """It says so; what is sealed runs."""
    (home / "actions.yaml").unlink()
    done = work("live diff loyalty --exit-code")
    assert (Exit.CLEAN, True) == (done.code, "No action files are here" in words(done))
    assert [] == work("live diff loyalty --json").json["changes"]
    done = work(PUBLISH)
    assert (Exit.MISUSE, True) == (done.code, "nothing to publish" in words(done))
    assert Exit.CLEAN == work(RUN).code
    assert document


def test_definitions_of_different_days_run_beside_each_other_without_files(
    work: Work, home: Path, document: Document
) -> None:
    """One attribute has other options in the later one: each runs with its own."""
    second = copy.deepcopy(document["actions"]["loyalty"])
    document["actions"]["second"] = second
    document["attributes"]["tier"]["options"] = ["gold", "silver"]
    write(home, document)
    assert Exit.CLEAN == work(PUBLISH.replace("loyalty", "second")).code
    (home / "actions.yaml").unlink()
    for name in ("loyalty", "second"):
        done = work(RUN.replace("loyalty", name))
        assert Exit.CLEAN == done.code, (name, done)


SAME_TEXTS = (
    ({"a": "1"}, {"a": 1}), ({"a": {}}, {"a": []}), ({"a.b": 1}, {"a": {"b": 1}}),
    ({"a": "true"}, {"a": True}), ({"a": []}, {}),
)  # fmt: skip


def test_a_diff_names_only_what_can_be_run(work: Work, home: Path, document: Document) -> None:
    """What is published for everyone, a draft for test people; both as they are shown."""
    run = "cactions run loyalty"
    shown = " ".join(work("diff loyalty --person u-1").out.split())
    assert shown.endswith(f"To apply it: {run} --person u-1")
    document["workspace"]["test_people"] = [{"user_id": "u-1"}]
    change(home, document)
    for who in ("--person u-1", "--people people.csv"):
        shown = " ".join(work(f"diff loyalty {who}").out.split())
        assert "To publish it: `cactions publish loyalty`." in shown
        assert shown.endswith(f"For test people: {run} {who} --draft")
    assert Exit.CLEAN == work("run loyalty --people people.csv --draft --yes").code


@pytest.mark.parametrize("bodies", SAME_TEXTS, ids=str)
def test_what_a_run_refuses_is_shown(
    work: Work, home: Path, document: Document, bodies: tuple[Any, Any]
) -> None:
    """Also where only quotes, empty lists or dots tell the two apart."""

    def put(body: Any) -> None:
        document["actions"]["loyalty"]["request"].update(
            {"http_method": "post", "effect": "read", "json": body}
        )
        write(home, document)

    put(bodies[0])
    assert Exit.CLEAN == work(PUBLISH).code
    put(bodies[1])
    assert Exit.NOTHING_DONE == work(RUN).code
    assert show_difference(work)


def test_what_stands_in_another_file_is_shown(work: Work, home: Path, document: Document) -> None:
    """What another action hides changes this one, without a word in its text."""
    other = copy.deepcopy(document["actions"]["loyalty"])
    other["response"]["mapping"]["tier"]["redacted"] = True
    document["actions"]["other"] = other
    write(home, document)
    assert Exit.NOTHING_DONE == work(RUN).code
    assert show_difference(work)


def show_difference(work: Work) -> bool:
    done: Done = work("live diff loyalty --exit-code")
    assert (Exit.CHANGES, False) == (done.code, "this is what is live" in words(done)), done
    return bool(json.loads(work("live diff loyalty --json").out)["changes"])
