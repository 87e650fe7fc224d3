"""The attack on purpose: what each verdict means, and what a report says and does not hold."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from random import Random

import pytest
from msgspec.structs import replace

from cactions.app.probe import count_calls
from cactions.logic.probe.keys import list_probed_keys
from cactions.logic.probe.values import KEY_VARIANTS
from cactions.model import (
    Effect,
    ProbeCase,
    ProbeReport,
    ProbeVariant,
    ProbeVerdict,
    Response,
)
from tests.app.probe_cases import Lookup, Scene, build_project, build_scene, run_probe
from tests.app.service_finds import Find, Record, Records, find_exact, fold_case
from tests.app.service_shapes import FIRST, SHAPES, Shape, ShopService

FLAT, *_ = SHAPES
BY_SHAPE = {shape.name: shape for shape in (*SHAPES, FIRST)}
USER_ID = Lookup("person.user_id")
SHOP_KEY = Lookup("person.attributes.shop_key", chosen=True)


def probe(
    lookup: Lookup,
    find: Find = find_exact,
    shape: Shape = FLAT,
    proof: str = "",
    scene: Scene | None = None,
) -> ProbeReport:
    everyone = scene or build_scene(lookup, 1)
    service = ShopService(everyone.records, find, "url", shape)
    return run_probe(build_project(lookup, "url", shape, proof), everyone, service)


def select(report: ProbeReport, variant: ProbeVariant) -> list[ProbeCase]:
    return [case for case in report.cases if case.variant is variant]


def test_a_key_that_can_be_chosen_gives_the_victims_data_away() -> None:
    """The seed of the tool: an attribute that end users write is the key, and nothing checks."""
    [leak] = probe(SHOP_KEY).leaks
    assert (ProbeVariant.VICTIM_KEY, ProbeVerdict.VICTIM_DATA) == (leak.variant, leak.verdict)
    assert ("person.attributes.shop_key", ("points", "tier")) == (leak.key, leak.attributes)
    assert probe(SHOP_KEY, proof="email").passed


def test_a_verified_key_is_the_victims_alone_until_verification_is_off() -> None:
    for verification, verdict in (
        ("jwt", ProbeVerdict.VERIFIED_KEY),
        ("off", ProbeVerdict.VICTIM_DATA),
    ):
        report = probe(Lookup("person.user_id", verification=verification))
        assert [verdict] == [case.verdict for case in select(report, ProbeVariant.VICTIM_KEY)]


def test_two_records_are_never_mixed_up() -> None:
    """A list with both records: the first is a leak, a row filter is none."""
    first = probe(USER_ID, shape=FIRST)
    assert ProbeVerdict.VICTIM_DATA in {
        case.verdict for case in select(first, ProbeVariant.TWO_RECORDS)
    }
    chosen = probe(USER_ID, shape=BY_SHAPE["rows"], proof="email")
    both = [case.verdict for case in select(chosen, ProbeVariant.TWO_RECORDS)]
    assert [ProbeVerdict.OWN_DATA] * 2 == both
    single = probe(USER_ID, shape=BY_SHAPE["list"], proof="email")
    both = [case.verdict for case in select(single, ProbeVariant.TWO_RECORDS)]
    assert [ProbeVerdict.STOPPED] * 2 == both


def test_the_lists_of_a_persons_own_record_are_not_mixed() -> None:
    """The orders of a customer are theirs: no service answers with those of two."""
    report = probe(USER_ID, shape=BY_SHAPE["orders"], proof="email")
    assert report.passed
    assert [] == select(report, ProbeVariant.TWO_RECORDS)


def test_people_who_look_alike_prove_nothing() -> None:
    scene = build_scene(USER_ID, 1)
    for record in scene.records.values():
        record |= {"tier": "gold", "points": 1}
    service = ShopService(scene.records, find_exact, "url", FLAT)
    report = run_probe(build_project(USER_ID, "url", FLAT, "email"), scene, service)
    assert not report.passed
    assert "same values" in report.problem
    assert 2 == len(service.keys)


def test_what_both_have_in_common_is_told_to_be_not_compared() -> None:
    scene = build_scene(USER_ID, 1)
    for record in scene.records.values():
        record["tier"] = "gold"
    report = probe(USER_ID, proof="email", scene=scene)
    assert (True, ("points",)) == (report.passed, report.telling)


def test_no_data_of_the_victim_is_in_the_report() -> None:
    """Digests are compared; neither keys nor values are kept."""
    scene = build_scene(USER_ID, 1)
    report = probe(USER_ID, proof="email", scene=scene)
    text = json.dumps([dict(case.observation.digests) for case in report.cases])
    assert [] == [str(v) for v in scene.own[1].values() if f'"{v}"' in text]


def test_every_key_of_the_request_is_attacked_in_every_way() -> None:
    """What cannot be tried is a case of its own, which says so."""
    project = build_project(SHOP_KEY, "url", BY_SHAPE["rows"], "email")
    keys = list_probed_keys(project.actions["look"], project)
    assert {"person.attributes.shop_key": (True, True), "person.email": (False, False)} == {
        str(key.reference): (key.is_chosen, key.is_sent) for key in keys
    }
    report = probe(SHOP_KEY, shape=BY_SHAPE["rows"], proof="email")
    for key in keys:
        found = {case.variant for case in report.cases if case.key == str(key.reference)}
        left_out = set() if key.is_chosen else {ProbeVariant.VICTIM_KEY}
        assert {*KEY_VARIANTS} - left_out == found
    assert ProbeVerdict.SKIPPED in {case.verdict for case in report.cases}
    assert len(report.attacks) < len(report.cases)


def test_a_row_filter_is_attacked_without_a_request() -> None:
    """What is not sent changes no response."""
    scene = build_scene(SHOP_KEY, 1)
    shape = BY_SHAPE["rows"]
    service = ShopService(scene.records, find_exact, "url", shape)
    report = run_probe(build_project(SHOP_KEY, "url", shape, "email"), scene, service)
    sent = [case for case in report.attacks if case.key == str(SHOP_KEY.hole)]
    assert len(service.keys) <= 5 + len(sent)


@pytest.mark.parametrize("status", [408, 425, 429, 502, 503, 504])
def test_a_service_that_stops_answering_is_not_passed(status: int) -> None:
    """An answer that says "later" tells nothing of whose data comes back."""
    scene = build_scene(USER_ID, 1)

    class Limited(ShopService):
        def call(self, *asked: object) -> Response:
            answer = super().call(*asked)  # type: ignore[arg-type]
            later = Response(status, (), b"{}")
            return later if 8 <= len(self.keys) < self.until else answer

        until = 0

    for until in (10, 1_000):
        service = Limited(scene.records, fold_case, "url", FLAT)
        service.until = until
        report = run_probe(build_project(USER_ID, "url", FLAT, "email"), scene, service)
        assert not report.passed
        assert 2 <= len(report.undecided) < 30 if until == 10 else report.undecided


def test_a_service_that_turns_everything_down_is_not_passed() -> None:
    """The own call at the end shows whether the service still answered."""
    scene = build_scene(USER_ID, 1)

    class Blocking(ShopService):
        def call(self, *asked: object) -> Response:
            answer = super().call(*asked)  # type: ignore[arg-type]
            return answer if len(self.keys) < 8 else Response(403, (), b"{}")

    service = Blocking(scene.records, fold_case, "url", FLAT)
    report = run_probe(build_project(USER_ID, "url", FLAT, "email"), scene, service)
    first, last = (case.verdict for case in select(report, ProbeVariant.OWN_AGAIN))
    assert (ProbeVerdict.OWN_DATA, ProbeVerdict.UNDECIDED) == (first, last)
    assert not report.passed


def test_values_that_change_at_each_call_tell_nothing() -> None:
    """They are left out, and if nothing else is mapped, nothing is proven."""
    count = iter(range(10**6))

    def find(key: str, records: Records) -> Iterator[Record]:
        yield from ({**found, "points": next(count)} for found in find_exact(key, records))

    report = probe(USER_ID, find, proof="email")
    assert (True, ("tier",)) == (report.passed, report.telling), report.problem
    only = Shape("only", FLAT.write, {"points": "$.points"})
    report = probe(USER_ID, find, only, proof="email")
    assert (False, True) == (report.passed, "change from call to call" in report.problem)


def test_a_service_that_answers_for_both_in_turn_is_refused() -> None:
    """The attacker's own call comes to another record at the second time."""
    turn = Random(1)

    def find(key: str, records: Records) -> Iterator[Record]:
        names = [*records]
        at = names.index(key) if key in names else turn.randrange(6)
        yield records[names[at - turn.randrange(2)]]

    refused = [not probe(USER_ID, find, proof=proof).passed for proof in ("", "email") * 20]
    assert all(refused)


