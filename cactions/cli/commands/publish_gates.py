"""The gates before a definition goes live: its tests and its probe, run on exactly this one."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from cactions.cli import wiring
from cactions.cli.commands.probe import attack_action, replay_probe
from cactions.cli.commands.test_run import TestMode, run_actions
from cactions.cli.live_options import LiveOptions
from cactions.cli.project_folder import ProjectFolder
from cactions.logic.definition.gates import (
    GateProblem,
    GateResult,
    Passed,
    collect_evidence,
    judge_probe,
    judge_tests,
)
from cactions.logic.shell import join_command
from cactions.model import Action, DefinitionError, Gate, UsageError, Waiver


class ProbePeople(Struct, frozen=True):
    """Who attacks, who is attacked, and the inputs of both; None: a recorded probe is judged."""

    attacker: str | None = None
    victim: str | None = None
    inputs: list[str] | None = None
    victim_inputs: list[str] | None = None

    @property
    def are_named(self) -> bool:
        """Whether a probe is to be made now."""
        return bool(self.attacker or self.victim)


def check_gates(
    action: Action,
    home: ProjectFolder,
    options: LiveOptions,
    people: ProbePeople,
    waivers: tuple[Waiver, ...],
) -> GateResult:
    """Run the tests and the probe, but for what is waived. No person is written to.

    Raises UsageError where a live test would send a write request.
    """
    waived = {waiver.gate for waiver in waivers}
    found: list[Passed] = []
    if Gate.TEST not in waived:
        found.append(_check_tests(action, home, options))
    if Gate.PROBE not in waived:
        found.append(_check_probe(action, home, options, people))
    return collect_evidence(found, waivers)


def _check_tests(action: Action, home: ProjectFolder, options: LiveOptions) -> Passed:
    if not options.live:
        outcome = run_actions([action], home, TestMode(replace(options, replay=True)))
        return judge_tests(action.name, outcome.reports, live=False)
    if not action.request.is_read:
        raise UsageError(
            f'the tests of "{action.name}" send write requests, so they are not run live here',
            hint="Record them first, and leave --live out:"
            f" `{join_command(('test',), action.name, options=('--record',))}`.",
        )
    live = wiring.create_live_caller(home, options, [action])
    outcome = run_actions([action], home, TestMode(options, live))
    return judge_tests(action.name, outcome.reports, live=True)


def _check_probe(
    action: Action, home: ProjectFolder, options: LiveOptions, people: ProbePeople
) -> Passed:
    if people.are_named:
        named = (people.attacker, people.victim), (people.inputs, people.victim_inputs)
        return judge_probe(attack_action(action, home, options, *named).report, live=True)
    try:
        return judge_probe(replay_probe(action, home, None), live=False)
    except (DefinitionError, UsageError) as error:
        return GateProblem(Gate.PROBE, str(error), error.hint)
