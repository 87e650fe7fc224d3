"""The Typer application: every command with its options and its help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from inspect import cleandoc
from types import ModuleType
from typing import Any, Final

import typer
from typer.main import get_command

from cactions import __version__
from cactions.cli.exit_codes import Exit
from cactions.cli.strict_command import StrictCommand
from cactions.cli.usage_errors import MISUSE, to_usage_error

COMMANDS: Final = (
    "init", "new", "validate", "explain", "request", "test", "watch", "probe", "diff", "publish",
    "live", "run", "runs", "review", "people", "attributes", "connectors", "tokens", "vault",
    "cluster", "worker", "identity", "audit", "doctor", "config", "completion", "schema", "help",
)  # fmt: skip
"""In the order in which help lists them; each is a module of ``cli/commands``."""


_MOST_OWNERS: Final = 3
_BREAK: Final = "\n\n"
"""Between paragraphs of a help text."""


def run_command(words: list[str]) -> int:
    """Do what the words say; the exit code. Raises UsageError where they do not fit."""
    try:
        code = build_application(words)(words, prog_name="cactions", standalone_mode=False)
    except MISUSE as complaint:
        command = " ".join(["cactions", *(word for word in words[:1] if word in COMMANDS)])
        if error := to_usage_error(complaint, command, list_owners):
            raise error from complaint
        return Exit.MISUSE
    return code if isinstance(code, int) else Exit.CLEAN


def build_application(words: list[str]) -> typer.Typer:
    """The application with the commands that these words may mean."""
    app = typer.Typer(
        name="cactions",
        help="Plan-and-apply for Intercom custom actions: see what would be overwritten, first.",
        epilog="From an empty folder to an applied change: cactions help start\n\n"
        "Step by step, to a published action: cactions help tutorial",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_accept_global_options)
    for name, module in load_commands(words):
        commands = getattr(module, "commands", None)
        if commands is not None:
            app.add_typer(commands, name=name)
        else:
            app.command(name)(module.command)
    _prepare_commands(app)
    return app


def list_owners(option: str) -> list[str]:
    """The first commands that have an option; none where it is no whole name."""
    commands: list[tuple[tuple[str, ...], Any]] = [
        (("cactions",), get_command(build_application([])))
    ]
    owners: list[str] = []
    for words, command in commands:
        commands += [
            ((*words, name), below) for name, below in getattr(command, "commands", {}).items()
        ]
        if len(words) > 1 and any(option in param.opts for param in command.params):
            owners.append(" ".join(words[1:]))
    return owners[:_MOST_OWNERS] if option.startswith("--") else []


def _prepare_commands(app: typer.Typer) -> None:
    """Make every command strict, and let help wrap its paragraphs: Typer keeps line breaks.

    The help of a group ends with the example of its first command.
    """
    for command in app.registered_commands:
        command.cls = StrictCommand
        text = cleandoc(command.help or (command.callback and command.callback.__doc__) or "")
        command.help = _BREAK.join(" ".join(part.split()) for part in text.split(_BREAK))
    for group in app.registered_groups:
        if group.typer_instance:
            _prepare_commands(group.typer_instance)
            first = group.typer_instance.registered_commands[0].help or ""
            group.help = f"{group.typer_instance.info.help}{_BREAK}{first.rpartition(_BREAK)[2]}"


def load_commands(words: Sequence[str]) -> Iterator[tuple[str, ModuleType]]:
    """The command that the words begin with; all of them where they begin with something else.

    Importing only that one keeps the start short.
    """
    named = [name for name in COMMANDS if [name] == list(words[:1])]
    for name in named or COMMANDS:
        yield name, import_module(f"cactions.cli.commands.{name}")


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
