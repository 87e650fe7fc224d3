"""The summary of a run: exact counts, bounded lists, and no trace of who was removed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.bulk_summary import OTHER_REASONS, SummaryBuilder, generalize_message
from cactions.model import (
    ABSENT,
    Change,
    ChangeKind,
    DataType,
    KeepReason,
    KeptAttribute,
    Outcome,
    PersonQuery,
    Plan,
    PlannedEntry,
    PlanSummary,
    Receipt,
    SentCall,
    Subject,
)
from tests.strategies import builds

VALUES = st.sampled_from([ABSENT, None, "", "a", "b", "x" * 300, 0, 1, 1.0, True, False, ["a"]])
CHANGES = builds(Change, st.sampled_from(["tier", "points"]), VALUES, VALUES) | builds(
    Change, st.just("pin"), VALUES, VALUES, redacted=st.just(True)
)
LEFTS = builds(
    KeptAttribute,
    st.sampled_from(["vip", "note"]),
    VALUES,
    st.just(KeepReason.MISSING),
    st.booleans(),
)
SUBJECTS = builds(
    Subject, st.just("p1"), st.just(PersonQuery("user_id", "u-1")), st.sampled_from(["Ada", ""])
)
PLANS = builds(
    Plan,
    st.just("loyalty"),
    SUBJECTS,
    st.just(SentCall("")),
    st.lists(CHANGES, max_size=3).map(tuple),
    st.lists(LEFTS, max_size=2).map(tuple),
)
RECEIPTS = builds(
    Receipt,
    st.just("p1"),
    st.sampled_from(Outcome),
    st.sampled_from(["", "no answer", 'about "x"', 'about "y"']),
)
ENTRIES = st.lists(st.tuples(PLANS, st.none() | RECEIPTS), max_size=12).map(
    lambda pairs: [PlannedEntry(number, *pair) for number, pair in enumerate(pairs, start=1)]
)


def summarize(entries: list[PlannedEntry], removed: list[PlannedEntry] = []) -> PlanSummary:  # noqa: B006
    """The summary of the entries without those that were removed."""
    builder = SummaryBuilder()
    for entry in entries:
        builder.add(entry)
    for entry in removed:
        builder.remove(entry)
    return builder.build()


def count_effective(summary: PlanSummary) -> int:
    """The changes that change something, by attribute."""
    return sum(
        number
        for counts in summary.attributes
        for kind, number in counts.kinds.items()
        if kind is not ChangeKind.SAME
    )


@given(ENTRIES)
def test_everyone_is_counted_once(entries: list[PlannedEntry]) -> None:
    """As written or by outcome; every outcome but "unchanged" has its reasons."""
    summary = summarize(entries)
    assert len(entries) == summary.people
    assert summary.people == summary.writing + sum(summary.outcomes.values())
    reasons: Counter[Outcome] = Counter()
    for reason in summary.reasons:
        reasons[reason.outcome] += reason.number
    outcomes = {**summary.outcomes}
    outcomes.pop(Outcome.UNCHANGED, None)
    assert outcomes == reasons


@given(ENTRIES)
def test_every_change_is_counted_once(entries: list[PlannedEntry]) -> None:
    """By attribute and kind; listed transitions and the others are the same number."""
    summary = summarize(entries)
    expected: Counter[tuple[str, ChangeKind]] = Counter()
    for entry in entries:
        for change in entry.plan.changes:
            same = change.kind is ChangeKind.SAME
            outcome = entry.receipt.outcome if entry.receipt else None
            if outcome is None or (same and outcome in (Outcome.UNCHANGED, Outcome.REFUSED)):
                expected[change.attribute, change.kind] += 1
    counted = {
        (counts.attribute, kind): number
        for counts in summary.attributes
        for kind, number in counts.kinds.items()
    }
    assert expected == counted
    listed = sum(transition.number for transition in summary.transitions)
    assert count_effective(summary) == listed + summary.other_transitions


@given(ENTRIES, st.data())
def test_who_is_removed_leaves_no_trace(entries: list[PlannedEntry], data: st.DataObject) -> None:
    """In any order, and however many."""
    removed = [entry for entry in entries if data.draw(st.booleans())]
    order = data.draw(st.permutations(removed))
    rest = [entry for entry in entries if entry not in removed]
    assert repr(summarize(rest)) == repr(summarize(entries, [*order]))


@given(ENTRIES)
def test_a_redacted_value_is_in_no_transition(entries: list[PlannedEntry]) -> None:
    """Its changes are counted by kind."""
    for transition in summarize(entries).transitions:
        assert (transition.attribute == "pin") == transition.redacted
        assert not transition.redacted or (transition.before, transition.after) == (ABSENT, ABSENT)


def plan(number: int, *changes: Change) -> Plan:
    """A plan for one of many."""
    subject = Subject(f"p{number}", PersonQuery("user_id", f"u-{number}"), f"Person {number}")
    return Plan("loyalty", subject, SentCall(""), changes)


def write(number: int, before: Any, after: Any) -> PlannedEntry:
    """A person whose tier is changed."""
    return PlannedEntry(number, plan(number, Change("tier", before, after)))


def test_equal_values_of_different_types_are_told_apart() -> None:
    """In Python, 1 is 1.0 is True."""
    summary = summarize([write(1, "a", 1), write(2, "a", 1.0), write(3, "a", True)])
    assert [(1, "1"), (1, "1.0"), (1, "True")] == [
        (transition.number, repr(transition.after)) for transition in summary.transitions
    ]


def test_every_way_to_be_empty_is_one_transition() -> None:
    """Absent, null and the empty text are the same to a reader."""
    summary = summarize([write(1, None, "a"), write(2, "", "a"), write(3, ABSENT, "a")])
    [transition] = summary.transitions
    assert (3, ChangeKind.ADD) == (transition.number, transition.kind)


def test_the_summary_stays_small() -> None:
    """Distinct values and reasons are counted together where there are many."""
    entries = [write(number, number, -number) for number in range(1, 3_000)]
    entries += [
        PlannedEntry(number, plan(number), Receipt("", Outcome.FAILED, f"reason {number}"))
        for number in range(3_000, 3_500)
    ]
    entries += [write(number, "silver", "gold") for number in range(3_500, 3_600)]
    entries += [write(number, "a" * 500, "gold") for number in range(3_600, 3_700)]
    summary = summarize(entries)
    assert 2_999 + 100 + 100 == count_effective(summary)
    assert () == summary.transitions  # the first thousand are all different
    assert 40 <= len(summary.reasons) <= 41
    assert OTHER_REASONS == summary.reasons[-1].message
    assert 500 == sum(reason.number for reason in summary.reasons)


def test_common_transitions_come_first() -> None:
    """Those of one person only are not listed where there are many."""
    entries = [write(number, "silver", "gold") for number in range(30)]
    entries += [write(number, f"x{number}", "gold") for number in range(30, 60)]
    summary = summarize(entries)
    [transition] = summary.transitions
    assert (30, "silver", 30) == (transition.number, transition.before, summary.other_transitions)


def test_dates_keep_their_type() -> None:
    """Else they would be shown as numbers."""
    change = Change("due", 1, 2, data_type=DataType.DATE)
    [transition] = summarize([PlannedEntry(1, plan(1, change))]).transitions
    assert DataType.DATE is transition.data_type


def test_samples_show_different_kinds() -> None:
    """The first plan of each combination of kinds, then further ones."""
    entries = [write(number, "a", "b") for number in range(1, 50)]
    entries += [write(50, "a", None), write(51, None, "a")]
    samples = summarize(entries).samples
    assert ["p1", "p50", "p51", "p2", "p3"] == [sample.subject.person_id for sample in samples]


def test_a_reason_names_the_first_people() -> None:
    """Five of them."""
    receipt = Receipt("", Outcome.FAILED, "no answer")
    entries = [PlannedEntry(number, plan(number), receipt) for number in range(1, 9)]
    [reason] = summarize(entries, entries[:1]).reasons
    assert 7 == reason.number
    assert tuple(f"Person {number}" for number in range(2, 7)) == reason.labels


@pytest.mark.parametrize(
    ("message", "general"),
    [
        ('the customer "u-7" is unknown', 'the customer "…" is unknown'),
        ("Ada Lovelace is a lead", "… is a lead"),
        ("nothing for user u-1 at all", "nothing for user … at all"),
        ("found ada@example.com twice", "found … twice"),
        (
            "no recording of GET https://x.example/a/u-1?b",
            "no recording of GET https://x.example/…",
        ),
        ("number 123456789 is taken", "number … is taken"),
        ("the status is 503, not 200", "the status is 503, not 200"),
        ("", ""),
    ],
)
def test_a_message_is_generalized(message: str, general: str) -> None:
    """What is the person's own is cut, so that equal reasons are counted together."""
    subject = Subject("64a1", PersonQuery("user_id", "u-1"), "Ada Lovelace")
    assert general == generalize_message(message, subject)
    assert general == generalize_message(general, subject)
