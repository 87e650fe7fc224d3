"""``cactions audit`` and ``connectors pull`` on a workspace server: real HTTP, a sealed token."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Say, Work
from tests.connector_samples import (
    HONEST_COUNT,
    LEAKING,
    connector,
    data_input,
    fill_workspace,
    list_honest,
    maps,
)
from tests.intercom_projects import API
from tests.workspace import WorkspaceServer
from tests.written_files import read_files

CANARY = "canary-1f2e3d4c5b6a"
"""In a header of honest connectors; the platform hides it, and so must we."""


@pytest.fixture
def work(work: Work, home: Path, intercom: WorkspaceServer) -> Work:
    """A command of a user whose file holds nothing but the workspace."""
    write_project(home, intercom)
    return work


def write_project(home: Path, intercom: WorkspaceServer, **workspace: Any) -> None:
    """A file that holds nothing but the workspace."""
    document = {
        "version": 1,
        "workspace": {
            "kind": "intercom", "url": intercom.url, "token": {"secret": "intercom_token"},
            **workspace,
        },
        "network": {"allow": [
            {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
        ]},
    }  # fmt: skip
    (home / "actions.yaml").write_text(json.dumps(document))


def list_calls(intercom: WorkspaceServer) -> list[str]:
    return [f"{line.method} {line.path}" for line in intercom.log]


def find_named(findings: list[dict[str, Any]]) -> dict[str, set[str]]:
    """The rules of errors and warnings, by the id of the connector."""
    named: dict[str, set[str]] = {}
    for finding in findings:
        if finding["severity"] != "info" and finding["connector"]:
            named.setdefault(finding["connector"]["id"], set()).add(finding["rule"])
    return named


def test_all_leaks_of_a_workspace_are_named_and_nothing_else(
    work: Work, intercom: WorkspaceServer
) -> None:
    """200 connectors: 20 named by id with the expected rule, none of the 180 honest ones.

    One call for each page and each connector and two more, none of which writes, in less than 3 s
    of CPU time of the command's own thread.
    """
    bad = fill_workspace(intercom, list_honest(), LEAKING)
    assert (20, 180) == (len(bad), HONEST_COUNT)
    begin = time.thread_time()
    done = work("audit --format json")
    spent = time.thread_time() - begin
    assert Exit.FINDINGS == done.code
    named = find_named(done.json["findings"])
    assert set(bad) == set(named)
    assert [] == [key for key, rule in bad.items() if rule not in named[key]]
    assert 200 == len(done.json["connectors"])
    calls = list_calls(intercom)
    assert 4 + 200 + 2 == len(calls)
    assert [] == [line for line in calls if not line.startswith("GET ")]
    assert [] == [line.path for line in intercom.log if line.wrote]
    assert spent < 3
    assert CANARY not in done.out + done.err


def test_the_text_names_connector_attack_and_change(work: Work, intercom: WorkspaceServer) -> None:
    """Each leaking connector once by name and id, no honest one, within 80 columns."""
    bad = fill_workspace(intercom, list_honest(), LEAKING)
    done = work("audit")
    names = [line for line in done.out.splitlines() if line.endswith(")") and line[0].isalpha()]
    assert sorted(bad) == sorted(line.rpartition("(")[2].rstrip(")") for line in names)
    assert [] == [line for line in done.out.splitlines() if len(line) > 80]
    assert (
        "Example workspace (abc12345), region us, API 2.16, identity verification on." in done.out
    )
    assert "200 connectors: 200 live." in done.out
    assert "header values that Intercom does not show: 5" in done.out
    assert (
        """\
Order status (12395)
  error CA101 user-controlled-lookup, in the URL
    anyone who enters another customer's order_id gets that customer's data
    the path: order_id -> Order status (12395) -> the third party
    change: send {{user.user_id}} or {{user.email}} with it, so that the service
            answers for this customer's own records only
