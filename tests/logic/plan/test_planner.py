"""What happens to a new value: which change, with which cautions, or why the old one stays."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.logic.plan.planner import apply_plan, build_failure, plan_changes
from cactions.logic.plan.undo_plan import invert_plan, plan_undo
from cactions.model import (
    ABSENT,
    AttributeMapping,
    Change,
    ChangeKind,
    ChangeWarning,
    Conflict,
    DataType,
    FailureReason,
    Json,
    KeepReason,
    KeptAttribute,
    Overwrite,
    Person,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Proof,
    SentCall,
    Subject,
    Value,
    WhenEmpty,
)
from tests.builders import (
    CALL,
    SUBJECT,
    a_plan,
    about_ada,
    action,
    answer,
    case,
    change,
    mapping,
    person,
)

EDITABLE = {"messenger_writable": True}
CLEARING = {"on_null": WhenEmpty.CLEAR}


def planned(
    of: AttributeMapping, before: Value, got: Json, ours: dict[str, Value] | None = None
) -> Change | KeptAttribute:
    """The plan for one attribute of Ada."""
    name = of.attribute.name
    ada = person() if before is ABSENT else person(**{name: before})
    made = plan_changes(case(action(of), ada), about_ada(**{name: got}), ours)
    (only,) = (*made.changes, *made.left)
    return only


def cautions(
    of: AttributeMapping, before: Value, got: Json, ours: dict[str, Value] | None = None
) -> tuple[ChangeWarning, ...]:
    """The cautions of the change."""
    made = planned(of, before, got, ours)
    assert isinstance(made, Change)
    return made.cautions


def test_a_plan_holds_the_person_the_changes_and_the_proof() -> None:
    """Changes and kept attributes in the order of the mappings, and the proof."""
    of = action(mapping(), mapping("points", "integer"), mapping("since", "date"))
    made = plan_changes(case(of, person(tier="silver")), about_ada(tier="gold", points="many"))
    assert made == Plan(
        "loyalty",
        SUBJECT,
        CALL,
        (Change("tier", "silver", "gold", "$.tier"),),
        (
            KeptAttribute(
                "points",
                ABSENT,
                KeepReason.WRONG_TYPE,
                refused=True,
                received="many",
                detail="a whole number is expected, not a text",
                source="$.points",
                data_type=DataType.INTEGER,
            ),
            KeptAttribute(
                "since", ABSENT, KeepReason.MISSING, source="$.since", data_type=DataType.DATE
            ),
        ),
        Proof("$.email", "person.email", "ada@example.com", "ada@example.com"),
        made.premises,
        inputs={},
    )


def test_an_unusable_answer_gives_no_plan() -> None:
    """Not even for attributes with valid values."""
    with pytest.raises(PlanningError) as caught:
        plan_changes(case(action(mapping())), answer({"email": "eve@example.com", "tier": "gold"}))
    assert caught.value.reason is FailureReason.NOT_SAME_PERSON


@pytest.mark.parametrize(
    ("before", "got", "kind"),
    [
        (ABSENT, "gold", ChangeKind.ADD),
        (None, "gold", ChangeKind.ADD),
        ("", "gold", ChangeKind.ADD),
        ("silver", "gold", ChangeKind.OVERWRITE),
        (1, "gold", ChangeKind.OVERWRITE),
        ("gold", "gold", ChangeKind.SAME),
        ("silver", None, ChangeKind.CLEAR),
        (0, None, ChangeKind.CLEAR),
        (False, "", ChangeKind.CLEAR),
        (ABSENT, None, ChangeKind.SAME),
        (None, "", ChangeKind.SAME),
        ("", None, ChangeKind.SAME),
    ],
)
def test_a_change_has_the_kind_of_its_effect(before: Value, got: Json, kind: ChangeKind) -> None:
    """The old value is the stored one; if nothing changes, the new value equals it."""
    made = planned(mapping(**CLEARING), before, got)
    assert isinstance(made, Change)
    assert kind is made.kind
    after = before if kind is ChangeKind.SAME else (got or None)
    assert repr((before, after)) == repr((made.before, made.after))


@pytest.mark.parametrize(
    ("before", "got", "kind"),
    [
        (5, 5.0, ChangeKind.SAME),
        (5.0, 5, ChangeKind.SAME),
        (5, 6, ChangeKind.OVERWRITE),
        (True, 1, ChangeKind.OVERWRITE),
    ],
)
def test_a_whole_number_in_a_float_attribute_equals_the_float(
    before: Value, got: Json, kind: ChangeKind
) -> None:
    """A store may write 5 for 5.0; the commit checks the stored form."""
    made = planned(mapping("score", "float"), before, got)
    assert isinstance(made, Change)
    assert kind is made.kind
    assert repr(before) == repr(made.before)


WAYS = [
    (Overwrite.NEVER, ABSENT, None, KeepReason.OVERWRITE_NEVER),
    (Overwrite.NEVER, "silver", {"tier": "silver"}, KeepReason.OVERWRITE_NEVER),
    (Overwrite.IF_EMPTY, "", None, None),
    (Overwrite.IF_EMPTY, "silver", {"tier": "silver"}, KeepReason.NOT_EMPTY),
    (Overwrite.IF_OURS, ABSENT, None, None),
    (Overwrite.IF_OURS, "", {"tier": "silver"}, None),
    (Overwrite.IF_OURS, "silver", {"tier": "silver"}, None),
    (Overwrite.IF_OURS, "silver", {"tier": "wood"}, KeepReason.NOT_OURS),
    (Overwrite.IF_OURS, "silver", {"tier": None}, KeepReason.NOT_OURS),
    (Overwrite.IF_OURS, "silver", {"points": "silver"}, KeepReason.NOT_OURS),
    (Overwrite.IF_OURS, "silver", {}, KeepReason.NOT_OURS),
    (Overwrite.IF_OURS, "silver", None, KeepReason.NOT_OURS),
    (Overwrite.ALWAYS, "silver", None, None),
]


@pytest.mark.parametrize(("policy", "before", "ours", "why"), WAYS)
@pytest.mark.parametrize("got", ["gold", None])
def test_the_overwrite_policy_decides_whether_the_old_value_stays(
    policy: Overwrite, before: Value, ours: Any, why: KeepReason | None, got: Json
) -> None:
    """With another value or no value in the answer; without a journal no value is ours."""
    made = planned(mapping(overwrite=policy, **CLEARING), before, got, ours)
    if got is None and not (isinstance(before, str) and before):
        assert isinstance(made, Change)
        assert made.kind is ChangeKind.SAME
    elif why is None:
        assert isinstance(made, Change)
        assert made.kind is not ChangeKind.SAME
    else:
        assert KeptAttribute("tier", before, why, received=got, source="$.tier") == made


@pytest.mark.parametrize("policy", Overwrite)
def test_the_overwrite_policy_does_not_matter_without_a_change(policy: Overwrite) -> None:
    """The attribute already holds the new value: the plan says SAME."""
    made = planned(mapping(overwrite=policy), "gold", "gold")
    assert Change("tier", "gold", "gold", "$.tier") == made


def test_a_kept_value_shows_the_value_of_the_answer() -> None:
    """As received, before any conversion."""
    due = mapping("due", "integer", values=(("soon", 1),), overwrite=Overwrite.NEVER, redacted=True)
    assert planned(due, 2, "soon") == KeptAttribute(
        "due",
        2,
        KeepReason.OVERWRITE_NEVER,
        received="soon",
        source="$.due",
        data_type=DataType.INTEGER,
        redacted=True,
    )


@pytest.mark.parametrize(("writable", "warned"), [(True, True), (None, True), (False, False)])
def test_an_attribute_that_end_users_can_edit_is_a_caution(
    writable: bool | None, warned: bool
) -> None:
    """Unknown counts as editable."""
    of = mapping(messenger_writable=writable)
    assert (ChangeWarning.USER_EDITABLE in cautions(of, "silver", "gold")) is warned


@pytest.mark.parametrize(
    ("before", "got", "ours", "warned"),
    [
        ("silver", "gold", {"tier": "wood"}, True),
        ("silver", None, {"tier": "wood"}, True),
        ("silver", "gold", {"tier": None}, True),
        ("silver", "gold", {"tier": "silver"}, False),
        ("silver", "gold", {"points": 1}, False),
        ("silver", "gold", None, False),
        ("", "gold", {"tier": "wood"}, False),
        (ABSENT, "gold", {"tier": "wood"}, False),
    ],
)
def test_overwriting_a_value_set_since_our_run_is_a_caution(
    before: Value, got: Json, ours: Any, warned: bool
) -> None:
    """Only if we know what we wrote, and only if a value is lost."""
    found = cautions(mapping(**CLEARING), before, got, ours)
    assert (ChangeWarning.HAND_EDITED in found) is warned


def test_a_float_stored_as_a_whole_number_is_still_ours() -> None:
    """It was not changed by anyone else."""
    assert cautions(mapping("score", "float"), 5, 6.5, {"score": 5.0}) == ()


@pytest.mark.parametrize(("got", "warned"), [(None, True), ("gold", False)])
def test_clearing_a_value_is_a_caution(got: Json, warned: bool) -> None:
    """An overwrite is none."""
    found = cautions(mapping(**CLEARING), "silver", got)
    assert (ChangeWarning.CLEARS in found) is warned


@pytest.mark.parametrize(("got", "warned"), [("7", True), (7, False)])
def test_a_forced_type_is_a_caution(got: Json, warned: bool) -> None:
    """Only if the conversion was needed, not whenever it is allowed."""
    of = mapping("points", "integer", type=DataType.INTEGER)
    assert (ChangeWarning.TYPE_FORCED in cautions(of, 5, got)) is warned


def test_an_unchanged_value_has_no_cautions() -> None:
    """A SAME change has no cautions."""
    of = mapping("points", "integer", type=DataType.INTEGER, **EDITABLE)
    assert cautions(of, 7, "7", {"points": 5}) == ()


def test_cautions_have_a_fixed_order() -> None:
    """That of the model."""
    of = mapping("points", "integer", type=DataType.INTEGER, **EDITABLE, **CLEARING)
    editable, by_hand, clears, forced, *_ = ChangeWarning
    assert cautions(of, 5, "7", {"points": 4}) == (editable, by_hand, forced)
    assert cautions(of, 5, None, {"points": 4}) == (editable, by_hand, clears)


def test_a_failure_keeps_the_reason_the_call_and_the_proof() -> None:
    """A failure is a value; if it is before the request, there is no call."""
    proof = Proof("$.email", "person.email", "a@b.c", "d@e.f")
    error = PlanningError(FailureReason.NOT_SAME_PERSON, "it is not", hint="Look.", proof=proof)
    ours = case(action(mapping()))
    assert build_failure(ours, error) == PlanFailure(
        "loyalty", SUBJECT, FailureReason.NOT_SAME_PERSON, "it is not", "Look.", CALL, proof
    )
    early = type(ours)(ours.action, ours.person, ours.subject, {}, SentCall(""))
    assert build_failure(early, error).call is None


PLAN = a_plan(
    change(ABSENT, "gold"),
    change(1, 2, attribute="points", data_type=DataType.INTEGER, redacted=True),
    change("x", "x", attribute="same"),
    change("y", None, attribute="gone", cautions=(ChangeWarning.CLEARS,), source="$.gone"),
    left=(KeptAttribute("kept", "k", KeepReason.NULL),),
    proof=Proof("$.email", "person.email"),
)


def test_applying_writes_the_effective_changes_and_nothing_else() -> None:
    """Null is written as null; the rest of the person stays."""
    ada = person(points=1, same="x", gone="y", kept="k", other=[1])
    after = {"points": 2, "same": "x", "gone": None, "kept": "k", "other": [1], "tier": "gold"}
    assert person(**after) == apply_plan(ada, PLAN)
    assert "tier" not in ada.attributes


def test_the_inverse_plan_reverses_the_effective_changes() -> None:
    """It has no answer: no source, no cautions, nothing kept, no proof, no call."""
    assert invert_plan(PLAN) == Plan(
        "loyalty",
        SUBJECT,
        SentCall(""),
        (
            change("gold", ABSENT),
            change(2, 1, attribute="points", data_type=DataType.INTEGER, redacted=True),
            change(None, "y", attribute="gone"),
        ),
    )


def test_undo_restores_our_values_and_reports_the_others() -> None:
    """Already restored: left out. Changed since: a conflict with both values, maybe redacted."""
    back, conflicts = plan_undo(PLAN, person(tier="gold", points=3, gone="y", same="other"))
    assert (change("gold", ABSENT),) == back.changes
    assert (Conflict("points", 2, 3, redacted=True),) == conflicts


@pytest.mark.parametrize("now", [ABSENT, None, ""])
def test_a_cleared_attribute_is_ours_in_every_empty_form(now: Value) -> None:
    """Stores write null in different ways; the plan expects the stored form."""
    ada = person() if now is ABSENT else person(gone=now)
    back, conflicts = plan_undo(a_plan(change("y", None, attribute="gone")), ada)
    assert repr((change(now, "y", attribute="gone"),)) == repr(back.changes)
    assert conflicts == ()


def test_a_float_stored_as_a_whole_number_is_undone() -> None:
    """5 is the 5.0 that the plan wrote."""
    score = {"attribute": "score", "data_type": DataType.FLOAT}
    back, conflicts = plan_undo(a_plan(change(1.5, 5.0, **score)), person(score=5))
    assert repr((change(5, 1.5, **score),)) == repr(back.changes)
    assert conflicts == ()


@pytest.mark.parametrize("now", [ABSENT, None, "", "other", 1, True])
def test_a_value_changed_since_is_never_undone(now: Value) -> None:
    """A value cleared by another writer counts as changed."""
    ada = person() if now is ABSENT else person(tier=now)
    back, conflicts = plan_undo(a_plan(change("silver", "gold")), ada)
    assert back.changes == ()
    assert repr((Conflict("tier", "gold", now),)) == repr(conflicts)


def test_a_plan_records_all_person_fields_it_depends_on() -> None:
    """Always the identity fields, and all that the request, the rows and the proof have read."""
    made = plan_changes(case(action(), person(tier="silver")), about_ada(tier="gold"))
    assert {"person.id", "person.role", "person.user_id", "person.email"} <= {
        str(premise.reference) for premise in made.premises
    }


@pytest.mark.parametrize(
    ("label", "called"),
    [("Alan", "Alan"), ("alan@example.com", "alan@example.com"), ("Ada", "p3"), ("", "p3")],
)
def test_undo_names_the_person_by_their_own_data(label: str, called: str) -> None:
    """A stored plan may be forged; the person is named by their own data."""
    alan = Person("p3", {"name": "Alan", "email": "alan@example.com"}, {"tier": "gold"})
    forged = Plan(
        "loyalty",
        Subject("p3", PersonQuery("user_id", "u-1"), label),
        SentCall(""),
        (Change("tier", "silver", "gold"),),
    )
    back, conflicts = plan_undo(forged, alan)
    assert (called, "p3", ()) == (back.subject.label, back.subject.matched.value, conflicts)


def test_a_list_or_an_object_is_never_overwritten() -> None:
    """Relationships are read as objects: a single value could not restore them."""
    made = plan_changes(case(action(mapping()), person(tier=["silver"])), about_ada(tier="gold"))
    assert ((), ("tier",)) == (made.changes, tuple(left.attribute for left in made.refused))
