"""A run for many people stops when responses are about other people, and for nothing else."""

from __future__ import annotations

import pickle
from collections import Counter
from random import Random

import pytest
from msgspec.structs import replace

from cactions.logic.bulk.breakers import Breakers, Verdict
from cactions.logic.bulk.evidence import gather_evidence
from cactions.logic.bulk.known_people import RecentMap
from cactions.logic.bulk.probe import build_probe_person, judge_probe
from cactions.logic.bulk.totals import list_unique_digests
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.project import SourceFile, load_project
from cactions.model import (
    Action,
    BreakerLimits,
    ChangeTotals,
    FailureReason,
    Json,
    Outcome,
    Person,
    PlanFailure,
    Receipt,
    SentCall,
    Trip,
    TripKind,
    WhenEmpty,
)
from tests.builders import a_plan, answer, change, mapping
from tests.definitions import action, file, response
from tests.logic.bulk.driver import plan_person, run
from tests.logic.bulk.honest import HonestService
from tests.logic.bulk.leaks import LEAKS, is_visible, leak
from tests.logic.bulk.population import (
    KEY_STYLES,
    SHAPES,
    Shape,
    build_action,
    find_proof,
    make_people,
)

SEEDS = 3
HONEST_RUNS = 200
FLAT = Shape("flat", "opaque", email=True)
ACTION = build_action(FLAT)


def select_sizes(request: pytest.FixtureRequest) -> tuple[int, ...]:
    """The long form has more people."""
    is_long = request.config.option.markexpr == "hostile"
    return (10, 50, 200, 1000, 5000) if is_long else (10, 50, 200)


@pytest.mark.hostile
@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_stops_the_run(kind: str, request: pytest.FixtureRequest) -> None:
    """At least 99 % of the runs, before anyone is written, and with canary people at most 20.

    With ``same_person``, no one is written with another's data, unless it compares an echo.
    """
    counts: Counter[str] = Counter()
    for size in select_sizes(request):
        for shape in SHAPES:
            for seed in range(SEEDS):
                for proof in {"", find_proof(shape)}:
                    random = Random(f"{kind}{size}{shape}{seed}")
                    people = make_people(size, random.choice(KEY_STYLES), random)
                    counts.update(run_leak(kind, people, build_action(shape, proof), shape, random))
    visible = counts["visible"]
    assert counts["stopped"] >= 0.99 * visible
    assert counts["few written"] >= 0.99 * visible
    assert 0 == counts["written in spite of a proof"]
    assert visible > 0


def run_leak(
    kind: str, people: list[Person], action: Action, shape: Shape, random: Random
) -> list[str]:
    """What to count for one run."""
    respond, is_wrong = leak(kind, people, shape, random)
    proof = action.response.same_person
    if kind == "ignored_key":
        probe = plan_person(action, build_probe_person(people[0], action, random), respond(0))
        return ["visible", *(["stopped", "few written"] if judge_probe(probe) else [])]
    if not is_visible(kind, shape):
        return ["no symptom"]
    outcome = run(action, people, respond, is_wrong)
    is_echo = kind == "echoed_key" and proof is not None and not shape.email
    seen = {
        "visible": True,
        "stopped": outcome.trip is not None and outcome.written == 0,
        "few written": outcome.trip is not None and outcome.canary_written <= 20,
        "written in spite of a proof": proof is not None and not is_echo and outcome.wrong > 0,
    }
    return [name for name, holds in seen.items() if holds]


@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_without_an_identifier_shows_no_symptom(kind: str) -> None:
    """With only a tier and points, nothing tells whose they are: only the probe and an approval.

    Where people have values already, the share that is overwritten still asks for an approval.
    """
    shape, random = Shape("flat", "", email=False), Random(kind)
    people = [
        replace(person, attributes={"tier": "steel", "points": -1})
        for person in make_people(50, "prefixed", random)
    ]
    respond, _ = leak(kind, people, shape, random)
    outcome = run(build_action(shape), people, respond)
    assert (None, 50) == (outcome.trip, outcome.written)
    assert [TripKind.OVERWRITTEN] == [trip.kind for trip in outcome.breakers.check_totals()]


