"""``cactions connectors pull``: the workspace's connectors as action files, for git."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.app.connectors.pull import SNAPSHOT, ConnectorPull, pull_connectors
from cactions.cli import progress, streams, wiring
from cactions.cli.live_connectors import open_live_connectors
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.options import Files, Json
from cactions.edges.clock import SystemClock
from cactions.edges.files.file_io import read_text
from cactions.edges.files.pulled_files import PulledFiles, write_pulled_files
from cactions.logic import documents
from cactions.logic.connectors.pulled_project import SHARED_FILE
from cactions.model import IntercomConnection
from cactions.render.pull import render_pull

_WORKSPACE: Final = "\nworkspace:"
"""At the left edge of a file that was pulled."""

Update = Annotated[bool, typer.Option("--update", help="Replace files that are there and differ.")]


@network_options
def pull(
    options: LiveOptions, update: Update = False, files: Files = None, json: Json = False
) -> None:
    """Write the workspace's connectors as action files, one for each. Nothing is changed there.

    A file that is there and differs is kept unless --update is given. What Intercom hides, such as
    the values of headers, is named with the commands that seal it.

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
                kept.written,
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
    snapshot = json.dumps(documents.snapshot_to_json(found.snapshot), ensure_ascii=False, indent=2)
    texts = {name: streams.mask_text(text) for name, text in found.files.items()}
    kept = write_pulled_files(folder, texts, update=update)
    fresh = write_pulled_files(folder, {SNAPSHOT: f"{snapshot}\n"}, update=True)
    kept = PulledFiles((*kept.written, *fresh.written), kept.unchanged, kept.kept)
    if tell:
        view = render_pull(
            str(folder),
            (kept.written, kept.unchanged, kept.kept),
            found.pulled.seals,
            found.pulled.count_notes(),
            found.holes,
        )
        wiring.create_output().print_err(view)
    return kept
