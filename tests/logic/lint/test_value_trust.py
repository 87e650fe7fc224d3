"""Who can have written a value of a person: what a signature proves, it proves of users only."""

from __future__ import annotations

import pytest

from cactions.logic.lint.value_trust import ValueTrust
from cactions.model import PersonField, Trust
from tests.definitions import action, file
from tests.lint_results import linted


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
