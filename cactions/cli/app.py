"""The Typer application: every command with its options and its help."""

from __future__ import annotations

import typer

from cactions import __version__
from cactions.cli import wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.usage_errors import MISUSE, to_usage_error


def run_command(words: list[str]) -> int:
    """Do what the words say; the exit code. Raises UsageError where they do not fit."""
    try:
        code = _load_application(words)(words, prog_name="cactions", standalone_mode=False)
    except MISUSE as complaint:
        if error := to_usage_error(complaint, words):
            raise error from complaint
        return Exit.MISUSE
    return code if isinstance(code, int) else Exit.CLEAN


def _load_application(words: list[str]) -> typer.Typer:
    """The commands that these words may mean; importing the others would only cost time."""
    app = typer.Typer(
        name="cactions",
        help="Plan-and-apply for Intercom custom actions: see what would be overwritten, first.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_accept_global_options)
    for name, module in wiring.load_commands(words):
        commands = getattr(module, "commands", None)
        if commands is not None:
            app.add_typer(commands, name=name)
        else:
            app.command(name)(module.command)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"cactions {__version__}")
        raise typer.Exit


def _accept_global_options(
    *,
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and stop.",
        callback=_print_version,
        is_eager=True,
    ),
    debug: bool = typer.Option(
        False, "--debug", help="Show where an error came from; also CACTIONS_DEBUG=1."
    ),
) -> None:
    """What may stand before the name of a command."""
