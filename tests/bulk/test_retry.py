"""A run gets another attempt: who is called again, with which key, and what it comes to."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.cli.journal_wiring import open_journal
from cactions.model import Outcome, Run, RunKind
from tests.bulk.attack import RESUME, RUN, UNDO, Attack, begin_attack
from tests.bulk.child import get_errors
from tests.bulk.outside import check_counts, read_local, read_run
from tests.bulk.scene import FOREIGN, ODD_ROWS, get_after, list_expected
from tests.bulk.shop import BROKEN, LOST, Shop

PEOPLE = 20
RETRY = "runs retry {} --yes"
BAD = (2, 5, 11)
"""Whose first requests the shop does not answer well."""

ODD = 3
"""A bad row, an unknown person, and one whom the shop does not know: they fail each time."""


def break_shop(shop: Shop, fault: str, times: int = 1) -> None:
    shop.faults = {f"u-{number}": [fault] * times for number in BAD}


def read_newest(attack: Attack) -> Run:
    run = read_run(attack.home)
    assert run
    return run


def count(run: Run) -> dict[str, int]:
    """The people of a run by outcome, without zeros."""
    return {word.value: number for word, number in run.counts.outcomes.items() if number}


def test_only_those_who_failed_are_called_again(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """And the two runs together come to what one run without faults comes to."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    break_shop(shop, BROKEN)
    assert Exit.FINDINGS == attack.call(RUN)["code"]
    first = read_newest(attack)
    before = first, [*first.entries]
    assert {**list_expected(PEOPLE), "applied": 14, "failed": 6} == count(first)
    shop.asked.clear()
    assert Exit.FINDINGS == attack.call(RETRY.format(first.head.id))["code"]
    second = read_newest(attack)
    assert first.head.id == second.head.retries
    assert {"applied": len(BAD), "failed": ODD - 1} == count(second)  # a bad row has no key
    assert {f"u-{number}" for number in (*BAD, 7)} == {*shop.asked} - {""} - _list_probes(shop)
    unchanged = read_run(attack.home, run_id=first.head.id)
    assert unchanged
    assert before == (unchanged, [*unchanged.entries])
    held = read_local(attack.home, PEOPLE)
    assert [get_after(number) for number in range(PEOPLE)] == held
    said = get_errors(attack.home)
    assert f"5 of {PEOPLE + ODD_ROWS} people: 5 failed" in said
    assert "1 row that could not be read" in said
    assert "1 held as one of several rows about a person" in said
    attack.call(UNDO.format(second.head.id))
    attack.undo(first)


def _list_probes(shop: Shop) -> set[str]:
    """Users whom nobody knows."""
    return {user for user in shop.asked if not user[2:].isdigit() or len(user) > 8}


def change_people(home: Path, *numbers: int) -> None:
    """Another program changes the tier of some people."""
    path = home / "actions.yaml"
    document = json.loads(path.read_text())
    for number in numbers:
        document["workspace"]["people"][number]["attributes"]["tier"] = FOREIGN
    path.write_text(json.dumps(document))


