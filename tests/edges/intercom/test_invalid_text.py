"""A person with a text that is not valid Unicode is read, shown and never written with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from cactions.edges.intercom.people import IntercomPeople
from cactions.logic.intercom.contacts import build_update, list_scalars
from cactions.logic.people.lookup import list_lookup_keys
from cactions.model import Change, InvalidText, Outcome, PersonQuery, Plan, SentCall, Subject
from tests.edges.intercom.clients import people_of
from tests.workspace import WorkspaceServer
from tests.workspace.client import Client

HALF: Final = "a\ud800b"
SHOWN: Final = r"a\ud800b"
KEPT: Final = ("id", "type")
"""Fields that say which object this is."""
LEAST: Final = 40


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(tls=True) as found:
        for name in ("tier", "plan"):
            found.add_attribute(name)
        yield found


@pytest.fixture
def people(server: WorkspaceServer) -> Iterator[IntercomPeople]:
    with people_of(server) as found:
        yield found


def list_broken(document: Any) -> Iterator[tuple[str, Any]]:
    """The document with half of a surrogate pair in the place of each value, and in each key."""
    if isinstance(document, dict):
        for name, value in document.items():
            for place, broken in list_broken(value):
                yield f"{name}.{place}".rstrip("."), {**document, name: broken}
            yield f"key {name}", {**document, f"{name}\udfff": value}
    elif isinstance(document, list) and document:
        yield from (
            (f"0.{place}", [item, *document[1:]]) for place, item in list_broken(document[0])
        )
    else:
        yield "", HALF


def answer(server: WorkspaceServer, key: str, document: Any) -> None:
    """The next reads of this person get this document."""
    server.clear_faults()
    body = json.dumps(document).encode()
    server.fail("GET", f"/contacts/{key}", status=200, body=body, times=None)


def test_the_person_is_readable_whatever_is_broken(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """In each field, in each nested value and in each key, one after another."""
    key = server.add_contact(
        external_id="u-9", email="ada@example.com", role="user", name="Ada", phone="+4712345678",
        custom_attributes={"tier": "silver", "plan": "pro"},
    )  # fmt: skip
    with Client(server) as client:
        document = client.get(f"/contacts/{key}").content
    seen = 0
    for place, broken in list_broken(document):
        if place in KEPT:
            continue
        answer(server, key, broken)
        person = people.get(key)
        assert key == person.id, place
        shown = [*person.fields.values(), *person.attributes.values()]
        texts = [value for value in shown if isinstance(value, InvalidText)]
        assert [SHOWN] * len(texts) == texts
        json.dumps([*person.fields.items(), *person.attributes.items()]).encode()
        seen += 1
    assert seen >= LEAST


def test_what_is_invalid_identifies_no_one_and_is_never_sent(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """Not by its escape either, which another person may have as a text."""
    key = server.add_contact(external_id="u-8", role="user", custom_attributes={"tier": "silver"})
    with Client(server) as client:
        document = client.get(f"/contacts/{key}").content
    broken = {**document, "external_id": HALF, "email": f"{HALF}@example.com",
              "custom_attributes": {"tier": "silver", "plan": HALF}}  # fmt: skip
    answer(server, key, broken)
    person = people.get(key)
    assert {"id": key, "user_id": None, "email": None} == list_lookup_keys(person)
    assert {"tier": "silver"} == list_scalars(person)
    change = Change("tier", "silver", "gold")
    plan = Plan("loyalty", Subject(key, PersonQuery("id", key)), SentCall("GET /"), (change,))
    assert {"tier": "gold"} == build_update(plan, list_scalars(person))
    receipt = people.commit(plan)
    assert Outcome.APPLIED is receipt.outcome
    puts = [json.loads(line.body) for line in server.log if line.method == "PUT"]
    assert [{"custom_attributes": {"tier": "gold"}}] == puts
    assert SHOWN == person.attributes["plan"]
