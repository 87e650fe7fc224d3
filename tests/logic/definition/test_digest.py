"""Different actions have different digests, whatever their parts look like."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.logic.definition.digest import digest_action, list_attributes, list_secrets
from cactions.logic.expressions.cron import parse_cron
from cactions.model import (
    Action,
    BodyForm,
    Condition,
    DataInput,
    Input,
    InputType,
    Overwrite,
    PersonAttribute,
    PersonField,
    Place,
    RequestBody,
    Schedule,
    SecretRef,
    Template,
)
from tests.builders import action, mapping

LOYALTY = action(mapping("tier"), mapping("points", "integer"))


def send(content: Any) -> Action:
    return replace(
        LOYALTY, request=replace(LOYALTY.request, body=RequestBody(BodyForm.JSON, content))
    )


CONTENTS: list[Any] = [
    1, 1.0, True, None, "1", "mapping", [], {}, [1], ["list", [1]], {"a": 1},
    ["mapping", [["a", 1]]], [["a", 1]], SecretRef("a"), {"name": "a"},
    ["SecretRef", {"name": "a"}], Template(("a",)),
    {"parts": ["a"]}, Template((PersonField("a"),)), Template((Input("a"),)),
    Template((PersonAttribute("a"),)), [1, 2], [2, 1], {"values": [1, 2]}, {"values": [2, 1]},
]  # fmt: skip


def test_every_content_of_a_body_has_its_own_digest() -> None:
    """Also references of the same name, and numbers that are equal in Python."""
    digests = [digest_action(send(content)) for content in CONTENTS]
    same = [
        (CONTENTS[a], CONTENTS[b])
        for a, b in combinations(range(len(CONTENTS)), 2)
        if digests[a] == digests[b]
    ]
    assert [] == same
    assert 300 == len([*combinations(CONTENTS, 2)])


def test_the_order_of_keys_does_not_count() -> None:
    """In a body, and among mappings."""
    assert digest_action(send({"a": 1, "b": 2})) == digest_action(send({"b": 2, "a": 1}))
    other = action(mapping("points", "integer"), mapping("tier"))
    assert digest_action(LOYALTY) == digest_action(other)


def test_policies_belong_to_their_attributes() -> None:
    """Two mappings of one path that exchange their policies are another action."""
    one = action(mapping("a", path="$.x", overwrite=Overwrite.NEVER), mapping("b", path="$.x"))
    other = action(mapping("a", path="$.x"), mapping("b", path="$.x", overwrite=Overwrite.NEVER))
    assert digest_action(one) != digest_action(other)


HARMLESS = {"description": "text", "tests": (1,), "place": Place("a.yaml", 1, 1, 1, 1)}
FIELDS: dict[str, Any] = {
    "name": "other", "match": "email", "request": replace(LOYALTY.request, http_method="POST"),
    "response": replace(LOYALTY.response, mapping=()), "audiences": ("leads",),
    "inputs": (DataInput("a", InputType.STRING),), "redacted": frozenset({PersonField("email")}),
    "connector_id": "1", "connector_name": "a", "customer_authentication": True,
    "bypass_authentication": True, "validate_missing_attributes": True, "direct_fin_usage": True,
    "breakers": replace(LOYALTY.breakers, cleared=2.0), "fallbacks": ((PersonField("a"), "b"),),
    "schedule": Schedule(parse_cron("0 3 * * *")),
    **HARMLESS,
}  # fmt: skip


@pytest.mark.parametrize("name", Action.__struct_fields__)
def test_every_field_of_an_action_counts_but_those_for_readers(name: str) -> None:
    """A new field counts until it is said here that it does not."""
    changed = replace(LOYALTY, **{name: FIELDS[name]})
    assert (name in HARMLESS) == (digest_action(changed) == digest_action(LOYALTY))


def test_every_part_of_a_schedule_counts() -> None:
    """When, and for whom; what it asks of people is touched by the action."""
    condition = Condition("custom_attributes.level", "=", (1,))
    daily, weekly = (parse_cron(text) for text in ("0 3 * * *", "0 3 * * 1"))
    other = replace(condition, values=(2,))
    found = [
        replace(LOYALTY, schedule=Schedule(times, conditions))
        for times in (daily, weekly)
        for conditions in ((), (condition,), (other,))
    ]
    assert 6 == len({*map(digest_action, found)})
    assert "level" in list_attributes(found[1])
    assert "level" not in list_attributes(found[0])


def test_redaction_of_an_attribute_counts_where_the_action_touches_it() -> None:
    """The set of a project names those of all actions."""
    touched = replace(LOYALTY, redacted=frozenset({PersonAttribute("tier")}))
    other = replace(LOYALTY, redacted=frozenset({PersonAttribute("salary")}))
    assert digest_action(touched) != digest_action(LOYALTY) == digest_action(other)


def test_what_the_action_touches_is_listed() -> None:
    """Attributes that it writes or reads, and the secrets of its body."""
    reading = send({"a": Template((PersonAttribute("store"),)), "b": [SecretRef("key")]})
    assert {"tier", "points", "store"} == list_attributes(reading)
    assert {"key"} == list_secrets(reading)
