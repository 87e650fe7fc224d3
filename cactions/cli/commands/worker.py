"""``cactions worker``: carries out parts of runs that were handed to the cluster."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.cli import progress, wiring
from cactions.cli.bulk_options import THREADS, Threads
from cactions.cli.cluster_notices import Notifier
from cactions.cli.cluster_wiring import require_shared_database
from cactions.cli.cluster_worker import WorkerProject
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.live_wiring import list_cautions
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json
from cactions.cli.signals import Interrupted
from cactions.cli.worker_service import WorkerService
from cactions.edges.notice_command import parse_notice_command
from cactions.logic.documents.cluster import worker_to_json
from cactions.model import UsageError

Idle = Annotated[
    bool, typer.Option("--until-idle", help="End when nothing is to be done, for scripts.")
]
Notify = Annotated[
    str | None,
    typer.Option(
        "--notify",
        metavar="COMMAND",
        help="A program, with its arguments, that reads what became of a scheduled run on its"
        " stdin, as JSON. See `cactions help schedules`.",
    ),
]


@network_options
def command(
    options: LiveOptions,
    threads: Threads = THREADS,
    idle: Idle = False,
    notify: Notify = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Carry out runs that `run --cluster` or a schedule has begun, until a signal comes.

    It needs the action files, the vault and its key, and CACTIONS_DATABASE. A part of a run that
    was begun is ended first, and a second signal does not wait for that; what a worker leaves,
    another one finishes. Exit code 0 when a signal ends it.

    Example: cactions worker
    """
    home = open_project(files, environment, options, leaks=False)
    if home.session is None:
        raise UsageError(
            "these files belong to a local workspace, whose runs are on this machine alone",
            hint="Write `workspace: {kind: intercom, region: us, token: {secret: NAME}}`.",
        )
    shared = require_shared_database(home.folder, home.cover)
    shared.check_worker(waits=not idle)
    words = () if notify is None else parse_notice_command(notify, os.environ)
    say = wiring.create_output().info
    name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
    say(f"The worker {name} waits for runs in {shared.database}.")
    for caution in list_cautions(options):
        say(caution)
    place = WorkerProject(files, environment, replace(options, cautioned=True), threads)
    progress.observe_requests(lambda: None)  # a worker says what it does with each part
    service = WorkerService(shared, place, home, name)
    notifier = Notifier(shared, words, say) if words else None
    with suppress(KeyboardInterrupt, Interrupted):
        service.serve(idle=idle)
    if notifier:
        notifier.close()
    if json:
        wiring.write_json(worker_to_json(name, service.parts, service.people))
    say(f"The worker {name} has ended: {service.describe()}.")
