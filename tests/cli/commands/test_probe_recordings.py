"""Hostile recordings of a probe, as a cloned repository may hold them: never a crash, never a pass.

Whoever can write a whole recording can invent one, as with a recorded response. But a recording
that was damaged, cut down or made for another definition is refused, and nothing it holds is shown
as it stands.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from cactions.logic.definition.digest import digest_definition
from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from tests.case_counts import COUNTS
from tests.cli.commands.test_probe import PROBE, build_document, serve_customers
from tests.cli.conftest import Done, Say
from tests.projects import SECRET, write
from tests.run_report import REPORT
from tests.servers import HOST, Server, authority, serving

MUTATIONS = 250
"""Of each of two recordings, one of which says that the probe failed."""
ODD: tuple[Any, ...] = (
    None, True, -1, 10**400, 1e308, 0.5, "", "x" * 5_000, "\x1b[31mred\x1b[0m", "\u202eevil", [],
    {}, [[[[]]]], {"a": {"b": []}}, "victim_key", "stopped", "not_same_person", "0" * 32, "../etc",
)  # fmt: skip


@pytest.fixture
def server(say: Say, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    with serving(lambda talk: serve_customers(talk, folds=True)) as server:
        assert Exit.CLEAN == say("vault init --name ada").code
        assert Exit.CLEAN == say(f"vault seal shop_token --host {HOST}", SECRET).code
        yield server


def record(server: Server, say: Say, home: Path, *, proof: bool) -> Path:
    """A recording with a check, which passed, or without one, which failed."""
    write(home, build_document(server, proof=proof))
    assert (Exit.CLEAN if proof else Exit.FINDINGS) == say(f"{PROBE} --record").code
    return home / "cassettes" / "loyalty.probe.json"


def list_places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every member of every object and list, with what holds it."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in [*keys]:
        yield value, key
        yield from list_places(value[key])


def mutate(text: str, chance: Random) -> bytes:
    """One to three changes of the document, one of its bytes, or one part of one attack."""
    kind = chance.random()
    if kind < 0.2:
        return mutate_bytes(text.encode(), chance)
    document = json.loads(text)
    if kind < 0.5:
        mutate_attack(document, chance)
        return json.dumps(document).encode()
    for _ in range(chance.randint(1, 3)):
        holder, key = chance.choice([*list_places(document)])
        match chance.randrange(5):
            case 0:
                del holder[key]
            case 1:
                holder[key] = chance.choice(ODD)
            case 2:
                other, place = chance.choice([*list_places(document)])
                holder[key] = json.loads(json.dumps(other[place]))
            case 3 if isinstance(holder, list):
                holder.insert(key, json.loads(json.dumps(chance.choice(holder))))
            case 3 | 4 if isinstance(holder, dict):
                holder[str(chance.choice(ODD))[:40]] = holder[key]
    return json.dumps(document).encode()


def mutate_attack(document: dict[str, Any], chance: Random) -> None:
    """A change after which the document has its form still."""
    case, other = chance.sample(document["cases"], 2)
    part = chance.choice(
        ["key", "variant", "chosen", "named", "skipped", "verdict", "seen", "part"]
    )
    if part == "part":
        name = chance.choice(["status", "digests", "shown"])
        case["seen"][name] = chance.choice(
            [other["seen"][name], document["baseline"]["victim"][name]]
        )
    elif part in ("chosen", "named", "skipped"):
        case[part] = not case[part]
    else:
        case[part] = other[part]


def mutate_bytes(data: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(data))
    match chance.randrange(4):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case 2:
            return data[:at] + b"[" * 3_000 + data[at:]
    return (
        data[:at] + chance.choice([b"\x00", b"\xff\xfe", b"NaN", b'"', b"}", b"1e999"]) + data[at:]
    )


def check_outcome(done: Done, recorded: int) -> str:
    """The verdict that was recorded, or a refusal that says what to do; never a traceback."""
    text = done.out + done.err
    assert "Traceback" not in text, text
    assert "\x1b[31m" not in text
    assert "\u202e" not in text
    assert done.code in (Exit.CLEAN, Exit.FINDINGS, Exit.NOTHING_DONE), text
    if recorded == Exit.FINDINGS:
        assert Exit.CLEAN != done.code, "a probe that failed is passed"
    if done.code == Exit.NOTHING_DONE:
        assert "--record" in text or "UTF-8" in text, text
    return {Exit.CLEAN: "passed", Exit.FINDINGS: "failed"}.get(Exit(done.code), "refused")


@pytest.mark.hostile
@pytest.mark.parametrize("proof", [True, False])
def test_a_damaged_recording_keeps_its_verdict_or_is_refused(
    server: Server, say: Say, home: Path, *, proof: bool
) -> None:
    path = record(server, say, home, proof=proof)
    text = path.read_text()
    recorded = say("probe loyalty --replay").code
    outcomes: Counter[str] = Counter()
    count = MUTATIONS * COUNTS.factor
    for number in range(count):
        path.write_bytes(mutate(text, Random(number)))
        outcomes[check_outcome(say("probe loyalty --replay"), recorded)] += 1
    assert len(outcomes) > 1
    REPORT.append(f"recorded probes that were damaged: {dict(outcomes)}, 0 tracebacks")


def change_url(document: dict[str, Any]) -> None:
    request = document["actions"]["loyalty"]["request"]
    request["url"] = request["url"].replace("/v1/", "/v2/")


def add_key(document: dict[str, Any]) -> None:
    document["actions"]["loyalty"]["request"]["query"] = {"email": "{{ person.email }}"}


def drop_check(document: dict[str, Any]) -> None:
    del document["actions"]["loyalty"]["response"]["same_person"]


def change_check(document: dict[str, Any]) -> None:
    check = document["actions"]["loyalty"]["response"]["same_person"]
    check |= {"path": "$.id", "equals": "person.user_id"}


def add_rows(document: dict[str, Any]) -> None:
    document["actions"]["loyalty"]["response"]["rows"] = {"path": "$.data[*]"}


def map_another(document: dict[str, Any]) -> None:
    document["attributes"]["level"] = document["attributes"].pop("tier")
    response = document["actions"]["loyalty"]["response"]
    response["mapping"] = {"level": response["mapping"]["tier"]}
    for person in document["workspace"]["people"]:
        person["attributes"] = {}
    del document["actions"]["loyalty"]["tests"]


def stop_verifying(document: dict[str, Any]) -> None:
    document["workspace"]["identity_verification"] = "off"


def take_user_token(document: dict[str, Any]) -> None:
    document["actions"]["loyalty"]["request"]["tokens"] = ["jwt"]


CHANGES = {
    "the URL": (change_url, False),
    "another key": (add_key, True),
    "no check": (drop_check, True),
    "another check": (change_check, False),
    "rows": (add_rows, True),
    "another attribute": (map_another, True),
    "no identity verification": (stop_verifying, True),
    "the token of the end user": (take_user_token, True),
}
"""Changes of the action files, and whether they show where the recording has the new digest."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_recording_of_another_definition_is_refused(
    server: Server, say: Say, home: Path, name: str
) -> None:
    """Also with the digest of the definition as it is, where keys, checks or attributes differ."""
    path = record(server, say, home, proof=True)
    change, shows = CHANGES[name]
    document = build_document(server)
    change(document)
    write(home, document)
    done = say("probe loyalty --replay")
    assert Exit.NOTHING_DONE == done.code, done.out + done.err
    assert "proves nothing" in " ".join(done.err.split())
    kept = json.loads(path.read_text())
    project = load_project([SourceFile("actions.yaml", json.dumps(document).encode())]).draft
    assert project
    kept["definition"] = digest_definition(project.actions["loyalty"], project)
    path.write_text(json.dumps(kept))
    forged = say("probe loyalty --replay")
    assert (Exit.NOTHING_DONE if shows else Exit.CLEAN) == forged.code, forged.out + forged.err


