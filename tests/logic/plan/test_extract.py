"""What an answer holds for each attribute: a new value, or the reason why there is none."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.plan.extract import NewValue, extract
from cactions.model import (
    ABSENT,
    AttributeMapping,
    DataType,
    Json,
    KeepReason,
    KeptAttribute,
    Value,
    WhenEmpty,
)
from tests.builders import mapping, person

KEEP, CLEAR, REFUSE = WhenEmpty.KEEP, WhenEmpty.CLEAR, WhenEmpty.REFUSE
NOTHING: list[tuple[dict[str, Json], Value, KeepReason, str]] = [
    ({}, ABSENT, KeepReason.MISSING, "on_missing"),
    ({"tier": None}, None, KeepReason.NULL, "on_null"),
    ({"tier": ""}, "", KeepReason.EMPTY_STRING, "on_null"),
]


def outcome(of: AttributeMapping, root: Json) -> NewValue | KeptAttribute:
    """The outcome of one mapping for Ada, who is silver."""
    (only,) = extract([of], root, ReferenceValues(person(tier="silver"), {}))
    return only


@pytest.mark.parametrize(("root", "got", "why", "policy"), NOTHING)
def test_a_missing_value_keeps_the_old_one_by_default(
    root: Json, got: Value, why: KeepReason, policy: str
) -> None:
    """The default is the safe choice."""
    kept = KeptAttribute("tier", "silver", why, refused=False, received=got, source="$.tier")
    assert kept == outcome(mapping(), root)
    assert kept == outcome(mapping(**{policy: KEEP}), root)


@pytest.mark.parametrize(("root", "got", "why", "policy"), NOTHING)
def test_a_missing_value_can_clear_the_attribute(
    root: Json, got: Value, why: KeepReason, policy: str
) -> None:
    """Then the new value is null, and that is not forced."""
    clearing = mapping(**{policy: CLEAR})
    assert NewValue(clearing, None, got) == outcome(clearing, root)


@pytest.mark.parametrize(("root", "got", "why", "policy"), NOTHING)
def test_a_missing_value_can_be_refused(
    root: Json, got: Value, why: KeepReason, policy: str
) -> None:
    """The reason stays the same, but counts as refused."""
    refused = KeptAttribute("tier", "silver", why, refused=True, received=got, source="$.tier")
    assert refused == outcome(mapping(**{policy: REFUSE}), root)


@pytest.mark.parametrize(("root", "why"), [(root, why) for root, _, why, _ in NOTHING])
def test_missing_and_null_have_separate_policies(root: Json, why: KeepReason) -> None:
    """An empty text counts as null."""
    got = outcome(mapping(on_missing=CLEAR, on_null=REFUSE), root)
    assert isinstance(got, NewValue) is (why is KeepReason.MISSING)


@pytest.mark.parametrize("kind", DataType)
def test_an_empty_text_counts_as_null_for_every_type(kind: DataType) -> None:
    """It never has the wrong type, forced or not."""
    for forced in (None, kind):
        left = outcome(mapping("tier", kind.value, type=forced), {"tier": ""})
        assert isinstance(left, KeptAttribute)
        assert left.reason is KeepReason.EMPTY_STRING


def test_an_empty_text_is_a_value_if_values_lists_it() -> None:
    """Some services write "" for "none of them"."""
    listing = mapping(values=(("", "none"), ("g", "gold")))
    assert NewValue(listing, "none", "") == outcome(listing, {"tier": ""})


def test_a_valid_value_is_extracted() -> None:
    """With the value of the answer, and whether it was forced."""
    points = mapping("points", "integer", type=DataType.INTEGER)
    assert NewValue(points, 42, "42", forced=True) == outcome(points, {"points": "42"})
    assert NewValue(points, 42, 42, forced=False) == outcome(points, {"points": 42})


@pytest.mark.parametrize("got", ["gold" * 100, 42, 1.5, True])
def test_an_invalid_value_is_refused_with_its_reason(got: Json) -> None:
    """With the received value and the current one."""
    left = outcome(mapping(redacted=True), {"tier": got})
    assert isinstance(left, KeptAttribute)
    assert left.refused
    assert left.detail
    assert left.redacted
    assert repr(("silver", got)) == repr((left.before, left.received))


@pytest.mark.parametrize("got", [[], {}, ["gold"], {"ssn": "canary"}])
def test_a_refused_list_or_object_is_not_kept(got: Json) -> None:
    """It holds more personal data than requested."""
    left = outcome(mapping(), {"tier": got})
    assert isinstance(left, KeptAttribute)
    assert left.reason is KeepReason.WRONG_TYPE
    assert left.received is ABSENT


@pytest.mark.parametrize("root", [None, 1, "tier", [], ["tier"], [{"tier": "gold"}]])
def test_a_root_that_is_no_object_has_no_members(root: Json) -> None:
    """For any such root, there is no error."""
    left = outcome(mapping(), root)
    assert isinstance(left, KeptAttribute)
    assert left.reason is KeepReason.MISSING


def test_every_mapping_has_one_outcome_in_order() -> None:
    """No mapping is lost and none is moved."""
    mappings = [mapping(name) for name in "abc"]
    outcomes: Any = extract(mappings, {"a": "x", "b": 1}, ReferenceValues(person(c="y"), {}))
    assert [NewValue, KeptAttribute, KeptAttribute] == [type(each) for each in outcomes]
    assert [ABSENT, "y"] == [each.before for each in outcomes[1:]]
