"""``cactions audit``: the leaks of a workspace's live connectors, with nothing but a token."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.app.connectors.audit import audit_workspace
from cactions.app.connectors.pull import build_pull
from cactions.cli import progress, streams, wiring
from cactions.cli.commands.validate_report import (
    ValidateOptions,
    exit_code_of_report,
    report,
)
from cactions.cli.exit_codes import Exit
from cactions.cli.formats import Format, choose_format
from cactions.cli.live_connectors import LiveConnectors, open_live_connectors
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.options import Files, Json, Quiet
from cactions.cli.output_files import write_text
from cactions.cli.pull_files import keep_files, read_target
from cactions.edges.clock import SystemClock
from cactions.logic import documents
from cactions.logic.connectors.audit_findings import build_lint_report
from cactions.logic.connectors.audit_report import AuditReport
from cactions.model import Region, SecretRef, Severity
from cactions.render.audit import render_audit
from cactions.render.messages import count_noun

Save = Annotated[
    Path | None,
    typer.Option(
        "--save", metavar="FOLDER", help="Keep the connectors as action files in this folder."
    ),
]
Where = Annotated[
    Region | None, typer.Option("--region", help="Where the workspace is. Default: us.")
]
Version = Annotated[
    str | None,
    typer.Option("--api-version", metavar="VERSION", help="Intercom-Version. Default: 2.16."),
]
FailOn = Annotated[
    Severity, typer.Option("--fail-on", help="Lowest severity that makes the exit code 1.")
]
Form = Annotated[Format | None, typer.Option("--format", help="Output format. Default: text.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the report into this file."),
]


@network_options
def command(
    options: LiveOptions,
    form: Form = None,
    save: Save = None,
    region: Where = None,
    version: Version = None,
    fail_on: FailOn = Severity.ERROR,
    output: Output = None,
    files: Files = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Find data leaks between users in the live connectors of a workspace; nothing is changed.

    No file is needed: the access token is typed without echo, or read from stdin.

    In a folder whose files name an Intercom workspace, its sealed token is used.

    Exit code 1 where an error is found.

    Example: cactions audit --save support-actions
    """
    chosen = ValidateOptions(
        [], format=choose_format(form, json), quiet=quiet, fail_on=fail_on, output=output
    )
    opened = open_live_connectors(files, options, region, version)
    found = audit_workspace(opened.api, SystemClock(), _Progress(quiet=quiet).show)
    if save:
        _save(save, found, opened)
    raise typer.Exit(_report(found, chosen))


class _Progress:
    """One line on stderr, once it is known how much there is to read."""

    def __init__(self, *, quiet: bool) -> None:
        self._is_silent = quiet

    def show(self, _number: int, total: int) -> None:
        """Told of each connector that was read."""
        if not self._is_silent:
            self._is_silent = True
            wiring.create_output().info(f"Reading {count_noun(total, 'connector')} …")


def _report(found: AuditReport, options: ValidateOptions) -> Exit:
    """The report in the format that was asked for; the exit code."""
    lint_report = build_lint_report(found.groups, found.pulled)
    if options.format not in (Format.TEXT, Format.JSON):
        return report(lint_report, options)
    if options.output:
        write_text(options.output, streams.capture_stdout(lambda: _print(found, options)))
    else:
        _print(found, options)
    return exit_code_of_report(lint_report, options)


def _print(found: AuditReport, options: ValidateOptions) -> None:
    if options.format is Format.TEXT:
        wiring.create_output().print(render_audit(found))
        return
    inventory = found.inventory
    wiring.write_json(
        documents.audit_to_json(
            inventory.identity,
            inventory.connectors,
            [(each.label, each.reason) for each in inventory.unread],
            found.groups,
            found.count_unknown(),
        )
    )


def _save(folder: Path, found: AuditReport, opened: LiveConnectors) -> None:
    """Keep the files, with a name for the token that was typed."""
    token = opened.connection.token or SecretRef("intercom_token")
    connection = replace(opened.connection, token=token)
    progress.mark_written()
    target = read_target(folder)
    keep_files(folder, target, build_pull(found.inventory, connection, target), update=False)
