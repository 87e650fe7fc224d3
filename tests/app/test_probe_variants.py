"""Faults that show in one kind of attack only: what found them, what came back, and its request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from cactions.app.probe import ProbeResult, ProbeTask, probe_action
from cactions.logic.request.curl import build_curl_command
from cactions.logic.request.curl_network import DIRECT
from cactions.model import FailureReason, ProbeVariant, ProbeVerdict, Project
from tests.app import service_caches as caches
from tests.app import service_finds as finds
from tests.app.probe_cases import Lookup, Scene, build_project, build_scene
from tests.app.probe_pairs import FAULTY, PairService, build_pair_scene
from tests.app.service_finds import Find, Record, Records, find_exact
from tests.app.service_shapes import FIRST, SHAPES, Shape, ShopService, write_flat
from tests.fakes import FakeClock
from tests.run_report import REPORT

FLAT, *_ = SHAPES
USER_ID = Lookup("person.user_id")
CUSTOMER_NO = Lookup("person.attributes.customer_no")
V = ProbeVariant


def attack(project: Project, scene: Scene, service: Any) -> ProbeResult:
    return probe_action(
        ProbeTask(
            project.actions["look"], project, scene.as_probed(0), scene.as_probed(1), service,
            FakeClock(), Random(1), b"key" * 11,
        )
    )  # fmt: skip


def attack_shop(
    find: Find, lookup: Lookup = USER_ID, shape: Shape = FLAT, proof: str = "", seed: int = 1
) -> tuple[ProbeResult, Scene]:
    scene = build_scene(lookup, seed)
    service = ShopService(scene.records, find, "query", shape)
    return attack(build_project(lookup, "query", shape, proof), scene, service), scene


def answer_wild_keys(key: str, records: Records) -> Iterator[Record]:
    """Exact, unless there is a star."""
    if "*" in key:
        yield from finds.match_pattern(key, records)
    yield from find_exact(key, records)


class CacheOfVictim:
    """From its second answer on, a customer gets the record of the one before."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._last: Record | None = None

    def __call__(self, key: str, records: Records) -> Iterator[Record]:
        if key in records:
            yield self._last if key in self._seen and self._last else records[key]
            self._seen.add(key)
            self._last = records[key]


ONE_VARIANT: dict[str, tuple[Callable[[], Find], Lookup, set[ProbeVariant]]] = {
    "only keys with wildcards": (lambda: answer_wild_keys, USER_ID, {V.WILDCARD}),
    "only long keys": (lambda: finds.answer_long, USER_ID, {V.LONGER}),
    "only other case": (lambda: finds.fold_case, USER_ID, {V.OTHER_CASE}),
    "only accents": (lambda: finds.drop_accents, Lookup("person.email"), {V.LOOKALIKE}),
    "only blanks": (lambda: finds.trim_key, USER_ID, {V.SPACES}),
    "only lists of keys": (lambda: finds.split_key, USER_ID, {V.BOTH_KEYS}),
    "only zeros before a number": (
        lambda: finds.find_by(lambda key: key.lstrip("0+")), CUSTOMER_NO, {V.OTHER_FORM}
    ),
    "only the second call of anyone": (caches.LateCache, USER_ID, {V.OWN_AGAIN}),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_VARIANT)
def test_a_fault_that_shows_in_one_variant_is_found_by_it(name: str) -> None:
    """The case names the attributes that came back, and its request can be sent again."""
    make, lookup, variants = ONE_VARIANT[name]
    seed = 2 if lookup is CUSTOMER_NO else 1
    result, scene = attack_shop(make(), lookup, seed=seed)
    assert variants == {case.variant for case in result.report.leaks}
    calls = dict(zip(map(id, result.report.cases), result.calls, strict=True))
    for case in result.report.leaks:
        assert {"points"} <= {*case.attributes}
        call = calls[id(case)]
        assert call is not None
        assert case.observation.line.startswith("GET https://api.shop.example/")
        assert build_curl_command(call, DIRECT).startswith("curl ")
    told = f"{sorted(v.value for v in variants)}"
    REPORT.append(f"a fault in {name}: found by {told}; {scene.own[1]['points']} came back")


