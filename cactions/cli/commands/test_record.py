"""``cactions test --record``: live tests of test people, whose answers become the recordings."""

from __future__ import annotations

import os
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller
from cactions.app.propose import PlanContext
from cactions.app.record import RecordedTests, RecordingCaller, check_test_people, record_tests
from cactions.app.run_tests import AnswerDisplay, Propose, run_test
from cactions.cli import output_scrubber, progress, prompts, wiring, workspace
from cactions.cli.commands.test_run import (
    TestMode,
    TestOutcome,
    choose_call,
    exit_code_of_reports,
)
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.cassette.writer import JsonCassetteWriter
from cactions.logic.cassette.file_name import build_cassette_name
from cactions.model import Action, Person, TestReport, UsageError
from cactions.render.messages import count_noun


class Tested(Struct, frozen=True):
    """How the tests of one action went, and the exit code of whatever else was done with it."""

    reports: tuple[TestReport, ...]
    code: Exit = Exit.CLEAN


def run_live_tests(options: LiveOptions) -> LiveOptions:
    """Raises UsageError where a replay was asked for, too."""
    if options.replayed:
        raise UsageError(
            "--record and --replay exclude each other",
            hint="Leave --replay out: --record asks the service.",
        )
    return replace(options, live=True)


def confirm_live_tests(
    actions: Sequence[Action], project_folder: ProjectFolder, yes: bool, json: bool
) -> bool:
    """Whether to go ahead; nothing was sent so far.

    Raises DefinitionError where a test uses a person who is not a test person, or a link of the
    project is in the way of a recording; UsageError without a terminal to confirm a replacement.
    """
    people = workspace.open_test_people(project_folder)
    for action in actions:
        check_test_people(action, people)
        create_cassette_writer(project_folder, action).check_place()
    there = [
        build_cassette_name(recorded_action)
        for recorded_action in actions
        if os.path.lexists(project_folder.get_cassette_path(recorded_action))
    ]
    if not there:
        return True
    prompts.require_terminal(yes, json)
    return prompts.confirm(f"Ask live, and replace {', '.join(there)}?", yes)


def record_actions(
    actions: Sequence[Action], project_folder: ProjectFolder, mode: TestMode, live: Caller
) -> TestOutcome:
    """Run the tests one by one: a recording keeps the order of the answers. Raises StoreError."""
    tested = [
        record_cassettes(
            action, project_folder, live, choose_call(action, project_folder, mode), mode.display
        )
        for action in actions
    ]
    reports = tuple(report for outcome in tested for report in outcome.reports)
    codes = (outcome.code for outcome in tested)
    return TestOutcome(reports, (), choose_most_severe(exit_code_of_reports(reports), *codes))


def record_cassettes(
    action: Action,
    project_folder: ProjectFolder,
    caller: Caller,
    make: Propose,
    display: AnswerDisplay,
) -> Tested:
    """Run the action's tests, and keep what they were answered. Raises StoreError."""
    listening = RecordingCaller(caller)
    context = PlanContext(workspace.open_test_people(project_folder), listening)
    reports = tuple(run_test(action, test, context, make, display) for test in action.tests)
    progress.mark_written()
    writer = create_cassette_writer(project_folder, action)
    kept = record_tests(
        listening, _test_people(project_folder), output_scrubber.list_secrets(), writer
    )
    progress.mark_stored()
    for line in _describe_recorded(action, kept):
        wiring.create_output().info(line)
    return Tested(reports, Exit.FINDINGS if kept.refusal else Exit.CLEAN)


def _test_people(project_folder: ProjectFolder) -> list[Person]:
    return [person for person in workspace.open_test_people(project_folder).list() if person.test]


def _describe_recorded(action: Action, kept: RecordedTests) -> list[str]:
    file = build_cassette_name(action)
    if kept.refusal:
        return [f"{action.name} was not recorded: {kept.refusal}. {kept.hint}".rstrip()]
    dots = [
        f'An answer held the secret "{name}": {file} has dots in its place.' for name in kept.hidden
    ]
    return [f"{file} was recorded: {count_noun(kept.interactions, 'interaction')}.", *dots]


def create_cassette_writer(home: ProjectFolder, action: Action) -> JsonCassetteWriter:
    """Where an action's recording is written."""
    return JsonCassetteWriter(home.get_cassette_path(action), makes_folder=True)
