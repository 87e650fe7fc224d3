"""``cactions connectors pull``: the workspace's connectors as action files, for git."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.app.connectors.pull import ConnectorPull, pull_connectors
from cactions.cli import progress, streams, wiring
from cactions.cli.live_connectors import open_live_connectors
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.options import Files, Json
from cactions.cli.output_files import format_project_file
from cactions.edges.clock import SystemClock
from cactions.edges.files.file_io import read_text
from cactions.edges.files.pulled_files import PulledFiles, write_pulled_files
from cactions.logic import documents
from cactions.logic.connectors.pulled_project import SHARED_FILE, TOKENS_FILE
from cactions.model import SNAPSHOT_FILE, IntercomConnection
from cactions.render.pull import PullSummary, render_pull

_WORKSPACE: Final = "\nworkspace:"
"""At the left edge of a file that was pulled."""

Update = Annotated[bool, typer.Option("--update", help="Replace files that are there and differ.")]


@network_options
def pull(
    options: LiveOptions, update: Update = False, files: Files = None, json: Json = False
) -> None:
    """Write the workspace's connectors as action files, one for each. Nothing is changed there.

    A file that is there and differs is kept unless --update is given.

    One that holds what Intercom does not know, such as same_person or tests, is always kept.

    What Intercom hides is named with the commands that seal it.

    Example: cactions connectors pull
    """
    opened = open_live_connectors(files, options)
    folder = opened.home.folder if opened.home else Path()
    project = opened.home.project if opened.home else None
    connection = _choose_connection(folder, opened.connection, has_files=project is not None)
    found = pull_connectors(opened.api, SystemClock(), project, connection)
    progress.mark_written()
    kept = keep_files(folder, found, update=update, tell=not json)
    if json:
        wiring.write_json(
            documents.pull_to_json(
                (*kept.written, *kept.replaced),
                kept.unchanged,
                kept.kept,
                found.pulled.seals,
                found.pulled.count_notes(),
            )
        )


def _choose_connection(
    folder: Path, connection: IntercomConnection, *, has_files: bool
) -> IntercomConnection | None:
    """That of the shared file; None where the workspace stands in a file of another name."""
    if not has_files:
        return connection
    path = folder / SHARED_FILE
    stands = path.exists() and _WORKSPACE in f"\n{read_text(path)}"
    return connection if stands else None


def keep_files(
    folder: Path, found: ConnectorPull, *, update: bool, tell: bool = True
) -> PulledFiles:
    """Write the files and the snapshot; say what was written, on stderr."""
    texts = {name: streams.mask_text(text) for name, text in found.files.items()}
    kept = write_pulled_files(folder, texts, update=update, authored=found.authored)
    snapshot = documents.snapshot_to_json(found.inventory.snapshot)
    more = {SNAPSHOT_FILE: format_project_file(snapshot)}
    if SHARED_FILE in kept.kept and found.pulled.added_tokens:
        more[TOKENS_FILE] = found.pulled.added_tokens
    kept = kept.join(write_pulled_files(folder, more, update=True))
    if tell:
        summary = PullSummary(
            str(folder),
            {
                "written": kept.written,
                "replaced": kept.replaced,
                "unchanged": kept.unchanged,
                "kept": kept.kept,
            },
            found.authored,
            found.pulled.seals,
            found.pulled.count_notes(),
            found.holes,
        )
        wiring.create_output().print_err(render_pull(summary))
    return kept
