"""``cactions cluster``: the database that machines share, and what their workers do."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cactions.cli import journal_wiring, progress, wiring
from cactions.cli.cluster_wiring import (
    SharedDatabase,
    require_database_address,
    require_shared_database,
)
from cactions.cli.commands.runs import read_run
from cactions.cli.options import Files, Json, RunId
from cactions.cli.vault_options import key_options
from cactions.logic.documents.cluster import cluster_change_to_json, cluster_to_json
from cactions.logic.shell import join_command
from cactions.model import ClusterStatus, UsageError
from cactions.render.cluster import render_cluster

if TYPE_CHECKING:
    from cactions.edges.postgres.connection import PostgresDatabase

commands = typer.Typer(
    help="Share runs between machines, in a PostgreSQL database.", no_args_is_help=True
)


@commands.command()
def init(json: Json = False) -> None:
    """Make the tables in the database of CACTIONS_DATABASE, once.

    The user of the address must be allowed to make a schema there.

    Example: cactions cluster init
    """
    address = require_database_address()
    from cactions.edges.postgres.connection import PostgresDatabase  # noqa: PLC0415 - the extra
    from cactions.edges.postgres.schema import make_tables  # noqa: PLC0415 - the extra

    database = PostgresDatabase(address)
    with closing(database), progress.atomic():
        made = make_tables(database)
    what = "The tables are made in" if made else "The tables were there before, in"
    text = f"{what} {database}. To start a worker: cactions worker"
    _report("init", database, None, text, json=json)


@commands.command()
@key_options
def status(files: Files = None, json: Json = False) -> None:
    """Show the workers that are alive, the runs that they carry out, and what is scheduled.

    Example: cactions cluster status
    """
    shared = _open_database(files)
    found = ClusterStatus(
        str(shared.database),
        tuple(shared.open_queue().list_workers()),
        tuple(shared.open_cluster().list_runs()),
        tuple(shared.open_schedules().list_states()),
    )
    if json:
        wiring.write_json(cluster_to_json(found))
    else:
        wiring.create_output().print(render_cluster(found))


@commands.command()
@key_options
def stop(run: RunId, files: Files = None, json: Json = False) -> None:
    """Let workers end what they have begun of a run, and begin nothing more of it.

    Example: cactions cluster stop RUN
    """
    shared = _open_database(files)
    run_id = read_run(shared.open_journal(), run).head.id
    with progress.atomic():
        shared.open_cluster().stop(run_id)
    resume = join_command(("runs", "resume"), run_id, options=("--cluster",))
    undo = join_command(("runs", "undo"), run_id)
    text = f"The run {run_id} is stopped: workers end what they have begun of it within seconds,"
    text += f" and begin nothing more. To finish it: `{resume}`. To undo it: `{undo}`."
    _report("stop", shared.database, run_id, text, json=json)


@commands.command("import")
@key_options
def import_(run: RunId, files: Files = None, json: Json = False) -> None:
    """Move a run of this machine into the database, so that others can go on with it.

    Example: cactions cluster import RUN
    """
    home = wiring.find_folder(files)
    shared = _open_database(files)
    cipher = wiring.create_row_cipher(home)
    with closing(journal_wiring.open_journal(home, cipher)) as local:
        if not local.begun:
            raise UsageError(
                "there is no run in this folder: those of the database are there already",
                hint="`cactions runs list` shows those of the database.",
            )
        head = read_run(local, run).head
        with journal_wiring.open_run_lock(home).hold(head), progress.atomic():
            shared.open_journal().take_run(local.open_file(head.id), head.id)
            local.discard(head.id)
    resume = join_command(("runs", "resume"), head.id, options=("--cluster",))
    text = f"The run {head.id} is in {shared.database} now, and no longer on this machine."
    text += f" To finish it: {resume}"
    _report("import", shared.database, head.id, text, json=json)


def _open_database(files: list[Path] | None) -> SharedDatabase:
    return require_shared_database(wiring.find_folder(files))


def _report(
    change: str, database: PostgresDatabase, run_id: str | None, text: str, *, json: bool
) -> None:
    if json:
        wiring.write_json(cluster_change_to_json(change, str(database), run_id, text))
    else:
        wiring.create_output().info(text)
