"""Writes what was pulled into a folder that may be a project already, so that it stays valid."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import chain, count
from pathlib import Path

from cactions.app.connectors.pull import ConnectorPull, PullTarget
from cactions.cli import progress, streams, wiring
from cactions.cli.output_files import format_project_file
from cactions.edges.files import action_files
from cactions.edges.files.pulled_files import PulledFiles, write_pulled_files
from cactions.logic import documents
from cactions.logic.connectors.pull_fit import choose_fitting_files
from cactions.logic.connectors.pulled_project import ADDED_FILE, SHARED_FILE
from cactions.logic.project import SourceFile
from cactions.model import SNAPSHOT_FILE
from cactions.render.pull import PullSummary, render_pull


def read_target(folder: Path, named: Sequence[Path] | None = None) -> PullTarget:
    """The action files of a folder, and those that were named."""
    if not os.path.isdir(folder):  # noqa: PTH112 - never raises
        return PullTarget()
    paths = action_files.list_whole_folder(folder, [folder / SHARED_FILE, *(named or ())])
    there = [path for path in paths if path.name != SHARED_FILE or os.path.lexists(path)]
    files = [path for path in there if not os.path.isdir(path)]  # noqa: PTH112 - never raises
    read = zip(files, action_files.load(files), strict=True)
    return PullTarget([SourceFile(path.name, file.data) for path, file in read])


def keep_files(
    folder: Path, target: PullTarget, found: ConnectorPull, *, update: bool, tell: bool = True
) -> tuple[PulledFiles, Mapping[str, str]]:
    """Write the files that fit, and the snapshot; say what was written, on stderr.

    Also returns why each other one was left out.
    """
    there = {file.name: file.data for file in target.files}
    texts = {name: streams.mask_text(text) for name, text in found.files.items()}
    if found.pulled.added and SHARED_FILE in there:
        texts[_find_free(there)] = streams.mask_text(found.pulled.added)
    fit = choose_fitting_files(
        target.files,
        {
            name: text
            for name, text in texts.items()
            if name not in there or (update and name not in found.authored)
        },
        found.inventory.snapshot,
    )
    left_out = {name: error.message for name, error in fit.left_out.items()}
    kept = write_pulled_files(
        folder,
        {name: text for name, text in texts.items() if name not in left_out},
        update=update,
        authored=found.authored,
    )
    progress.mark_stored()
    snapshot = documents.snapshot_to_json(found.inventory.snapshot)
    more = {SNAPSHOT_FILE: format_project_file(snapshot)}
    kept = kept.join(write_pulled_files(folder, more, update=True))
    if tell:
        _tell(folder, found, kept, left_out)
    return kept, left_out


def _find_free(there: Mapping[str, bytes]) -> str:
    """The name of a file of what is added that is not there yet."""
    more = (ADDED_FILE.replace(".yaml", f"_{number}.yaml") for number in count(2))
    return next(name for name in chain([ADDED_FILE], more) if name not in there)


def _tell(
    folder: Path, found: ConnectorPull, kept: PulledFiles, left_out: Mapping[str, str]
) -> None:
    summary = PullSummary(
        str(folder),
        kept.by_kind,
        found.authored,
        found.pulled.seals,
        found.pulled.count_notes(),
        found.holes,
        left_out,
    )
    wiring.create_output().print_err(render_pull(summary))
