"""Runs the chosen tests, replayed or live; in threads where that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller, People
from cactions.app.propose import PlanContext, ReplayCaller, propose_plan
from cactions.app.run_tests import (
    AnswerDisplay,
    Propose,
    TestBatch,
    TestStep,
    find_untested,
    run_batches,
    run_test,
)
from cactions.cli import arguments, recordings, workspace, write_calls
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.followed_work import follow_items
from cactions.cli.live_options import LiveOptions
from cactions.cli.project_folder import ProjectFolder
from cactions.model import Action, DefinitionError, TestReport, UnusedInteraction, UsageError

if TYPE_CHECKING:
    from cactions.edges.cassette.reader import CassetteSender


class TestMode(Struct, frozen=True):
    """How tests are run. ``live`` is None where recordings answer; ``threads``: at a time."""

    answers: LiveOptions
    live: Caller | None = None
    again: bool = False
    threads: int = 1

    @property
    def display(self) -> AnswerDisplay:
        """Whether the answers are shown."""
        return AnswerDisplay(self.answers.show_answer, self.answers.show_others)


class TestOutcome(Struct, frozen=True):
    """The reports in the order of the file, what no test asked for, and the exit code of both."""

    reports: tuple[TestReport, ...]
    unused: tuple[UnusedInteraction, ...] = ()
    code: Exit = Exit.CLEAN


def run_actions(
    actions: Sequence[Action], project_folder: ProjectFolder, mode: TestMode
) -> TestOutcome:
    """Run the tests of the actions, and record nothing."""
    with closing(workspace.open_test_people(project_folder, shared=mode.threads > 1)) as people:
        runner = _Runner(project_folder, mode, people)
        batches = (batch for action in actions for batch in runner.build_batches(action))
        total = sum(len(action.tests) for action in actions)
        done = run_batches(batches, mode.threads)
        reports = tuple(follow_items(done, "Testing", "tests", total))
    return TestOutcome(reports, tuple(runner.list_unused()), exit_code_of_reports(reports))


def exit_code_of_reports(reports: Sequence[TestReport]) -> Exit:
    """FINDINGS where a test failed, or what is worse of its call."""
    failed = (report for report in reports if not report.passed)
    codes = (arguments.exit_code_of_result(report.result) for report in failed)
    return choose_most_severe(*(choose_most_severe(Exit.FINDINGS, code) for code in codes))


def choose_call(action: Action, project_folder: ProjectFolder, mode: TestMode) -> Propose:
    """What makes a call of the action: once, and journaled, where that may change something."""
    if not mode.live or action.request.is_read:
        return propose_plan
    return lambda job, context: write_calls.test_write_call(
        job, context, project_folder, again=mode.again
    )


class _Runner:
    def __init__(self, project_folder: ProjectFolder, mode: TestMode, people: People) -> None:
        self._folder, self._mode, self._people = project_folder, mode, people
        self._senders: list[tuple[Action, CassetteSender]] = []

    def build_batches(self, action: Action) -> Iterator[TestBatch]:
        """The tests of an action; those whose order matters are in a batch of their own."""
        try:
            caller, ordered = self._open_caller(action)
        except DefinitionError as error:
            yield TestBatch(
                tuple(partial(find_untested, action, test, error) for test in action.tests)
            )
            return
        context = PlanContext(self._people, caller)
        make = choose_call(action, self._folder, self._mode)
        display = self._mode.display
        steps: list[TestStep] = [
            partial(run_test, action, test, context, make, display) for test in action.tests
        ]
        if make is not propose_plan:
            yield TestBatch(tuple(steps), alone=True)
        elif ordered:
            yield TestBatch(tuple(steps))
        else:
            yield from (TestBatch((step,)) for step in steps)

    def list_unused(self) -> Iterator[UnusedInteraction]:
        """The interactions of the recordings that no test has asked for."""
        for action, sender in self._senders:
            hidden = not action.redacted.isdisjoint(action.request.url.references)
            for number, request in sender.list_unused(hidden=hidden):
                yield UnusedInteraction(action.name, sender.source, number, request)

    def _open_caller(self, action: Action) -> tuple[Caller, bool]:
        """Who answers, and whether the order of calls matters."""
        if self._mode.live:
            if self._mode.threads > 1:
                with suppress(UsageError):  # each of its tests tells it
                    self._mode.live.prepare(action)
            return self._mode.live, False
        options = replace(self._mode.answers, replay=True)
        sender = recordings.open_recording(self._folder, action, options)
        self._senders.append((action, sender))
        return ReplayCaller(sender), sender.has_turns
