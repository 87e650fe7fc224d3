"""Everyone of a workspace, page by page: each person once, and no list without an end."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cactions.edges.intercom.listed_people import MOST_LISTED, OLDEST, ListedPeople
from cactions.edges.intercom.pacer import MonotonicClock
from cactions.edges.intercom.people import IntercomPeople
from cactions.logic.people.condition_text import parse_conditions
from cactions.model import (
    Attribute,
    DataType,
    Person,
    PersonQuery,
    UsageError,
    WorkspaceError,
)
from tests.edges.intercom.clients import people_of
from tests.run_report import REPORT
from tests.workspace import Settings, WorkspaceServer

PEOPLE, PAGE = 1_000, 150
TIER = {"tier": Attribute("tier", DataType.STRING)}
GOLD = parse_conditions(["custom_attributes.tier = gold"], TIER)


def open_server(people: int, **settings: Any) -> WorkspaceServer:
    server = WorkspaceServer(Settings(**settings), tls=True)
    server.add_attribute("tier")
    for number in range(people):
        server.add_contact(
            external_id=f"u-{number}", email=f"p{number}@example.com", role="user",
            custom_attributes={"tier": "gold" if number % 2 else "silver"},
        )  # fmt: skip
    return server


def build_queries(people: list[Person]) -> list[PersonQuery]:
    return [PersonQuery("id", person.id) for person in people]


def read_again(people: IntercomPeople, found: list[Person]) -> list[str]:
    again = [person for _, person in people.find_many(build_queries(found))]
    return [person.id for person in again if isinstance(person, Person)]


@pytest.mark.parametrize("conditions", [(), GOLD], ids=["all", "where"])
def test_a_thousand_people_take_a_call_for_each_page(conditions: Any) -> None:
    """To plan for them takes no more, since the pages said all of them; a second time it does."""
    expected = PEOPLE if conditions == () else PEOPLE // 2
    with open_server(PEOPLE) as server, people_of(server) as people:
        since = len(server.log)
        found = [*people.search(conditions)]
        ids = [person.id for person in found]
        assert expected == len(found) == len({*ids})
        assert ids == read_again(people, found)
        calls = len(server.log) - since
        assert -(-expected // PAGE) == calls
        assert ids[:40] == read_again(people, found[:40])
        assert calls < len(server.log) - since
    REPORT.append(f"{expected} people of a workspace were read by {calls} calls")


def test_a_rate_limit_while_reading_is_waited_for() -> None:
    """Some pages are answered with 429 first."""
    with open_server(400) as server, people_of(server) as people:
        for after in (0, 1):
            server.fail("GET", "/contacts", status=429, after=after, times=2)
        assert 400 == len({person.id for person in people.search(())})
        assert Counter(line.status for line in server.log if line.path == "/contacts")[429] >= 4


def test_people_who_come_while_the_list_is_read_change_nothing_for_others() -> None:
    """Each of the others comes once, and no one is written."""
    with open_server(400) as server, people_of(server) as people:
        found: list[str] = []
        for person in people.search(()):
            found.append(person.id)
            if len(found) % 100 == 0:
                server.add_contact(external_id=f"n-{len(found)}", role="user")
        assert 400 <= len({*found}) == len(found)


ZONES = ("UTC", "Pacific/Honolulu", "America/St_Johns", "Asia/Kolkata", "Pacific/Auckland")


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_the_same_day_in_the_zone_of_the_workspace(zone: str) -> None:
    """From its first second to its last one."""
    declared = {"since": Attribute("since", DataType.DATE)}
    day = datetime(2026, 1, 31, tzinfo=ZoneInfo(zone))
    seconds = [-1, 0, 43_200, 86_399, 86_400]
    with WorkspaceServer(Settings(timezone=zone), tls=True) as server, people_of(server) as people:
        server.add_attribute("since", "date")
        keys = [
            server.add_contact(custom_attributes={"since": int(day.timestamp()) + second})
            for second in seconds
        ]
        for operator, expected in (("=", keys[1:4]), ("<", keys[:1]), (">", keys[4:])):
            text = f"custom_attributes.since {operator} 2026-01-31"
            found = people.search(parse_conditions([text], declared))
            assert sorted(expected) == sorted(person.id for person in found)


def build_page(cursor: str | None, first: int, total: int = 300) -> dict[str, Any]:
    contacts = [
        {"type": "contact", "id": f"{number:024x}", "role": "user", "custom_attributes": {}}
        for number in range(first, first + PAGE)
    ]
    pages: dict[str, Any] = {"type": "pages"}
    if cursor:
        pages["next"] = {"per_page": PAGE, "starting_after": cursor}
    return {"type": "list", "data": contacts, "total_count": total, "pages": pages}


def test_a_list_that_names_a_page_again_is_not_taken_for_the_whole() -> None:
    """Its cursor is that of an earlier page."""
    with open_server(0) as server, people_of(server) as people:
        server.fail("GET", "/contacts", status=200, body=build_page("a", 0))
        server.fail("GET", "/contacts", status=200, body=build_page("a", PAGE))
        with pytest.raises(WorkspaceError, match="repeats a page"):
            list(people.search(()))
        assert 2 == len(server.log)


def test_a_list_that_goes_on_for_ever_ends_with_an_error() -> None:
    """The same people again and again, each time with a new cursor."""
    with open_server(0) as server, people_of(server) as people:
        for number in range(40):
            server.fail("GET", "/contacts", status=200, body=build_page(f"c{number}", 0))
        with pytest.raises(WorkspaceError, match="does not end after 14 pages"):
            list(people.search(()))
        assert 15 == len(server.log)


def test_a_search_that_intercom_refuses_is_the_operators_matter() -> None:
    """An attribute that the file declares and the workspace does not have."""
    conditions = parse_conditions(
        ["custom_attributes.plan = x"], {"plan": Attribute("plan", DataType.STRING)}
    )
    with open_server(1) as server, people_of(server) as people:
        with pytest.raises(UsageError, match=r"refuses this search: .*plan") as caught:
            list(people.search(conditions))
        assert "cactions help many-people" in caught.value.hint


class SteppingClock(MonotonicClock):
    """A clock that a test moves."""

    now = 1000.0

    def get_time(self) -> float:
        return self.now


def test_a_listed_person_is_known_once_and_not_for_long() -> None:
    """Neither do more people take more memory."""
    clock = SteppingClock()
    listed = ListedPeople(clock)
    listed.add(Person(str(number)) for number in range(MOST_LISTED + 5))
    assert Person("0") == listed.take("0")
    assert None is listed.take("0")
    assert None is listed.take(str(MOST_LISTED))
    clock.now += OLDEST
    assert Person("1") == listed.take("1")
    clock.now += 1
    assert None is listed.take("2")


def test_an_index_that_lags_is_read_as_it_is_but_our_own_writes_are_read_by_id() -> None:
    """Whom we wrote a moment ago, the plan knows as they are."""
    with open_server(30, index_lag=60) as server, people_of(server) as people:
        found = [*people.search(())]
        server.update_contact(found[0].id, custom_attributes={"tier": "bronze"})
        [(_, fresh)] = IntercomPeople(
            people._client,
            find_recent=lambda ids: ids,
        ).find_many(build_queries(found[:1]))
    assert isinstance(fresh, Person)
    assert {"tier": "bronze"} == fresh.attributes