@pytest.mark.hostile
def test_honest_data_is_not_stopped(request: pytest.FixtureRequest) -> None:
    """At most 1 % of the runs with all that is usual in real data, and few people are held."""
    sizes = select_sizes(request)
    is_long = request.config.option.markexpr == "hostile"
    stopped, held, everyone = [], 0, 0
    for seed in range(HONEST_RUNS if is_long else 60):
        size = sizes[seed % len(sizes)]
        service = HonestService(size, Random(f"honest {seed}"))
        outcome = run(service.action, service.people, service.respond)
        everyone += size
        held += len(outcome.held)
        if outcome.trip or outcome.breakers.check_totals():
            stopped.append((seed, size, service.extras, outcome.trip))
    assert len(stopped) <= 0.01 * HONEST_RUNS, stopped
    assert held <= 0.005 * everyone


def make_person(number: int, **fields: Json) -> Person:
    known: dict[str, Json] = {"user_id": f"u-{number}", "email": f"p{number}@example.com"}
    return Person(f"c{number:024x}", {**known, **fields}, {"tier": "silver"})


def make_body(number: int, **more: Json) -> dict[str, Json]:
    known: dict[str, Json] = {"id": f"k{number}x", "tier": "gold", "points": number}
    return {**known, **more}


def show(*bodies: Json, action: Action = ACTION, first: int = 1) -> list[Verdict]:
    """The verdicts for the persons 1, 2, ... with these bodies."""
    breakers = Breakers(action)
    verdicts = []
    for number, body in enumerate(bodies, start=first):
        person, response = make_person(number), answer(body)
        evidence = gather_evidence(action, person, response)
        verdicts.append(
            breakers.observe_plan(number, evidence, plan_person(action, person, response))
        )
    return verdicts


def list_stops(verdicts: list[Verdict]) -> list[Trip]:
    return [verdict.stop for verdict in verdicts if verdict.stop]


def fail(reason: FailureReason, status: int | None = None, found: str = "") -> PlanFailure:
    """The failure of a person."""
    person, body = make_person(1), make_body(1, email=found)
    failure = plan_person(build_action(FLAT, "email"), person, answer(body))
    assert isinstance(failure, PlanFailure)
    call = SentCall("GET /", status)
    return replace(failure, reason=reason, call=call, proof=failure.proof if found else None)


def observe(*results: PlanFailure | None) -> list[Trip]:
    """The trips for plans (None) and failures."""
    breakers, evidence = Breakers(ACTION), gather_evidence(ACTION, make_person(1), None)
    plan = plan_person(ACTION, make_person(1), answer(make_body(1)))
    return list_stops(
        [
            breakers.observe_plan(number, evidence, result or plan)
            for number, result in enumerate(results, start=1)
        ]
    )


OTHER = fail(FailureReason.NOT_SAME_PERSON, 200, "zoe@example.com")
CAPITALS = fail(FailureReason.NOT_SAME_PERSON, 200, "P1@example.com")
UNPROVEN = fail(FailureReason.NOT_SAME_PERSON, 200)
NOT_FOUND = fail(FailureReason.NOT_SUCCESS, 404)


def test_three_identity_failures_in_a_row_stop() -> None:
    """A person who is not found in between does not interrupt the row; a proven one does."""
    (trip,) = observe(OTHER, NOT_FOUND, OTHER, OTHER)
    assert (TripKind.IDENTITY_CHECK, (1, 3, 4)) == (trip.kind, trip.samples)
    assert "the identity check failed 3 times in a row" == trip.message
    assert [] == observe(OTHER, OTHER, None, OTHER, OTHER)


def test_five_identity_failures_stop_where_they_are_a_share() -> None:
    """More than 0.5 % of the people with an answer, at least five."""
    assert [] == observe(*[OTHER, None] * 4)
    (trip,) = observe(*[OTHER, None] * 5)
    assert "the identity check failed for 5 of 9 people" == trip.message
    rare: list[PlanFailure | None] = [OTHER, *[None] * 250]
    assert [] == observe(*rare * 6)


def test_what_is_no_other_person_is_no_identity_failure() -> None:
    """Nothing to compare, or an address in other letters."""
    assert [] == observe(*[UNPROVEN, CAPITALS] * 10)


def test_a_denied_token_stops() -> None:
    """Three times in a row, with 401 or 403."""
    denied = [fail(FailureReason.NOT_SUCCESS, status) for status in (401, 403, 401)]
    assert [TripKind.ACCESS_DENIED] == [trip.kind for trip in observe(*denied)]
    assert [] == observe(denied[0], denied[1], None, denied[2])


