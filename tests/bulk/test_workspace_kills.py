"""A run for many people of an Intercom workspace is killed at any point, and answers are lost.

About 6 kills in the normal run, more than 200 with ``-m hostile``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cactions.model import Outcome, Run
from tests.bulk.attack import RUN, Attack, list_points
from tests.bulk.child import SERVE, get_errors
from tests.bulk.outside import check_counts, read_run
from tests.bulk.remote import add_attributes, write_remote_home
from tests.bulk.scene import FOREIGN, get_after, get_before
from tests.bulk.shop import Shop
from tests.case_counts import choose_number
from tests.edges.processes import running
from tests.run_report import REPORT
from tests.workspace import WorkspaceServer

PEOPLE = 30
LIVE = RUN.replace(" --live", "")
FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 503},
    {"status": 500, "apply": True},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"drop": True},
    {"drop": True, "apply": True},
)

pytestmark = pytest.mark.hostile


class RemoteAttack(Attack):
    """One case, whose people are at a workspace server."""

    intercom: WorkspaceServer
    keys: list[str]

    def read(self) -> list[dict[str, Any]]:
        """The attributes of everyone, without empty ones."""
        found = (self.intercom.get_contact(key)["custom_attributes"] for key in self.keys)
        return [{n: v for n, v in each.items() if v is not None} for each in found]

    def check(self, *, whole: bool = True) -> None:
        """Each PUT that the server has carried out has a before-image."""
        run = read_run(self.home)
        images = {
            entry.plan.subject.person_id
            for entry in (run.entries if run else ())
            if entry.plan.effective and entry.started
        }
        for number, held in enumerate(self.read()):
            before, after = drop_empty(get_before(number)), drop_empty(get_after(number))
            fine = held == before or (held == after and self.keys[number] in images)
            if not fine and number not in self.foreign:
                self.counts["violations"] += 1
                raise AssertionError((number, held, self.home))

    def disturb(self, numbers: list[int]) -> None:
        for number in numbers:
            self.intercom.update_contact(self.keys[number], custom_attributes={"tier": FOREIGN})
        self.foreign = numbers

    def judge(self, run: Run) -> Counter[str]:
        outcomes = check_counts(run, PEOPLE)
        applied = {
            entry.plan.subject.person_id
            for entry in run.entries
            if entry.receipt and entry.receipt.outcome is Outcome.APPLIED
        }
        for number, held in enumerate(self.read()):
            if number in self.foreign:
                assert FOREIGN == held["tier"]
                continue
            has_after = held == drop_empty(get_after(number))
            assert has_after, (number, held, outcomes, self.home)
            changed = get_after(number) != get_before(number)
            assert changed == (self.keys[number] in applied), (number, self.home)
        return outcomes

    def undo(self, run: Run, chance: Random | None = None) -> None:
        self.take_back(run, chance)
        for number, held in enumerate(self.read()):
            if number in self.foreign:
                assert FOREIGN == held["tier"]
            else:
                assert held == drop_empty(get_before(number)), (number, self.home)


def drop_empty(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter(cases=0, kills=0, violations=0)
    yield counted
    REPORT.append(f"runs for many people, at Intercom: {dict(counted)}")


@pytest.fixture(scope="module")
def intercom() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(tls=True) as intercom:
        add_attributes(intercom)
        yield intercom


def test_a_run_at_a_workspace_that_is_killed_anywhere_is_finished_and_undone(
    shop: Shop,
    intercom: WorkspaceServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    counts: Counter[str],
) -> None:
    """With lost answers, refusals for a moment, and another program that writes in between."""
    monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "ada.key"))
    home = write_remote_home(tmp_path / "home", shop, intercom, PEOPLE)
    keys = [
        intercom.add_contact(external_id=f"u-{n}", email=f"p{n}@example.com", role="user")
        for n in range(PEOPLE)
    ]
    chance = Random(7)

    def begin(folder: Path, process: subprocess.Popen[str]) -> RemoteAttack:
        intercom.clear_faults()
        empty = dict.fromkeys(("tier", "points", "coupon"))
        for number, key in enumerate(keys):
            intercom.update_contact(key, custom_attributes={**empty, **get_before(number)})
        attack = RemoteAttack(process, shutil.copytree(home, folder), PEOPLE, counts)
        attack.intercom, attack.keys, attack.command = intercom, keys, LIVE
        return attack

    with running(SERVE) as process:
        whole = begin(tmp_path / "whole", process)
        answer = whole.call(LIVE)
        assert 1 == answer["code"], get_errors(whole.home)
        whole.judge(whole.finish())
        points = [each for each in list_points(answer) if each[0].split()[1] != "send"]
        points += [each for each in list_points(answer) if each[0].split()[1] == "send"][::4]
        few = choose_number(4, 120)
        for number in range(few):
            attack = begin(tmp_path / str(number), process)
            point, count = chance.choice(points)
            if number % 2:
                for _ in range(2):
                    fault = {**chance.choice(FAULTS), "after": chance.randrange(PEOPLE)}
                    intercom.fail("PUT", "/contacts/*", **fault)
            if number % 5 == 4:
                attack.call(LIVE, after=chance.uniform(0.1, 2.0))
            else:
                attack.call(LIVE, point=point, count=count)
            attack.check()
            if number % 4 == 1 and attack.is_planned():
                attack.disturb(chance.sample(range(PEOPLE), 4))
            run = attack.finish(chance if number % 3 == 0 else None)
            attack.judge(run)
            if number % 2 == 0:
                attack.undo(run, chance if number % 4 == 0 else None)
            attack.drop()
