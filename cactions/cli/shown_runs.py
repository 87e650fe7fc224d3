"""Runs to be shown: the action files have the last word on what of them is redacted.

The file of a run can be older than the action files, or forged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from cactions.cli import wiring
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.run_lock import list_running
from cactions.logic.project.stored_run import redact_shown
from cactions.model import CactionsError, Reference, Run


def open_shown_journal(paths: Sequence[Path] | None) -> LocalJournal:
    """The runs of a folder. Action files with errors count as far as they can be understood."""
    home = wiring.find_folder(paths)
    redacted: frozenset[Reference] = frozenset()
    with suppress(CactionsError):  # they cannot be read at all
        found = wiring.load_projects(paths or (), None, leaks=False)
        redacted = frozenset().union(*(each.partial.redacted for each in found if each.partial))
    return LocalJournal(
        home / wiring.STATE,
        wiring.create_row_cipher(home),
        redact=lambda entry: redact_shown(entry, redacted) if redacted else entry,
    )


def mark_running(runs: Iterable[Run], paths: Sequence[Path] | None) -> list[Run]:
    """The runs of a folder; those that other processes are writing now say so."""
    running = list_running(wiring.find_folder(paths) / wiring.STATE)
    return [replace(run, running=True) if run.head.id in running else run for run in runs]


def redact_run(run: Run, redacted: frozenset[Reference]) -> Run:
    """A run of few people as it may be shown."""
    return replace(run, entries=tuple(redact_shown(entry, redacted) for entry in run.entries))
