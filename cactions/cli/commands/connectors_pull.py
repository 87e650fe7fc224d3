"""``cactions connectors pull``: the workspace's connectors as action files, for git."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.app.connectors.pull import pull_connectors
from cactions.cli import progress, wiring
from cactions.cli.live_connectors import open_live_connectors
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.options import Files, Json
from cactions.cli.pull_files import keep_files, read_target
from cactions.edges.clock import SystemClock
from cactions.logic import documents

Update = Annotated[bool, typer.Option("--update", help="Replace files that are there and differ.")]


@network_options
def pull(
    options: LiveOptions, update: Update = False, files: Files = None, json: Json = False
) -> None:
    """Write the workspace's connectors as action files, one for each. Nothing is changed there.

    A file that is there and differs is kept unless --update is given.

    One that holds what Intercom does not know, such as same_person or tests, is always kept.

    A file that would make the project invalid is left out, with the reason.

    What Intercom hides is named with the commands that seal it.

    Example: cactions connectors pull
    """
    opened = open_live_connectors(files, options)
    folder = opened.home.folder if opened.home else Path()
    target = read_target(folder, files)
    found = pull_connectors(opened.api, SystemClock(), target, opened.connection)
    progress.mark_written()
    kept, left_out = keep_files(folder, target, found, update=update, tell=not json)
    if json:
        wiring.write_json(
            documents.pull_to_json(
                kept.by_kind, left_out, found.pulled.seals, found.pulled.count_notes()
            )
        )
