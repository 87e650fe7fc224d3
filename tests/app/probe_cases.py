"""Two test people, a shop that knows both, and an action that asks it: the parts of a probe."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from cactions.app.probe import ProbePerson, ProbeTask, probe_action
from cactions.app.propose import PlanContext
from cactions.app.run_tests import run_test
from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.model import (
    Person,
    PersonQuery,
    ProbeReport,
    Project,
    Scalar,
)
from tests.app.service_finds import Record, Records
from tests.app.service_shapes import Shape
from tests.definitions import EDITABLE, FIXED, action, asking, file, response
from tests.fakes import FakeClock, FakePeople

CROWD = 6


@dataclass(frozen=True)
class Lookup:
    """A value that finds the record; ``chosen``: end users can choose it."""

    hole: str
    chosen: bool = False
    verification: str = "jwt"

    @property
    def name(self) -> str:
        return self.hole.rpartition(".")[2]


LOOKUPS = (
    Lookup("person.user_id"),
    Lookup("person.email"),
    Lookup("person.attributes.customer_no"),
    Lookup("person.attributes.number"),
    Lookup("person.attributes.shop_key", chosen=True),
    Lookup("inputs.order", chosen=True),
    Lookup("person.phone", chosen=True),
    Lookup("person.email", chosen=True, verification="user_id"),
)


@dataclass(frozen=True)
class Scene:
    """Everyone, their records by the key, and who attacks whom; ``inputs`` are theirs."""

    people: tuple[Person, ...]
    inputs: tuple[Mapping[str, Scalar], ...]
    records: Records
    own: tuple[Record, ...]
    keys: tuple[str, ...]
    """Those of attacker and victim."""

    def as_probed(self, number: int) -> ProbePerson:
        person = self.people[number]
        query = PersonQuery("user_id", str(person.fields["user_id"]))
        return ProbePerson(query, person, self.inputs[number])


def build_scene(lookup: Lookup, seed: int) -> Scene:
    """Attacker, victim and others; points are unique, tier and city are not."""
    chance = Random(seed)
    people, inputs, own, keys = [], [], [], []
    records: Records = {}
    for at in range(CROWD):
        person, values = _build_person(at, seed, chance)
        key = str(values if lookup.hole == "inputs.order" else _resolve(lookup, person))
        record: Record = {
            "email": person.fields["email"], "customer": person.fields["user_id"],
            "tier": ("silver", "gold")[(at + seed) % 2], "points": 1_000 + seed % 7 + at * 13,
            "city": chance.choice(["Bern", "Basel"]),
        }  # fmt: skip
        people.append(person)
        inputs.append({"order": values})
        own.append(record)
        records[key] = record
        keys.append(key)
    items = [*records.items()]
    chance.shuffle(items)
    return Scene(tuple(people), tuple(inputs), dict(items), tuple(own), tuple(keys[:2]))


def _resolve(lookup: Lookup, person: Person) -> object:
    values = person.attributes if ".attributes." in lookup.hole else person.fields
    return values[lookup.name]


def _build_person(at: int, seed: int, chance: Random) -> tuple[Person, str]:
    """A person, and the number of their order."""
    name = chance.choice(["Ada", "ada", "Grace.H", "eve", "x-y"]) + str(chance.randrange(999))
    big = chance.randrange(10**7, 10**8)
    ids = (
        f"cus_{big}-{at}", f"{chance.choice('uUkK')}-{big}{at}", str(big * 10 + at),
        str(uuid.UUID(int=chance.getrandbits(128), version=4)), f"Customer{big}x{at}",
    )  # fmt: skip
    fields = {
        "user_id": ids[seed % len(ids)],
        "email": f"{name}+{at}@Example-{at}.com" if seed % 3 else f"{name}{at}@example.com",
        "phone": f"+4917{big}{at}",
        "name": name,
    }
    attributes = {
        "shop_key": ids[(seed + 1) % len(ids)].replace("cus", "shop"),
        "customer_no": f"C{big}{at}" if seed % 2 else str(big * 10 + at),
        "number": big * 10 + at,
    }
    return Person(f"p{at}", fields, attributes), f"A-{big}{at}"


def build_project(
    lookup: Lookup, place: str, shape: Shape, proof: str = "", tests: Any = (), **parts: Any
) -> Project:
    """An action that asks by the lookup; ``proof`` is email, user_id or nothing."""
    read: dict[str, Any] = {"mapping": shape.mapping}
    if proof:
        read["proof"] = {"path": shape.paths[proof], "equals": f"person.{proof}",
                         "verified": "the shop confirms it"}  # fmt: skip
    else:
        read["proof"] = None
    if shape.rows:
        where = {shape.paths["email"]: "person.email"}
        read["rows"] = {**shape.rows, **({"where": where} if shape.rows.get("where") else {})}
    if shape.success:
        read["success_when"] = shape.success
    inputs = [{"name": "order", "type": "string", "required": True}]
    if lookup.hole.startswith("inputs"):
        parts["data_inputs"] = inputs
    text = file(
        action(asking(place, lookup.hole), response(**read), **parts,
               **({"tests": tests} if tests else {})),
        attributes={
            "shop_key": EDITABLE, "customer_no": FIXED, "city": FIXED,
            "number": {"data_type": "integer", "messenger_writable": False},
        },
        verification=lookup.verification,
    )  # fmt: skip
    found = load_project([SourceFile("actions.yaml", text.encode())])
    assert found.draft, found.findings
    return found.draft


def run_probe(project: Project, scene: Scene, service: Any, seed: int = 0) -> ProbeReport:
    """The attack of the first person on the second."""
    return probe_action(
        ProbeTask(
            project.actions["look"], project, scene.as_probed(0), scene.as_probed(1), service,
            FakeClock(), Random(seed), b"key" * 11,
        )
    ).report  # fmt: skip


def describe_tests(scene: Scene, shape: Shape, lookup: Lookup) -> list[dict[str, Any]]:
    """A test of each of the two, with their own values."""
    mapped = {"tier", "points", "city"} & shape.mapping.keys()
    return [
        {
            "name": f"test {at}", "person": {"user_id": scene.people[at].fields["user_id"]},
            **({"inputs": dict(scene.inputs[at])} if lookup.hole == "inputs.order" else {}),
            "expect": {"attributes": {name: scene.own[at][name] for name in sorted(mapped)}},
        }
        for at in range(2)
    ]  # fmt: skip


def passes_tests(project: Project, scene: Scene, service: Any) -> bool:
    """Whether the action's own tests pass, as ``cactions test --live`` runs them."""
    action = project.actions["look"]
    context = PlanContext(FakePeople(*scene.people), service)
    return all(run_test(action, test, context).passed for test in action.tests)
