"""Properties of plans, for any person, mappings, answer and journal.

Values are compared as JSON values are, with ``same``: Python's ``==`` would hide an overwrite of
1 by true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.documents import plan_from_json, plan_to_json
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.plan.planner import apply_plan, plan_changes
from cactions.logic.plan.undo_plan import invert_plan, plan_undo
from cactions.model import (
    ABSENT,
    AttributeMapping,
    ChangeKind,
    DataType,
    DateForm,
    Json,
    Overwrite,
    Person,
    Plan,
    Value,
    WhenEmpty,
    is_empty,
    is_same,
)
from tests.builders import about_ada, action, case, mapping, person

NAMES = ["tier", "points", "score", "active", "due", "not mapped"]
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TYPED: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(["gold", "silver", "1", "x" * 256]) | st.text(max_size=3),
    "integer": st.integers(-2, 2) | st.integers(),
    "float": st.integers(-2, 2).map(float) | st.integers(-2, 2) | FLOATS,
    "boolean": st.booleans(),
    "date": st.sampled_from(["2026-11-22T10:00:00Z", "soon", 0, 10**9, 10**12]),
}
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", 0, 1, 1.0, -0.0, True, False, "1", "true", [], [1], {}, {"a": 1}]
)
ANYTHING = st.one_of(ODD, *TYPED.values())


class World(Struct, frozen=True):
    """A person, the mappings, an answer, and the last applied values of the journal."""

    ada: Person
    mappings: tuple[AttributeMapping, ...]
    says: Mapping[str, Json]
    ours: Mapping[str, Value] | None

    def plan(self, ada: Person | None = None) -> Plan:
        """The plan for Ada with the old or the current values."""
        return plan_changes(
            case(action(*self.mappings), ada or self.ada), about_ada(**self.says), self.ours
        )


@st.composite
def mappings(draw: st.DrawFn, name: str) -> AttributeMapping:
    """A mapping to the attribute, of any type and policy."""
    kind = draw(st.sampled_from(sorted(TYPED)))
    pairs = st.tuples(st.sampled_from(["gold", "1", "true", ""]), TYPED[kind] | st.none())
    return mapping(
        name,
        kind,
        messenger_writable=draw(st.sampled_from([True, False, None])),
        type=draw(st.sampled_from([None, DataType(kind)])),
        date=draw(st.sampled_from(DateForm)),
        values=tuple(draw(st.lists(pairs, max_size=2))) if draw(st.booleans()) else (),
        redacted=draw(st.booleans()),
        on_missing=draw(st.sampled_from(WhenEmpty)),
        on_null=draw(st.sampled_from(WhenEmpty)),
        overwrite=draw(st.sampled_from(Overwrite)),
    )


def attributes(of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the attributes, with such values."""
    return st.dictionaries(st.sampled_from(NAMES), of)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any world in which the answer is about Ada."""
    mapped = draw(st.lists(st.sampled_from(NAMES[:-1]), unique=True))
    held = draw(attributes(ANYTHING))
    said = draw(attributes(ANYTHING)) | draw(st.sampled_from([{}, held]))
    return World(
        ada=person(**held),
        mappings=tuple(draw(mappings(name)) for name in mapped),
        says=said,
        ours=draw(st.none() | attributes(ANYTHING | st.just(ABSENT)) | st.just(held)),
    )


def same_attributes(left: Person, right: Person) -> bool:
    """Compared strictly, including absent ones."""
    return is_same(dict(left.attributes), dict(right.attributes))


@given(worlds())
def test_apply_then_undo_restores_the_person(world: World) -> None:
    """Exactly: type, null and absence."""
    made = world.plan()
    after = apply_plan(world.ada, made)
    back, conflicts = plan_undo(made, after)
    assert conflicts == ()
    assert same_attributes(world.ada, apply_plan(after, back))
    assert same_attributes(world.ada, apply_plan(after, invert_plan(made)))


@given(worlds())
def test_a_plan_after_applying_has_no_changes(world: World) -> None:
    """Kept and refused attributes stay so, for the same reason."""
    made = world.plan()
    again = world.plan(apply_plan(world.ada, made))
    assert {ChangeKind.SAME} >= {change.kind for change in again.changes}
    assert repr(made.left) == repr(again.left)


@given(worlds())
def test_a_plan_changes_only_mapped_attributes(world: World) -> None:
    """Everything else is as before."""
    made = world.plan()
    after = apply_plan(world.ada, made)
    touched = {change.attribute for change in made.effective}
    assert touched <= {each.attribute.name for each in world.mappings}
    for name in NAMES:
        assert name in touched or is_same(world.ada.get_attribute(name), after.get_attribute(name))
    assert replace(after, attributes=world.ada.attributes) == world.ada


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_mappings_does_not_matter(world: World, random: Any) -> None:
    """Except for the order of the report."""
    mixed = replace(world, mappings=tuple(random.sample(world.mappings, len(world.mappings))))
    for part in ("changes", "left"):
        names = sorted(map(repr, getattr(world.plan(), part)))
        assert names == sorted(map(repr, getattr(mixed.plan(), part)))


@given(worlds())
def test_every_mapping_is_either_changed_or_kept(world: World) -> None:
    """Never both, never neither."""
    made = world.plan()
    names = [each.attribute for each in (*made.changes, *made.left)]
    assert sorted(names) == sorted(each.attribute.name for each in world.mappings)


@given(worlds())
def test_before_equals_the_current_value(world: World) -> None:
    """The commit checks this."""
    made = world.plan()
    for each in (*made.changes, *made.left):
        assert is_same(world.ada.get_attribute(each.attribute), each.before)


@given(worlds())
def test_written_values_have_the_attributes_type(world: World) -> None:
    """Or it is null, if the action clears. (``values`` is checked when an action is loaded.)"""
    python = {"string": str, "integer": int, "float": float, "boolean": bool, "date": int}
    listed = {each.attribute.name for each in world.mappings if each.values}
    for change in world.plan().effective:
        if change.attribute not in listed and change.after is not None:
            assert python[change.data_type.value] is type(change.after)


@given(worlds())
def test_the_overwrite_policy_is_respected(world: World) -> None:
    """NEVER changes nothing, IF_EMPTY fills, IF_OURS replaces what we wrote."""
    policies = {each.attribute.name: each.overwrite for each in world.mappings}
    for change in world.plan().effective:
        policy = policies[change.attribute]
        last = (world.ours or {}).get(change.attribute, ABSENT)
        assert policy is not Overwrite.NEVER
        assert policy is not Overwrite.IF_EMPTY or is_empty(change.before)
        assert (
            policy is not Overwrite.IF_OURS
            or is_empty(change.before)
            or is_equal_as(change.data_type, change.before, last)
        )


@given(worlds(), attributes(ANYTHING | st.just(ABSENT)))
def test_undo_never_changes_values_changed_since(world: World, since: dict[str, Value]) -> None:
    """Every effective change is restored, already restored, or a conflict."""
    made = world.plan()
    after = apply_plan(world.ada, made)
    now = {k: v for k, v in {**after.attributes, **since}.items() if v is not ABSENT}
    person_now = replace(after, attributes=now)
    back, conflicts = plan_undo(made, person_now)
    restored = apply_plan(person_now, back)
    names = {each.attribute for each in (*back.changes, *conflicts)}
    for change in made.effective:
        name, found = change.attribute, person_now.get_attribute(change.attribute)
        if name not in names:
            assert is_equal_as(change.data_type, found, change.before)
        elif name in {each.attribute for each in conflicts}:
            assert is_same(found, restored.get_attribute(name))
        else:
            assert is_equal_as(change.data_type, found, change.after)
            assert is_same(change.before, restored.get_attribute(name))


@given(worlds())
def test_undoing_twice_equals_undoing_once(world: World) -> None:
    """The second time everything is already restored."""
    made = world.plan()
    after = apply_plan(world.ada, made)
    back, _ = plan_undo(made, after)
    again, conflicts = plan_undo(made, apply_plan(after, back))
    assert again.effective == ()
    assert conflicts == ()


@given(worlds())
def test_undo_works_in_a_store_without_nulls_and_decimal_zeros(world: World) -> None:
    """The restored values are equal, though their form may differ."""
    made = world.plan()
    types = {change.attribute: change.data_type for change in made.changes}
    kept = {
        name: int(value) if types.get(name) is DataType.FLOAT and value == 1.0 else value
        for name, value in apply_plan(world.ada, made).attributes.items()
        if value is not None
    }
    stored = replace(world.ada, attributes=kept)
    back, conflicts = plan_undo(made, stored)
    restored = apply_plan(stored, back)
    assert conflicts == ()
    for change in made.effective:
        assert is_equal_as(
            change.data_type, change.before, restored.get_attribute(change.attribute)
        )


@given(worlds())
def test_a_plan_survives_a_journal_round_trip(world: World) -> None:
    """The journal returns the stored plan."""
    made = world.plan()
    text = strict_json.dump_json(plan_to_json(made, redact=False))
    assert repr(made) == repr(plan_from_json(strict_json.parse_json(text)))
