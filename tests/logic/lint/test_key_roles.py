"""Which values of a request choose whose record comes, and which only narrow what comes."""

from __future__ import annotations

import pytest

from cactions.logic.lint.key_roles import find_role
from cactions.model import Attribute, DataType, Input, PersonAttribute
from cactions.rules.rule import KeyRole, LookupKey, RequestPart

URL, QUERY, BODY = RequestPart.URL, RequestPart.QUERY, RequestPart.BODY


def find(reference: Input | PersonAttribute, part: RequestPart, name: str) -> KeyRole:
    attributes = {reference.name: Attribute(reference.name, DataType.STRING)}
    return find_role(LookupKey(reference, part, "request", name), attributes, {}, is_read=True)


@pytest.mark.parametrize(
    ("part", "role"), [(URL, KeyRole.UNKNOWN), (QUERY, KeyRole.FILTER), (BODY, KeyRole.FILTER)]
)
@pytest.mark.parametrize("name", ["page", "status", "created_since"])
def test_a_filter_in_a_path_may_choose_a_record(
    name: str, part: RequestPart, role: KeyRole
) -> None:
    """A path of a service names what it is about; a parameter narrows it."""
    assert role is find(Input(name), part, name)


@pytest.mark.parametrize("name", ["kundennr", "klantcode", "order_id", "nr_commande", "customer"])
@pytest.mark.parametrize("part", [URL, QUERY, BODY])
def test_an_input_with_the_name_of_a_record_chooses_it(name: str, part: RequestPart) -> None:
    """In any of the languages that are known; it is enough if one of the two names says so."""
    assert KeyRole.SELECTOR is find(Input(name), part, "foo") is find(Input("foo"), part, name)


@pytest.mark.parametrize(
    ("name", "role"),
    [("language", KeyRole.FILTER), ("customer_id", KeyRole.SELECTOR), ("foo", KeyRole.SELECTOR)],
)
def test_an_attribute_chooses_unless_its_name_says_that_it_does_not(
    name: str, role: KeyRole
) -> None:
    assert role is find(PersonAttribute(name), QUERY, "foo")
