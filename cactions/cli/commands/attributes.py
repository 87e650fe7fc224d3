"""``cactions attributes``: the attributes of a workspace at Intercom, for offline checks."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.read_workspace import take_snapshot
from cactions.cli import progress, wiring, workspace
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_workspace
from cactions.cli.options import Files, Json
from cactions.cli.output_files import write_project_file
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.clock import SystemClock
from cactions.logic import documents
from cactions.logic.intercom.attribute_diff import compare_snapshots
from cactions.model import SNAPSHOT_FILE, Snapshot, UsageError
from cactions.render.attributes import render_attribute_differences, render_snapshot

commands = typer.Typer(
    help="Take and compare a snapshot of the workspace's attributes.", no_args_is_help=True
)


@commands.command()
@network_options
def pull(options: LiveOptions, files: Files = None, json: Json = False) -> None:
    """Write the workspace's attributes to attributes.lock.json, for checks without a network.

    The file belongs into git: it holds names and types, and no values.

    Example: cactions attributes pull
    """
    home = open_workspace(files, options)
    snapshot = _take_snapshot(home)
    progress.mark_written()
    write_project_file(home.folder / SNAPSHOT_FILE, documents.snapshot_to_json(snapshot))
    progress.mark_stored()
    if json:
        wiring.write_json(documents.snapshot_to_json(snapshot))
    else:
        wiring.create_output().print(render_snapshot(snapshot))


@commands.command()
@network_options
def diff(
    options: LiveOptions,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 5 when something differs.")
    ] = False,
    files: Files = None,
    json: Json = False,
) -> None:
    """Show how the workspace's attributes differ from attributes.lock.json. Nothing is written.

    Example: cactions attributes diff --exit-code
    """
    home = open_workspace(files, options)
    before = home.project.snapshot
    if before is None:
        raise UsageError(
            f"there is no {SNAPSHOT_FILE} to compare with",
            hint="Take one: `cactions attributes pull`.",
        )
    found = compare_snapshots(before, _take_snapshot(home))
    if json:
        wiring.write_json(documents.attribute_differences_to_json(found))
    else:
        wiring.create_output().print(render_attribute_differences(found, before))
    raise typer.Exit(Exit.CHANGES if found and exit_code else Exit.CLEAN)


def _take_snapshot(home: ProjectFolder) -> Snapshot:
    return take_snapshot(
        workspace.open_project_client(home), SystemClock(), str(home.folder / SNAPSHOT_FILE)
    )