def test_people_in_conflict_get_another_attempt(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """What another program wrote since is the old value of the new run, which is undone."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    attack.call(RUN, point="after confirm")
    run = read_newest(attack)
    change_people(attack.home, 1, 4, 6)
    attack.call(RESUME.format(run.head.id))
    first = read_newest(attack)
    assert 3 == count(first)["conflict"]
    attack.call(RETRY.format(first.head.id))
    second = read_newest(attack)
    assert {"applied": 3, "failed": ODD - 1} == count(second)
    assert [get_after(number) for number in range(PEOPLE)] == read_local(attack.home, PEOPLE)
    attack.call(UNDO.format(second.head.id))
    tiers = [attributes["tier"] for attributes in read_local(attack.home, PEOPLE)]
    assert [FOREIGN] * 3 == [tiers[number] for number in (1, 4, 6)]


@pytest.mark.parametrize("fault", [BROKEN, LOST])
def test_a_write_request_without_a_key_is_not_made_twice(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, fault: str
) -> None:
    """Neither one of unknown outcome nor one that the service may have carried out."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, "once")
    break_shop(shop, fault)
    attack.call(f"{RUN} --at-most-once")
    first = read_newest(attack)
    assert (3 if fault == LOST else 0) == count(first).get("in_doubt", 0)
    attack.call(f"{RETRY} --at-most-once --held".format(first.head.id))
    said = get_errors(attack.home)
    why = "with a write request of unknown outcome (entries 3, 6, 12)" if fault == LOST else (
        "whose write request was answered, or may have been carried out"
    )  # fmt: skip
    assert f"3 {why}" in said
    assert {1: PEOPLE - 1, 2: 1} == Counter(shop.asked.values())  # u-7, who is not known there
    assert 2 == shop.asked["u-7"]
    second = read_newest(attack)
    assert first.head.id == second.head.retries
    assert Exit.MISUSE == attack.call(f"{RETRY} --at-most-once".format(first.head.id))["code"]
    assert f"runs retry {second.head.id}" in get_errors(attack.home)
    assert 2 == shop.asked["u-7"]


def test_a_write_request_of_unknown_outcome_is_repeated_with_its_key(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """The service gets one key for each person, however many attempts there are."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, "key")
    break_shop(shop, LOST, 9)  # more than the tries of one run
    assert Exit.OUTCOME_UNKNOWN == attack.call(RUN)["code"]
    first = read_newest(attack)
    assert len(BAD) == count(first)["in_doubt"]
    attack.call(RETRY.format(first.head.id))
    second = read_newest(attack)
    assert len(BAD) == count(second)["in_doubt"]
    shop.faults.clear()
    attack.call(RETRY.format(second.head.id))
    third = read_newest(attack)
    assert {"applied": len(BAD), "failed": 2} == count(third)
    keys = {user: found for user, found in shop.keys.items() if user[2:].isdigit()}
    assert {f"u-{number}" for number in range(PEOPLE)} == {*keys}
    assert {1} == {len(found) for found in keys.values()}
    assert PEOPLE == len(set().union(*keys.values()))
    assert [get_after(number) for number in range(PEOPLE)] == read_local(attack.home, PEOPLE)


@pytest.mark.parametrize("kind", ["key", "once"])
def test_a_killed_planning_repeats_write_requests_only_with_their_keys(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, kind: str
) -> None:
    """With keys, each outcome is known in the end; without, few are unknown."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, kind)
    command = f"{RUN} --at-most-once --threads 2"
    attack.call(command, point="after send", count=9, small=False)
    assert 1 == attack.kills
    run = attack.finish()
    outcomes = check_counts(run, PEOPLE)
    keys = [found for user, found in shop.keys.items() if user[2:].isdigit()]
    assert {1} == {len(found) for found in keys}
    if kind == "key":
        assert list_expected(PEOPLE) == dict(outcomes)
        assert [get_after(number) for number in range(PEOPLE)] == read_local(attack.home, PEOPLE)
    else:
        assert max(shop.asked.values()) == 1
        assert 0 < outcomes[Outcome.OUTCOME_UNKNOWN.value] <= 2 + 5


def test_a_key_is_not_used_after_a_day(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """Services forget keys: a repeated request could be carried out twice."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, "key")
    break_shop(shop, LOST, 9)
    attack.call(RUN)
    first = read_newest(attack)
    make_older(attack.home, first.head.id, 25 * 3600)
    shop.asked.clear()
    attack.call(RETRY.format(first.head.id))
    assert "3 with a write request of unknown outcome" in get_errors(attack.home)
    assert {"u-7": 1} == dict(shop.asked)  # the service has turned that one down


def make_older(home: Path, run_id: str, seconds: float) -> None:
    """The head of a run says that it was begun earlier."""
    with closing(sqlite3.connect(home / ".cactions" / "runs" / f"{run_id}.db")) as run, run:
        [(text,)] = run.execute("SELECT head FROM run").fetchall()
        head = json.loads(text)
        head["started"] -= seconds
        run.execute("UPDATE run SET head = ?", (json.dumps(head),))


def test_an_unfinished_run_and_an_undo_are_not_retried(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """The command that helps is said; nothing is sent."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    attack.call(RUN, point="after confirm")
    run = read_newest(attack)
    shop.asked.clear()
    assert Exit.MISUSE == attack.call(RETRY.format(run.head.id))["code"]
    assert f"runs resume {run.head.id}" in get_errors(attack.home)
    attack.call(RESUME.format(run.head.id))
    attack.call(UNDO.format(run.head.id))
    undo = read_run(attack.home, RunKind.UNDO)
    assert undo
    assert Exit.MISUSE == attack.call(RETRY.format(undo.head.id))["code"]
    assert f"runs undo {run.head.id}" in get_errors(attack.home)
    assert 0 == shop.asked.total()
    assert 2 == len([*open_journal(attack.home).list_runs()])


def test_a_retry_that_was_cut_off_is_resumed(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """Not begun a second time; it can be retried itself when it is finished."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    break_shop(shop, BROKEN)
    attack.call(RUN)
    first = read_newest(attack)
    attack.call(RETRY.format(first.head.id), point="before commit", count=2)
    second = read_newest(attack)
    assert not second.finished
    assert Exit.MISUSE == attack.call(RETRY.format(first.head.id))["code"]
    assert f"runs resume {second.head.id}" in get_errors(attack.home)
    attack.call(RESUME.format(second.head.id))
    assert {"applied": len(BAD), "failed": 2} == count(read_newest(attack))
    assert [get_after(number) for number in range(PEOPLE)] == read_local(attack.home, PEOPLE)
    attack.call(RETRY.format(second.head.id))
    third = read_newest(attack)
    assert (second.head.id, {"failed": 2}) == (third.head.retries, count(third))
