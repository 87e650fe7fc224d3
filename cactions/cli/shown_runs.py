"""Runs to be shown: the action files have the last word on what of them is redacted.

The file of a run can be older than the action files, or forged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path

from msgspec.structs import replace

from cactions.app.run_archive import RunArchive
from cactions.app.run_lock_port import RunLock
from cactions.cli import wiring
from cactions.cli.cluster_wiring import (
    SharedDatabase,
    find_shared_database,
    require_shared_database,
)
from cactions.cli.journal_wiring import open_run_lock
from cactions.edges.store.journal import LocalJournal
from cactions.logic.project.stored_run import redact_shown
from cactions.logic.shell import join_command
from cactions.model import CactionsError, Project, Reference, Run, RunEntry
from cactions.render.messages import count_noun


def open_shown_journal(paths: Sequence[Path] | None) -> RunArchive:
    """The runs of a folder. Action files with errors count as far as they can be understood."""
    home = wiring.find_folder(paths)
    found = _load_partial(paths)
    redacted = frozenset[Reference]().union(*(each.redacted for each in found))

    def redact(entry: RunEntry) -> RunEntry:
        return redact_shown(entry, redacted) if redacted else entry

    if shared := _find_shared(home, found):
        return shared.open_journal(redact)
    return LocalJournal(home / wiring.STATE, wiring.create_row_cipher(home), redact=redact)


def describe_local_runs(shown: RunArchive, paths: Sequence[Path] | None) -> str:
    """That this machine has runs beside those of the database; empty where it has none."""
    if isinstance(shown, LocalJournal):
        return ""
    home = wiring.find_folder(paths)
    with closing(LocalJournal(home / wiring.STATE, wiring.create_row_cipher(home))) as local:
        found = [head.id for head in local.list_recent(0)]
    if not found:
        return ""
    move = join_command(("cluster", "import"), found[0])
    return (
        f"{count_noun(len(found), 'run')} in {wiring.STATE} of this machine, from before the"
        f" database: not shown here. `{move}` moves the newest."
    )


def open_shown_lock(shown: RunArchive, paths: Sequence[Path] | None) -> RunLock:
    """The lock that keeps two runs of an action apart, for a run that was shown."""
    home = wiring.find_folder(paths)
    if isinstance(shown, LocalJournal):
        return open_run_lock(home)
    return require_shared_database(home).open_lock()


def _load_partial(paths: Sequence[Path] | None) -> list[Project]:
    """What can be understood of the action files; nothing where they cannot be read at all."""
    with suppress(CactionsError):
        found = wiring.load_projects(paths or (), None, leaks=False)
        return [each.partial for each in found if each.partial]
    return []


def _find_shared(home: Path, found: Sequence[Project]) -> SharedDatabase | None:
    """The database that has the runs; files that cannot be understood may be of either kind."""
    if not all(each.workspace.intercom for each in found):
        return None
    return find_shared_database(home)


def mark_running(runs: Iterable[Run], shown: RunArchive) -> list[Run]:
    """The runs; those that other processes are writing now say so."""
    running = shown.list_running()
    return [replace(run, running=True) if run.head.id in running else run for run in runs]


def redact_run(run: Run, redacted: frozenset[Reference]) -> Run:
    """A run of few people as it may be shown."""
    return replace(run, entries=tuple(redact_shown(entry, redacted) for entry in run.entries))
