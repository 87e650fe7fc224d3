"""Between the plan and the first write: a late answer, and a planning that is stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from cactions.model import Outcome
from tests.bulk.attack import RESUME, RUN, begin_attack
from tests.bulk.child import get_errors
from tests.bulk.outside import check_counts, read_local, read_run
from tests.bulk.scene import get_before
from tests.bulk.shop import Shop

PEOPLE = 25


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_plan_that_another_process_carries_out_is_left_alone(
    process: subprocess.Popen[str],
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
) -> None:
    """Whatever the late answer is: the old values of the run stay in the journal."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    assert shop.server
    monkeypatch.setenv("CACTIONS_CA_FILE", str(shop.server.ca_file))
    words = ["-m", "cactions", *RUN.replace(" --yes", "").split()]
    asked = pexpect.spawn(sys.executable, words, cwd=str(attack.home), timeout=300)
    asked.expect("Apply the changes")
    run = read_run(attack.home)
    assert run
    assert Exit.FINDINGS == attack.call(RESUME.format(run.head.id))["code"]
    asked.sendline(answer)
    asked.expect("was started or closed already")
    asked.expect(pexpect.EOF)
    asked.close()
    assert Exit.MISUSE == asked.exitstatus
    done = read_run(attack.home)
    assert done
    attack.judge(done)
    attack.undo(done)


def test_a_planning_that_was_stopped_is_not_resumed(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """What was answered is known, what was not asked is not asked, and nothing is written."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, "once")
    path = attack.home / "actions.yaml"
    document = json.loads(path.read_text())
    for person in document["workspace"]["people"][9:]:
        person["email"] = person["email"].replace("p", "other")
    path.write_text(json.dumps(document))
    code = attack.call(f"{RUN} --at-most-once")["code"]
    assert Exit.FINDINGS == code, get_errors(attack.home)
    assert "lists the requests that were sent" in get_errors(attack.home)
    assert "To go on" not in get_errors(attack.home)  # it is closed
    run = read_run(attack.home)
    assert run
    assert run.finished
    outcomes = check_counts(run, PEOPLE)
    assert Outcome.OUTCOME_UNKNOWN.value not in outcomes
    assert Outcome.APPLIED.value not in outcomes
    assert {1} == set(shop.asked.values())
    sent = shop.asked.total()
    assert Exit.MISUSE == attack.call(RESUME.format(run.head.id))["code"]
    assert sent == shop.asked.total() < PEOPLE
    assert [get_before(number) for number in range(PEOPLE)] == read_local(attack.home, PEOPLE)


@pytest.mark.parametrize("secret", [True, False])
def test_what_is_refused_before_the_first_request_says_that_nothing_was_sent(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, secret: bool
) -> None:
    """A secret that is not sealed, and a file that is not there; no run is left behind."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    path = attack.home / "actions.yaml"
    document = json.loads(path.read_text())
    if secret:
        host = document["network"]["allow"][0]["host"]
        value = {"secret": "shop_token"}
        token = {"type": "text", "value": value, "header": "X-Shop-Token", "hosts": [host]}
        document["tokens"] = {"shop": token}
        document["actions"]["loyalty"]["request"]["tokens"] = ["shop"]
        path.write_text(json.dumps(document))
    words = RUN if secret else RUN.replace("people.csv", "none.csv")
    assert Exit.MISUSE == attack.call(words)["code"], get_errors(attack.home)
    assert "Nothing was sent and nothing was written" in get_errors(attack.home)
    assert read_run(attack.home) is None
    assert 0 == shop.asked.total()
