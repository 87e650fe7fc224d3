"""``cactions publish``: tests and probes a definition, shows what changes, and makes it live."""

from __future__ import annotations

from typing import Annotated, Final

import typer
from msgspec.structs import replace

from cactions.cli import arguments, prompts, wiring
from cactions.cli.commands.probe import Attacker, Victim, VictimInputs
from cactions.cli.commands.publish_gates import ProbePeople, check_gates
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions, publish_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Inputs, Json, Yes
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.publication import Publication, finish_publication
from cactions.cli.published import (
    describe_definition,
    find_live_definition,
    open_definitions_vault,
    require_sources,
)
from cactions.logic import documents
from cactions.logic.definition.gates import build_waivers
from cactions.model import Action, Gate, UsageError, Waiver
from cactions.render.definitions import render_gates

STRICT: Final = ("CA103",)
"""Rules whose warnings keep a definition from going live: what is unknown counts as unsafe."""

Live = Annotated[
    bool, typer.Option("--live", help="Run the tests on the live service, not on recordings.")
]
Without = Annotated[
    list[Gate] | None,
    typer.Option("--without", help="Leave out this gate; it is shown ever after. Repeatable."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Only judge the gates, as in CI: nothing is published.")
]
Because = Annotated[
    str | None, typer.Option("--because", metavar="TEXT", help="Why a gate is left out.")
]


@publish_options
def command(
    options: LiveOptions,
    action: arguments.ActionName,
    live: Live = False,
    attacker: Attacker = None,
    victim: Victim = None,
    inputs: Inputs = None,
    victim_input: VictimInputs = None,
    without: Without = None,
    because: Because = None,
    check: Check = False,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Make an action live, once its tests and its probe pass: sealed in the vault, with the proof.

    The tests and the recorded probe are judged for exactly this definition; --as and --victim make
    a probe now. At Intercom the data connector is pushed, and set live when its mapping is right,
    too; `cactions run` then refuses any other definition.

    Exit code 1 when a gate is not passed, or the connector cannot go live yet.

    Example: cactions publish loyalty
    """
    waivers = build_waivers(without or (), because)
    home = open_project(files, environment, options, strict=STRICT)
    require_sources(home)
    found = arguments.find_action(home.project, action)
    _check_waivers(waivers, home)
    open_definitions_vault(home.folder)
    seen = find_live_definition(home.folder, action, home.project.environment)
    people = ProbePeople(attacker, victim, inputs, victim_input)
    gates = check_gates(found, home, replace(options, live=live), people, waivers)
    if gates.problems:
        if json:
            wiring.write_json(documents.publication_to_json(None, gates.problems))
        else:
            wiring.create_output().print(render_gates(gates.evidence, gates.problems))
            wiring.create_output().info("Nothing was published.")
        raise typer.Exit(Exit.FINDINGS)
    if check and json:
        wiring.write_json(documents.publication_to_json(None))
        return
    if check:
        wiring.create_output().print(render_gates(gates.evidence, ()))
        wiring.create_output().info("Every gate is passed. Nothing was published.")
        return
    prompts.require_terminal(yes, json)
    definition = replace(describe_definition(found, home), evidence=gates.evidence)
    tested = _list_people(found) if gates.evidence.tests else ()
    publication = Publication(home, found, definition, seen, tested, json)
    raise typer.Exit(finish_publication(publication, yes=yes))


def _check_waivers(waivers: tuple[Waiver, ...], home: ProjectFolder) -> None:
    """Raises UsageError for a gate that this workspace does not have."""
    if home.session is None and any(waiver.gate is Gate.CONNECTOR for waiver in waivers):
        raise UsageError(
            "a local workspace has no data connectors, so there is no such gate to leave out",
            hint="Leave out --without connector.",
        )


def _list_people(action: Action) -> tuple[str, ...]:
    return tuple(f"{test.person.field}={test.person.value}" for test in action.tests)