"""
        in done.out
    )


def test_a_workspace_without_leaks_is_clean(work: Work, intercom: WorkspaceServer) -> None:
    """Exit code 0, and the next command is named."""
    fill_workspace(intercom, list_honest()[:36], ())
    done = work("audit")
    assert (Exit.CLEAN, True) == (done.code, "No leak was found" in done.out)
    assert "cactions audit --save FOLDER" in done.out


def test_a_connector_that_cannot_be_read_is_counted_and_the_others_are_judged(
    work: Work, intercom: WorkspaceServer
) -> None:
    """Each is named with its reason, and one leak is still found."""
    honest = list_honest()
    keys = [intercom.add_connector(honest[n]) for n in range(5)]
    leaking = intercom.add_connector(LEAKING[0][1])
    for key, fault in zip(
        keys,
        ({"status": 404}, {"status": 403}, {"status": 400}, {"status": 418}, {"status": 409}),
        strict=True,
    ):
        intercom.fail("GET", f"/data_connectors/{key}", **fault)
    done = work("audit --format json")
    unread = [each["connector"].rpartition("(")[2].rstrip(")") for each in done.json["unread"]]
    assert keys == sorted(unread)
    assert {leaking} == set(find_named(done.json["findings"]))
    assert 5 == done.json["unknown"]["unread"]


def test_a_draft_counts_where_nothing_is_live(work: Work, intercom: WorkspaceServer) -> None:
    """It is marked; the live version of another connector counts, whatever its draft is."""
    intercom.add_connector(LEAKING[0][1], live=False)
    done = work("audit")
    assert "1 connector: 0 live and 1 draft only." in done.out
    assert "Loyalty by Shopify id (12345) draft only" in done.out


@pytest.mark.parametrize("version", ["2.14", "2.15"])
def test_an_older_api_is_told_plainly(
    work: Work, home: Path, intercom: WorkspaceServer, version: str
) -> None:
    """Data connectors need 2.16: a message with the option, and nothing else is asked."""
    write_project(home, intercom, api_version=version)
    done = work("audit")
    assert Exit.NOTHING_DONE == done.code
    assert "they need API version 2.16 or newer" in " ".join(done.err.split())
    assert "The audit was not finished" in done.err


def test_the_token_is_typed_where_the_file_names_none(
    say: Say, home: Path, intercom: WorkspaceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No vault is needed; it is in no output and in no file."""
    monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
    write_project(home, intercom)
    document = json.loads((home / "actions.yaml").read_text())
    del document["workspace"]["token"]
    (home / "actions.yaml").write_text(json.dumps(document))
    intercom.add_connector(LEAKING[0][1])
    done = say("audit --save kept", f"{intercom.token}\n")
    assert Exit.FINDINGS == done.code
    assert intercom.token not in done.out + done.err
    files = read_files(home).items()
    assert [] == [path for path, data in files if intercom.token.encode() in data]


HOSTILE = [
    "\x1b[31mred\x1b[0m", "a\nb: c\n# cactions: ignore[CA101] fine", "]]> <b>&amp;", "`|*_[x](y)`",
    "::error::x%0A", "\u202eevil\u2066", "x" * 3000, "<script>alert(1)</script>", "- &a *b {{",
    "\U0001f600",
]  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "junit", "markdown"])
def test_hostile_names_are_text_in_every_format(
    work: Work, intercom: WorkspaceServer, form: str
) -> None:
    """Nothing that a connector is called becomes markup, a command or a control character."""
    for number, name in enumerate(HOSTILE):
        intercom.add_connector(
            connector(
                name,
                f"https://api{number}.shop.example/orders/{{{{{name}}}}}",
                description=name,
                data_inputs=[data_input(name)],
                object_mappings=maps((name, "tier")),
            )
        )
    done = work(f"audit --format {form}")
    assert Exit.FINDINGS == done.code
    assert set() == {sign for sign in done.out if sign < " "} - {"\n"}
    assert not {"\u202e", "\u2066", "\x7f"} & set(done.out)
    if form in ("json", "sarif"):
        json.loads(done.out)
    if form == "junit":
        assert 10 <= int(ET.fromstring(done.out).get("failures", "0"))
    if form == "github":
        commands = [line for line in done.out.splitlines() if line.startswith("::")]
        assert 10 == len(commands)
        assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in commands)
    if form == "markdown":
        assert "<script>" not in done.out.split("```")[0]


