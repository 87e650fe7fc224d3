"""``cactions probe`` against a real server: its verdict, its recording, and what neither holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Say
from tests.projects import SECRET, project, write
from tests.run_report import REPORT
from tests.servers import HOST, Server, Talk, authority, serving

RECORDS = {
    "u-1": {"email": "ada@example.com", "tier": "gold"},
    "u-2": {"email": "bob@example.com", "tier": "platinum-canary"},
}
PROBE = "probe loyalty --as u-1 --victim u-2"


def serve_customers(talk: Talk, *, folds: bool = False, ignores: bool = False) -> None:
    while request := talk.request():
        key = unquote(request.split()[1].decode().rpartition("/")[2])
        key = "u-2" if ignores else key.lower() if folds else key
        body = json.dumps(RECORDS.get(key, {})).encode()
        status = "200 OK" if key in RECORDS else "404 Not Found"
        talk.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


def build_document(server: Server, *, proof: bool = True, **request: Any) -> dict[str, Any]:
    document = project(server, **request)
    for person in document["workspace"]["people"]:
        person["test"] = True
    if not proof:
        del document["actions"]["loyalty"]["response"]["same_person"]
    return document


@pytest.fixture
def server(
    request: pytest.FixtureRequest, say: Say, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """The service, with the faults that a test names, and a vault with its token."""
    faults = getattr(request, "param", {})
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    with serving(lambda talk: serve_customers(talk, **faults)) as server:
        assert Exit.CLEAN == say("vault init --name ada").code
        assert Exit.CLEAN == say(f"vault seal shop_token --host {HOST}", SECRET).code
        yield server


def test_an_honest_service_passes_and_its_recording_holds_no_data(
    server: Server, say: Say, home: Path
) -> None:
    """The recording is judged again without a call, until the action changes."""
    document = build_document(server)
    write(home, document)
    done = say(f"{PROBE} --record")
    assert (Exit.CLEAN, "passed" in done.out) == (done.code, True), done.out + done.err
    sent = len(server.received)
    kept = (home / "cassettes" / "loyalty.probe.json").read_text()
    hidden = [text for record in RECORDS.values() for text in record.values()]
    hidden += ["u-1", "u-2", SECRET, "customers"]
    assert [] == [text for text in hidden if text in kept]
    assert Exit.CLEAN == say("probe loyalty --replay").code
    assert sent == len(server.received)
    document["actions"]["loyalty"]["request"]["query"] = {"v": "2"}
    write(home, document)
    done = say("probe loyalty --replay")
    assert (Exit.NOTHING_DONE, True) == (
        done.code,
        "has changed since" in " ".join(done.err.split()),
    )
    assert "cactions probe loyalty" in done.err
    REPORT.append(
        f"probe of a real server: {sent} requests, {len(hidden)} texts looked for, 0 kept"
    )


@pytest.mark.parametrize("server", [{"ignores": True}], indirect=True)
def test_a_service_that_ignores_the_key_fails(server: Server, say: Say, home: Path) -> None:
    write(home, build_document(server, proof=False))
    done = say(PROBE)
    assert (Exit.FINDINGS, True) == (done.code, "was not probed" in done.out)


@pytest.mark.parametrize("server", [{"folds": True}], indirect=True)
def test_a_leak_is_told_with_its_request(server: Server, say: Say, home: Path) -> None:
    """Without a check, another case of the key is enough; with one, it is stopped."""
    write(home, build_document(server, proof=False))
    done = say(f"{PROBE} --curl")
    assert Exit.FINDINGS == done.code
    assert "LEAK     the victim's key in other case" in done.out
    assert "U-2" in done.out
    assert "curl " in done.out
    assert SECRET not in done.out + done.err
    found = say(f"{PROBE} --json").json
    [leak] = [case for case in found["cases"] if case["verdict"] == "victim_data"]
    assert ("person.user_id", "other_case", False) == (
        leak["key"],
        leak["variant"],
        found["passed"],
    )
    write(home, build_document(server))
    assert Exit.CLEAN == say(PROBE).code


def test_only_test_people_are_attacked_and_writes_only_in_a_sandbox(
    server: Server, say: Say, home: Path
) -> None:
    document = build_document(server)
    document["workspace"]["people"][1]["test"] = False
    write(home, document)
    for words, text in (
        (PROBE, "no test person"),
        ("probe loyalty --as u-1 --victim u-1", "same person"),
        ("probe loyalty --as u-1", "--victim is missing"),
        ("probe loyalty --replay", "there is no file"),
        ("probe loyalti --as u-1 --victim u-2", "loyalty"),
    ):
        done = say(words)
        assert Exit.MISUSE == done.code, words
        assert text in " ".join(done.err.split()).lower()
    write(home, build_document(server, http_method="post", json={"a": 1}))
    done = say(PROBE)
    assert (Exit.MISUSE, True) == (done.code, "--live" in done.err)
    done = say(f"{PROBE} --live")
    assert (Exit.MISUSE, True) == (done.code, "sandboxes: [staging]" in done.err)
    assert [] == server.received


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "cactions.probe/9"}', '{"a": '])
def test_a_damaged_recording_is_refused(server: Server, say: Say, home: Path, text: str) -> None:
    write(home, build_document(server))
    assert Exit.CLEAN == say(f"{PROBE} --record").code
    (home / "cassettes" / "loyalty.probe.json").write_text(text)
    done = say("probe loyalty --replay")
    assert (Exit.NOTHING_DONE, True) == (done.code, "no recorded probe" in done.err), done.err


def test_a_changed_verdict_in_a_recording_is_judged_again(
    server: Server, say: Say, home: Path
) -> None:
    """A pass cannot be written into the file; a missing attack is noticed."""
    write(home, build_document(server, proof=False))
    path = home / "cassettes" / "loyalty.probe.json"
    assert Exit.CLEAN == say(f"{PROBE} --record").code
    kept = json.loads(path.read_text())
    leak = json.loads(path.read_text())
    theirs = kept["baseline"]["victim"]["digests"]
    for case in leak["cases"]:
        if case["variant"] == "random_key":
            case["seen"] = {"status": 200, "digests": theirs, "shown": ""}
    path.write_text(json.dumps(leak))
    assert Exit.FINDINGS == say("probe loyalty --replay").code
    path.write_text(json.dumps({**kept, "cases": kept["cases"][1:]}))
    assert Exit.NOTHING_DONE == say("probe loyalty --replay").code
