"""The attack on purpose, against services with each classic fault, and against honest ones."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from cactions.app.probe import ProbePerson, ProbeTask, probe_action
from cactions.logic.probe.variants import list_probed_keys
from cactions.logic.project import load_project
from cactions.logic.project.source_file import SourceFile
from cactions.model import (
    Person,
    PersonQuery,
    ProbeReport,
    ProbeVariant,
    ProbeVerdict,
    Project,
)
from tests.app.services import FAULTS, CustomerService, Find, Records, find_exact
from tests.definitions import BY_EMAIL, action, file, request, response
from tests.fakes import FakeClock
from tests.run_report import REPORT

BASE = "https://api.shop.example"
MAPPED = {"tier": "$.tier", "points": "$.points"}
FIRST = {"tier": "$.data[0].tier", "points": "$.data[0].points"}
EMAIL_KEY = {"url": f"{BASE}/customers/{{{{ person.email }}}}"}


def build_project(*, key: str, proof: bool, rows: str = "", verification: str = "jwt") -> Project:
    """An action that finds a customer by this key; ``rows``: in a list, by its address or not."""
    hole = f"{{{{ {key} }}}}"
    asked = request(f"{BASE}/customers/{hole}")
    parts: dict[str, Any] = {"proof": BY_EMAIL if proof else None, "mapping": MAPPED}
    if rows:
        asked = request(f"{BASE}/search", query={"key": hole})
        if rows == "where":
            parts["rows"] = {"path": "$.data[*]", "where": {"$.email": "person.email"}}
        else:
            parts["mapping"] = FIRST
    text = file(
        action(asked, response(**parts)),
        attributes={"shop_key": {"data_type": "string", "messenger_writable": True}},
        verification=verification,
    )
    found = load_project([SourceFile("actions.yaml", text.encode())])
    assert found.draft, found.findings
    return found.draft


def build_people(
    number: int = 0, *, key: str = "user_id"
) -> tuple[ProbePerson, ProbePerson, Records]:
    """Attacker, victim and the records of the service by the key; others are there too."""
    chance = Random(number)
    people: list[Person] = []
    records: Records = {}
    for at in range(6):
        name = chance.choice(["Ada", "ada", "Grace.H", "eve", "x-y"]) + str(chance.randrange(999))
        email = f"{name}+{at}@Example-{at}.com" if number % 3 else f"{name}{at}@example.com"
        user_id = f"{chance.choice(['u-', 'cus_', 'C', 'k'])}{chance.randrange(10**6, 10**9)}-{at}"
        shop_key = f"shop-{chance.randrange(10**6, 10**9)}-{at}"
        person = Person(f"p{at}", {"user_id": user_id, "email": email}, {"shop_key": shop_key})
        people.append(person)
        found = {"user_id": user_id, "email": email, "shop_key": shop_key}[key]
        tier = ("silver", "gold")[at % 2]
        records[found] = {"email": email, "customer": user_id, "tier": tier, "points": at * 7 + 1}
    items = [*records.items()]
    chance.shuffle(items)
    mine, theirs = (
        ProbePerson(PersonQuery("user_id", str(each.fields["user_id"])), each, {})
        for each in people[:2]
    )
    return mine, theirs, dict(items)


def probe(project: Project, find: Find, number: int = 0, key: str = "user_id") -> ProbeReport:
    mine, theirs, records = build_people(number, key=key)
    service = CustomerService(records, find)
    return probe_action(
        ProbeTask(
            project.actions["look"], project, mine, theirs, service, FakeClock(),
            Random(number), b"key" * 11,
        )
    ).report  # fmt: skip


OFF_BY_ONE = "off by one"
"""Without a check, nothing tells that everyone gets the data of another person."""

KEYS = {
    "person.user_id": "user_id",
    "person.email": "email",
    "person.attributes.shop_key": "shop_key",
}


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != OFF_BY_ONE])
def test_a_faulty_service_is_refused(fault: str) -> None:
    """Without a check in the action, by each key, for a record and for a list: never passed."""
    tried = passed = 0
    for key, field in KEYS.items():
        for rows in ("", "first"):
            for number in range(5):
                project = build_project(key=key, proof=False, rows=rows)
                report = probe(project, FAULTS[fault](), number, field)
                tried += 1
                passed += report.passed
                assert not report.passed, (key, rows, number, fault)
    REPORT.append(f"probe of a service that {fault}: {tried} tried, {passed} passed")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_keeps_the_data_of_a_faulty_service_back(fault: str) -> None:
    """With a check by the verified address, nothing of the victim is ever taken."""
    for key, field in KEYS.items():
        for rows in ("", "where"):
            project = build_project(key=key, proof=True, rows=rows)
            report = probe(project, FAULTS[fault](), 1, field)
            verdicts = {case.verdict for case in report.cases}
            assert ProbeVerdict.VICTIM_DATA not in verdicts, (key, rows)
            assert fault != OFF_BY_ONE or "gets no data without an attack" in report.problem


def test_an_honest_service_passes() -> None:
    """200 variations of people, keys and shapes: no false alarm."""
    tried = alarms = 0
    for number in range(200):
        key = [*KEYS][number % 3]
        rows = "where" if number % 4 == 0 else ""
        project = build_project(key=key, proof=True, rows=rows)
        report = probe(project, find_exact, number, KEYS[key])
        tried += 1
        alarms += not report.passed
        assert report.passed, (number, key, rows, report.problem, report.leaks)
    REPORT.append(f"probe of an honest service: {tried} tried, {alarms} false alarms")


def test_a_key_that_can_be_chosen_gives_the_victims_data_away() -> None:
    """The seed of the tool: an attribute that end users write is the key, and nothing checks."""
    project = build_project(key="person.attributes.shop_key", proof=False)
    report = probe(project, find_exact, 0, "shop_key")
    [leak] = report.leaks
    assert (ProbeVariant.VICTIM_KEY, ProbeVerdict.VICTIM_DATA) == (leak.variant, leak.verdict)
    assert "person.attributes.shop_key" == leak.key
    checked = build_project(key="person.attributes.shop_key", proof=True)
    proven = probe(checked, find_exact, 0, "shop_key")
    assert proven.passed


def test_a_verified_key_is_the_victims_alone_until_verification_is_off() -> None:
    for verification, verdict in (
        ("jwt", ProbeVerdict.VERIFIED_KEY),
        ("off", ProbeVerdict.VICTIM_DATA),
    ):
        project = build_project(key="person.user_id", proof=False, verification=verification)
        report = probe(project, find_exact)
        found = [c.verdict for c in report.cases if c.variant is ProbeVariant.VICTIM_KEY]
        assert [verdict] == found


def test_two_records_are_never_mixed_up() -> None:
    """A list with both records: the first is a leak, a row filter is none."""
    first = probe(build_project(key="person.user_id", proof=False, rows="first"), find_exact)
    assert ProbeVerdict.VICTIM_DATA in {
        case.verdict for case in first.cases if case.variant is ProbeVariant.TWO_RECORDS
    }
    chosen = probe(build_project(key="person.user_id", proof=True, rows="where"), find_exact)
    both = [c.verdict for c in chosen.cases if c.variant is ProbeVariant.TWO_RECORDS]
    assert [ProbeVerdict.OWN_DATA] * 2 == both


def test_people_who_look_alike_prove_nothing() -> None:
    mine, theirs, records = build_people()
    for record in records.values():
        record |= {"tier": "gold", "points": 1}
    project = build_project(key="person.user_id", proof=True)
    service = CustomerService(records, find_exact)
    task = ProbeTask(
        project.actions["look"], project, mine, theirs, service, FakeClock(), Random(1), b"k"
    )
    report = probe_action(task).report
    assert not report.passed
    assert "same values" in report.problem
    assert 2 == len(service.keys)


def test_no_data_of_the_victim_is_in_the_report() -> None:
    """Digests are compared; neither keys nor values are kept."""
    _, theirs, records = build_people()
    records[str(theirs.person.fields["user_id"])]["tier"] = "gold"
    report = probe(build_project(key="person.user_id", proof=True), find_exact)
    text = json.dumps([dict(case.observation.digests) for case in report.cases])
    assert "gold" not in text
    assert str(theirs.person.fields["email"]) not in text


def test_every_key_of_the_request_is_attacked() -> None:
    project = build_project(key="person.attributes.shop_key", proof=True, rows="where")
    keys = list_probed_keys(project.actions["look"], project)
    assert {"person.attributes.shop_key": True, "person.email": False} == {
        str(key.reference): key.is_chosen for key in keys
    }