@pytest.mark.parametrize("kind", ["folder", "pipe", "link", "large", "empty", "other text"])
def test_what_is_no_recording_is_refused(
    server: Server, say: Say, home: Path, tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    path = record(server, say, home, proof=True)
    outside = tmp_path_factory.mktemp("elsewhere") / "probe.json"
    outside.write_text(path.read_text())
    path.unlink()
    match kind:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "link":
            (home / ".git").mkdir()
            path.symlink_to(outside)
        case "large":
            path.write_text(" " * (1 << 20) + outside.read_text())
        case _:
            path.write_text("" if kind == "empty" else "\ufeff{}")
    done = say("probe loyalty --replay")
    assert done.code in (Exit.MISUSE, Exit.NOTHING_DONE), done.out + done.err
    assert "Traceback" not in done.err


def test_a_probe_that_proves_nothing_is_not_recorded(server: Server, say: Say, home: Path) -> None:
    """The one before it stays."""
    path = record(server, say, home, proof=True)
    before = path.read_text()
    document = build_document(server)
    document["workspace"]["people"][1]["user_id"] = "u-9"
    write(home, document)
    done = say("probe loyalty --as u-1 --victim u-9 --record")
    assert Exit.FINDINGS == done.code
    assert "Nothing was recorded" in done.err + done.out
    assert before == path.read_text()


@pytest.mark.parametrize("text", ["gold", "GOLD" * 8, "0" * 31, "g" * 32])
def test_a_recording_that_holds_more_than_digests_is_refused(
    server: Server, say: Say, home: Path, text: str
) -> None:
    """Wherever it stands; and it is not shown."""
    path = record(server, say, home, proof=True)
    kept = path.read_text()
    for where in ("digests", "shown"):
        document = json.loads(kept)
        seen = document["cases"][0]["seen"]
        seen[where] = {"tier": text} if where == "digests" else text
        path.write_text(json.dumps(document))
        done = say("probe loyalty --replay")
        assert Exit.NOTHING_DONE == done.code
        assert text not in done.out + done.err
