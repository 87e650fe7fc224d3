"""Many commands that run the same action at the same time, each for one person.

12 people in the normal run, 60 with ``-m hostile``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import monotonic

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import choose_number
from tests.cli.conftest import ROOT
from tests.run_report import REPORT

PROCESSES = 6
SECONDS = 300
DOCUMENT = {
    "version": 1,
    "attributes": {"tier": {"data_type": "string", "messenger_writable": False}},
}

pytestmark = pytest.mark.hostile


def write_home(home: Path, people: int) -> None:
    """An action with a recorded answer for each person."""
    users = [f"u-{number}" for number in range(people)]
    workspace = {
        "identity_verification": "jwt",
        "people": [
            {"user_id": user, "email": f"{user}@example.com", "attributes": {"tier": "silver"}}
            for user in users
        ],
    }
    proof = {"path": "$.email", "equals": "person.email", "verified": "by mail"}
    action = {
        "match": "user_id",
        "request": {
            "http_method": "get", "url": "https://api.shop.example/{{ person.user_id }}",
        },
        "response": {
            "same_person": proof, "mapping": {"tier": {"path": "$.tier", "max_length": 20}},
        },
    }  # fmt: skip
    document = {**DOCUMENT, "workspace": workspace, "actions": {"loyalty": action}}
    (home / "actions.yaml").write_text(json.dumps(document))
    interactions = [
        {
            "request": {
                "method": "GET", "uri": f"https://api.shop.example/{user}", "body": None,
                "headers": {},
            },
            "response": {
                "status": {"code": 200, "message": "OK"}, "headers": {},
                "body": {"string": json.dumps({"email": f"{user}@example.com", "tier": user})},
            },
        }
        for user in users
    ]  # fmt: skip
    (home / "cassettes").mkdir()
    recording = {"version": 1, "interactions": interactions}
    (home / "cassettes" / "loyalty.json").write_text(json.dumps(recording))


def run_shell(home: Path, line: str) -> str:
    """What a line of a shell prints; ``cactions`` is this one."""
    command = f'cactions() {{ "{sys.executable}" -m cactions "$@"; }}; export -f cactions; {line}'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=home, env=environment, capture_output=True, text=True, check=True, timeout=SECONDS,
    )  # fmt: skip
    return done.stdout


def run_for_each(home: Path, people: int, options: str) -> Counter[int]:
    """The exit codes of a run for each person, six at a time."""
    words = f"run loyalty --person u-{{}} --replay --yes {options}"
    output = run_shell(
        home,
        f"seq 0 {people - 1} | xargs -P {PROCESSES} -I{{}}"
        f" bash -c 'cactions {words} >/dev/null 2>err-{{}}; echo $?'",
    )
    return Counter(int(line) for line in output.split())


def read_tiers(home: Path) -> dict[str, str]:
    """The tier of everyone, by user id."""
    people = json.loads(run_shell(home, "cactions people list --json"))["people"]
    return {person["user_id"]: person["attributes"]["tier"] for person in people}


def test_commands_that_wait_are_all_done(tmp_path: Path) -> None:
    """No run is lost, no exit code is one that the README does not name, no error is said."""
    people = choose_number(12, 60)
    write_home(tmp_path, people)
    begun = monotonic()
    codes = run_for_each(tmp_path, people, f"--wait {SECONDS}")
    seconds = monotonic() - begun
    assert {Exit.CLEAN: people} == codes
    assert {f"u-{number}": f"u-{number}" for number in range(people)} == read_tiers(tmp_path)
    runs = json.loads(run_shell(tmp_path, "cactions runs list --json"))["runs"]
    assert people == len(runs)
    assert {True} == {run["finished"] for run in runs}
    errors = [path.read_text() for path in tmp_path.glob("err-*")]
    assert people == len(errors)
    assert not [text for text in errors if "error" in text]
    counts = f"{people} people, {people} done, 0 lost, exit codes {dict(codes)}"
    REPORT.append(f"xargs -P {PROCESSES} with --wait: {counts}, {seconds:.1f} s")


def test_commands_that_do_not_wait_say_so_and_write_nothing(tmp_path: Path) -> None:
    """Each person is written, or the command has ended with 3 and named --wait."""
    people = 12
    write_home(tmp_path, people)
    codes = run_for_each(tmp_path, people, "")
    assert {Exit.CLEAN, Exit.NOTHING_DONE} >= set(codes)
    tiers = read_tiers(tmp_path)
    assert codes[Exit.CLEAN] == sum(tier != "silver" for tier in tiers.values())
    refused = [
        text
        for path in tmp_path.glob("err-*")
        if "is being run in the local workspace (.cactions) by"
        in " ".join((text := path.read_text()).split())
    ]
    assert codes[Exit.NOTHING_DONE] == len(refused)
    assert all("--wait" in text for text in refused)
