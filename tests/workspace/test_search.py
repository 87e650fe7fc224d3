"""The grammar of searches: operators, types, groups and their limits, pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client

UTC_NOON = 1_577_880_000
"""2020-01-01 12:00 in UTC, and 04:00 in Los Angeles."""
DAY = 86_400


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    """Three contacts: a user with values, a user with others, and a lead with none."""
    with WorkspaceServer() as server:
        for name, kind in {"plan": "string", "count": "integer", "flag": "boolean"}.items():
            server.add_attribute(name, kind)
        server.add_attribute("share", "float")
        server.add_attribute("day", "date")
        server.add_contact(
            external_id="ada",
            name="Ada Lovelace",
            email="ada@example.com",
            location={"country": "Ireland", "region": None, "city": "Dublin"},
            signed_up_at=UTC_NOON,
            tags=[{"type": "tag", "id": "7"}],
            custom_attributes={
                "plan": "Pro", "count": 2, "flag": True, "share": 1.5, "day": UTC_NOON,
            },
        )  # fmt: skip
        server.add_contact(
            external_id="bob",
            name="Bob",
            email="bob@other.example",
            signed_up_at=UTC_NOON + DAY,
            unsubscribed_from_emails=True,
            custom_attributes={"plan": "Free", "count": 5, "flag": False, "share": 2.5},
        )
        server.add_contact(role="lead", name="Lea")
        yield server


def find_names(client: Client, query: Any) -> str:
    """The names that a query finds, oldest contact first."""
    sort = {"field": "created_at", "order": "ascending"}
    found = client.post("/contacts/search", {"query": query, "sort": sort}).content
    return " ".join(contact["name"].split()[0] for contact in found["data"])


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("email", "=", "ada@example.com", "Ada"),
        ("email", "=", "ADA@example.com", "Ada"),
        ("email", "!=", "ada@example.com", "Bob Lea"),
        ("email", "=", None, "Lea"),
        ("email", "!=", None, "Ada Bob"),
        ("email", "IN", ["ada@example.com", "bob@other.example"], "Ada Bob"),
        ("email", "IN", [], ""),
        ("email", "NIN", ["ada@example.com"], "Bob Lea"),
        ("email", "~", "example", "Ada Bob"),
        ("email", "!~", "other", "Ada Lea"),
        ("email", "^", "bob@", "Bob"),
        ("email", "$", ".com", "Ada"),
        ("email_domain", "=", "other.example", "Bob"),
        ("role", "=", "lead", "Lea"),
        ("external_id", "=", "bob", "Bob"),
        ("location.city", "=", "Dublin", "Ada"),
        ("unsubscribed_from_emails", "=", True, "Bob"),
        ("tag_id", "=", "7", "Ada"),
        ("tag_id", "!=", "7", "Bob Lea"),
        ("segment_id", "=", "7", ""),
        ("custom_attributes.plan", "=", "Pro", "Ada"),
        ("custom_attributes.plan", "IN", ["Free", "Gold"], "Bob"),
        ("custom_attributes.count", "=", 2, "Ada"),
        ("custom_attributes.count", "IN", [2, "5"], "Ada Bob"),
        ("custom_attributes.count", ">", 2, "Bob"),
        ("custom_attributes.count", ">=", "2", "Ada Bob"),
        ("custom_attributes.count", "<", 5, "Ada"),
        ("custom_attributes.count", "<=", 5, "Ada Bob"),
        ("custom_attributes.share", ">", 1.5, "Bob"),
        ("custom_attributes.flag", "=", True, "Ada"),
        ("custom_attributes.flag", "=", "false", "Bob"),
        ("custom_attributes.day", "=", UTC_NOON, "Ada"),
    ],
)
def test_an_operator_finds(
    client: Client, field: str, operator: str, value: Any, expected: str
) -> None:
    """Texts are compared without regard to the case of letters."""
    query = {"field": field, "operator": operator, "value": value}
    assert expected == find_names(client, query)


@pytest.mark.parametrize(
    ("operator", "moment", "expected"),
    [
        ("=", UTC_NOON - 4 * 3600, "Ada"),
        ("=", UTC_NOON - 5 * 3600, ""),
        ("=", UTC_NOON + 19 * 3600, "Ada"),
        (">", UTC_NOON - 4 * 3600, "Bob"),
        (">", UTC_NOON - 5 * 3600, "Ada Bob"),
        ("<", UTC_NOON + 19 * 3600, ""),
        ("<", UTC_NOON + 20 * 3600, "Ada"),
        ("=", str(UTC_NOON), "Ada"),
    ],
)
def test_dates_are_compared_by_the_day_of_the_workspace(
    client: Client, operator: str, moment: Any, expected: str
) -> None:
    """``=`` is the whole day, ``>`` begins with the next day, ``<`` ends before the day."""
    query = {"field": "signed_up_at", "operator": operator, "value": moment}
    assert expected == find_names(client, query)


def test_the_same_date_means_another_day_in_another_zone() -> None:
    """UTC midnight is the day before in Los Angeles."""
    midnight = UTC_NOON - 12 * 3600
    for zone, expected in {"UTC": 1, "America/Los_Angeles": 0}.items():
        with WorkspaceServer(Settings(timezone=zone)) as server, Client(server) as client:
            server.add_contact(signed_up_at=UTC_NOON)
            assert expected == len(client.find(("signed_up_at", "=", midnight)))


def test_groups_nest(client: Client) -> None:
    """(1 or 2) and (3 or 4)."""

    def any_of(field: str, *values: str) -> Any:
        filters = [{"field": field, "operator": "=", "value": value} for value in values]
        return {"operator": "OR", "value": filters}

    query = {"operator": "AND", "value": [any_of("name", "Bob", "Lea"), any_of("role", "user")]}
    assert "Bob" == find_names(client, query)


def group(depth: int, width: int = 1) -> Any:
    item: Any = {"field": "name", "operator": "=", "value": "Bob"}
    for _ in range(depth):
        item = {"operator": "AND", "value": [item] * width}
    return item


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (group(3), "parameter_invalid"),
        (group(1, 16), "parameter_invalid"),
        (None, "parameter_invalid"),
        ({}, "parameter_invalid"),
        ({"operator": "XOR", "value": []}, "parameter_invalid"),
        ({"operator": "AND", "value": "x"}, "parameter_invalid"),
        ({"field": "nickname", "operator": "=", "value": "x"}, "invalid_field"),
        ({"field": "custom_attributes.none", "operator": "=", "value": "x"}, "invalid_field"),
        ({"field": "email", "operator": ">", "value": "x"}, "parameter_invalid"),
        ({"field": "email", "operator": "like", "value": "x"}, "parameter_invalid"),
        ({"field": "email", "operator": "IN", "value": "x"}, "parameter_invalid"),
        ({"field": "email", "operator": "IN", "value": ["x"] * 51}, "parameter_invalid"),
        ({"field": "email", "operator": "=", "value": 1}, "parameter_invalid"),
        ({"field": "created_at", "operator": "=", "value": "foobar"}, "parameter_invalid"),
        ({"field": "created_at", "operator": "!=", "value": 1}, "parameter_invalid"),
        ({"field": "created_at", "operator": ">=", "value": 1}, "parameter_invalid"),
        ({"field": "created_at", "operator": "IN", "value": [1]}, "parameter_invalid"),
        ({"field": "tag_id", "operator": "IN", "value": ["1"]}, "parameter_invalid"),
        ({"field": "custom_attributes.flag", "operator": ">", "value": True}, "parameter_invalid"),
        ({"field": "custom_attributes.flag", "operator": "=", "value": 1}, "parameter_invalid"),
        ({"field": "custom_attributes.count", "operator": "=", "value": True}, "parameter_invalid"),
    ],
)
def test_what_the_grammar_does_not_have_is_refused(client: Client, query: Any, code: str) -> None:
    """400, and never an empty list that looks like an answer."""
    assert (400, code) == client.post("/contacts/search", {"query": query}).error[:2]


@pytest.mark.parametrize("query", [group(2), group(1, 15)])
def test_the_limits_of_groups_are_reached(client: Client, query: Any) -> None:
    """Two levels and 15 filters are allowed."""
    assert "Bob" == find_names(client, query)


def test_the_maximum_of_in_is_a_setting() -> None:
    """The platform's own is not known."""
    with WorkspaceServer(Settings(in_maximum=3)) as server, Client(server) as client:
        assert 200 == client.search(("email", "IN", ["a", "b", "c"])).status
        assert 400 == client.search(("email", "IN", ["a", "b", "c", "d"])).status


