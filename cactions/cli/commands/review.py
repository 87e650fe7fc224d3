"""``cactions review``: the review page in a browser of this machine."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from cactions.cli import wiring
from cactions.cli.commands.runs import read_run
from cactions.cli.commands.validate_report import ValidateOptions, build_validated_report
from cactions.cli.options import Environment, Files, Json
from cactions.cli.reporters import compress_findings_page, compress_run_page
from cactions.cli.shown_runs import mark_running, open_shown_journal
from cactions.cli.vault_options import key_options
from cactions.model import UsageError

_MINUTES: Final = 15
_MOST_MINUTES: Final = 24 * 60


@key_options
def command(
    run: Annotated[
        str, typer.Argument(metavar="[RUN]", help="A run's id, its beginning, or `last`.")
    ] = "last",
    findings: Annotated[
        bool, typer.Option("--findings", help="What `validate` finds, in place of a run.")
    ] = False,
    minutes: Annotated[
        int,
        typer.Option("--minutes", metavar="N", min=1, max=_MOST_MINUTES, help="End after so long."),
    ] = _MINUTES,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65_535, help="Default: a free port.")
    ] = 0,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,  # noqa: ARG001 - what is said is its document
) -> None:
    """Show the review page of a run to one browser of this machine.

    It prints an address on 127.0.0.1 that opens once; no file is written. Ctrl-C ends it.

    Example: cactions review last
    """
    if findings and run != "last":
        raise UsageError("a run and --findings exclude each other", hint="Keep one of them.")
    if findings:
        page = compress_findings_page(
            build_validated_report(ValidateOptions(files or [], environment))
        )
    else:
        journal = open_shown_journal(files)
        [found] = mark_running([read_run(journal, run)], journal)
        page = compress_run_page(found)
    wiring.serve_page(page, port, minutes)
