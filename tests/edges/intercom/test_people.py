"""People of a workspace: found exactly, written once, whatever the service answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.edges.intercom.people import IntercomPeople
from cactions.model import (
    ABSENT,
    Change,
    Conflict,
    LeaseLost,
    Outcome,
    OutcomeUnknown,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    Role,
    SentCall,
    Subject,
    UsageError,
    Value,
    WorkspaceError,
)
from tests.edges.intercom.clients import MeetingSender, client_of, people_of
from tests.workspace import Settings, WorkspaceServer

EMAIL = PersonQuery("email", "ada@example.com", Role.USER)


@pytest.fixture
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(Settings(), tls=True) as found:
        found.add_attribute("tier")
        found.add_attribute("plan")
        yield found


@pytest.fixture
def people(server: WorkspaceServer) -> Iterator[IntercomPeople]:
    with people_of(server) as found:
        yield found


def add(server: WorkspaceServer, user_id: str = "u-1", **attributes: Value) -> str:
    return server.add_contact(
        external_id=user_id, email="ada@example.com", role="user", custom_attributes=attributes
    )


def plan_for(key: str, before: Value = "silver", after: Value = "gold") -> Plan:
    subject = Subject(key, PersonQuery("id", key))
    call = SentCall("GET https://api.shop.example/", 200)
    return Plan("loyalty", subject, call, (Change("tier", before, after),))


def count_writes(server: WorkspaceServer) -> int:
    return sum(line.wrote for line in server.log)


# Finding


def test_several_users_with_one_address_are_refused_with_their_number(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """An e-mail address is not unique at Intercom."""
    keys = [add(server, f"u-{number}") for number in range(3)]
    with pytest.raises(UsageError, match="3 people have email") as caught:
        people.find(EMAIL)
    assert all(key in str(caught.value) for key in keys)


def test_a_lead_with_the_same_address_is_no_reason_to_refuse(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """Of several people, those of the wanted role count; without a role it is ambiguous."""
    lead = server.add_contact(email="ada@example.com", role="lead")
    key = add(server)
    assert key == people.find(EMAIL).id
    assert lead == people.find(PersonQuery("email", "ada@example.com", Role.LEAD)).id
    with pytest.raises(UsageError, match="2 people"):
        people.find(PersonQuery("email", "ada@example.com"))


def test_a_user_id_of_a_lead_finds_no_one(server: WorkspaceServer, people: IntercomPeople) -> None:
    """Intercom makes the external id of a lead itself."""
    key = server.add_contact(email="x@example.com", role="lead")
    made = server.get_contact(key)["external_id"]
    with pytest.raises(UsageError, match="no person with user_id"):
        people.find(PersonQuery("user_id", made))
    assert ABSENT is people.get(key).get_field("user_id")


@pytest.mark.parametrize("state", ["archive_contact", "delete_contact"])
def test_who_is_archived_or_deleted_does_not_exist(
    server: WorkspaceServer, people: IntercomPeople, state: str
) -> None:
    """Intercom answers 404 to both; a commit writes nothing."""
    key = add(server, tier="silver")
    getattr(server, state)(key)
    with pytest.raises(UsageError, match="no person with id"):
        people.get(key)
    with pytest.raises(UsageError, match="no person with id"):
        people.commit(plan_for(key))
    assert 0 == count_writes(server)


def test_a_merged_contact_is_never_followed_into_a_write(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """The answer names the contact that is left; it is another person's record."""
    gone, left = add(server, "u-1", tier="silver"), add(server, "u-2", tier="silver")
    server.merge_contacts(gone, left)
    with pytest.raises(UsageError, match="was merged into another one"):
        people.commit(plan_for(gone))
    assert (0, "silver") == (
        count_writes(server), server.get_contact(left)["custom_attributes"]["tier"],
    )  # fmt: skip


def test_an_old_index_only_names_candidates() -> None:
    """Who was found by an address that they no longer have is no match."""
    with WorkspaceServer(Settings(index_lag=30), tls=True) as server, people_of(server) as people:
        server.add_attribute("tier")
        key = add(server, tier="silver")
        server.update_contact(key, custom_attributes={"tier": "gold"})
        assert {"tier": "gold"} == people.find(EMAIL).attributes
        server.update_contact(key, email="new@example.com")
        with pytest.raises(UsageError, match="no person with email"):
            people.find(EMAIL)


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "a?b=c", "ü", "\udcff", "a b", "%2e%2e"])
def test_any_text_is_a_value_and_no_path(
    server: WorkspaceServer, people: IntercomPeople, value: str
) -> None:
    """It reaches only the person who has exactly this value."""
    for field in ("id", "user_id", "email"):
        with pytest.raises(UsageError, match="there is no person with"):
            people.find(PersonQuery(field, value))
    assert set() == {
        line.path for line in server.log
        if not line.path.startswith(("/contacts/find_by_external_id/", "/contacts/" ))
    }  # fmt: skip
    assert 0 == count_writes(server)


