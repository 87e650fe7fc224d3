"""``cactions test --record``: live tests of test people, whose answers become the recordings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from cactions.app.ports import Caller
from cactions.app.propose import Desk
from cactions.app.record import Listening, Recording, check_test_people, record
from cactions.app.run_tests import Propose, rehearse
from cactions.cli import output_scrubber, progress, prompts, wiring, workspace
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import Answers
from cactions.cli.wiring import Opened
from cactions.logic.cassette.file_name import cassette_name
from cactions.model import Action, OperatorError, Person, TestReport, noun
from cactions.render.messages import count


@noun
class Tested:
    """How the tests of one action went, and the exit code of whatever else was done with it."""

    reports: tuple[TestReport, ...]
    code: Exit = Exit.CLEAN


def live(answers: Answers) -> Answers:
    """Raises OperatorError where a replay was asked for, too."""
    if answers.replayed:
        raise OperatorError(
            "--record and --replay exclude each other", hint="What is recorded is asked live."
        )
    return replace(answers, live=True)


def agreed(actions: Sequence[Action], opened: Opened, yes: bool, json: bool) -> bool:
    """Whether to go ahead; nothing was sent so far.

    Raises AuthorError where a test is about somebody who is no test person or a link of the project
    is in the way of a recording, OperatorError where nobody can be asked whether recordings may be
    replaced.
    """
    people = workspace.rehearsal_people(opened)
    for action in actions:
        check_test_people(action, people)
        wiring.tape(opened, action).check_place()
    there = [cassette_name(one) for one in actions if os.path.lexists(opened.recording(one))]
    if not there:
        return True
    prompts.able(yes, json)
    return prompts.agreed(f"Ask live, and replace {', '.join(there)}?", yes)


def recorded(action: Action, opened: Opened, caller: Caller, make: Propose) -> Tested:
    """Run the action's tests, and keep what they were answered. Raises StoreError."""
    listening = Listening(caller)
    desk = Desk(workspace.rehearsal_people(opened), listening)
    reports = tuple(rehearse(action, test, desk, make) for test in action.tests)
    progress.may_write()
    tape = wiring.tape(opened, action)
    kept = record(listening, _test_people(opened), output_scrubber.known(), tape)
    for line in _told(action, kept):
        wiring.paper().say(line)
    return Tested(reports, Exit.FINDINGS if kept.refusal else Exit.CLEAN)


def _test_people(opened: Opened) -> list[Person]:
    return [one for one in workspace.rehearsal_people(opened).list() if one.test]


def _told(action: Action, kept: Recording) -> list[str]:
    file = cassette_name(action)
    if kept.refusal:
        return [f"{action.name} was not recorded: {kept.refusal}. {kept.hint}".rstrip()]
    dots = [
        f'An answer held the secret "{name}": {file} has dots in its place.' for name in kept.hidden
    ]
    return [f"{file} was recorded: {count(kept.interactions, 'interaction')}.", *dots]
