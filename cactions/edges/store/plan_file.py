"""Saved plans: the file of a run that has not started, copied to a place that the operator names.

The copy holds what the journal holds, sealed in the same way. A plan is started by taking it into
the journal under its own id, which only one process can do, once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from cactions.edges.files.confined_paths import open_for_reading
from cactions.edges.files.file_io import (
    MIB,
    build_read_error,
    open_private_draft,
    publish_file,
    store_errors,
    write_pieces,
)
from cactions.edges.store.row_encryption import RowCipher
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.sqlite_files import delete_database, delete_draft_databases
from cactions.logic.shell import join_command
from cactions.model import StoreError, UsageError

_MAGIC: Final = b"SQLite format 3\0"


def save_plan(source: Path, target: Path) -> None:
    """Copy a run's file, which no one writes, to ``target``; private. Raises UsageError."""
    with store_errors(source), source.open("rb") as file:
        write_pieces(target, iter(partial(file.read, MIB), b""), private=True)


@contextmanager
def copy_plan(source: Path, folder: Path, cipher: RowCipher) -> Iterator[tuple[Path, str]]:
    """A private copy of a saved plan as a draft in the folder of runs, and its run id.

    Raises UsageError for a file that cannot be read, and for what is no plan (any more), StoreError
    for a damaged one.
    """
    delete_draft_databases(folder)
    with open_private_draft(folder, ".plan-") as draft:
        try:
            try:
                _copy(source, draft)
            except OSError as error:
                raise build_read_error(source, error) from error
            run = RunDatabase.existing(draft, cipher)
            assert run, "the draft is there"
            try:
                run_id = run.read_plan_id()
                run.settle_log()
            finally:
                run.close()
            yield draft, run_id
        finally:
            _discard(draft)


def _copy(source: Path, draft: Path) -> None:
    """Copy what begins as a plan does, so that nothing endless is read."""
    with open(open_for_reading(source), "rb") as old, draft.open("wb") as new:  # noqa: PTH123
        start = old.read(len(_MAGIC))
        if start != _MAGIC:
            raise UsageError(
                f"{source} is no saved plan", hint="`cactions diff ACTION --out PLAN` saves one."
            )
        new.write(start)
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def start_plan(draft: Path, path: Path, number: int) -> None:
    """Give the draft its place among the runs. Raises UsageError if the plan was started before."""
    run = RunDatabase.existing(draft)
    assert run, "the draft is there"
    try:
        run.set_number(number)
    finally:
        run.close()
    try:
        publish_file(draft, path)
    except FileExistsError:
        raise build_started_error(path.stem) from None


def build_started_error(run_id: str) -> UsageError:
    """The error for a plan whose run is in the journal."""
    return UsageError(
        f"this plan was started before, as run {run_id}: a plan is carried out once",
        hint=f"`{join_command(('runs', 'show'), run_id)}` tells what became of it;"
        f" `{join_command(('runs', 'resume'), run_id)}` finishes it if it was cut off.",
    )


def _discard(draft: Path) -> None:
    """Delete a draft and what SQLite has put beside it."""
    with suppress(StoreError):
        delete_database(draft)
