"""What a probe records of the victim: nothing, whatever their data and the answers look like."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from cactions.app.probe import ProbePerson, ProbeTask, probe_action
from cactions.logic import documents, strict_json
from cactions.logic.request.call import CallSpec
from cactions.model import Person, PersonQuery, Request, Response
from tests.app.probe_cases import Lookup, build_project
from tests.app.service_finds import Record
from tests.app.service_shapes import FIRST, SHAPES, Shape, read_key, write_flat
from tests.fakes import FakeClock
from tests.run_report import REPORT

CANARY = "canary7531"
NUMBER = 753_186_421
VALUES: dict[str, Record] = {
    "plain": {"tier": CANARY, "points": NUMBER},
    "long": {"tier": CANARY * 40, "points": NUMBER},
    "unicode": {"tier": f"ü{CANARY}\u202e", "points": NUMBER},
    "markup": {"tier": f"<b>{CANARY}</b>\x1b[31m", "points": NUMBER},
    "refused types": {"tier": [CANARY], "points": {"n": NUMBER}},
    "texts": {"tier": CANARY, "points": str(NUMBER)},
    "fractions": {"tier": CANARY, "points": NUMBER / 7},
    "half": {"tier": CANARY, "points": None},
    "nested": {"tier": CANARY, "points": NUMBER, "profile": {"notes": [CANARY, {"x": NUMBER}]}},
    "invalid text": {"tier": f"{CANARY}\ud800", "points": NUMBER},
}
"""The victim's values."""
LOOKUPS = (
    Lookup("person.user_id"),
    Lookup("person.email"),
    Lookup("person.attributes.shop_key", chosen=True),
)
ANSWERS: dict[str, Callable[[Record, str], Response]] = {
    "as it is": lambda record, _key: Response(200, (), json.dumps(record).encode()),
    "an error page": lambda record, key: Response(
        500, (("X-Trace", CANARY),), f"<h1>{key} {record}".encode()
    ),
    "a broken body": lambda record, _key: Response(200, (), json.dumps(record).encode()[:-3]),
    "a redirect": lambda _record, key: Response(302, (("Location", f"https://x/{key}"),), b""),
    "headers": lambda record, key: Response(
        200, (("X-User", key), ("Set-Cookie", CANARY)), json.dumps(record).encode()
    ),
}
"""What is answered to the victim's key."""


def build_crowd(values: Record) -> tuple[ProbePerson, ProbePerson, dict[str, Record]]:
    people, records = [], {}
    for name, own in (("attacker", {"tier": "gold", "points": 1}), (CANARY, values)):
        key = f"{name}-{NUMBER}" if name == CANARY else f"{name}-1"
        person = Person(
            key, {"user_id": key, "email": f"{name}@example.com", "name": name}, {"shop_key": key}
        )
        people.append(ProbePerson(PersonQuery("user_id", key), person, {}))
        record: Record = {**own, "email": f"{name}@example.com", "customer": key, "city": name}
        records[key] = records[f"{name}@example.com"] = record
    return people[0], people[1], records


class Service:
    """Answers the victim in one way, in one shape, and knows keys in any case."""

    source = ""

    def __init__(self, records: dict[str, Record], shape: Shape, answer: Any) -> None:
        self._records, self._shape, self._answer = records, shape, answer

    def prepare(self, action: Any) -> None:
        """Nothing is needed."""

    def call(self, _spec: CallSpec, sealed: Request) -> Response:
        key = read_key("query", sealed)
        record = self._records.get(key.lower())
        body = self._shape.write([record] if record else [])
        if record and CANARY in key.lower():
            return self._answer(body, key)  # type: ignore[no-any-return]
        return Response(200 if record else 404, (), json.dumps(body).encode())


def list_forms(text: str) -> Iterator[str]:
    """How a text may stand in a file."""
    data = text.encode("utf-8", "surrogatepass")
    yield from (text, text.upper(), quote(text), text[::-1], data.hex())
    for offset in range(3):  # base64 of a text depends on what stands before it
        yield base64.b64encode(b"\0" * offset + data).decode().rstrip("=")[4:-2]
    yield from (hashlib.new(name, data).hexdigest()[:16] for name in ("md5", "sha1", "sha256"))


def record_probe(values: Record, lookup: Lookup, shape: Shape, answer: Any, proof: str) -> str:
    mine, theirs, records = build_crowd(values)
    project = build_project(lookup, "query", shape, proof)
    task = ProbeTask(
        project.actions["look"], project, mine, theirs, Service(records, shape, answer),
        FakeClock(), Random(1), b"key" * 11,
    )  # fmt: skip
    return strict_json.dump_json(documents.probe_to_json(probe_action(task).report))


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_recording_holds_nothing_of_the_victim(answer: str) -> None:
    """Their keys and values in any encoding, and their digests without a key."""
    hidden = [*list_forms(CANARY), *list_forms(str(NUMBER)), *list_forms(f"{CANARY}-{NUMBER}"),
              *list_forms(f"{CANARY}@example.com")]  # fmt: skip
    tried = cases = 0
    for name, values in VALUES.items():
        for number, shape in enumerate((*SHAPES[:4], SHAPES[7], FIRST)):
            lookup = LOOKUPS[(number + len(name)) % len(LOOKUPS)]
            proof = ("", "email", "user_id")[number % 3]
            kept = record_probe(values, lookup, shape, ANSWERS[answer], proof)
            tried += 1
            cases += len(json.loads(kept)["cases"])
            assert [] == [text for text in hidden if text in kept], (name, shape.name)
    assert tried >= 30
    assert answer not in ("as it is", "headers") or cases > 1_000
    REPORT.append(f"recorded probes, {answer}: {tried} shapes, {len(hidden)} texts, 0 found")


def test_the_texts_that_are_looked_for_would_be_found() -> None:
    """In what the service answers, and in a digest without a key."""
    values = VALUES["plain"]
    text = json.dumps(write_flat([values]))
    assert CANARY in [form for form in list_forms(CANARY) if form in text]
    assert hashlib.sha256(CANARY.encode()).hexdigest()[:16] in [*list_forms(CANARY)]
    encoded = base64.b64encode(text.encode()).decode()
    assert [form for form in list_forms(CANARY) if form in encoded]
