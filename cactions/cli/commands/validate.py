"""``cactions validate``: everything that is wrong with the action files, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.cli.commands.validate_report import FixMode, ValidateOptions, validate
from cactions.cli.formats import Format, choose_format
from cactions.cli.options import Environment, Files, Json, Quiet, ReviewPage
from cactions.edges.files.action_files import to_path
from cactions.edges.files.nested_folders import list_nested_paths
from cactions.model import Severity, UsageError


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES]", parser=to_path, help="Action files, or - for stdin."),
    ] = None,
    files: Files = None,
    environment: Environment = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="Output format. Default: text.")
    ] = None,
    json: Json = False,
    fail_on: Annotated[
        Severity, typer.Option("--fail-on", help="Lowest severity that makes the exit code 1.")
    ] = Severity.ERROR,
    fix: Annotated[
        bool, typer.Option("--fix", help="Apply the safe fixes, then tell what is left.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what --fix would change, and change nothing.")
    ] = False,
    only: Annotated[
        bool,
        typer.Option("--only", help="Check the FILES alone, without the others of their folder."),
    ] = False,
    recursive: Annotated[
        bool,
        typer.Option("--recursive", "-r", help="With folders, all folders below them, too."),
    ] = False,
    stdin: Annotated[
        Path | None,
        typer.Option(
            "--stdin-filename",
            metavar="NAME",
            help="With -: the file that stdin stands for, in its folder.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the findings into this file, in any format. Default: stdout.",
        ),
    ] = None,
    html: ReviewPage = None,
    quiet: Quiet = False,
) -> None:
    """Validate action files and find data leaks between users.

    A file is checked together with all action files of its folder, because what one action writes
    can be what another one reads. Exit code 0 when no error is found, else 1.

    Example: cactions validate actions.yaml
    """
    named = [*(paths or []), *(files or [])]
    options = ValidateOptions(
        list_nested_paths(named) if recursive else named,
        environment,
        choose_format(form, json),
        quiet,
        fail_on,
        _choose_fix_mode(fix, diff),
        stdin,
        only,
        output,
        html,
    )
    if options.fixing is FixMode.OFFERED:
        raise typer.Exit(validate(options))
    from cactions.cli.commands.validate_fix import run_fix

    raise typer.Exit(run_fix(options))


def _choose_fix_mode(fix: bool, diff: bool) -> FixMode:
    if fix and diff:
        raise UsageError("--fix changes files and --diff does not", hint="Keep one of them.")
    return FixMode.WRITTEN if fix else FixMode.SHOWN if diff else FixMode.OFFERED