def test_a_group_operator_on_a_field_answers_500(client: Client) -> None:
    """As intercom-node's issue 344 has it."""
    query = {"field": "email", "operator": "AND", "value": "x"}
    found = client.post("/contacts/search", {"query": query})
    assert (500, "server_error", "Server Error") == found.error


def test_the_case_of_letters_counts_where_the_setting_says_so() -> None:
    """Which of both the platform does is not proven for every field."""
    with WorkspaceServer(Settings(folds_case=False)) as server, Client(server) as client:
        key = server.add_contact(external_id="A")
        assert ([key], []) == (
            client.find(("external_id", "=", "A")),
            client.find(("external_id", "=", "a")),
        )


@pytest.fixture(scope="module")
def many() -> Iterator[tuple[Client, list[str]]]:
    """152 contacts."""
    with WorkspaceServer() as server, Client(server) as client:
        yield client, [server.add_contact(external_id=str(n)) for n in range(152)]


def test_pages_go_on_until_next_is_absent(many: tuple[Client, list[str]]) -> None:
    """Every contact comes once; page numbers rise."""
    client, keys = many
    seen, pages, cursor = [], [], None
    while True:
        pagination = {"per_page": 50, **({"starting_after": cursor} if cursor else {})}
        found = client.search(("role", "=", "user"), pagination=pagination).content
        seen += [contact["id"] for contact in found["data"]]
        pages.append(found["pages"])
        if "next" not in found["pages"]:
            break
        cursor = found["pages"]["next"]["starting_after"]
    assert sorted(keys) == sorted(seen)
    assert [1, 2, 3, 4] == [page["page"] for page in pages]
    assert [(50, 4)] * 4 == [(page["per_page"], page["total_pages"]) for page in pages]
    assert {"type": "pages", "page": 4, "per_page": 50, "total_pages": 4} == pages[-1]


