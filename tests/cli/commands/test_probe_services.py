"""``cactions test`` and ``cactions probe`` against a server with each of the classic faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from cactions.cli.exit_codes import Exit
from tests.app.service_finds import Find, Records, find_exact
from tests.app.services import FAULTS
from tests.cli.commands.test_probe import PROBE, build_document
from tests.cli.conftest import Say
from tests.definitions import NEXT_YEAR
from tests.projects import SECRET, write
from tests.run_report import REPORT
from tests.servers import HOST, Server, Talk, authority, serving

RECORDS: Records = {
    key: {"email": f"{name}@example.com", "tier": tier, "points": len(tier)}
    for key, name, tier in (
        ("u-0", "eve", "bronze"), ("u-1", "ada", "gold"), ("u-2", "bob", "platinum-canary"),
        ("u-3", "joe", "iron"), ("u-4", "kim", "copper"), ("u-5", "lea", "lead"),
    )
}  # fmt: skip
CLASSIC = (
    "ignores the key", "fuzzy search", "first of many", "echoes the e-mail address", "off by one",
    "caches the last answer", "caches the second answer", "mixes tenants", "mixes all tenants",
    "folds case", "trims", "wildcards", "first page", "answers long keys",
)  # fmt: skip
ALLOWED = {
    "rule": "CA201", "where": "actions.loyalty.response.mapping",
    "reason": "the probe shows it",
    "owner": "ada@example.com", "expires": NEXT_YEAR,
}  # fmt: skip
"""Without a check, no test would run."""


class Shop:
    """The faults of a service that is asked by HTTP."""

    def __init__(self) -> None:
        self.find: Find = find_exact

    def serve(self, talk: Talk) -> None:
        while request := talk.request():
            key = unquote(request.split()[1].decode().rpartition("/")[2])
            record = next(self.find(key, RECORDS), None)
            body = json.dumps(record or {"error": "unknown"}).encode()
            status = "200 OK" if record else "404 Not Found"
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nX-RateLimit-Remaining: 9"
            talk.send(f"{head}\r\n\r\n".encode() + body)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def server(shop: Shop, say: Say, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("CACTIONS_CA_FILE", str(authority().ca_file))
    with serving(shop.serve) as server:
        assert Exit.CLEAN == say("vault init --name ada").code
        assert Exit.CLEAN == say(f"vault seal shop_token --host {HOST}", SECRET).code
        yield server


def test_every_fault_is_refused_by_the_tests_or_the_probe(
    server: Server, shop: Shop, say: Say, home: Path
) -> None:
    """Without a check in the action; an honest service passes both."""
    refused: dict[str, str] = {}
    document = build_document(server, proof=False)
    document["allow"] = [ALLOWED]
    write(home, document)
    for fault in ("honest", *CLASSIC):
        make = FAULTS.get(fault, lambda: find_exact)
        shop.find = make()
        tested = say("test loyalty --live").code
        shop.find = make()
        probed = say(f"{PROBE} --curl")
        assert Exit.NOTHING_DONE != tested, say("validate").out
        assert {tested, probed.code} <= {Exit.CLEAN, Exit.FINDINGS}, probed.err
        assert SECRET not in probed.out + probed.err
        if "LEAK" in probed.out:
            assert "curl " in probed.out
            assert "(tier)" in " ".join(probed.out.split())
        by = [name for name, code in (("tests", tested), ("probe", probed.code)) if code]
        refused[fault] = " and ".join(by)
    assert "" == refused.pop("honest")
    assert [] == [fault for fault, by in refused.items() if not by]
    assert {"tests", "probe"} < {*refused.values()}
    REPORT.append(f"faults of a real server: {refused}")


def test_with_a_check_nothing_of_the_victim_is_taken(
    server: Server, shop: Shop, say: Say, home: Path
) -> None:
    """Whatever the fault, no attribute hands anything over, and the check is named."""
    write(home, build_document(server))
    named = 0
    for fault in CLASSIC[::2]:
        shop.find = FAULTS[fault]()
        found = say(f"{PROBE} --json").json
        taken = [case["attributes"] for case in found["cases"] if case["attributes"]]
        assert [] == taken or fault == "echoes the e-mail address", fault
        shop.find = FAULTS[fault]()
        named += "identity check ($.email must be person.email)" in " ".join(say(PROBE).out.split())
    assert named >= 2
