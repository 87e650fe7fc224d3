"""A plan is applied only to the person it was made for."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cactions.logic.plan.compare_and_set import commit_plan, find_outcome
from cactions.model import (
    ABSENT,
    DataType,
    Outcome,
    PersonAttribute,
    PersonField,
    Plan,
    Precondition,
    Proof,
    Value,
)
from tests.builders import a_plan, change, person

ADA = person(tier="silver", shop_id="s-1")


def plan_for_ada(*references: PersonField | PersonAttribute) -> Plan:
    values = {
        "person.email": ADA.get_field("email"),
        "person.user_id": ADA.get_field("user_id"),
        "person.attributes.shop_id": "s-1",
    }
    premises = tuple(Precondition(one, values[str(one)]) for one in references)
    return replace(a_plan(change("silver", "gold")), premises=premises)


@pytest.mark.parametrize("field", ["email", "user_id"])
def test_a_person_with_a_changed_identity_is_not_written(field: str) -> None:
    """Both identities are reported; nothing is written although the attributes are unchanged."""
    now = replace(ADA, fields={**ADA.fields, field: "eve@evil.example"})
    written, receipt = commit_plan(plan_for_ada(PersonField(field)), now)
    assert (None, Outcome.CONFLICT) == (written, receipt.outcome)
    [conflict] = receipt.conflicts
    assert (f"person.{field}", "eve@evil.example") == (conflict.attribute, conflict.found)


def test_a_key_used_by_the_request_must_be_unchanged() -> None:
    """The answer was about that key; the key itself is not shown."""
    now = replace(ADA, attributes={**ADA.attributes, "shop_id": "s-2"})
    written, receipt = commit_plan(plan_for_ada(PersonAttribute("shop_id")), now)
    assert (None, [True]) == (written, [one.redacted for one in receipt.conflicts])


def test_a_redacted_identity_check_hides_the_conflict() -> None:
    """A value hidden in the preview is hidden in the receipt."""
    proof = Proof("$.email", "person.email", redacted=True)
    now = replace(ADA, fields={**ADA.fields, "email": "eve@evil.example"})
    _, receipt = commit_plan(replace(plan_for_ada(PersonField("email")), proof=proof), now)
    assert [True] == [one.redacted for one in receipt.conflicts]


def test_a_plan_without_changes_writes_nothing_to_anyone() -> None:
    """Its receipt says so, also where the person is another one by now."""
    idle = replace(plan_for_ada(PersonField("email")), changes=(change("silver", "silver"),))
    now = replace(ADA, fields={**ADA.fields, "email": "eve@evil.example"})
    for found in (ADA, now):
        written, receipt = commit_plan(idle, found)
        assert (None, Outcome.UNCHANGED, ()) == (written, receipt.outcome, receipt.conflicts)
        assert receipt == find_outcome(idle, found)


def test_the_same_person_is_written() -> None:
    """Other fields may have changed meanwhile."""
    now = replace(ADA, fields={**ADA.fields, "name": "Ada King"})
    written, receipt = commit_plan(plan_for_ada(PersonField("email"), PersonField("user_id")), now)
    assert Outcome.APPLIED == receipt.outcome
    assert written is not None
    assert "gold" == written.attributes["tier"]


@pytest.mark.parametrize(
    ("data_type", "after", "held"),
    [
        (DataType.FLOAT, 5.0, 5),
        (DataType.FLOAT, 5, 5.0),
        (DataType.STRING, "", None),
        (DataType.STRING, None, ABSENT),
        (DataType.STRING, "gold", "gold"),
    ],
)
def test_a_written_value_is_known_in_the_form_that_a_store_keeps(
    data_type: DataType, after: Value, held: Value
) -> None:
    """A run whose outcome was lost was written: the person has the value."""
    plan = a_plan(change("silver", after, data_type=data_type))
    outcome = find_outcome(plan, person(**({} if held is ABSENT else {"tier": held})))
    assert outcome
    assert Outcome.APPLIED is outcome.outcome


def test_another_value_was_not_written_by_us() -> None:
    """1 is not true, and a text is no number."""
    for held in ("Gold", 1, True, 5.5):
        outcome = find_outcome(a_plan(change("silver", "gold")), person(tier=held))
        assert outcome
        assert Outcome.CONFLICT is outcome.outcome
