"""``cactions publish`` and ``cactions live`` on a local workspace."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.model import ProbeBaseline, ProbeObservation
from tests.cli.conftest import Say
from tests.publications import record_probe

PUBLISH = "publish loyalty --yes"
WITHOUT = '--without {} --because "a reason to leave it out"'


@pytest.fixture
def ready(say: Say, home: Path) -> Say:
    """The example with a vault, and a probe that passed."""
    assert Exit.CLEAN == say("vault init --name ada").code
    record_probe(home)
    return say


def change(home: Path, before: str, after: str) -> None:
    file = home / "actions.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def versions(say: Say) -> list[dict[str, Any]]:
    return list(say("live list --json").json["definitions"])


def test_a_definition_goes_live_with_its_evidence(ready: Say) -> None:
    """What it rests on is sealed with it, and shown."""
    done = ready(PUBLISH)
    assert (Exit.CLEAN, "") == (done.code, "" if done.code == 0 else done.err)
    where = "is live in the local workspace (.cactions), and sealed in the vault."
    assert f"loyalty version 1 (production) {where}" in " ".join(done.err.split())
    [live] = versions(ready)
    assert (3, False) == (live["evidence"]["tests"]["cases"], live["evidence"]["tests"]["live"])
    assert 3 == len(live["evidence"]["tests"]["people"])
    assert live["evidence"]["probe"]["cases"] > 0
    assert [] == live["evidence"]["waivers"]
    shown = ready("live show loyalty").out
    assert '"/v1/customers/{{ person.user_id }}"' in shown
    assert "3 tests passed, of its recording" in shown


_SEEN = ProbeObservation("", 200, digests={"tier": "a" * 32}, shown="b" * 32)
ALIKE = ProbeBaseline(_SEEN, _SEEN)
"""Both people get the same data, so that no attack tells whose came back."""

STALE = {
    "older than 30 days": {"made_at": time.time() - 31 * 24 * 3600},
    "made in the future": {"made_at": time.time() + 2 * 24 * 3600},
    "the action has changed since": {"definition": "0" * 32},
    "is missing": {"cases": ()},
    "The probe proves nothing": {"baseline": ALIKE},
}


@pytest.mark.parametrize("why", STALE)
def test_a_probe_that_proves_nothing_of_it_keeps_it_from_going_live(
    ready: Say, home: Path, why: str
) -> None:
    """Nothing is sealed, and the command that helps is named."""
    record_probe(home, **STALE[why])
    before = (home / "cactions.vault").read_bytes()
    done = ready(PUBLISH)
    assert Exit.FINDINGS == done.code
    assert why in " ".join(done.out.split()), done.out
    assert "cactions probe loyalty --as" in " ".join(done.out.split())
    assert before == (home / "cactions.vault").read_bytes()


def test_each_gate_that_is_not_passed_is_named(ready: Say, home: Path) -> None:
    """All of them at once, as words and as JSON."""
    (home / "cassettes/loyalty.probe.json").unlink()
    change(home, "tier: gold", "tier: silver")
    done = ready(PUBLISH)
    assert Exit.FINDINGS == done.code
    text = " ".join(done.out.split())
    assert "tests fail" in text
    assert "No probe of loyalty is recorded" in text
    document = ready(f"{PUBLISH} --json").json
    assert ["test", "probe"] == [problem["gate"] for problem in document["problems"]]
    assert (False, None) == (document["published"], document["definition"])


def test_an_action_without_tests_is_not_published(ready: Say, home: Path) -> None:
    """The next step says where to write one."""
    text = (home / "actions.yaml").read_text()
    head, _, rest = text.partition("    tests:\n")
    _, _, others = rest.partition("\n  billing:")
    (home / "actions.yaml").write_text(f"{head}\n  billing:{others}")
    record_probe(home)
    done = ready(PUBLISH)
    assert Exit.FINDINGS == done.code
    assert "It has no tests" in done.out


def test_a_gate_is_left_out_for_a_reason_that_is_shown_ever_after(ready: Say, home: Path) -> None:
    """In the list, in the definition, and in a version that is restored from it."""
    (home / "cassettes/loyalty.probe.json").unlink()
    assert Exit.MISUSE == ready(f"{PUBLISH} --without probe").code
    assert Exit.MISUSE == ready(f"{PUBLISH} --because x").code
    assert Exit.CLEAN == ready(f"{PUBLISH} {WITHOUT.format('probe')}").code
    assert "no probe" in ready("live list").out
    assert "a reason to leave it out" in ready("live show loyalty").out
    change(home, "/v1/customers", "/v2/customers")
    again = f"{PUBLISH} {WITHOUT.format('probe')} --without test"
    assert Exit.CLEAN == ready(again).code
    assert Exit.CLEAN == ready("live rollback loyalty --yes").code
    [live] = versions(ready)
    assert (3, 1) == (live["version"], live["restored"])
    assert ["probe"] == [waiver["gate"] for waiver in live["evidence"]["waivers"]]
    assert "/v1/customers" in ready("live show loyalty").out


def test_what_differs_is_shown_key_by_key(ready: Say, home: Path) -> None:
    """Before it goes live, and by ``live diff``; comments and layout do not count."""
    assert Exit.CLEAN == ready(PUBLISH).code
    change(home, "actions:\n", "actions:  # all of them\n\n")
    same = ready("live diff loyalty --exit-code")
    assert (Exit.CLEAN, True) == (same.code, "this is what is live" in same.out)
    change(home, "/v1/customers", "/v2/customers")
    done = ready("live diff loyalty --exit-code")
    assert Exit.CHANGES == done.code
    assert "- /v1/customers/{{ person.user_id }}" in done.out
    assert "+ /v2/customers/{{ person.user_id }}" in done.out
    assert "differ" in ready("live list").out
    [found] = ready("live diff loyalty --json").json["changes"]
    assert "actions.loyalty.request.url" == found["route"]


def test_a_machine_with_the_vault_alone_runs_what_is_published(
    ready: Say, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No action file is needed: people come from the store."""
    assert Exit.CLEAN == ready(PUBLISH).code
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("cactions.vault", "ada.key"):
        shutil.copy(home / name, bare)
    shutil.copytree(home / "cassettes", bare / "cassettes")
    ada = {"user_id": "u-1", "email": "ada@example.com", "attributes": {"tier": "silver"}}
    (bare / "people.json").write_text(json.dumps([ada]))
    monkeypatch.chdir(bare)
    assert Exit.CLEAN == ready("people import people.json").code
    assert Exit.CLEAN == ready("run loyalty --person u-1 --replay --yes").code
    assert "gold" in ready("people show u-1").out
    assert Exit.CLEAN == ready("runs undo last --yes").code
    assert "silver" in ready("people show u-1").out
    assert "none" in ready("live list").out
    done = ready("run delivery --person u-1 --replay --yes")
    assert (Exit.MISUSE, True) == (done.code, 'no action "delivery"' in done.err)


