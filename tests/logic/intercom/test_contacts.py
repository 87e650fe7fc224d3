"""Contacts as live answers were seen: what is odd breaks nothing, and no value is guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.intercom.contacts import (
    align_empty_values,
    build_update,
    list_lost,
    list_unkept,
    parse_contact,
)
from cactions.model import ABSENT, Change, Conflict, Json, Person, Role, Value, WorkspaceError
from tests.builders import a_plan, change
from tests.strategies import JSON_VALUES

ADA: dict[str, Json] = {
    "type": "contact", "id": "5ba682d2", "workspace_id": "abc", "role": "user",
    "external_id": "u-1", "email": "ada@example.com", "phone": None, "name": "Ada",
    "avatar": None, "owner_id": None, "unsubscribed_from_emails": False,
    "created_at": 1611000000, "updated_at": 1611000003, "signed_up_at": None,
    "custom_attributes": {},
    "tags": {"type": "list", "data": [], "url": "/contacts/5ba682d2/tags", "total_count": 0},
}  # fmt: skip


def with_fields(**fields: Json) -> Person:
    return parse_contact({**ADA, **fields})


def test_fields_have_our_names_and_types() -> None:
    """``external_id`` is ``user_id``; what is null is not set; lists are left out."""
    person = parse_contact(ADA)
    expected = {
        "role": "user", "user_id": "u-1", "email": "ada@example.com", "name": "Ada",
        "unsubscribed_from_emails": False, "created_at": 1611000000, "updated_at": 1611000003,
    }  # fmt: skip
    assert ("5ba682d2", expected, {}) == (person.id, person.fields, person.attributes)


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("field", ["email", "external_id", "name", "phone"])
def test_empty_text_and_null_are_not_set(field: str, empty: Json) -> None:
    """An address that was removed reads as an empty text in one answer and as null in the next."""
    name = "user_id" if field == "external_id" else field
    assert ABSENT is with_fields(**{field: empty}).get_field(name)


def test_the_external_id_of_a_lead_is_no_user_id() -> None:
    """Intercom makes it, and ignores what is sent."""
    lead = with_fields(role="lead", external_id="6d2d5fb3-5e5c-4ed3-9f5b-3a3f6f2d3d11")
    assert (Role.LEAD, ABSENT) == (lead.role, lead.get_field("user_id"))


def test_times_beyond_2038_are_times() -> None:
    """A live answer had the year 2056."""
    assert 2738966400 == with_fields(signed_up_at=2738966400).get_field("signed_up_at")


def test_keys_of_no_description_are_left_out() -> None:
    """Live answers of 2.11 had two that no description has."""
    assert parse_contact(ADA) == with_fields(sms_consent=True, unsubscribed_from_sms=False)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [(None, ABSENT), ({"type": "avatar", "image_url": "https://x.example/a.png"},
                      "https://x.example/a.png"), ({"type": "avatar"}, ABSENT), ("", ABSENT)],
)  # fmt: skip
def test_an_avatar_is_null_or_an_object(shown: Json, expected: Value) -> None:
    """Its address is what counts."""
    assert expected == with_fields(avatar=shown).get_field("avatar")


@pytest.mark.parametrize(
    ("shown", "expected"), [("127", "127"), (127, "127"), (0, ABSENT), (None, ABSENT)]
)
def test_the_owner_is_a_text_in_every_version(shown: Json, expected: Value) -> None:
    """The descriptions of 2.14 and 2.15 say integer, that of 2.16 says string."""
    assert expected == with_fields(owner_id=shown).get_field("owner_id")


def test_a_cleared_attribute_is_null_and_one_never_set_is_absent() -> None:
    """Both are empty; a relationship stays an object, which no plan overwrites."""
    person = with_fields(custom_attributes={"a": None, "b": "", "c": {"type": "list"}})
    assert (None, "", {"type": "list"}, ABSENT) == tuple(map(person.get_attribute, "abcd"))


@pytest.mark.parametrize("broken", [{"id": None}, {"id": ""}, {"id": 5}, {"custom_attributes": []}])
def test_what_is_no_contact_is_an_error(broken: dict[str, Json]) -> None:
    """Another service may answer at this address."""
    with pytest.raises(WorkspaceError, match="is no contact"):
        parse_contact({**ADA, **broken})


@given(st.dictionaries(st.sampled_from([*ADA, "x"]), JSON_VALUES))
def test_any_value_of_any_key_breaks_nothing(fields: dict[str, Json]) -> None:
    """A person with typed fields, or the error; never another exception."""
    try:
        person = parse_contact({**ADA, **fields})
    except WorkspaceError:
        return
    assert all(isinstance(value, str | bool | int) for value in person.fields.values())


# Updates


def test_an_update_holds_the_changed_attributes_only() -> None:
    """Null only where the plan clears; what stays the same is not sent."""
    plan = a_plan(
        change("silver", "gold"), Change("points", 1, None), Change("plan", "pro", "pro"),
        Change("since", 5, ABSENT), Change("note", "x", ""),
    )  # fmt: skip
    sent = {"tier": "gold", "points": None, "since": None, "note": None}
    assert sent == build_update(plan)


@given(st.sampled_from([ABSENT, None, "", "a", 0]), st.sampled_from([ABSENT, None, "", "a", 0]))
def test_empty_old_values_are_aligned_and_others_are_not(before: Value, held: Value) -> None:
    """Only null, the empty text and absent stand for each other."""
    person = Person("p1", {}, {} if held is ABSENT else {"tier": held})
    [aligned] = align_empty_values(a_plan(change(before, "gold")), person).changes
    empty = (ABSENT, None, "")
    both = before in empty and held in empty
    assert (held if both else before) is aligned.before


def test_what_intercom_did_not_keep_is_listed() -> None:
    """As equal values of the attribute: null for an empty text is kept."""
    plan = a_plan(change("silver", ""), Change("points", 1, 2))
    kept = Person("p1", {}, {"tier": None, "points": 3})
    assert (Conflict("points", 2, 3),) == list_unkept(plan, kept)


def test_what_vanished_beside_the_plan_is_listed() -> None:
    """Only values that were there; relationships cannot be written back."""
    before = Person("p1", {}, {"tier": "silver", "plan": "pro", "old": None, "shop": {"id": 1}})
    after = Person("p1", {}, {"tier": "gold"})
    assert {"plan": "pro"} == list_lost(before, after, a_plan(change("silver", "gold")))