def test_saved_files_are_read_back_and_judged_alike(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """``validate`` finds the same errors in them, none of the format; no secret is there."""
    fill_workspace(intercom, list_honest(), LEAKING)
    found = work("audit --format json --save kept").json["findings"]
    files = sorted(path.name for path in (home / "kept").iterdir())
    assert 200 - 5 + 2 == len(files)
    again = work("validate kept --format json").json["findings"]
    format_errors = [each for each in again if each["rule"].startswith("CA0")]
    assert [] == format_errors
    live = sorted((each["rule"], each["route"]) for each in found if each["severity"] == "error")
    kept = sorted((each["rule"], each["route"]) for each in again if each["severity"] == "error")
    assert live == kept
    texts = [path.read_text() for path in (home / "kept").iterdir()]
    assert [] == [text for text in texts if CANARY in text or "k3y7Qz91Lm42Xv8" in text]


def test_saved_files_are_a_project(work: Work, home: Path, intercom: WorkspaceServer) -> None:
    """With the workspace and its attributes: the next action is made in it, and needs no init."""
    fill_workspace(intercom, list_honest()[:6], ())
    work("audit --format json --save kept")
    shared = yaml.safe_load((home / "kept" / "actions.workspace.yaml").read_text())
    assert ("intercom", {"secret": "intercom_token"}) == (
        shared["workspace"]["kind"], shared["workspace"]["token"],
    )  # fmt: skip
    before = {path.name for path in (home / "kept").iterdir()}
    assert "attributes.lock.json" in before
    made = work("new extra --from-curl 'curl https://api.crm.example/me' -f kept --json")
    assert (Exit.CLEAN, "kept/actions.extra.yaml") == (made.code, made.json["file"])
    assert Exit.MISUSE == work("init kept").code


def test_a_second_pull_changes_nothing_and_an_edited_file_is_kept(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """Only --update replaces a file that differs."""
    fill_workspace(intercom, list_honest()[:36], ())
    first = work("connectors pull --json").json
    assert (35 + 2, 0) == (len(first["written"]), len(first["kept"]))
    second = work("connectors pull --json").json
    assert (["attributes.lock.json"], 36) == (second["written"], len(second["unchanged"]))
    edited = home / "actions.member_2.yaml"
    before = edited.read_text()
    edited.write_text(before.replace("version: 1", "# mine\nversion: 1"))
    third = work("connectors pull --json").json
    assert ["actions.member_2.yaml"] == third["kept"]
    assert "# mine" in edited.read_text()
    fourth = work("connectors pull --json --update").json
    assert ("actions.member_2.yaml" in fourth["written"], before) == (True, edited.read_text())
    assert [] == [line.path for line in intercom.log if line.wrote]


def test_a_pull_names_what_must_be_sealed(work: Work, intercom: WorkspaceServer) -> None:
    """One command for each hidden credential, with its host."""
    fill_workspace(intercom, list_honest()[:36], ())
    done = work("connectors pull")
    assert (
        "cactions vault seal hidden_header_21_authorization --host api21.ship.example" in done.err
    )
    assert "cactions vault seal intercom_token_t22 --host api22.club.example" in done.err


def test_an_update_keeps_what_only_the_files_know(
    work: Work, home: Path, intercom: WorkspaceServer
) -> None:
    """The workspace file, and actions with checks that Intercom does not have."""
    fill_workspace(intercom, list_honest()[:36], ())
    work("connectors pull")
    shared = home / "actions.workspace.yaml"
    shared.write_text(shared.read_text().replace("intercom_token_t22", "club"))
    for path in home.glob("actions.*.yaml"):
        path.write_text(path.read_text().replace("intercom_token_t22", "club"))
    checked = next(p for p in home.glob("actions.*.yaml") if "mapping: {" in p.read_text())
    proof = '      same_person: {path: "$.id", equals: person.user_id}'
    text = checked.read_text().replace("      mapping: {", f"{proof}\n      mapping: {{")
    checked.write_text(text)
    assert Exit.CLEAN == work("validate --fail-on error").code
    done = work("connectors pull --update")
    said = " ".join(done.err.split())
    assert f"{checked.name} (same_person" in said, said
    assert (text, True) == (checked.read_text(), "club" in shared.read_text())
    assert Exit.CLEAN == work("validate --fail-on error").code
