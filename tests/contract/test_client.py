"""Every request that the client makes, and every answer that it accepts, fits the descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from cactions.app.read_workspace import read_attributes, read_identity
from cactions.app.workspace_doctor import check_workspace
from cactions.edges.clock import SystemClock
from cactions.edges.intercom.client import ApiSender, IntercomClient
from cactions.edges.intercom.people import IntercomPeople
from cactions.logic.people.condition_text import parse_conditions
from cactions.model import (
    Attribute,
    CactionsError,
    Change,
    DataType,
    IntercomConnection,
    MaskedText,
    PersonQuery,
    Plan,
    Project,
    Request,
    Response,
    Role,
    SentCall,
    Subject,
    Workspace,
)
from tests.contract.description import Description, load_description
from tests.contract.deviations import drop_known_drift
from tests.edges.intercom.clients import client_of
from tests.run_report import REPORT
from tests.workspace import Settings, WorkspaceServer

CONTACTS = ["2.14", "2.15", "2.16"]
TYPES = {"tier": "string", "points": "integer", "score": "float", "active": "boolean",
         "since": "date"}  # fmt: skip
ATTRIBUTES = {name: Attribute(name, DataType(word)) for name, word in TYPES.items()}
SEARCHES = [
    "role = user", "user_id IN 'u 1/ü', u-2", "created_at > 2026-01-01", "last_seen_at < 5",
    "custom_attributes.tier !~ gold", "custom_attributes.points >= 5",
    "custom_attributes.points NIN 5, 6", "custom_attributes.score > 1.5",
    "custom_attributes.score IN 1.5, 2", "custom_attributes.active != true",
    "custom_attributes.active IN true, false", "custom_attributes.since = 2026-01-31",
    "unsubscribed_from_emails = false", "tag_id != 7",
]  # fmt: skip
"""Searches with a value of each type."""


class CheckingSender:
    """Sends on, and holds each exchange against the description."""

    def __init__(self, inner: ApiSender, description: Description) -> None:
        self._inner, self._description = inner, description
        self.problems: list[str] = []
        self.operations: dict[str, int] = {}

    def send(self, request: Request) -> Response:
        path = "/" + request.url.reveal().split("/", 3)[3]
        headers = [(name, value.reveal()) for name, value in request.headers]
        body = request.body.reveal().encode() if isinstance(request.body, MaskedText) else None
        self.problems += self._description.check_request(request.method, path, headers, body)
        response = self._inner.send(request)
        self.problems += self._description.check_response(
            request.method, path, response.status, response.headers, response.body
        )
        key = f"{request.method} {path.split('?')[0].split('/')[1]}"
        self.operations[key] = self.operations.get(key, 0) + 1
        return response


@contextmanager
def checked(
    server: WorkspaceServer, version: str
) -> Iterator[tuple[IntercomClient, CheckingSender]]:
    """A client whose every exchange is checked."""
    senders: list[CheckingSender] = []

    def watch(sender: ApiSender) -> CheckingSender:
        senders.append(CheckingSender(sender, load_description(version)))
        return senders[0]

    with client_of(server, version, watch) as client:
        yield client, senders[0]


def plan_for(key: str, before: object, after: object) -> Plan:
    subject = Subject(key, PersonQuery("id", key))
    changes = (Change("tier", before, after),)  # type: ignore[arg-type]
    return Plan("loyalty", subject, SentCall("GET https://x.example/", 200), changes)


def work_with_people(server: WorkspaceServer, client: IntercomClient) -> None:
    """Every call that finds, reads and writes people, with and without success."""
    people = IntercomPeople(client)
    keys = [
        server.add_contact(
            external_id=f"u {number}/ü", email=f"ada+{number}@example.com", role="user",
            custom_attributes={"tier": "silver"} if number % 2 else {},
        )
        for number in range(130)
    ]  # fmt: skip
    server.add_contact(email="ada+1@example.com", role="lead")
    gone, merged = keys[5], keys[6]
    server.archive_contact(gone)
    if client.connection.api_version == "2.16":  # older versions do not describe the answer 410
        server.merge_contacts(merged, keys[7])
    attempts: list[Callable[[], object]] = [
        lambda: people.find(PersonQuery("user_id", "u 1/ü")),
        lambda: people.find(PersonQuery("user_id", "none")),
        lambda: people.find(PersonQuery("email", "ada+1@example.com", Role.USER)),
        lambda: people.find(PersonQuery("email", "none@example.com")),
        lambda: people.get(keys[0]),
        lambda: people.get(gone),
        lambda: people.get(merged),
        lambda: list(people.find_many([PersonQuery("user_id", f"u {n}/ü") for n in range(60)])),
        lambda: list(people.find_many([PersonQuery("email", "ada+3@example.com")])),
        lambda: list(people.search(())),
        lambda: list(people.search(parse_conditions(SEARCHES, ATTRIBUTES))),
        *(
            lambda text=text: list(people.search(parse_conditions([text], ATTRIBUTES)))
            for text in SEARCHES
        ),
        lambda: people.commit(plan_for(keys[1], "silver", "gold")),
        lambda: people.commit(plan_for(keys[1], "gold", None)),
        lambda: people.commit(plan_for(keys[0], None, "gold")),
        lambda: people.commit(plan_for(gone, "silver", "gold")),
        lambda: people.commit(plan_for(keys[3], "silver", 5)),
    ]
    for attempt in attempts:
        with suppress(CactionsError):
            attempt()


@pytest.mark.parametrize("version", CONTACTS)
@pytest.mark.parametrize("in_maximum", [50, 0])
def test_people_and_attributes_fit_the_description(version: str, in_maximum: int) -> None:
    """Contacts, search, attributes and identity, in each version that is described."""
    settings = Settings(in_maximum=in_maximum, default_version=version)
    with (
        WorkspaceServer(settings, tls=True) as server,
        checked(server, version) as (client, sender),
    ):
        server.add_attribute("tier", options=("silver", "gold"))
        for name, word in TYPES.items():
            if name != "tier":
                server.add_attribute(name, word)
        work_with_people(server, client)
        read_identity(client)
        read_attributes(client)
    assert [] == drop_known_drift(sender.problems)
    assert {
        "GET contacts", "POST contacts", "PUT contacts", "GET me", "GET data_attributes",
    } <= sender.operations.keys()  # fmt: skip
    REPORT.append(f"client against {version}: {sum(sender.operations.values())} exchanges fit")


def test_what_doctor_asks_fits_the_description() -> None:
    """It only reads."""
    project = Project(Workspace(intercom=IntercomConnection()), {}, {})
    with WorkspaceServer(tls=True) as server, checked(server, "2.16") as (client, sender):
        list(check_workspace(client, project, SystemClock()))
        assert [] == [line for line in server.log if line.wrote]
    assert [] == drop_known_drift(sender.problems)


def test_a_wrong_request_is_noticed() -> None:
    """The check itself: a key that no description has."""
    with WorkspaceServer(tls=True) as server, checked(server, "2.16") as (_, sender):
        sender.send(
            Request(
                "GET",
                MaskedText.of_plain(f"{server.url}/contacts?pages=2"),
                (("Authorization", MaskedText.of_plain(f"Bearer {server.token}")),),
            )
        )
    assert sender.problems