def test_a_service_in_trouble_stops() -> None:
    """More than 20 % of the last 50 calls; people who are not found do not count."""
    broken = fail(FailureReason.NOT_SUCCESS, 503)
    (trip, *_) = observe(*[broken, None, None] * 15)
    assert (TripKind.MANY_FAILURES, "11 of the last 31 calls failed") == (trip.kind, trip.message)
    assert [] == observe(*[broken, *[None] * 9] * 30)
    assert [] == observe(*[NOT_FOUND] * 100)


def test_failing_writes_stop() -> None:
    """By outcome and status; a conflict is no failure."""
    applied, failed = Receipt("p", Outcome.APPLIED), Receipt("p", Outcome.FAILED)
    breakers = Breakers(ACTION)
    assert [None] * 2 == [breakers.observe_receipt(failed, 403) for _ in range(2)]
    denied = breakers.observe_receipt(failed, 401)
    assert denied is not None
    assert (TripKind.ACCESS_DENIED, (1, 2, 3)) == (denied.kind, denied.samples)
    breakers = Breakers(ACTION)
    conflict = Receipt("p", Outcome.CONFLICT)
    for _ in range(60):
        assert breakers.observe_receipt(conflict) is None
        assert breakers.observe_receipt(applied) is None
    trips = [breakers.observe_receipt(failed, 500) for _ in range(11)]
    assert [None] * 10 == trips[:-1]
    assert trips[-1] is not None
    assert "11 of the last 50 writes failed" == trips[-1].message


def test_a_repeated_record_holds_both_and_the_third_person_stops() -> None:
    """Also where the index names the entry in between."""
    breakers = Breakers(ACTION)
    first = breakers.observe_repeat(5, 2)
    assert ((2,), None) == (first.also, first.stop)
    assert "the third party returned the record of entry 2" == first.hold
    again = breakers.observe_repeat(9, 5)
    assert again.stop is not None
    assert (TripKind.REPEATED_RECORD, (2, 9)) == (again.stop.kind, again.stop.samples)
    assert "shared_records" in again.stop.hint


def test_many_pairs_stop_and_a_few_families_do_not() -> None:
    """Three pairs, and more than 0.5 % of the people."""
    breakers = Breakers(ACTION)
    plan, none = a_plan(), gather_evidence(ACTION, make_person(1), None)
    trips = []
    for number in range(1, 1001):
        breakers.observe_plan(number, none, plan)
        if number % 300 == 0:
            trips.append(breakers.observe_repeat(number, number - 1).stop)
    assert [None] * 3 == trips
    trips = [breakers.observe_repeat(2000 + n, 1000 + n).stop for n in range(4)]
    assert trips[-1] is not None
    assert "records were returned again for 6 of 1000 people" == next(filter(None, trips)).message


def record(body: Json, action: Action = ACTION, number: int = 1) -> int | None:
    return gather_evidence(action, make_person(number), answer(body)).record


def test_a_record_is_told_by_its_id() -> None:
    """In the innermost object around the mapped values; else by an address; else by nothing."""
    nested = build_action(Shape("nested", "opaque", email=True))
    listed = build_action(Shape("list", "opaque", email=True))
    assert record({"id": 7, "tier": "gold"}) == record({"id": 7, "tier": "silver"}, number=2)
    assert record({"id": 7}) != record({"id": 8})
    inner = {"request_id": "r", "data": {"customer": {"id": 7, "tier": "gold"}}}
    assert record({"id": 7}) == record(inner, nested)
    assert record({"id": 7}) == record({"id": 1, "results": [{"id": 7}]}, listed)
    assert record({"email": "a@b.example"}) == record({"email": "A@b.example", "plan_id": 3})
    same = [{"plan_id": 1}, {"company": {"id": 1}}, {"request_id": "r-1"}, {"tier": "x"}, [1], "id"]
    assert [None] * 6 == [record(body) for body in same]


def test_an_echoed_key_does_not_tell_records_apart() -> None:
    """An id that is not the person's own does; the own one is used where nothing else is there."""
    echoes = [record({"id": f"u-{n}", "email": "z@b.example"}, number=n) for n in (1, 2)]
    assert echoes[0] == echoes[1]
    assert record({"id": "u-1"}) != record({"id": "u-2"}, number=2)


def test_shared_records_are_not_told_apart() -> None:
    """Where the file says so, or the request asks for a company."""
    limits = BreakerLimits(shared_records=True)
    assert record({"id": 7}, build_action(FLAT, limits=limits)) is None


