"""``cactions connectors``: the data connectors of a workspace at Intercom beside the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cactions.app.connectors.catalog import compare_actions, read_connectors
from cactions.app.connectors.leaks import find_live_leaks
from cactions.cli import wiring
from cactions.cli.commands import connectors_logs, connectors_pull, connectors_push
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_workspace
from cactions.cli.options import Environment, Files, Json
from cactions.cli.vault_secrets import open_masked_client
from cactions.edges.clock import SystemClock
from cactions.logic import documents
from cactions.render.connectors import render_connector_diff, render_connectors
from cactions.render.messages import count_noun, join_words

commands = typer.Typer(
    help="Compare actions with Intercom's data connectors; send drafts, read logs.",
    no_args_is_help=True,
)

_LIVE = "live"

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ACTION]...", help="Actions. Default: all.")
]


@commands.command("list")
@network_options
def list_(options: LiveOptions, files: Files = None, json: Json = False) -> None:
    """List the workspace's data connectors, and which action each belongs to.

    Example: cactions connectors list
    """
    home = open_workspace(files, options)
    found = read_connectors(open_masked_client(home), tuple(home.project.actions.values()))
    if json:
        wiring.write_json(documents.connectors_to_json(found.connectors, found.matches))
    else:
        wiring.create_output().print(render_connectors(found.connectors, found.matches))


@commands.command()
@network_options
def diff(
    options: LiveOptions,
    names: Names = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 5 when something differs.")
    ] = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show how Intercom's data connectors differ from the actions. Nothing is written.

    What is live counts; a draft is compared too. Where the live version differs, the rules tell
    what leaks now. With --exit-code, a scheduled job finds what was changed in the web page.

    Exit code 1 where an action has errors in its file, so that it cannot be compared.

    Example: cactions connectors diff --exit-code
    """
    home = open_workspace(files, options, environment=environment)
    api = open_masked_client(home)
    drifts, found = compare_actions(api, home.project, names or ())
    drifts = find_live_leaks(api, drifts, SystemClock())
    if json:
        wiring.write_json(documents.connector_diff_to_json(drifts))
    else:
        unmatched = () if names else found.unmatched
        wiring.create_output().print(render_connector_diff(drifts, unmatched))
    _report_broken(home.broken)
    is_new = not names and any(each.state == _LIVE for each in found.unmatched)
    if is_new and not json:
        wiring.create_output().info(
            "A live connector that belongs to no action is a difference, too. `cactions audit` says"
            " whether it leaks; `cactions connectors pull` makes an action file of it."
        )
    differs = is_new or not all(drift.is_same for drift in drifts)
    changed = Exit.CHANGES if differs and exit_code else Exit.CLEAN
    raise typer.Exit(choose_most_severe(changed, Exit.FINDINGS if home.broken else Exit.CLEAN))


def _report_broken(names: Sequence[str]) -> None:
    """Actions whose files have errors cannot be compared."""
    if names:
        actions = count_noun(len(names), "action")
        listed = join_words([*names])
        wiring.create_output().info(
            f"{actions} with errors in the file cannot be compared: {listed}. `cactions validate`"
            " shows the errors."
        )


commands.command()(connectors_pull.pull)
commands.command()(connectors_push.push)
commands.command()(connectors_logs.logs)
commands.command()(connectors_logs.versions)
