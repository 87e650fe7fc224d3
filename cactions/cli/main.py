"""The one way in and out of the command line: the only place where an error becomes words.

Law: whatever happens, the exit code is one of ``Exit``, and no traceback is shown unasked.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import Final

from cactions.cli import json_ends, json_output, progress, stdin_readers, streams, wiring
from cactions.cli.app import run_command
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import count_request
from cactions.cli.signals import (
    Interrupted,
    choose_interrupt_code,
    leave_at_once,
    set_signal_handler,
    stop_once,
)
from cactions.edges.files.confined_paths import forget_projects
from cactions.model import (
    CactionsError,
    DefinitionError,
    ErrorKind,
    RunAborted,
    StoreError,
    UsageError,
)
from cactions.render.error import is_output_error

_CODES: Final = ((UsageError, Exit.MISUSE), (DefinitionError, Exit.NOTHING_DONE))
_DEBUG: Final = "--debug"
_HELP: Final = {"--help", "-h"}


def run() -> int:
    """Run the command of the command line, and return its exit code."""
    words = [word for word in sys.argv[1:] if word != _DEBUG]
    debug = len(words) < len(sys.argv) - 1 or os.environ.get("CACTIONS_DEBUG", "") not in ("", "0")
    try:
        return _run_to_report(words, debug=debug)
    except (Interrupted, KeyboardInterrupt) as stopped:
        return _report_interrupt(stopped, words)
    finally:
        progress.run_exit_hooks()
        forget_projects()
        json_output.start(())
        set_signal_handler(signal.SIG_DFL)


def _run_to_report(words: list[str], *, debug: bool) -> int:
    """The exit code of a command that came to its end or to an error, which leaves as a whole."""
    try:
        return _run_to_exit_code(words)
    except BrokenPipeError as error:
        set_signal_handler(leave_at_once)
        json_ends.leave_json_error(error, progress.get_not_done_message(words), Exit.UNREAD)
        streams.give_up(sys.stdout, sys.stderr)
        return Exit.UNREAD
    except Exception as error:  # noqa: BLE001 - the last net: a report, never a traceback
        set_signal_handler(leave_at_once)
        return _report_error(error, words, debug=debug)


def _run_to_exit_code(words: list[str]) -> int:
    """The exit code of a command that came to its end."""
    progress.start()
    stdin_readers.forget_readers()
    progress.observe_requests(count_request)
    json_output.start(words)
    set_signal_handler(stop_once)
    streams.prepare()
    _check_place()
    try:
        code = run_command(words)
        if code == Exit.CLEAN and progress.is_declined():
            code = Exit.NOTHING_DONE
        set_signal_handler(leave_at_once)
        json_ends.leave_json(needs_document=_HELP.isdisjoint(words))
        progress.run_exit_hooks()
        streams.finish()
    except SystemExit as left:  # so does Typer where the reader has gone
        raise (left.__context__ or left) from None
    return code


def _check_place() -> None:
    """Raises UsageError where the current folder was deleted: no path means anything then."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not needed for it
    except OSError:
        raise UsageError(
            "the current folder is gone", hint="Change to a folder that is there, then try again."
        ) from None


def _report_error(error: Exception, words: list[str], *, debug: bool) -> int:
    """Say it once, with what was not done; the exit code by whose fault it is."""
    not_done = progress.get_not_done_message(words, error)
    json_ends.leave_json_error(error, not_done, _choose_exit_code(error))
    if is_output_error(error):
        streams.give_up(sys.stdout)
    try:
        wiring.create_output().error(error, not_done=not_done, debug=debug)
        with streams.ignore_full_stderr():
            sys.stderr.flush()
    except (OSError, ValueError):  # there is nowhere left to say it
        streams.give_up(sys.stderr)
    return _choose_exit_code(error)


def _choose_exit_code(error: Exception) -> Exit:
    if isinstance(error, RunAborted):
        return Exit.FINDINGS if error.written else Exit.NOTHING_DONE
    if isinstance(error, StoreError) or is_output_error(error):
        if progress.is_unknown_after(error):
            return Exit.OUTCOME_UNKNOWN
        return Exit.FINDINGS if progress.has_stored() else Exit.NOTHING_DONE
    if not isinstance(error, CactionsError):
        return Exit.INTERNAL
    if progress.has_stored():
        return Exit.FINDINGS
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FINDINGS)


def _report_interrupt(stopped: Interrupted | KeyboardInterrupt, words: list[str]) -> int:
    code = choose_interrupt_code(stopped)
    kind = ErrorKind.TERMINATED if code is Exit.TERMINATED else ErrorKind.INTERRUPTED
    not_done = progress.get_not_done_message(words)
    json_ends.leave_json_error(kind, not_done, code)
    with suppress(OSError, ValueError):
        sys.stderr.write("\n" * sys.stderr.isatty())
        wiring.create_output().info(f"{kind.value.capitalize()}. {not_done}")
    streams.give_up(sys.stdout)
    return code