def test_a_unique_value_that_repeats_holds_both() -> None:
    """The digest is of the attribute and the value; empty values have none."""
    action = build_action(FLAT)
    unique = mapping("card", unique=True)
    action = replace(action, response=replace(action.response, mapping=(unique, mapping())))

    def digests(before: Json, after: Json, name: str = "card") -> tuple[tuple[str, int], ...]:
        return list_unique_digests(action, a_plan(change(before, after, attribute=name)))

    assert digests(None, "4711") == digests("4711", "4711") != digests(None, "4712")
    assert () == digests("4711", None) == digests(None, "gold", "tier")
    assert digests(None, 1) != digests(None, "1")
    verdict = Breakers(action).observe_repeat(9, 4, "card")
    assert "card is unique, and entry 4 would get the same value" == verdict.hold
    assert ((4,), None) == (verdict.also, verdict.stop)


def test_a_wrong_address_for_everyone_stops() -> None:
    """The path is the person's own by its name, and half of the people have another one there."""
    swapped = [make_body(n, email=f"zoe{n}@tenant.example") for n in range(1, 8)]
    (trip, *_) = list_stops(show(*swapped))
    assert (TripKind.NEVER_OWN, (1, 2, 3, 4, 5)) == (trip.kind, trip.samples)
    expected = "for 5 of 5 people, $.email shows another e-mail address than their own"
    assert trip.message.startswith(expected)
    assert "ignored_paths" in trip.hint
    limits = BreakerLimits(ignored_paths=(parse_path("$['email']"),))
    assert [] == list_stops(show(*swapped, action=build_action(FLAT, limits=limits)))


@pytest.mark.parametrize(
    "path",
    ["support_email", "store.email", "referrer.email", "account_manager.email", "owner.email",
     "contact.email", "orders.0.email", "friends.0.id", "parent_id", "manager.id"],
)  # fmt: skip
def test_an_address_of_another_role_does_not_stop(path: str) -> None:
    """Support, stores, managers and referrers have addresses and ids of their own."""

    def build(number: int) -> Json:
        inner: Json = f"zoe{number}@tenant.example" if "email" in path else f"w-{number}"
        for step in reversed(path.split(".")):
            inner = [inner] if step == "0" else {step: inner}
        assert isinstance(inner, dict)
        return make_body(number, **inner)

    assert [] == list_stops(show(*map(build, range(1, 30))))


def test_an_address_for_people_without_one_does_not_stop() -> None:
    """Nothing can be compared."""
    breakers = Breakers(ACTION)
    for number in range(1, 30):
        person = Person(f"c{number}", {"user_id": f"u-{number}"})
        response = answer(make_body(number, email=f"zoe{number}@tenant.example"))
        evidence = gather_evidence(ACTION, person, response)
        plan = plan_person(ACTION, person, response)
        assert breakers.observe_plan(number, evidence, plan).stop is None


def test_identifiers_of_others_hold_both_and_stop() -> None:
    """The next one's address: its owner comes later, and the earlier entry is held then."""
    verdicts = show(*[make_body(n, email=f"p{n + 1}@example.com") for n in range(1, 5)])
    assert [(), (1,), (2,), (3,)] == [verdict.also for verdict in verdicts]
    (trip,) = list_stops(verdicts)
    assert (TripKind.OTHER_PERSON, (1, 2, 3, 4)) == (trip.kind, trip.samples)
    earlier = show(*[make_body(n, email=f"p{max(1, n - 1)}@example.com") for n in range(1, 5)])
    assert "$.email shows the identifier of entry 2" == earlier[2].hold


def test_ids_of_others_stop() -> None:
    """Ids with the prefix of the own one are told by it; others by the people of the run."""
    similar = [make_body(n, id=f"u-{n + 300}") for n in range(1, 9)]
    assert [TripKind.NEVER_OWN] == [trip.kind for trip in list_stops(show(*similar))[:1]]
    other_prefix = [make_body(n, id=f"cus_{n + 300}") for n in range(1, 30)]
    assert [] == list_stops(show(*other_prefix))


def test_short_numbers_may_be_equal_by_chance() -> None:
    """Two systems that count from 1 have the same ids; an own identifier elsewhere tells."""
    breakers, anchored = Breakers(ACTION), Breakers(ACTION)
    stops: list[list[Trip | None]] = [[], []]
    for number in range(1, 41):
        person = make_person(number, user_id=str(number))
        for verdicts, each, more in (
            (stops[0], breakers, {}),
            (stops[1], anchored, {"email": f"p{number}@example.com"}),
        ):
            response = answer(make_body(number, id=number % 40 + 1, **more))
            evidence = gather_evidence(ACTION, person, response)
            plan = plan_person(ACTION, person, response)
            verdicts.append(each.observe_plan(number, evidence, plan).stop)
    assert [TripKind.OTHER_PERSON] == [trip.kind for trip in stops[0] if trip][:1]
    assert [None] * 40 == stops[1]