def test_the_requests_that_a_probe_sends_are_counted_before() -> None:
    """What is not sent is not counted, nor what changes with the random keys."""
    for lookup in (USER_ID, SHOP_KEY, Lookup("inputs.order", chosen=True)):
        for shape in (FLAT, BY_SHAPE["rows"]):
            scene = build_scene(lookup, 1)
            project = build_project(lookup, "json", shape, "email")
            service = ShopService(scene.records, find_exact, "json", shape)
            run_probe(project, scene, service)
            people = (scene.as_probed(0), scene.as_probed(1))
            count = count_calls(project.actions["look"], project, people, Random(2))
            unsent = 1  # an empty key is refused before
            assert count - unsent == len(service.keys), (lookup, shape.name)


@pytest.mark.parametrize("find", [find_exact, fold_case])
def test_a_check_comes_too_late_for_a_request_that_changes_something(find: Find) -> None:
    """The service has carried it out on the victim's record; a read is stopped in time."""
    for effect, lookup in itertools.product(Effect, (SHOP_KEY, USER_ID)):
        scene = build_scene(lookup, 1)
        project = build_project(lookup, "json", FLAT, "email")
        asked = project.actions["look"]
        changed = replace(asked, request=replace(asked.request, effect=effect))
        project = replace(project, actions={"look": changed})
        report = run_probe(project, scene, ShopService(scene.records, find, "json", FLAT))
        verdicts = {case.verdict for case in report.leaks}
        is_late = effect is Effect.WRITE and (lookup is SHOP_KEY or find is fold_case)
        assert ({ProbeVerdict.TOO_LATE} if is_late else set()) == verdicts, (effect, lookup)
