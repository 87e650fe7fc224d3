"""Runs the ``tests:`` of an action: the path of a diff, with the file's expectations at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.answer_recorder import AnswerRecorder
from cactions.app.expectations import find_problems
from cactions.app.propose import Job, PlanContext, propose_plan, send_request
from cactions.app.workers import Workers, open_pool
from cactions.logic.request.inputs import resolve_inputs
from cactions.logic.request.redaction import mask_query
from cactions.logic.shell import join_command
from cactions.model import (
    Action,
    ActionTest,
    CactionsError,
    Expectation,
    FailureReason,
    Plan,
    PlanFailure,
    Request,
    Subject,
    TestReport,
    UsageError,
)

Propose: TypeAlias = Callable[[Job, PlanContext], Plan | PlanFailure]
TestStep: TypeAlias = Callable[[], TestReport]
"""Runs one test."""


class AnswerDisplay(Struct, frozen=True):
    """Whether the answers of tests are shown, and with other people than the matched ones."""

    answers: bool = False
    others: bool = False


NO_ANSWERS: Final = AnswerDisplay()


class TestBatch(Struct, frozen=True):
    """Steps that are in order among themselves; ``alone``: nothing else runs meanwhile."""

    steps: tuple[TestStep, ...]
    alone: bool = False


def run_batches(batches: Iterable[TestBatch], threads: int) -> Iterator[TestReport]:
    """The reports, in the order of the batches; up to so many batches run at a time."""
    with open_pool(threads if threads > 1 else 0) as pool:
        workers = Workers(_run_batch, pool, threads)
        for batch in batches:
            if batch.alone:
                yield from (report for _, reports in workers.end() for report in reports)
                yield from _run_batch(batch)
            else:
                yield from (report for _, reports in workers.put(batch) for report in reports)
        yield from (report for _, reports in workers.end() for report in reports)


def _run_batch(batch: TestBatch) -> list[TestReport]:
    return [step() for step in batch.steps]


def run_test(
    action: Action,
    test: ActionTest,
    context: PlanContext,
    make: Propose = propose_plan,
    display: AnswerDisplay = NO_ANSWERS,
) -> TestReport:
    """One test; writes nothing. ``make`` makes a call that may change something elsewhere."""
    start = perf_counter()
    answered = AnswerRecorder(context.caller)
    context = replace(context, caller=answered)
    try:
        inputs = resolve_inputs(action, test.inputs)
    except UsageError as error:
        named = UsageError(str(error), hint="Correct `inputs:` of this test.")
        return find_untested(action, test, named, FailureReason.MISUSE)
    try:
        job = Job(action, test.person, inputs)
        result = answered.explain(make(job, context))
        request = _build_request(job, context) if test.expect.request else None
    except UsageError as error:
        return find_untested(action, test, error, FailureReason.MISUSE)
    report = _judge(action, test, result, request)
    shown = answered.show(others=display.others) if display.answers else None
    return replace(report, seconds=perf_counter() - start, answer=shown)


def _build_request(job: Job, context: PlanContext) -> Request | None:
    request = send_request(job, context.people)
    return request if isinstance(request, Request) else None


def find_untested(
    action: Action,
    test: ActionTest,
    error: CactionsError,
    reason: FailureReason = FailureReason.NOT_RECORDED,
) -> TestReport:
    """The report of a test that cannot run, by default because of its recording."""
    subject = Subject("", mask_query(test.person, action.redacted))
    result = PlanFailure(action.name, subject, reason, str(error), error.hint)
    return _judge(action, test, result)


def _judge(
    action: Action, test: ActionTest, result: Plan | PlanFailure, request: Request | None = None
) -> TestReport:
    problems = tuple(find_problems(test.expect, result, request))
    hint = _suggest_step(action, test.expect, result) if problems else ""
    return TestReport(action.name, test.name, result, problems, hint, place=test.place)


def _suggest_step(action: Action, expect: Expectation, result: Plan | PlanFailure) -> str:
    """What fixes an unexpected failure, such as the command that records what is missing."""
    if isinstance(result, Plan) or result.reason.value == expect.failure:
        return ""
    if result.reason is not FailureReason.NOT_RECORDED:
        return f"Next: {result.hint}" if result.hint else ""
    return f"To record it: {join_command(('test',), action.name, options=('--record',))}"
