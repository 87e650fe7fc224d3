"""Who can have written a value of a person: what a signature proves, it proves of users only."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cactions.logic.lint.value_trust import ValueTrust
from cactions.model import Input, PersonField, Trust
from tests.definitions import action, file
from tests.lint_results import linted


@pytest.mark.parametrize("is_assigned", [False, True])
def test_what_intercom_fills_in_is_not_typed_by_a_customer(*, is_assigned: bool) -> None:
    """Such as the id of a conversation."""
    document = action(data_inputs=[{"name": "order", "type": "string"}])
    project = linted(file(document)).draft
    assert project
    look = project.actions["look"]
    look = replace(look, inputs=(replace(look.inputs[0], is_assigned=is_assigned),))
    trust = ValueTrust(replace(project, actions={"look": look}), frozenset(), ())
    expected = Trust.SYSTEM if is_assigned else Trust.USER_WRITABLE
    assert expected is trust.get_trust(Input("order"), look)


@pytest.mark.parametrize(
    ("audiences", "signed", "unsigned"),
    [
        (["users"], Trust.VERIFIED, Trust.USER_WRITABLE),
        (["users", "leads"], Trust.ANONYMOUS, Trust.ANONYMOUS),
        (["leads"], Trust.ANONYMOUS, Trust.ANONYMOUS),
        (["visitors", "users"], Trust.ANONYMOUS, Trust.ANONYMOUS),
    ],
)
@pytest.mark.parametrize("field", ["email", "user_id"])
def test_a_field_of_leads_and_visitors_is_anyones(
    audiences: list[str], signed: Trust, unsigned: Trust, field: str
) -> None:
    """They never sign in: the site verifies the identity of users."""
    for verification, trust in (("jwt", signed), ("off", unsigned)):
        project = linted(file(action(audiences=audiences), verification=verification)).draft
        assert project
        look = project.actions["look"]
        assert trust is ValueTrust(project, frozenset(), ()).get_trust(PersonField(field), look)