def test_the_data_of_one_person_for_everyone_stops() -> None:
    """At a path whose name says nothing, where the value is an identifier of one of them."""
    same = [make_body(n, contact="p3@example.com") for n in range(1, 7)]
    (trip, *_) = list_stops(show(*same))
    assert TripKind.ONE_PERSON == trip.kind
    assert "$.contact shows the same identifier, and it is that of entry 3" in trip.message
    assert [] == list_stops(show(*same, first=10))


def test_a_different_id_is_held_where_all_others_are_right() -> None:
    """One of many has another customer number: it was merged, or it is another person."""
    bodies = [make_body(n, id=f"u-{n}") for n in range(1, 40)]
    bodies[30]["id"] = "merged-7"
    verdicts = show(*bodies)
    assert [31] == [n for n, verdict in enumerate(verdicts, start=1) if verdict.hold]
    assert "$.id shows another id than that of this person" == verdicts[30].hold


def count_totals(*plans: tuple[Json, Json], attribute: str = "tier") -> Breakers:
    breakers, none = Breakers(UNIQUE), gather_evidence(ACTION, make_person(1), None)
    for number, (before, after) in enumerate(plans, start=1):
        breakers.observe_plan(number, none, a_plan(change(before, after, attribute=attribute)))
    return breakers


UNIQUE = replace(
    ACTION, response=replace(ACTION.response, mapping=(mapping(), mapping("card", unique=True)))
)


def test_many_overwritten_values_need_an_approval() -> None:
    """More than 20 % of the values there; added ones do not count."""
    same, new = ("silver", "silver"), ("silver", "gold")
    assert () == count_totals(*[same] * 16, *[new] * 4, *[(None, "gold")] * 9).check_totals()
    breakers = count_totals(*[same] * 15, *[new] * 4, (None, "gold"))
    (trip,) = breakers.check_totals()
    message = "4 of 19 values that are not empty would be overwritten, more than 20 %"
    samples = (16, 17, 18, 19)
    assert (TripKind.OVERWRITTEN, message, samples) == (trip.kind, trip.message, trip.samples)
    assert () == breakers.check_totals(ChangeTotals(20, 19, 1, 4))
    assert (trip,) == breakers.check_totals(ChangeTotals(20, 19, 1, 5))


def test_a_share_of_few_people_needs_no_approval() -> None:
    """Each of them stands in the preview; a value that tells people apart counts even so."""
    new = ("silver", "gold")
    assert () == count_totals(*[new] * 19).check_totals()
    assert 1 == len(count_totals(*[new] * 20).check_totals())


def test_a_number_and_a_flag_are_not_the_same_value() -> None:
    """``True == 1`` in Python; in JSON, it is overwritten."""
    assert 1 == count_totals((1, True)).totals.overwritten


def test_cleared_values_need_an_approval() -> None:
    """More than 1 %."""
    same, cleared = ("silver", "silver"), ("silver", None)
    assert () == count_totals(*[same] * 99, cleared).check_totals()
    (trip,) = count_totals(*[same] * 90, cleared).check_totals()
    assert (TripKind.CLEARED, (91,)) == (trip.kind, trip.samples)


def test_a_changed_identity_needs_an_approval() -> None:
    """A unique attribute, or one that finds the record; its first value is none."""
    assert () == count_totals(*[(None, "4711")] * 9, attribute="card").check_totals()
    trips = count_totals(*[("1", "1")] * 99, ("4711", "4712"), attribute="card").check_totals()
    assert [(TripKind.IDENTITY_CHANGED, (100,))] == [(trip.kind, trip.samples) for trip in trips]


def test_a_probe_person_has_random_keys_of_the_same_form() -> None:
    """Prefix and kind stay; everything else of the person stays as it is."""
    person = make_person(1, name="Ada")
    first = build_probe_person(person, ACTION, Random(1))
    assert first != build_probe_person(person, ACTION, Random(2))
    assert str(first.fields["user_id"]).startswith("u-")
    assert str(first.fields["email"]).endswith("@example.com")
    assert first.fields["email"] != person.fields["email"]
    assert ("Ada", person.attributes) == (first.fields["name"], first.attributes)
    number = build_probe_person(make_person(1, user_id="17"), ACTION, Random(1))
    assert str(number.fields["user_id"]).isdecimal()
    uuid = "0b9c2f6e-4b5b-4c38-9a52-4f3f0a0c1f11"
    other = build_probe_person(make_person(1, user_id=uuid), ACTION, Random(1))
    assert [8, 4, 4, 4, 12] == [len(part) for part in str(other.fields["user_id"]).split("-")]