def test_someone_without_a_record_gets_no_other() -> None:
    """The service answers with whom it answered before, where the key has no record."""
    result, _ = attack_shop(caches.LastAnswer())
    assert V.RANDOM_KEY in {case.variant for case in result.report.leaks}
    first, _ = attack_shop(finds.answer_unknown)
    assert ProbeVerdict.ANSWERED in {case.verdict for case in first.report.leaks}


def test_keys_that_leak_only_together_are_found_together() -> None:
    """Each alone finds nothing."""
    pair = FAULTY["two keys that can be chosen"]
    scene = build_pair_scene(1)
    service = PairService(tuple(scene.records.values()), pair.answer)
    result = attack(pair.build_project(), scene, service)
    assert {V.ALL_KEYS} == {case.variant for case in result.report.leaks}
    pair = FAULTY["the first of all"]
    service = PairService(tuple(scene.records.values()), pair.answer)
    result = attack(pair.build_project(), scene, service)
    assert V.ALL_RANDOM in {case.variant for case in result.report.leaks}


def test_data_of_the_victim_behind_the_attackers_address_is_found() -> None:
    """The proof holds, and one mapped attribute is the victim's."""
    pair = FAULTY["a related record"]
    scene = build_pair_scene(1)
    service = PairService(tuple(scene.records.values()), pair.answer)
    result = attack(pair.build_project(), scene, service)
    [leak] = [case for case in result.report.leaks if case.variant is V.VICTIM_KEY]
    assert ("inputs.order", ("points",)) == (leak.key, leak.attributes)


def test_a_nested_member_of_the_victim_is_found() -> None:
    """The customer is the attacker, what was looked up last stands beside it, and is mapped."""
    seen: list[Record] = []

    def find(key: str, records: Records) -> Iterator[Record]:
        for record in find_exact(key, records):
            seen.append(record)
            yield record

    def write(found: list[Record]) -> Any:
        beside = {"points": seen[-2]["points"]} if len(seen) > 1 else {}
        return {**write_flat(found), "recent": beside} if found else {}

    shape = Shape("recent", write, {"tier": "$.tier", "points": "$.recent.points"})
    result, _ = attack_shop(find, shape=shape, proof="email")
    assert {("points",)} == {case.attributes for case in result.report.leaks}
    assert V.OWN_AGAIN in {case.variant for case in result.report.leaks}


def test_a_customer_who_gets_the_record_of_the_one_before_is_told() -> None:
    """At the second call, from a cache."""
    result, _ = attack_shop(CacheOfVictim())
    verdicts = {case.verdict for case in result.report.leaks if case.variant is V.OWN_AGAIN}
    assert {ProbeVerdict.VICTIM_DATA} == verdicts


def test_two_hits_are_found_to_be_mixed_by_a_response_with_both() -> None:
    """No request is needed, and none is shown."""
    result, _ = attack_shop(find_exact, shape=FIRST)
    [leak] = result.report.leaks
    assert (V.TWO_RECORDS, ProbeVerdict.VICTIM_DATA, "") == (
        leak.variant,
        leak.verdict,
        leak.observation.line,
    )


@pytest.mark.parametrize("proof", ["email", "user_id"])
def test_a_check_that_stops_an_attack_is_named(proof: str) -> None:
    result, _ = attack_shop(finds.fold_case, proof=proof)
    report = result.report
    [stopped] = [case for case in report.cases if case.variant is V.OTHER_CASE]
    assert report.passed
    assert FailureReason.NOT_SAME_PERSON is stopped.observation.failure
    assert f"{FLAT.paths[proof]} must be person.{proof}" == report.check


def test_a_check_by_what_the_attacker_chooses_stops_nothing() -> None:
    """They claim the victim's number as their own attribute, which no request holds."""
    lookup = Lookup("person.user_id")
    scene = build_scene(lookup, 1)
    shape = Shape("flat", write_flat, paths={"attributes.shop_key": "$.shop_key"})
    for person, record in zip(scene.people, scene.own, strict=True):
        record["shop_key"] = person.attributes["shop_key"]
    project = build_project(lookup, "query", shape, "attributes.shop_key")
    for find, passed in ((find_exact, True), (finds.fold_case, False)):
        service = ShopService(scene.records, find, "query", shape)
        assert passed is attack(project, scene, service).report.passed