EMPTY = ("{attributes: {}}", "{changes: {}}", "{attributes: {}, changes: {}}")


@pytest.mark.parametrize("expected", EMPTY)
def test_tests_that_expect_nothing_are_none(ready: Say, home: Path, expected: str) -> None:
    """They are errors of the file, so that nothing goes live by them."""
    change(home, "expect: {status: 200, failure: not_same_person}", f"expect: {expected}")
    done = ready(PUBLISH)
    assert (Exit.NOTHING_DONE, True) == (done.code, "expects nothing" in done.err), done
    assert [] == versions(ready)


def test_an_environment_in_which_it_is_not_live_is_named(ready: Say) -> None:
    """And a version that is live already."""
    assert Exit.CLEAN == ready(PUBLISH).code
    for words in ("show loyalty", "rollback loyalty --yes"):
        done = ready(f"live {words} --env staging")
        assert Exit.MISUSE == done.code
        assert "in the environment" in flatten(done.err)
        assert "It is in: production." in flatten(done.err)
    done = ready("live list --env staging")
    assert (Exit.CLEAN, True) == (done.code, "in the environment staging yet" in flatten(done.err))
    done = ready("live rollback loyalty --to 1 --yes")
    assert (Exit.MISUSE, True) == (done.code, "is live already" in done.err)


def flatten(text: str) -> str:
    return " ".join(text.split())


def test_nothing_published_is_said(ready: Say) -> None:
    """By each command, with the next step."""
    assert "Nothing is published yet." in ready("live list").out
    for words in ("show", "diff", "rollback --yes"):
        done = ready(f"live {words} loyalty")
        assert Exit.MISUSE == done.code
        assert "cactions publish loyalty" in done.err
    assert Exit.CLEAN == ready(PUBLISH).code
    done = ready("live rollback loyalty --yes")
    assert (Exit.MISUSE, True) == (done.code, "has not an earlier version" in done.err)
    done = ready("live show loyalty --version 7")
    assert (Exit.MISUSE, True) == (done.code, "There is: 1." in done.err)


def test_publishing_needs_a_vault(say: Say, home: Path) -> None:
    """It is said before anything is asked."""
    record_probe(home)
    done = say(PUBLISH)
    assert (Exit.MISUSE, True) == (done.code, "cactions vault init" in done.err)


def test_only_the_last_versions_are_kept(ready: Say, home: Path) -> None:
    """Twenty of them; the numbers go on."""
    for number in range(23):
        change(home, f"/v{number + 1}/customers", f"/v{number + 2}/customers")
        gates = "--without test --without probe --because x"
        assert Exit.CLEAN == ready(f"{PUBLISH} {gates}").code
    [live] = versions(ready)
    assert 23 == live["version"]
    done = ready("live show loyalty --version 3")
    assert Exit.MISUSE == done.code
    assert "/v5/customers" in ready("live show loyalty --version 4").out


