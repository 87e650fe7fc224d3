"""``cactions probe``: the leak attack on purpose, with two test people."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from random import SystemRandom
from typing import Annotated, Final

import typer

from cactions.app.probe import ProbePerson, ProbeResult, ProbeTask, count_calls, probe_action
from cactions.cli import arguments, progress, streams, wiring, workspace, write_calls
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions, probe_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Inputs, Json
from cactions.cli.probe_recording import (
    build_probe_command,
    get_probe_path,
    read_probe,
    write_probe,
)
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.clock import SystemClock
from cactions.logic import documents
from cactions.logic.probe.recorded import judge_recording
from cactions.logic.request.curl import build_curl_command
from cactions.model import Action, DefinitionError, ProbeReport, UsageError
from cactions.render.probe import render_probe

_UNATTENDED: Final = (
    "Probe it on a terminal with --record; a script judges that recording with --replay."
)

Attacker = Annotated[
    str | None,
    typer.Option("--as", metavar="VALUE|KEY=VALUE", help="The test person who attacks."),
]
Victim = Annotated[
    str | None,
    typer.Option("--victim", metavar="VALUE|KEY=VALUE", help="The test person who is attacked."),
]
VictimInputs = Annotated[
    list[str] | None,
    typer.Option(
        "--victim-input", metavar="NAME=VALUE", help="A data input of the victim; repeatable."
    ),
]
Record = Annotated[
    bool, typer.Option("--record", help="Keep the result in cassettes/, without any data.")
]
Curl = Annotated[bool, typer.Option("--curl", help="Print the request of each leak for curl, too.")]


@probe_options
def command(
    options: LiveOptions,
    action: arguments.ActionName,
    attacker: Attacker = None,
    victim: Victim = None,
    inputs: Inputs = None,
    victim_input: VictimInputs = None,
    record: Record = False,
    curl: Curl = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Attack an action on purpose: nothing of the victim may come back for the attacker.

    Each key of the request is replaced by the victim's, a random one, and other forms of the
    victim's: about 30 calls for a key. No person is written to. Both must be test people whose
    records at the service differ.

    With --record, the result is kept for CI. With --replay, it is judged again, without any call.

    Example: cactions probe loyalty --as u-1 --victim u-2 --record
    """
    people, data_inputs = (attacker, victim), (inputs, victim_input)
    _check_options(options, [*people, *data_inputs], record=record, curl=curl, json=json)
    home = open_project(files, environment, options, leaks=False)
    found = arguments.find_action(home.project, action)
    if options.replayed:
        source = str(options.cassette or get_probe_path(home, found))
        report = replay_probe(found, home, options.cassette)
        result = ProbeResult(report)
    else:
        result, source = attack_action(found, home, options, people, data_inputs), ""
        report = result.report
    if json:
        wiring.write_json(documents.probe_to_json(report))
    else:
        wiring.create_output().print(render_probe(report, source))
    if curl:
        _print_curl(result, home, options)
    if record:
        wiring.create_output().info(_record(found, home, report))
    raise typer.Exit(Exit.CLEAN if report.passed else Exit.FINDINGS)


def _check_options(
    options: LiveOptions, of_calls: Sequence[object], *, record: bool, curl: bool, json: bool
) -> None:
    """Raises UsageError for options that would change nothing."""
    if options.replayed and (record or curl or any(of_calls)):
        raise UsageError(
            "--replay makes no call: it goes with neither people, inputs, --record nor --curl",
            hint="Leave these out, or leave out --replay.",
        )
    if curl and json:
        raise UsageError("--curl and --json exclude each other", hint="Say one of them.")


def _record(action: Action, home: ProjectFolder, report: ProbeReport) -> str:
    """What was recorded; a probe that proves nothing replaces no other."""
    if report.problem:
        return "Nothing was recorded: it would prove nothing."
    return f"{write_probe(home, action, report)} was recorded: it holds no data of the two."


def replay_probe(action: Action, home: ProjectFolder, path: Path | None) -> ProbeReport:
    """The recorded probe, judged by the rules of today. Raises DefinitionError where it is stale.

    Raises UsageError where there is none.
    """
    now = SystemClock().get_time()
    judged, why = judge_recording(read_probe(home, action, path), action, home.project, now)
    if why:
        again = build_probe_command(action, home, "--record")
        raise DefinitionError(
            f'the recorded probe of "{action.name}" proves nothing: {why}',
            hint=f"Probe it again: `{again}`.",
            place=action.place,
        )
    return judged


def attack_action(
    action: Action,
    home: ProjectFolder,
    options: LiveOptions,
    people: tuple[str | None, str | None],
    inputs: tuple[list[str] | None, list[str] | None],
) -> ProbeResult:
    """Make the calls. Raises UsageError for people who may not be used, and write requests."""
    attacker = _find_person(home, action, "--as", people[0], inputs[0])
    victim = _find_person(home, action, "--victim", people[1], inputs[1])
    if attacker.person.id == victim.person.id:
        raise UsageError("both are the same person", hint="Name two test people.")
    _check_sandbox(action, home, options)
    if options.is_write_call(action):
        calls = count_calls(action, home.project, (attacker, victim), SystemRandom())
        if not write_calls.confirm_write_call(action, calls=calls, unattended=_UNATTENDED):
            raise UsageError("the action was not probed", hint="Nothing was sent.")
    caller = wiring.create_live_caller(home, options, [action])
    caller.prepare(action)
    progress.mark_sent()
    task = ProbeTask(
        action, home.project, attacker, victim, caller, SystemClock(), SystemRandom(),
        secrets.token_bytes(32),
    )  # fmt: skip
    return probe_action(task)


def _find_person(
    home: ProjectFolder, action: Action, option: str, text: str | None, inputs: list[str] | None
) -> ProbePerson:
    """A test person. Raises UsageError for another one."""
    if not text:
        named = build_probe_command(action, home)
        raise UsageError(f"{option} is missing", hint=f"Name two test people: `{named}`.")
    try:
        job = arguments.build_job(home.project, action.name, text, inputs)
    except UsageError as error:
        if option == "--as":
            raise
        hint = (error.hint or "").replace("--input", "--victim-input")
        message = str(error).replace("--input", "--victim-input")
        raise UsageError(f"of the victim, {message}", hint=hint) from None
    person = workspace.open_test_people(home).find(job.query)
    if not person.test:
        raise UsageError(
            f"the person of {option} is no test person",
            hint="Mark them `test: true` under `workspace.people`: only test people are attacked,"
            " and their records must be of no real customer.",
        )
    return ProbePerson(job.query, person, job.inputs)


def _check_sandbox(action: Action, home: ProjectFolder, options: LiveOptions) -> None:
    """Raises UsageError for write requests to a service with real customers."""
    if not options.is_write_call(action):
        return
    options.require_live_flag(action)
    if home.project.environment not in home.project.sandboxes:
        raise UsageError(
            f'"{action.name}" sends write requests, which are probed in a sandbox only',
            hint="Declare an environment without real customers, `sandboxes: [staging]`, and choose"
            " it with --env.",
        )


def _print_curl(result: ProbeResult, home: ProjectFolder, options: LiveOptions) -> None:
    """Each request, under a comment that says which attack it is."""
    network = options.get_curl_network(home.project)
    for case, call in zip(result.report.cases, result.calls, strict=False):
        if call and case.verdict.is_leak:
            title = f"# {case.key or 'no key'}: {case.variant.value}\n"
            streams.write_text(title + build_curl_command(call, network))
