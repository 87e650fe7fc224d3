"""The preview shows all of a plan, and no personal data can control the terminal."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.model import (
    ABSENT,
    Change,
    ChangeKind,
    ChangeWarning,
    Conflict,
    DataType,
    FailureReason,
    KeepReason,
    KeptAttribute,
    Outcome,
    PersonQuery,
    Plan,
    PlanFailure,
    Proof,
    SentCall,
    Subject,
    Value,
    WorkspaceName,
)
from cactions.render import messages
from cactions.render.preview import render_preview
from cactions.render.receipts import render_undo_preview
from cactions.render.text import to_plain_text
from tests.render.samples import (
    HOSTILE,
    LOYALTY,
    NO_CHANGES,
    NOTHING_BUT_LEFT,
    PREVIEWS,
    REDACTED,
    UNPROVEN,
    WRONG_PERSON,
    WRONG_PERSON_REDACTED,
)
from tests.strategies import builds


def read(result: Plan | PlanFailure, width: int = 100, closing: str = "") -> str:
    """The preview's text, joined over line breaks."""
    return " ".join(to_plain_text(render_preview(result, closing=closing)(width)).split())


TEXTS = st.text(max_size=40) | st.sampled_from(["\x1b[2J", "\u202e", "a\nb", "x" * 300])
VALUES = TEXTS | st.integers() | st.booleans() | st.none() | st.just(ABSENT) | st.lists(TEXTS)
TYPES = st.sampled_from(DataType)
CHANGES = builds(
    Change,
    TEXTS,
    VALUES,
    VALUES,
    TEXTS,
    TYPES,
    st.booleans(),
    st.lists(st.sampled_from(ChangeWarning), max_size=2).map(tuple),
)
LEFTS = builds(
    KeptAttribute,
    TEXTS,
    VALUES,
    st.sampled_from(KeepReason),
    st.booleans(),
    VALUES,
    TEXTS,
    TEXTS,
    TYPES,
)
PROOFS = st.none() | builds(Proof, TEXTS, TEXTS, VALUES, VALUES, st.booleans(), TEXTS)
CALLS = builds(SentCall, TEXTS, st.none() | st.integers(100, 599), TEXTS)
SUBJECTS = builds(Subject, TEXTS, builds(PersonQuery, TEXTS, TEXTS), TEXTS)
PLANS = builds(
    Plan,
    TEXTS,
    SUBJECTS,
    CALLS,
    st.lists(CHANGES, max_size=4).map(tuple),
    st.lists(LEFTS, max_size=3).map(tuple),
    PROOFS,
)
FAILURES = builds(
    PlanFailure,
    TEXTS,
    SUBJECTS,
    st.sampled_from(FailureReason),
    TEXTS,
    TEXTS,
    st.none() | CALLS,
    PROOFS,
)


@given(PLANS | FAILURES, st.integers(24, 140))
def test_no_person_or_answer_controls_the_terminal(result: Plan | PlanFailure, width: int) -> None:
    """For any content, the output has only printable characters and newlines."""
    text = to_plain_text(render_preview(result)(width))
    assert text.replace("\n", "").replace("\u3000", "").isprintable()


@given(PLANS)
def test_the_summary_counts_everything_in_the_plan(plan: Plan) -> None:
    """The counts of the summary add up to the content of the plan."""
    summary = to_plain_text(render_preview(plan)(10_000)).split("\n")[-2]
    counts = [int(part.split()[0]) for part in summary.replace(" · ", ", ").split(", ")
              if part.split()[0].isdigit()]  # fmt: skip
    assert len(plan.changes) + len(plan.left) == sum(counts)


@pytest.mark.parametrize("name", PREVIEWS)
@pytest.mark.parametrize("width", [40, 59, 60, 80, 120])
def test_every_attribute_is_named_at_every_width(name: str, width: int) -> None:
    """Also those that stay unchanged."""
    plan = PREVIEWS[name]
    text = read(plan, width)
    if isinstance(plan, Plan) and plan is not HOSTILE:
        named = [each.attribute for each in (*plan.changes, *plan.left)]
        assert [] == [attribute for attribute in named if attribute not in text]


