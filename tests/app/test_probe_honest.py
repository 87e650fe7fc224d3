"""Honest services of many kinds pass their tests and the probe: no false alarm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

import pytest

from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.model import Person, ProbeVerdict
from tests.app.probe_cases import (
    LOOKUPS,
    Lookup,
    Scene,
    build_project,
    build_scene,
    describe_tests,
    passes_tests,
    run_probe,
)
from tests.app.probe_pairs import FAULTY, HONEST, PairService, build_pair_scene
from tests.app.service_finds import Record, Records, find_exact
from tests.app.service_shapes import PLACES, SHAPES, Shape, ShopService, write_flat
from tests.case_counts import choose_number
from tests.definitions import action, file, request, response
from tests.run_report import REPORT

UNKNOWN: tuple[tuple[int, Any], ...] = (
    (404, {"error": "not found"}), (404, None), (200, {}), (200, None), (200, []),
    (200, {"data": []}),
    (400, {"errors": [{"status": "400", "title": "malformed"}]}), (410, {}), (422, {"detail": []}),
    (500, {"trace": "…"}), (204, ""), (302, {}), (403, {"reason": "no such customer"}),
    (200, {"email": None, "customer": None}), (200, {"email": "", "tier": ""}), (404, "<html>"),
)  # fmt: skip
"""What services answer to a key that they do not know."""


class Variation(NamedTuple):
    """One honest service, and the action that asks it."""

    lookup: Lookup
    shape: Shape
    place: str
    proof: str
    seed: int

    def build_scene(self) -> Scene:
        scene = build_scene(self.lookup, self.seed)
        if self.seed % 2:
            for record in scene.records.values():
                record["tier"] = "gold"  # all have the same
        return scene


def list_variations(count: int) -> Iterator[Variation]:
    """Every lookup, shape, place and proof in turn; what can be chosen, always with a proof."""
    for seed in range(count):
        lookup = LOOKUPS[seed % len(LOOKUPS)]
        shape = SHAPES[seed // 3 % len(SHAPES)]
        proof = ("email", "user_id", "")[seed // 2 % 3]
        if lookup.chosen or shape.name == "orders":
            proof = "user_id" if lookup.hole == "person.email" else proof or "email"
        yield Variation(lookup, shape, PLACES[seed * 5 % len(PLACES)], proof, seed)


@pytest.mark.hostile
def test_an_honest_service_passes() -> None:
    """With noise in every answer: request ids, times, rate limits, layout, further members."""
    tried = alarms = 0
    for variation in list_variations(240 * choose_number(1, 10)):
        lookup, shape, place, proof, seed = variation
        scene = variation.build_scene()
        tests = describe_tests(scene, shape, lookup)
        project = build_project(lookup, place, shape, proof, tests)
        service = ShopService(scene.records, find_exact, place, shape, Random(seed))
        report = run_probe(project, scene, service, seed)
        alarms += not (report.passed and passes_tests(project, scene, service))
        tried += 1
        assert not alarms, (variation, report.problem, report.leaks, report.undecided)
    REPORT.append(f"probe of an honest service: {tried} variations, {alarms} false alarms")


@pytest.mark.parametrize("status", range(len(UNKNOWN)))
def test_whatever_is_answered_to_an_unknown_key_is_no_alarm(status: int) -> None:
    """Also where it is a success without a record; each for six keys."""
    code, body = UNKNOWN[status]

    def write(found: list[Record]) -> Any:
        return write_flat(found) if found else body

    for number in range(6):
        lookup = LOOKUPS[number]
        proof = "email" if lookup.chosen else ("", "user_id")[number % 2]
        shape = Shape("unknown", write, unknown=code)
        scene = build_scene(lookup, number)
        service = ShopService(scene.records, find_exact, PLACES[number], shape, Random(number))
        report = run_probe(build_project(lookup, PLACES[number], shape, proof), scene, service)
        assert report.passed, (lookup, report.problem, report.leaks, report.undecided)


@pytest.mark.parametrize("number", range(8))
def test_short_numbers_and_neighbours_are_no_alarm(number: int) -> None:
    """Keys that are counted up, where a part of a key is that of another customer."""
    keys = [(str(n), f"u-{n}", f"C{n:03}", f"cus_{n}")[number % 4] for n in range(1, 131)]
    people = [
        Person(f"p{n}", {"user_id": key, "email": f"ada{n}@example.com"})
        for n, key in enumerate(keys)
    ]
    own: list[Record] = [
        {"email": person.fields["email"], "customer": key, "points": n, "city": "Bern",
         "tier": "gold"}
        for n, (key, person) in enumerate(zip(keys, people, strict=True))
    ]  # fmt: skip
    records: Records = dict(zip(keys, own, strict=True))
    first, second = (100 + number, 11 + number * 7)
    people[0], people[first] = people[first], people[0]
    people[1], people[second] = people[second], people[1]
    scene = Scene(tuple(people), ({},) * len(people), records, tuple(own), ("", ""))
    lookup, shape = LOOKUPS[0], SHAPES[number % 5]
    service = ShopService(records, find_exact, "url", shape, Random(number))
    proof = ("", "email")[number // 4]
    report = run_probe(build_project(lookup, "url", shape, proof), scene, service)
    assert report.passed, (report.problem, report.leaks)
    if not proof and number != 2:  # zeros stand before these
        assert ProbeVerdict.UNRELATED in {case.verdict for case in report.cases}


@pytest.mark.parametrize("name", HONEST)
def test_a_value_that_is_not_needed_is_no_alarm(name: str) -> None:
    """Several values are sent, and not each of them decides whose record comes back."""
    pair = HONEST[name]
    project = pair.build_project()
    for seed in range(6):
        scene = build_pair_scene(seed)
        service = PairService(tuple(scene.records.values()), pair.answer)
        report = run_probe(project, scene, service, seed)
        assert report.passed, (seed, report.problem, report.leaks)


@pytest.mark.parametrize("name", FAULTY)
def test_several_values_hide_no_fault(name: str) -> None:
    """Unless the fault gives the attacker their own record."""
    pair = FAULTY[name]
    project = pair.build_project()
    for seed in range(12):
        scene = build_pair_scene(seed)
        if seed % 6 == 0 and name in ("an unknown language", "the first of all"):
            continue
        service = PairService(tuple(scene.records.values()), pair.answer)
        assert not run_probe(project, scene, service, seed).passed, seed


def test_goods_that_everyone_can_see_are_no_ones_data() -> None:
    """The article that the victim looks at says nothing of them, in whatever case it is written."""
    asked = request("https://api.shop.example/products", query={"sku": "{{ inputs.sku }}"})
    inputs = [{"name": "sku", "type": "string", "required": True}]
    text = file(
        action(asked, response(None, {"points": "$.points"}), data_inputs=inputs),
    )
    project = load_project([SourceFile("actions.yaml", text.encode())]).draft
    assert project
    people = build_pair_scene(1).people
    goods = ({"sku": "A-100", "points": 1}, {"sku": "B-200", "points": 2})
    scene = Scene(people[:2], tuple({"sku": str(each["sku"])} for each in goods), {}, (), ("", ""))

    def find(query: Mapping[str, str], records: tuple[Record, ...]) -> Iterator[Record]:
        return (each for each in records if each["sku"] == query["sku"].upper())

    report = run_probe(project, scene, PairService(goods, find))
    verdicts = {case.verdict for case in report.cases if case.observation.digests}
    assert report.passed, report.leaks
    assert {ProbeVerdict.OPEN_DATA, ProbeVerdict.OWN_DATA} == verdicts