# Batches


@pytest.mark.parametrize("maximum", [50, 20, 0])
def test_batches_find_everyone_with_lists_and_without(maximum: int) -> None:
    """The longest list is not documented: groups of 15 filters take the place of a refused one."""
    with WorkspaceServer(Settings(in_maximum=maximum), tls=True) as server:
        keys = {f"u-{number}": add(server, f"u-{number}") for number in range(500)}
        asked = [PersonQuery("user_id", f"u-{number}") for number in range(0, 500, 10)]
        asked.append(PersonQuery("user_id", "u-none"))
        with people_of(server) as people:
            found = list(people.find_many(asked))
        assert asked == [query for query, _ in found]
        assert [keys[query.value] for query in asked[:-1]] == [
            person.id for _, person in found[:-1] if not isinstance(person, UsageError)
        ]
        assert isinstance(found[-1][1], UsageError)
        assert (3 if maximum == 50 else 7) == len(server.log)  # one page tells the size


def test_a_small_workspace_is_read_page_by_page(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """Where that takes fewer calls than lists do."""
    keys = [add(server, f"u-{number}") for number in range(300)]
    asked = [PersonQuery("user_id", f"u-{number}") for number in range(300)]
    found = [person for _, person in people.find_many(asked)]
    assert keys == [person.id for person in found if not isinstance(person, UsageError)]
    assert ["GET", "GET"] == [line.method for line in server.log]


def test_a_batch_reads_whom_we_wrote_a_moment_ago_by_id() -> None:
    """The index still has the old value, and an unchanged person would be written again."""
    with WorkspaceServer(Settings(index_lag=30), tls=True) as server, client_of(server) as client:
        server.add_attribute("tier")
        keys = [add(server, f"u-{number}", tier="silver") for number in range(3)]
        for key in keys[:2]:
            server.update_contact(key, custom_attributes={"tier": "gold"})
        asked = [PersonQuery("user_id", f"u-{number}") for number in range(3)]
        recent = IntercomPeople(client, find_recent=lambda _: [keys[0]])
        found = [person for _, person in recent.find_many(asked) if isinstance(person, Person)]
    read = [(person.attributes, person.from_search) for person in found]
    old = ({"tier": "silver"}, True)
    assert [({"tier": "gold"}, False), old, old] == read


# Writing


def test_a_foreign_write_is_never_overwritten() -> None:
    """The person is read again by id, whatever the index says."""
    with WorkspaceServer(Settings(index_lag=30), tls=True) as server, people_of(server) as people:
        server.add_attribute("tier")
        key = add(server, tier="silver")
        server.update_contact(key, custom_attributes={"tier": "bronze"})
        receipt = people.commit(plan_for(key))
        assert (Outcome.CONFLICT, (Conflict("tier", "silver", "bronze"),)) == (
            receipt.outcome, receipt.conflicts,
        )  # fmt: skip
        assert 0 == count_writes(server)


@pytest.mark.parametrize("before", [ABSENT, None, ""])
@pytest.mark.parametrize("held", [ABSENT, None, ""])
def test_all_empty_values_are_equal(server: WorkspaceServer, before: Value, held: Value) -> None:
    """An attribute that was cleared reads back as null, and one never set is absent."""
    key = add(server, **({} if held is ABSENT else {"tier": held}))
    with people_of(server) as people:
        assert Receipt(key, Outcome.APPLIED) == people.commit(plan_for(key, before))


def test_null_is_sent_only_where_the_plan_clears(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """It reads back as null, which is the value that was asked for."""
    key = add(server, tier="silver", plan="pro")
    assert Receipt(key, Outcome.APPLIED) == people.commit(plan_for(key, after=None))
    [put] = [line.body for line in server.log if line.wrote]
    assert b'{"custom_attributes":{"tier":null}}' == put


def test_a_workspace_that_replaces_all_attributes_loses_none() -> None:
    """Merging is not proven: what vanished is restored at once, and later writes send all."""
    with WorkspaceServer(Settings(custom_attributes="replace"), tls=True) as server:
        server.add_attribute("tier")
        server.add_attribute("plan")
        keys = [add(server, f"u-{number}", tier="silver", plan="pro") for number in range(3)]
        with people_of(server) as people:
            receipts = [people.commit(plan_for(key)) for key in keys]
        assert [Receipt(key, Outcome.APPLIED) for key in keys] == receipts
        assert 3 * [{"tier": "gold", "plan": "pro"}] == [
            server.get_contact(key)["custom_attributes"] for key in keys
        ]
        assert 4 == count_writes(server)


def test_what_cannot_be_restored_is_named() -> None:
    """Where all together are refused, each is restored by itself; the receipt names the rest."""
    with WorkspaceServer(Settings(custom_attributes="replace"), tls=True) as server:
        for name in ("tier", "plan", "city"):
            server.add_attribute(name)
        key = add(server, tier="silver", plan="pro", city="Oslo")
        server.fail("PUT", containing="pro", status=400, times=None)
        with people_of(server) as people:
            receipt = people.commit(plan_for(key))
        assert (Outcome.APPLIED, (Conflict("plan", "pro", None),)) == (
            receipt.outcome,
            receipt.conflicts,
        )
        assert {"tier": "gold", "plan": None, "city": "Oslo"} == {
            name: server.get_contact(key)["custom_attributes"].get(name)
            for name in ("tier", "plan", "city")
        }


def test_what_another_program_cleared_stays_cleared(server: WorkspaceServer) -> None:
    """One attribute that is empty after the write, among others that are not, was no loss."""
    server.add_attribute("city")
    key = add(server, tier="silver", plan="pro", city="Oslo")

    def clear_plan() -> None:
        server.update_contact(key, custom_attributes={"plan": None})

    with client_of(server, wrap=lambda sender: MeetingSender(sender, before=clear_plan)) as client:
        receipt = IntercomPeople(client).commit(plan_for(key))
    assert (Conflict("plan", "pro", None),) == receipt.conflicts
    assert server.get_contact(key)["custom_attributes"]["plan"] is None
    assert 1 == count_writes(server)


def test_a_write_without_an_answer_that_another_program_met_is_known_as_written(
    server: WorkspaceServer,
) -> None:
    """A write is whole: one new value that is there proves it, and the other is named."""
    key = add(server, tier="silver", plan="pro")
    plan = plan_for(key)
    plan = replace(plan, changes=(*plan.changes, Change("plan", "pro", "max")))

    def edit_plan() -> None:
        server.update_contact(key, custom_attributes={"plan": "mini"})

    server.fail("PUT", drop=True, apply=True)
    with client_of(server, wrap=lambda sender: MeetingSender(sender, after=edit_plan)) as client:
        receipt = IntercomPeople(client).commit(plan)
    assert (Outcome.APPLIED, (Conflict("plan", "max", "mini"),)) == (
        receipt.outcome,
        receipt.conflicts,
    )
    assert 1 == count_writes(server)


def test_a_value_that_intercom_does_not_keep_is_named() -> None:
    """A 200 is no proof: the answer is compared, and the person read again."""
    with WorkspaceServer(Settings(unwritable="ignore"), tls=True) as server:
        server.add_attribute("tier", api_writable=False)
        key = add(server, tier="silver")
        with people_of(server) as people:
            receipt = people.commit(plan_for(key))
    assert (Conflict("tier", "gold", "silver"),) == receipt.conflicts
    assert "has another value" in receipt.message


def test_an_answer_about_another_person_is_not_believed(
    server: WorkspaceServer, people: IntercomPeople
) -> None:
    """The person is read again; a read that names another one finds no one."""
    key, other = add(server, tier="silver"), add(server, "u-2", tier="gold")
    server.fail("PUT", status=200, body=server.get_contact(other))
    receipt = people.commit(plan_for(key))
    assert (Conflict("tier", "gold", "silver"),) == receipt.conflicts
    server.fail("GET", status=200, body=server.get_contact(other))
    with pytest.raises(UsageError, match="no person with id"):
        people.get(key)


@pytest.mark.parametrize("status", [400, 409, 422])
def test_what_intercom_refuses_concerns_one_person(
    server: WorkspaceServer, people: IntercomPeople, status: int
) -> None:
    """It is a failed receipt of that person with Intercom's own words, and nothing was written."""
    key = add(server, tier="silver")
    server.fail("PUT", status=status)
    with pytest.raises(UsageError, match=f"status {status}.*nothing was written"):
        people.commit(plan_for(key))
    assert "silver" == server.get_contact(key)["custom_attributes"]["tier"]


FAULTS: dict[str, dict[str, Any]] = {
    **{str(status): {"status": status} for status in (408, 429, 500, 502, 503, 504)},
    **{
        f"{status} after the write": {"status": status, "apply": True}
        for status in (302, 405, 413, 500, 502, 503, 504, 520)
    },
    "204 after the write": {"status": 204, "body": "", "apply": True},
    "a page after the write": {"status": 200, "body": "<html>Welcome</html>", "apply": True},
    "a list after the write": {"status": 200, "body": [], "apply": True},
    "dropped": {"drop": True},
    "dropped after the write": {"drop": True, "apply": True},
    "reset after the write": {"drop": True, "reset": True, "apply": True},
    "cut off after the write": {"truncate": True},
    "no HTTP after the write": {"garbage": True},
    "slow": {"delay": 0.3},
}


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("call", ["GET /contacts/*", "PUT /contacts/*"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_write_is_lost_or_doubled(
    server: WorkspaceServer, people: IntercomPeople, fault: str, call: str, times: int
) -> None:
    """The receipt says what is there: applied once, or that the outcome is unknown."""
    key = add(server, tier="silver")
    method, _, path = call.partition(" ")
    server.fail(method, path, times=times, **FAULTS[fault])
    receipt = attempt(lambda: people.commit(plan_for(key)))
    now = server.get_contact(key)["custom_attributes"]["tier"]
    assert 1 >= sum(write.id == key and write.request > 0 for write in server.writes)
    if isinstance(receipt, Receipt):
        assert (Receipt(key, Outcome.APPLIED), "gold") == (receipt, now)
    else:
        assert now in ("silver", "gold")
    server.clear_faults()
    again = people.commit(plan_for(key, before=now))
    assert again.outcome in (Outcome.APPLIED, Outcome.UNCHANGED)
    assert "gold" == server.get_contact(key)["custom_attributes"]["tier"]


@pytest.mark.parametrize("fault", [name for name in FAULTS if name.endswith("after the write")])
def test_a_write_whose_answer_says_nothing_is_found_by_reading(
    server: WorkspaceServer, people: IntercomPeople, fault: str
) -> None:
    """No status but Intercom's own refusals proves that nothing was written."""
    key = add(server, tier="silver")
    server.fail("PUT", **FAULTS[fault])
    assert Receipt(key, Outcome.APPLIED) == people.commit(plan_for(key))
    assert 1 == count_writes(server)


def attempt(commit: Callable[[], Receipt]) -> Receipt | OutcomeUnknown | WorkspaceError:
    try:
        return commit()
    except (OutcomeUnknown, WorkspaceError) as error:
        return error


@pytest.mark.parametrize("form", ["list", "json", "text", "html", "empty"])
@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_any_form_of_an_error_is_understood(form: str, status: int) -> None:
    """An error body that is no error list breaks nothing; the status counts."""
    with WorkspaceServer(Settings(error_body=form, request_ids=False), tls=True) as server:
        key = add(server)
        with people_of(server) as people:
            server.fail("GET", "/contacts/*", status=status, times=None)
            with pytest.raises((WorkspaceError, UsageError)) as caught:
                people.get(key)
    assert "Traceback" not in str(caught.value)
    assert status == 404 or f"status {status}" in str(caught.value)


def test_a_write_that_may_not_be_any_more_is_not_sent(server: WorkspaceServer) -> None:
    """It is asked after the person was read, and again before each try."""
    key = add(server, tier="silver")
    asked: list[str] = []

    def check() -> None:
        asked.append(server.log[-1].method)
        if len(asked) == 3:
            raise LeaseLost

    server.fail("PUT", status=429, times=2)
    with people_of(server) as people, pytest.raises(LeaseLost):
        people.commit(plan_for(key), check)
    assert ["GET", "PUT", "PUT"] == asked
    assert [429, 429] == [line.status for line in server.log if line.method == "PUT"]
    assert "silver" == server.get_contact(key)["custom_attributes"]["tier"]
    with people_of(server) as people:
        assert Outcome.APPLIED is people.commit(plan_for(key), lambda: None).outcome
