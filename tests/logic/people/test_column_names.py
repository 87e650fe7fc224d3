"""What a column's name stands for: labels of exports and forms of spreadsheets, and no guesses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.people.column_names import LONGEST_NAME, ColumnNames, normalize_name
from cactions.model import CONTACT_FIELDS

KNOWN = (*CONTACT_FIELDS, "loyalty_points", "Shoe Size", "Last-Order", "last_order")
NAMES = ColumnNames(KNOWN)

FOUND = {
    "user_id": "user_id", "User ID": "user_id", "USER ID": "user_id", "User-Id": "user_id",
    " Email ": "email", "E-Mail": "email", "EMAIL": "email", "Email\u00a0": "email",
    "Name": "name", "Phone": "phone", "ID": "id", "Avatar image url": "avatar",
    "Contact role": "role", "Signed up": "signed_up_at", "First Seen": "created_at",
    "Last seen": "last_seen_at", "Unsubscribed from Emails": "unsubscribed_from_emails",
    "Updated at": "updated_at", "Loyalty Points": "loyalty_points", "Shoe Size": "Shoe Size",
    "shoe  size": "Shoe Size", "Last-Order": "Last-Order", "last_order": "last_order",
}  # fmt: skip
NOT_FOUND = (
    "", " ", "signed_up", "first_seen", "e_mail", "shoe_size", "userId", "UserID", "Owner",
    "Last Order", "LAST-ORDER", "Web sessions", "Email (work)", "x" * 10_000,
)  # fmt: skip


@pytest.mark.parametrize(("name", "known"), FOUND.items())
def test_a_name_of_an_export_or_a_spreadsheet_is_found(name: str, known: str) -> None:
    """Exactly first, then as a label, then in its form."""
    assert known == NAMES.match(name)
    assert name in NAMES


@pytest.mark.parametrize("name", NOT_FOUND)
def test_a_name_that_may_be_something_else_is_not_found(name: str) -> None:
    """A key of ours stands for itself only, and a form that two names have for neither."""
    assert "" == NAMES.match(name)
    assert name not in NAMES


@given(st.text(max_size=12))
def test_a_name_is_found_at_every_time_or_never(name: str) -> None:
    """What is found is known, and like it."""
    found = NAMES.match(name)
    assert found == NAMES.match(name)
    assert found in (*KNOWN, "")


def test_ever_new_names_need_no_more_memory() -> None:
    """They are still told apart."""
    names = ColumnNames(KNOWN)
    for number in range(5_000):
        assert "" == names.match(f"Column {number}")
    assert "email" == names.match("E-MAIL")
    assert "x" * LONGEST_NAME == normalize_name("X" * LONGEST_NAME)