def test_a_vault_keeps_its_definitions_through_rekey_and_salvage(ready: Say, home: Path) -> None:
    """They are sealed with the new key."""
    assert Exit.CLEAN == ready(PUBLISH).code
    assert Exit.CLEAN == ready("vault rekey").code
    assert 1 == versions(ready)[0]["version"]
    assert Exit.CLEAN == ready("vault salvage --into saved.vault --new-key-file saved.key").code
    shutil.move(home / "saved.vault", home / "cactions.vault")
    shutil.move(home / "saved.key", home / "ada.key")
    assert 1 == versions(ready)[0]["version"]


ECHO = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  tier: {data_type: string, options: [silver, gold], messenger_writable: false}
actions:
  loyalty:
    match: email
    request:
      http_method: get
      url: https://api.shop.example/customers
      query: {email: "{{ person.email }}"}
    response:
      same_person: {path: $.email, equals: person.email, verified: it confirms them}
      mapping: {tier: $.tier}
"""


def test_a_finding_about_an_echo_says_what_the_probe_found(say: Say, home: Path) -> None:
    """Covered, stale, failed or damaged; without a recorded probe nothing is said."""
    (home / "actions.yaml").write_text(ECHO)
    assert "probe" not in say("validate").out
    record_probe(home)
    assert "covers this: no made-up key was answered with a record" in flat(say)
    record_probe(home, made_at=time.time() - 40 * 24 * 3600)
    assert "proves nothing any more: it is older than 30 days" in flat(say)
    record_probe(home, baseline=ALIKE)
    assert "did not pass" in flat(say)
    (home / "cassettes/loyalty.probe.json").write_text("{}")
    assert "its recorded probe cannot be read" in flat(say).lower()
    done = say("validate --json")
    assert (Exit.CLEAN, 1) == (done.code, len(done.json["findings"][0]["notes"]))


def flat(say: Say) -> str:
    return " ".join(say("validate").out.split())


def test_a_folder_of_recordings_that_may_not_be_read_stops_no_check(
    ready: Say, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read every folder, so that the refusal is made up here."""
    (home / "actions.yaml").write_text(ECHO)
    record_probe(home)
    real = os.stat

    def refuse(path: Any, **options: Any) -> os.stat_result:
        if str(path).endswith(".probe.json"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(os, "stat", refuse)
    assert Exit.CLEAN == ready("validate").code
    assert Exit.FINDINGS == ready(f"{PUBLISH} {WITHOUT.format('test')}").code


def test_the_gates_can_be_judged_alone(ready: Say, home: Path) -> None:
    """For CI, without a terminal and without a question: nothing is sealed."""
    before = (home / "cactions.vault").read_bytes()
    done = ready("publish loyalty --check")
    assert (Exit.CLEAN, True) == (done.code, "Every gate is passed" in done.err)
    document = ready("publish loyalty --check --json").json
    assert (False, []) == (document["published"], document["problems"])
    (home / "cassettes/loyalty.probe.json").unlink()
    assert Exit.FINDINGS == ready("publish loyalty --check").code
    assert before == (home / "cactions.vault").read_bytes()


def test_a_second_rollback_goes_further_back(ready: Say, home: Path) -> None:
    """Not to the version that the first one took away; and not to one that says the same."""
    gates = '--without test --without probe --because "a test"'
    for number in (2, 3, 3):
        text = (home / "actions.yaml").read_text()
        (home / "actions.yaml").write_text(re.sub(r"/v\d/customers", f"/v{number}/customers", text))
        if number == 2:
            change(home, "/v2/customers", "/v1/customers")
            assert Exit.CLEAN == ready(f"{PUBLISH} {gates}").code
            change(home, "/v1/customers", "/v2/customers")
        assert Exit.CLEAN == ready(f"{PUBLISH} {gates}").code
    for expected in ("/v2/customers", "/v1/customers"):
        assert Exit.CLEAN == ready("live rollback loyalty --yes").code
        assert expected in ready("live show loyalty").out
    done = ready("live rollback loyalty --yes")
    assert (Exit.MISUSE, True) == (done.code, "has not an earlier version" in done.err)


def test_a_local_workspace_has_no_connector_to_leave_out(ready: Say) -> None:
    """It would be sealed as a waiver of nothing."""
    done = ready(f"{PUBLISH} --without connector --because x1")
    assert (Exit.MISUSE, True) == (done.code, "no data connectors" in done.err)


def test_a_salvage_without_a_place_for_the_new_key_says_so(ready: Say, home: Path) -> None:
    """A key file holds the key of one vault."""
    done = ready("vault salvage --into saved.vault")
    assert (Exit.NOTHING_DONE, True) == (done.code, "--new-key-file FILE" in done.err)
    assert not (home / "saved.vault").exists()
