"""Which entries of a run get another attempt: everyone is in exactly one group."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.app.lost_calls import has_valid_keys
from cactions.app.retention import choose_prunable
from cactions.app.retry import (
    RetryChoice,
    check_no_other_retry,
    check_retryable,
    count_retried,
    list_retry_rows,
)
from cactions.model import (
    Action,
    JobRow,
    Outcome,
    PersonQuery,
    Plan,
    Receipt,
    RetryGroup,
    Run,
    RunCounts,
    RunEntry,
    RunHead,
    RunKind,
    SentCall,
    Subject,
    UsageError,
)
from tests.builders import action as build_action
from tests.fake_journal import FakeJournal
from tests.strategies import builds

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 1_000.0, "ada@desk")
HEADER = "Idempotency-Key"


class FixedClock:
    """Says the same time, always."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def get_time(self) -> float:
        return self._seconds


def action(*, key: bool = False) -> Action:
    made = build_action()
    return replace(made, request=replace(made.request, idempotency=HEADER if key else ""))


CALLS = st.builds(
    SentCall,
    st.sampled_from(["", "POST https://shop.example/"]),
    st.sampled_from([None, 200, 404, 500]),
    st.just(""),
    st.sampled_from(["", f"{HEADER}: run-0-7", "Other-Key: run-0-7"]),
)
SUBJECTS = st.sampled_from(
    [
        Subject("p1", PersonQuery("user_id", "u-1"), "Ada"),
        Subject("", PersonQuery("user_id", "u-2"), "user_id u-2"),
        Subject("", PersonQuery("id", ""), "line 7"),  # a bad row
        Subject("", PersonQuery("id", "")),  # a forgotten person
    ]
)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """A finished run with entries of all kinds, also with rows that never got a plan."""
    outcomes = draw(st.lists(st.sampled_from(Outcome), max_size=30))
    entries = tuple(
        RunEntry(
            Plan("loyalty", draw(SUBJECTS), draw(CALLS), inputs=draw(st.sampled_from([None, {}]))),
            Receipt("", outcome),
            number=number,
        )
        for number, outcome in enumerate(outcomes, 1)
    )
    counts = replace(RunCounts.of(entries), waiting=draw(st.integers(0, 3)))
    people = counts.total + draw(st.integers(0, 3))
    return Run(replace(HEAD, people=people), entries, True, stored_counts=counts)


CHOICES = builds(RetryChoice, st.sampled_from([action(), action(key=True)]), *[st.booleans()] * 4)


@given(runs(), CHOICES)
def test_the_counts_add_up_to_everyone(run: Run, choice: RetryChoice) -> None:
    """And as many rows come out as were counted, with the key and inputs of their entries."""
    counts = count_retried(run, choice)
    assert run.people == sum(counts.groups.values())
    rows = [*list_retry_rows(run, choice)]
    assert counts.retried == len(rows) == sum(counts.outcomes.values())
    entries = {entry.number: entry for entry in run.entries}
    for row in rows:
        plan = entries[row.line].plan
        assert (plan.subject.matched.value, plan.inputs or {}) == (row.query.value, row.inputs)
        known = bool(choice.action.request.idempotency) and plan.call.key.startswith(HEADER)
        usable = choice.writes and choice.keys_hold and known
        assert ("run-0-7" if usable else "") == row.key
        judge(entries[row.line], row, choice)


def judge(entry: RunEntry, row: JobRow, choice: RetryChoice) -> None:
    """What no retry may do."""
    assert entry.receipt
    outcome, status = entry.receipt.outcome, entry.plan.call.status
    assert outcome not in (Outcome.APPLIED, Outcome.UNCHANGED)
    assert choice.held or outcome is not Outcome.HELD
    assert choice.refused or outcome is not Outcome.REFUSED
    if not row.key:
        assert outcome is not Outcome.OUTCOME_UNKNOWN
        if choice.writes:
            assert status == 404 or (status is None and outcome is Outcome.FAILED)
            assert entry.plan.inputs is not None
            assert not entry.plan.call.key, "an earlier attempt may have been carried out"


def entry(number: int, outcome: Outcome, status: int | None, key: str = "") -> RunEntry:
    subject = Subject("p1", PersonQuery("user_id", "u-1"), "Ada")
    call = SentCall("POST https://shop.example/", status, key=key)
    receipt = Receipt("p1", outcome)
    return RunEntry(Plan("loyalty", subject, call, inputs={}), receipt, number=number)


