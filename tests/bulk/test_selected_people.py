"""A run for people of the workspace itself: each is counted once, and only they are written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.bulk.remote import BEGIN, RemoteScene, open_remote_scene
from tests.run_report import REPORT
from tests.workspace.client import Client

PAGE = 150
SILVER = ("--where", "custom_attributes.tier = silver", "--where", "role = user")
LAG = 60


@pytest.fixture
def scene(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[RemoteScene]:
    settings = getattr(request, "param", {})
    with open_remote_scene(tmp_path, monkeypatch, 0, **settings) as found:
        yield found


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteScene]:
    """A workspace with one person, whom no test changes."""
    with (
        pytest.MonkeyPatch.context() as patch,
        open_remote_scene(tmp_path_factory.mktemp("idle"), patch, 0) as found,
    ):
        found.add_person(10, "gold")
        yield found


def run(scene: RemoteScene, *words: str, expected: Exit = Exit.CLEAN) -> dict[str, Any]:
    """The JSON of a run that was carried out."""
    done = scene.call("run", "loyalty", *words, "--yes", "--json")
    assert expected == done.returncode, done.stderr + done.stdout
    return dict(json.loads(done.stdout))


def count_outcomes(document: dict[str, Any]) -> dict[str, int]:
    return {word: number for word, number in document["result"]["outcomes"].items() if number}


def get_tiers(scene: RemoteScene, keys: list[str]) -> list[Any]:
    return [scene.intercom.get_contact(key)["custom_attributes"]["tier"] for key in keys]


def test_people_of_a_search_are_read_by_pages_and_then_only_to_be_written(
    scene: RemoteScene,
) -> None:
    """A call for each 150 people, and two for each who changes; the others are left alone."""
    silver = [scene.add_person(number, "silver") for number in range(10, 190)]
    others = [scene.add_person(number, "bronze") for number in range(190, 220)]
    since = len(scene.intercom.log)
    document = run(scene, *SILVER)
    assert {"applied": 180} == count_outcomes(document)
    pages = -(-len(silver) // PAGE)
    counted = scene.count_calls(since)
    assert (pages, 180) == (counted["POST"], counted["PUT"])
    assert counted.total() <= BEGIN + pages + 2 * 180
    assert document["summary"]["platform_calls"] <= BEGIN + pages
    assert ["gold"] * 180 + ["bronze"] * 30 == get_tiers(scene, silver + others)
    assert 0 == run(scene, *SILVER)["summary"]["people"]
    REPORT.append(f"requests at Intercom for 180 people of a search: {dict(counted)}")


def test_people_whom_the_action_cannot_be_for_fail_once_each(scene: RemoteScene) -> None:
    """Leads, and users without the value that the request needs; they stop no one."""
    good = [scene.add_person(number, "silver") for number in range(10, 30)]
    for number in range(30, 35):
        scene.add_person(number, "silver", role="lead", external_id=None)
    scene.add_person(35, "silver", external_id=None)
    archived = scene.add_person(36, "silver")
    scene.intercom.archive_contact(archived)
    document = run(scene, "--all", expected=Exit.FINDINGS)
    assert 26 == document["summary"]["people"]
    assert {"failed": 6} == document["summary"]["outcomes"]
    assert ["gold"] * 20 == get_tiers(scene, good)
    assert 20 == scene.count_calls(0)["PUT"]
    assert {"user_id", "leads"} == {
        word for reason in document["summary"]["reasons"] for word in ("user_id", "leads")
        if word in reason["message"]
    }  # fmt: skip


@pytest.mark.parametrize("scene", [{"index_lag": LAG}], indirect=True)
@pytest.mark.parametrize("words", [SILVER, ("--where", "custom_attributes.points > 0")])
def test_a_lagging_index_leads_to_no_wrong_write(
    scene: RemoteScene, words: tuple[str, ...]
) -> None:
    """Who was changed since the index was made is a conflict, whatever the search went by."""
    keys = [scene.add_person(number, "silver") for number in range(10, 40)]
    for key in keys[:10]:
        scene.intercom.update_contact(key, custom_attributes={"tier": "bronze"})
    for key in keys[10:15]:
        scene.intercom.update_contact(key, custom_attributes={"points": -1})
    document = run(scene, *words, expected=Exit.FINDINGS)
    by_points = "points" in words[1]
    assert ["bronze"] * 10 == get_tiers(scene, keys[:10])
    assert ["silver" if by_points else "gold"] * 5 == get_tiers(scene, keys[10:15])[:5]
    assert ["gold"] * 15 == get_tiers(scene, keys[15:])
    applied = 15 if by_points else 20
    assert {"applied": applied, "conflict": 30 - applied} == count_outcomes(document)
    again = scene.call("runs", "retry", "last", "--yes")
    assert Exit.FINDINGS == again.returncode, again.stderr
    changed = keys[10:15] if by_points else keys[:10]
    assert {"silver" if by_points else "bronze"} == {*get_tiers(scene, changed)}


def test_a_person_on_two_pages_is_written_once(scene: RemoteScene) -> None:
    """The second time they are held as the same row."""
    keys = [scene.add_person(number, "silver") for number in range(10, 70)]
    with Client(scene.intercom, "api.intercom.test") as client:
        page = client.get("/contacts?per_page=150").content
    for number, part in enumerate([page["data"][:40], page["data"][20:]]):
        following = {} if number else {"next": {"starting_after": "second"}}
        body = {**page, "data": part, "pages": {"type": "pages", **following}}
        scene.intercom.fail("GET", "/contacts", status=200, body=body)
    document = run(scene, "--all", expected=Exit.FINDINGS)
    assert (80, {"held": 20}) == (
        document["summary"]["people"], document["summary"]["outcomes"],
    )  # fmt: skip
    assert ["gold"] * 60 == get_tiers(scene, keys)
    assert 60 == scene.count_calls(0)["PUT"]


def test_nothing_is_sent_before_a_condition_is_valid(idle: RemoteScene) -> None:
    """Neither to Intercom nor to the third party."""
    since = len(idle.intercom.log)
    for command, text in (("run", "tier = silver"), ("diff", "name = 'Ada")):
        done = idle.call(command, "loyalty", "--where", text, *["--yes"][: command == "run"])
        assert Exit.MISUSE == done.returncode
        assert f'--where "{text}", character ' in done.stderr.replace("\n  ", " ")
    assert [] == idle.intercom.log[since:]


def test_no_one_is_an_answer_and_leaves_no_run(idle: RemoteScene) -> None:
    """Also where the plan or a report was asked for."""
    done = idle.call("run", "loyalty", *SILVER, "--yes", "--report", "r.md")
    assert (0, True) == (done.returncode, "No person matches. Nothing was written." in done.stdout)
    done = idle.call("diff", "loyalty", *SILVER, "--out", "p.plan", "--exit-code")
    assert (0, True) == (done.returncode, "No person matches. Nothing was written." in done.stdout)
    assert not (idle.home / "p.plan").exists()
    assert [] == json.loads(idle.call("runs", "list", "--json").stdout)["runs"]
    assert 0 == idle.count_calls(0)["PUT"]


def test_a_list_that_cannot_be_read_to_its_end_leaves_no_run(idle: RemoteScene) -> None:
    """No one is planned, so that there is nothing to go on with."""
    for _ in range(6):
        idle.intercom.fail("GET", "/contacts", status=500)
    done = idle.call("run", "loyalty", "--all", "--yes")
    assert Exit.NOTHING_DONE == done.returncode, done.stderr
    assert [] == json.loads(idle.call("runs", "list", "--json").stdout)["runs"]