def probe(body: Json, status: int = 200, proof: str = "") -> Trip | None:
    action = build_action(FLAT, proof)
    clearing = tuple(replace(m, on_missing=WhenEmpty.CLEAR) for m in action.response.mapping)
    action = replace(action, response=replace(action.response, mapping=clearing))
    person = build_probe_person(make_person(1), action, Random(1))
    return judge_probe(plan_person(action, person, answer(body, status)))


@pytest.mark.parametrize(
    ("body", "proof"),
    [
        ({"tier": "gold"}, ""),
        ({"tier": {"a": 1}}, ""),
        ({"email": "p1@example.com", "tier": "gold"}, "email"),
    ],
)
def test_a_record_for_a_random_key_refuses_the_start(body: Json, proof: str) -> None:
    """Also one that the identity check or a type refuses."""
    trip = probe(body, proof=proof)
    assert trip is not None
    assert TripKind.IGNORED_KEY is trip.kind
    assert "for a random key: it ignores the key" in trip.message


def test_no_record_for_a_random_key_is_right() -> None:
    """Not found, an error, or a response without values."""
    answers = [probe({}, 404), probe({"tier": "gold"}, 500), probe({}), probe({"tier": None})]
    assert [None] * 5 == [*answers, probe({"found": False}, proof="email")]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b"1e999", b"null", b"[]", b"9" * 5000,
     b'{"id": ' + b"9" * 5000 + b"}", b'{"id": "\\ud800", "email": "\\ud800@x.y"}',
     b'{"email": "' + b"a@" * 9999 + b'"}'],
)  # fmt: skip
def test_evidence_is_gathered_from_any_body(body: bytes) -> None:
    """What cannot be read shows nothing of an id."""
    evidence = gather_evidence(ACTION, make_person(1), answer(body))
    assert 2 == len(evidence.own)
    assert len(evidence.shown) <= 2


def test_evidence_is_bounded_and_holds_no_value() -> None:
    """Whatever the body, it stays small; names that may be values are masked."""
    many: Json = {f"customer_{n % 3}{'x' * (n % 40)}_id": f"v-{n}" for n in range(5000)}
    deep: Json = {"id": "secret-1"}
    for _ in range(60):
        deep = {"p1@example.com": deep, "more": [{"id": "secret-2"}]}
    for body in (many, deep, [many] * 50):
        evidence = gather_evidence(ACTION, make_person(1), answer(body))
        kept = pickle.dumps(evidence)
        assert len(kept) < 4000
        assert b"p1@example" not in kept
        assert b"secret" not in kept
        assert evidence == pickle.loads(kept)


def test_the_memory_is_bounded() -> None:
    """Only the last identifiers are kept, and only the first paths."""
    recent: RecentMap[int] = RecentMap(3)
    for number in range(1, 8):
        recent.add(number, number)
    assert [None] * 3 + [4, 5, 6, 7] == [recent.get(number) for number in range(1, 8)]
    verdicts = show(*[make_body(n, **{f"a{'x' * (n % 200)}_id": n}) for n in range(1, 500)])
    assert [] == list_stops(verdicts)


def test_the_limits_come_from_the_file() -> None:
    """Every key of ``breakers:``, and the defaults for those that are not there."""
    limits = {"cleared": 2.5, "overwritten": 100, "ignored_paths": ["$.a[*].id"]}
    unique = {"tier": {"path": "$.tier", "unique": True}}
    text = file(action(read=response(mapping=unique), breakers=limits), action())
    project = load_project([SourceFile("actions.yaml", text.encode())]).partial
    assert project is not None
    first, second = project.actions.values()
    path = parse_path("$.a[*].id", rows=True)
    assert BreakerLimits(cleared=2.5, overwritten=100, ignored_paths=(path,)) == first.breakers
    assert BreakerLimits() == second.breakers
    assert [True, False] == [each.response.mapping[0].unique for each in (first, second)]


def test_evidence_of_a_failed_response_is_of_the_person_only() -> None:
    """An error page may name anyone."""
    evidence = gather_evidence(ACTION, make_person(1), answer(make_body(1), 500))
    assert ((), None) == (evidence.shown, evidence.record)