def test_a_page_has_50_contacts_by_default_and_150_at_most(
    many: tuple[Client, list[str]],
) -> None:
    """More is refused."""
    client, _ = many
    found = client.search(("role", "=", "user")).content
    assert (50, 152) == (len(found["data"]), found["total_count"])
    large = client.search(("role", "=", "user"), pagination={"per_page": 150}).content
    assert 150 == len(large["data"])
    refused = client.search(("role", "=", "user"), pagination={"per_page": 151})
    assert (400, "parameter_invalid", "Per Page is too big") == refused.error


def test_the_list_has_pages_too(many: tuple[Client, list[str]]) -> None:
    """Its cursor stands in the query."""
    client, _ = many
    first = client.get("/contacts?per_page=150").content
    cursor = first["pages"]["next"]["starting_after"]
    rest = client.get(f"/contacts?per_page=150&starting_after={cursor}").content
    assert (150, 2, 152) == (len(first["data"]), len(rest["data"]), rest["total_count"])
    assert "next" not in rest["pages"]


@pytest.mark.parametrize("cursor", ["x", "W10=", "e30="])
def test_a_wrong_cursor_is_refused(many: tuple[Client, list[str]], cursor: str) -> None:
    """With the text of the description."""
    client, _ = many
    found = client.search(("role", "=", "user"), pagination={"starting_after": cursor})
    assert (400, "client_error") == found.error[:2]


def test_a_wrong_sort_order_is_refused(many: tuple[Client, list[str]]) -> None:
    """Only ascending and descending are known."""
    found = many[0].search(("role", "=", "user"), sort={"field": "name", "order": "desc"})
    message = "Invalid sort order 'desc'. Must be one of: ascending, descending"
    assert (400, "invalid_sort_order", message) == found.error
