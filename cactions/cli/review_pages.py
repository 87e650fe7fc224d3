"""Review pages as files: of a diff, of a run, and of what ``validate`` finds."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cactions.app.propose import Job
from cactions.app.run_summary import count_plan, count_run
from cactions.cli import streams, wiring
from cactions.cli.output_files import write_lines
from cactions.model import (
    Outcome,
    Plan,
    PlanFailure,
    PlanSummary,
    Run,
    RunEntry,
    WorkspaceName,
)
from cactions.render.page.run_page import RunPage, write_run_page
from cactions.render.text import View

_GZIP: Final = 31
"""The largest window, with the head of gzip."""


def write_bulk_page(
    path: Path, entries: Iterable[RunEntry], summary: PlanSummary, run: Run
) -> None:
    """The page of a run for many people, before and after it is carried out."""
    has_begun = run.finished or run.counts.outcomes.get(Outcome.APPLIED, 0) > 0
    begun = run if has_begun else None
    page = RunPage(summary, run.head.workspace, run.head.action, begun)
    write_lines(path, write_run_page(entries, page))
    if not begun:
        _tell(path)


def write_kept_page(path: Path, run: Run) -> None:
    """The page of a run that is kept. Raises UsageError."""
    _write(path, run.entries, build_kept_page(run))


def build_kept_page(run: Run) -> RunPage:
    """What the page of a kept run tells beside its entries."""
    return RunPage(count_run(run), run.head.workspace, run.head.action, run)


def compress_kept_page(run: Run) -> bytes:
    """The page of a run that is kept, by gzip: nothing of it is put on the disk."""
    return compress_page(write_run_page(run.entries, build_kept_page(run)))


def compress_page(pieces: Iterable[str]) -> bytes:
    """A page by gzip, without known secrets; a tenth of its size."""
    packer = zlib.compressobj(wbits=_GZIP)
    parts = [packer.compress(streams.mask_text(piece).encode()) for piece in pieces]
    return b"".join([*parts, packer.flush()])


def write_person_page(
    path: Path, job: Job, result: Plan | PlanFailure, workspace: WorkspaceName, view: View
) -> None:
    """The page of one person's diff. Raises UsageError."""
    entry, summary = count_plan(job, result)
    page = RunPage(summary, workspace, job.action.name, view=streams.mask_view(view))
    _write(path, [entry], page)


def _write(path: Path, entries: Iterable[RunEntry], page: RunPage) -> None:
    write_lines(path, write_run_page(entries, page))
    _tell(path)


def _tell(path: Path) -> None:
    """Who can read it; an older file keeps its mode, and a device or a pipe has no reader."""
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        who = "it is not a file, so who can read it is up to you"
    elif mode & (stat.S_IRWXG | stat.S_IRWXO):
        who = "others can read it, too"
    else:
        who = f"only you can read it (mode {stat.S_IMODE(mode):04o})"
    wiring.create_output().info(f"The review page is {path}. It holds values of people; {who}.")