@pytest.mark.parametrize(
    ("outcome", "status", "group"),
    [
        (Outcome.FAILED, None, RetryGroup.RETRIED),  # no request was sent
        (Outcome.FAILED, 404, RetryGroup.RETRIED),
        (Outcome.FAILED, 500, RetryGroup.SENT),
        (Outcome.FAILED, 200, RetryGroup.SENT),
        (Outcome.CONFLICT, 200, RetryGroup.SENT),
        (Outcome.OUTCOME_UNKNOWN, None, RetryGroup.UNKNOWN),
        (Outcome.HELD, None, RetryGroup.REPEATED),
        (Outcome.HELD, 200, RetryGroup.HELD),
        (Outcome.REFUSED, 200, RetryGroup.REFUSED),
        (Outcome.APPLIED, 200, RetryGroup.DONE),
    ],
)
@pytest.mark.parametrize("keyed", [False, True])
def test_a_write_request_is_made_again_only_where_that_is_safe(
    outcome: Outcome, status: int | None, group: RetryGroup, keyed: bool
) -> None:
    """With its key, everyone who failed is: the service recognizes the request."""
    choice = RetryChoice(action(key=keyed), writes=True, keys_hold=True)
    found = choice.choose_group(HEAD, entry(4, outcome, status, f"{HEADER}: run-1-4" * keyed))
    with_key = group in (RetryGroup.SENT, RetryGroup.UNKNOWN) and keyed
    assert (RetryGroup.RETRIED if with_key else group) is found


def test_the_keys_of_a_retry_are_as_old_as_the_first_run() -> None:
    """Where that one was deleted, no one knows how old they are."""
    journal = FakeJournal()
    retry = replace(HEAD, id="run-2", retries="run-1", started=80_000.0)
    journal.create_run(retry)
    assert not has_valid_keys(retry, journal, FixedClock(81_000))
    journal.create_run(HEAD)
    day = 24 * 3600
    assert has_valid_keys(retry, journal, FixedClock(1_000 + day))
    assert not has_valid_keys(retry, journal, FixedClock(1_001 + day))
    assert has_valid_keys(replace(retry, retries=""), journal, FixedClock(80_000 + day))
    assert has_valid_keys(retry, journal, FixedClock(1_000 - 300))
    assert not has_valid_keys(retry, journal, FixedClock(1_000 - 301)), "a clock was wrong"


def test_keys_of_runs_that_name_each_other_are_judged_at_all() -> None:
    """Such heads are forged; the question still has an end."""
    journal = FakeJournal()
    journal.create_run(replace(HEAD, retries="run-2"))
    journal.create_run(replace(HEAD, id="run-2", retries="run-1"))
    assert not has_valid_keys(replace(HEAD, retries="run-2"), journal, FixedClock(200_000))


@pytest.mark.parametrize("writes", [False, True])
def test_a_second_retry_of_a_run(writes: bool) -> None:
    """Not while another one is open, and not at all where requests could be made twice."""
    journal = FakeJournal()
    journal.create_run(HEAD)
    journal.finish(HEAD.id)
    run, choice = journal.read(HEAD.id), RetryChoice(action(), writes)
    check_no_other_retry(run, journal, choice)
    journal.create_run(replace(HEAD, id="run-2", retries=HEAD.id))
    with pytest.raises(UsageError, match="is being retried by run-2"):
        check_no_other_retry(run, journal, choice)
    journal.finish("run-2")
    if writes:
        with pytest.raises(UsageError, match="was retried before, by run-2"):
            check_no_other_retry(run, journal, choice)
    else:
        check_no_other_retry(run, journal, choice)


def test_a_run_that_is_open_and_an_undo_are_refused() -> None:
    """Each with the command that helps."""
    with pytest.raises(UsageError, match="not finished") as stopped:
        check_retryable(Run(HEAD))
    assert "runs resume run-1" in stopped.value.hint
    undo = Run(replace(HEAD, id="undo-1", kind=RunKind.UNDO, undoes="run-1"), finished=True)
    with pytest.raises(UsageError, match="is an undo") as stopped:
        check_retryable(undo)
    assert "runs undo run-1" in stopped.value.hint
    check_retryable(Run(HEAD, finished=True))


def test_inputs_that_do_not_fit_any_more_are_refused() -> None:
    """The first such entry is named, and nothing is sent."""
    old = entry(3, Outcome.FAILED, 500)
    run = Run(HEAD, (replace(old, plan=replace(old.plan, inputs={"color": "red"})),), True)
    with pytest.raises(UsageError, match=r'inputs of entry 3 do not fit .* no input "color"'):
        [*list_retry_rows(run, RetryChoice(action()))]


def test_a_retry_of_a_run_that_is_kept_is_kept() -> None:
    """Otherwise the requests of the old run could be made once more."""
    journal = FakeJournal()
    for number, retries in enumerate(["", "run-1", "run-2", ""], 1):
        head = replace(HEAD, id=f"run-{number}", retries=retries, started=float(number))
        journal.create_run(head)
        if number == 1:
            [made] = journal.record_plans(head.id, [entry(1, Outcome.FAILED, None).plan])
            journal.record_outcomes(head.id, [(made, Receipt("p1", Outcome.OUTCOME_UNKNOWN))])
        journal.finish(head.id)
    choice = choose_prunable(journal, before=None, keep=0)
    assert ["run-4"] == [run.head.id for run in choice.prunable]
    assert len(choice.kept) == len({run.head.id for run, why in choice.kept if why})
    assert Counter(run.head.retries for run in journal.list_runs()) == Counter(
        {"": 2, "run-1": 1, "run-2": 1}
    )
