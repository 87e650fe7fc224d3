"""How long the tests of an action take against their recording, beside plain vcrpy."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import httpx
import vcr
from msgspec.structs import replace

from cactions.app.propose import PlanContext, ReplayCaller
from cactions.app.run_tests import TestBatch, run_batches, run_test
from cactions.edges.cassette.reader import CassetteSender
from cactions.edges.store.people import LocalPeopleStore
from cactions.logic.project import SourceFile, load_project
from cactions.model import Action, MaskedText, Person, Request, Response
from tests.bench.measuring import Reading, medians
from tests.recordings import write_cassette

CASES: Final = 1_000
MANY: Final = 10_000
FASTER: Final = 20
FLAT: Final = 1.3
BASE: Final = "https://api.shop.example/v1/customers"

PROJECT: Final = """
version: 1
workspace: {kind: local, identity_verification: jwt}
attributes: {tier: {data_type: string, messenger_writable: false}}
actions:
  loyalty:
    match: user_id
    request: {http_method: get, url: "%s/{{ person.user_id }}"}
    response:
      same_person: {path: $.email, equals: person.email, verified: by mail}
      mapping: {tier: {path: $.tier, max_length: 20}}
    tests:
      - name: n
        person: {user_id: u-0}
        expect: {status: 200, attributes: {tier: gold}, changes: {tier: add}}
"""


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """The time of a case as a share of vcrpy's, and with ten times as many cases."""
    few = min(rounds, 3)  # vcrpy takes seconds for a round
    cases = {size: prepare(folder, size) for size in (CASES, MANY)}
    plain = prepare_plain(folder, CASES)
    taken = medians(
        {
            "ours": partial(measure, cases[CASES], CASES),
            "many": partial(measure, cases[MANY], MANY),
            "vcrpy": partial(measure, plain, CASES),
        },
        few,
    )
    share = taken["ours"] / taken["vcrpy"]
    yield Reading(f"tests: {CASES:,} cases", share, 1 / FASTER, "x plain vcrpy")
    flat = taken["many"] / taken["ours"]
    yield Reading(f"tests: a case of {MANY:,}", flat, FLAT, f"x a case of {CASES:,}")


def measure(work: Callable[[], int], size: int) -> float:
    """CPU seconds for one case, the reading of the recording included."""
    gc.collect()
    start = time.process_time()
    assert size == work()
    return (time.process_time() - start) / size


def prepare(folder: Path, size: int) -> Callable[[], int]:
    """Runs that many tests, each for a person of its own; how many passed."""
    path = record(folder, size)
    project = load_project([SourceFile("actions.yaml", (PROJECT % BASE).encode())]).project
    assert project
    action = project.actions["loyalty"]
    people = LocalPeopleStore(None, [build_person(number) for number in range(size)])
    return lambda: run(action, people, path, size)


def run(action: Action, people: LocalPeopleStore, path: Path, size: int) -> int:
    context = PlanContext(people, ReplayCaller(CassetteSender(path)))
    [test] = action.tests
    tests = (
        replace(test, person=replace(test.person, value=f"u-{number}")) for number in range(size)
    )
    batches = (TestBatch((partial(run_test, action, each, context),)) for each in tests)
    return sum(report.passed for report in run_batches(batches, 1))


def build_person(number: int) -> Person:
    fields = {"user_id": f"u-{number}", "email": f"u{number}@example.com", "role": "user"}
    return Person(f"p{number}", dict(fields), {})


def record(folder: Path, size: int) -> Path:
    """A recording with an answer for each person."""
    path = folder / f"tests-{size}.json"
    exchanges = (
        (
            Request("GET", MaskedText.of_plain(f"{BASE}/u-{number}")),
            Response(200, (), b'{"email": "u%d@example.com", "tier": "gold"}' % number),
        )
        for number in range(size)
    )
    write_cassette(path, exchanges)
    return path


def prepare_plain(folder: Path, size: int) -> Callable[[], int]:
    """Asks the same of vcrpy, through a client, and compares the same three values."""
    path = record(folder, size)
    matching = ("method", "scheme", "host", "port", "path", "query", "body")
    recorder = vcr.VCR(serializer="json", record_mode="none", match_on=matching)

    def work() -> int:
        passed = 0
        with recorder.use_cassette(str(path)), httpx.Client() as client:
            for number in range(size):
                answer = client.get(f"{BASE}/u-{number}")
                document = answer.json()
                passed += (
                    answer.status_code == 200
                    and document["email"] == f"u{number}@example.com"
                    and document["tier"] == "gold"
                )
        return passed

    return work