@pytest.mark.parametrize("width", [40, 100])
@pytest.mark.parametrize(
    "word",
    ["+ add", "~ overwrite", "- clear", "x refused", ". kept", "= 2 unchanged", "1 to add",
     "1 to overwrite", "1 to clear", "1 refused", "1 kept", "2 unchanged"],
)  # fmt: skip
def test_each_kind_has_a_symbol_and_a_word(word: str, width: int) -> None:
    """The output is clear without colours."""
    assert word in read(LOYALTY, width)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (LOYALTY, "200 (replayed from cassettes/loyalty.json)"),
        (LOYALTY, "id 64a1c0ffee, matched by user_id u-1"),
        (LOYALTY, "proven: $.email and person.email are both ada@example.com"),
        (LOYALTY, "verified: the shop confirms e-mail addresses"),
        (
            LOYALTY,
            "Response: platinum. Refused because the value is not an option of this attribute",
        ),
        (UNPROVEN, "200 (live)"),
        (UNPROVEN, "not proven: no check that the response is about this person"),
        (REDACTED, "proven: $.ssn and person.attributes.ssn are both ••••••"),
        (NO_CHANGES, "No changes: the person already has the values of the response · 2 unchanged"),
        (NOTHING_BUT_LEFT, "No changes · 1 refused · 2 kept"),
        (replace(NO_CHANGES, changes=()), "No changes: the action maps no attribute"),
        (WRONG_PERSON, "x refused: the response is not about this person (response_mapping_error)"),
        (WRONG_PERSON, "expected ada@example.com (person.email) found mallory@example.com"),
        (WRONG_PERSON, "Nothing would be written."),
        (WRONG_PERSON, "Next: Look at the customer u-1 in the shop"),
        (WRONG_PERSON_REDACTED, "expected •••••• (person.attributes.ssn) found •••••• ($.ssn)"),
        (PREVIEWS["no_value"], "Request none sent"),
        (PREVIEWS["no_answer"], "Response none"),
        (replace(WRONG_PERSON, call=SentCall("GET x", None, "c.json")), "Response none in c.json"),
    ],
)
def test_the_preview_holds_the_expected_text(result: Plan | PlanFailure, sentence: str) -> None:
    """The person, the call, its source, the changes, and reasons against changes."""
    assert sentence in read(result)


def test_a_proof_shows_both_values_if_their_spelling_differs() -> None:
    """An e-mail domain may be written in capitals."""
    proof = Proof("$.email", "person.email", "ada@example.com", "ada@EXAMPLE.com")
    text = read(replace(LOYALTY, proof=proof))
    assert "proven: $.email is ada@EXAMPLE.com, person.email is ada@example.com" in text


def test_the_preview_ends_with_the_callers_text() -> None:
    """A failure always says that nothing is written, and says it once."""
    assert read(LOYALTY, closing="Nothing was written.").endswith(" Nothing was written.")
    assert "would be written" not in read(WRONG_PERSON, closing="Nothing was written.")


@pytest.mark.parametrize("why", KeepReason)
@pytest.mark.parametrize("refused", [True, False])
@pytest.mark.parametrize("got", ["gold", None, ABSENT, [1]])
def test_every_reason_for_keeping_a_value_is_a_sentence(
    why: KeepReason, refused: bool, got: Value
) -> None:
    """With and without a value, and with the detail after it."""
    left = KeptAttribute("tier", "silver", why, refused, got, "some detail.", "$.tier")
    text = read(replace(LOYALTY, changes=(), left=(left,)))
    sentence = re.split("Response: |The response has |The service has ", text)[1].split(
        " No changes"
    )[0]
    assert sentence.endswith(": some detail.")


@pytest.mark.parametrize("redacted", [True, False])
def test_the_refused_value_of_a_redacted_attribute_is_hidden(redacted: bool) -> None:
    """The reason is shown with dots."""
    left = KeptAttribute("pin", "1-2", KeepReason.NOT_IN_ONE_OF, True, "3-4", redacted=redacted)
    text = read(replace(LOYALTY, changes=(), left=(left,)))
    assert redacted == ("3-4" not in text)
    assert redacted == ("1-2" not in text)


@pytest.mark.parametrize(
    ("enum", "table"),
    [
        (ChangeKind, messages.TONES),
        (ChangeKind, messages.DONE),
        (ChangeWarning, messages.CAUTIONS),
        (FailureReason, messages.REASONS),
        (Outcome, messages.OUTCOMES),
        (Outcome, messages.BECAME),
        (KeepReason, messages.WITHOUT_VALUE | messages.WITH_VALUE),
    ],
)
def test_every_value_of_the_model_has_a_text(enum: type, table: dict[object, object]) -> None:
    """A new member without a text fails here, not in front of a user."""
    assert set(enum) == set(table)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("try again", "Try again."),
        ("api.shop.example is gone", "api.shop.example is gone."),
        ("$.email is empty", "$.email is empty."),
        ("really?", "Really?"),
        (" already done. ", "Already done."),
        ("", ""),
    ],
)
def test_a_sentence_has_a_capital_and_a_full_stop(text: str, sentence: str) -> None:
    """A name or a path at the beginning keeps its spelling."""
    assert sentence == messages.to_sentence(text)


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], 3, ""),
        (["a"], 3, "a"),
        (["a", "b"], 3, "a and b"),
        (["a", "b", "c"], 3, "a, b and c"),
        (["a", "b", "c", "d", "e"], 3, "a, b, c and 2 more"),
    ],
)
def test_long_lists_of_names_are_shortened(names: list[str], most: int, text: str) -> None:
    """A long list ends with the number of remaining names."""
    assert text == messages.join_words(names, most)


def test_conflicts_show_both_values() -> None:
    """A conflict of a date is shown as a date: its type comes from the plan."""
    plan = replace(LOYALTY, changes=(Change("due", 0, 1, data_type=DataType.DATE),), left=())
    text = to_plain_text(
        render_undo_preview(plan, [Conflict("due", 0, 86400)], "r1", WorkspaceName())(100)
    )
    assert "keeps 1970-01-02T00:00:00Z (86400)" in text
    assert "The run wrote 1970-01-01T00:00:00Z (0) here" in text
