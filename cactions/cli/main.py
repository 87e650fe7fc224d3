"""The one way in and out of the command line: the only place where an error becomes words."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Final

import typer

from cactions import __version__
from cactions.cli import wiring
from cactions.cli.exits import Exit
from cactions.model import (
    AuthorError,
    CactionsError,
    OperatorError,
    StoreError,
)

_CODES: Final = (
    (OperatorError, Exit.MISUSE),
    (AuthorError, Exit.NOTHING_DONE),
    (StoreError, Exit.NOTHING_DONE),
)
_NOTHING: Final = "Nothing was sent and nothing was written."
_NOT_DONE: Final = {
    Exit.MISUSE: _NOTHING,
    Exit.NOTHING_DONE: "What was not finished is listed by `cactions runs list`.",
    Exit.FINDINGS: "Nothing was written.",
}
_NOT_SURE: Final = "If a run was under way, `cactions runs list` says how far it came."


class Interrupted(BaseException):
    """A signal asked us to stop; ``code`` is the exit code that says which."""

    def __init__(self, code: Exit) -> None:
        super().__init__(code)
        self.code = code


def run() -> int:
    """Run the command line; the exit code."""
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    try:
        _application(sys.argv[1:])(prog_name="cactions")
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else Exit.INTERNAL
    except Interrupted as stopped:
        return stopped.code
    except BrokenPipeError:
        return _quietly()
    except CactionsError as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001 - the last net: a report, never a traceback
        wiring.paper().complain(error, not_done=_NOT_SURE)
        return Exit.INTERNAL
    return Exit.CLEAN


def _application(words: list[str]) -> typer.Typer:
    """The commands that these words may mean; importing the others would only cost time."""
    app = typer.Typer(
        name="cactions",
        help="Plan-and-apply for Intercom custom actions: see what would be overwritten, first.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    for name, module in wiring.commands(words):
        commands = getattr(module, "commands", None)
        if commands is not None:
            app.add_typer(commands, name=name)
        else:
            app.command(name)(module.command)
    return app


def _options(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        typer.echo(f"cactions {__version__}")
        raise typer.Exit


def _told(error: CactionsError) -> int:
    """Say it once, with what was not done; the exit code by whose fault it is."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), Exit.FINDINGS)
    wiring.paper().complain(error, not_done=_NOT_DONE[code])
    return code


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Interrupted(Exit.TERMINATED if number == signal.SIGTERM else Exit.INTERRUPTED)


def _quietly() -> int:
    """Whoever read our output has gone; there is nobody to tell."""
    sys.stderr.close()
    return Exit.CLEAN
