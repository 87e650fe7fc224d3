"""``cactions watch``: validates and replays tests again on each save, until Ctrl-C."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.cli import reporters, wiring
from cactions.cli.commands.watch_session import WatchSession
from cactions.cli.exit_codes import Exit
from cactions.cli.options import Environment, Files, Json
from cactions.cli.signals import Interrupted, choose_interrupt_code
from cactions.edges.files.action_files import STDIN, to_path
from cactions.edges.files.file_watch import FileWatcher
from cactions.model import CactionsError, UsageError, WatchReport


def command(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]", parser=to_path, help="Action files.")
    ] = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Validate and replay the tests again on each save, until Ctrl-C.

    Findings are those of `cactions validate`; the tests of what has changed are replayed from
    their recordings. Nothing is sent, and no vault is unlocked.

    With --json, each time is one line of JSON. Exit code 0 when Ctrl-C ends it.

    Example: cactions watch actions.yaml
    """
    named = [*(paths or []), *(files or [])]
    if STDIN in named:
        raise UsageError("watch reads files, not stdin", hint="Name the file itself.")
    try:
        watch_files(named, environment, json=json)
    except (Interrupted, KeyboardInterrupt) as stopped:
        if choose_interrupt_code(stopped) is not Exit.INTERRUPTED:
            raise
        sys.stderr.write("\n" * sys.stderr.isatty())


def watch_files(paths: Sequence[Path], environment: str | None, *, json: bool) -> None:
    """Show what is found, and again after each change, without an end.

    Raises CactionsError where the files cannot be read at the beginning; what goes wrong later is
    shown, and may be right again after the next change.
    """
    session = WatchSession(paths, environment)
    watcher = FileWatcher(session.folders)
    report = session.check_files(watcher.stamps)
    while True:
        if watcher.add_folders(session.folders):
            again = _check_again(session, watcher)
            report = replace(again, changed=report.changed, replayed=report.replayed)
        _show(report, json=json)
        changed = watcher.wait_for_changes()
        report = replace(_check_again(session, watcher), changed=changed)


def _check_again(session: WatchSession, watcher: FileWatcher) -> WatchReport:
    try:
        return session.check_files(watcher.stamps)
    except CactionsError as error:
        return WatchReport(None, error=error)


def _show(report: WatchReport, *, json: bool) -> None:
    if json:
        reporters.report_watch_as_json(report)
    else:
        reporters.report_watch(report, time.strftime("%H:%M:%S"))
    wiring.create_output().stdout.flush()
