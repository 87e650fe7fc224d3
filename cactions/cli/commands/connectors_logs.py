"""``cactions connectors logs`` and ``versions``: what a connector did, and what was published."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.connectors.catalog import WorkspaceConnectors, read_connectors, read_versions
from cactions.app.connectors.logs import ExecutionQuery, follow_executions, list_executions
from cactions.app.connectors.revisions import list_revisions
from cactions.app.intercom_port import IntercomApi
from cactions.cli import json_output, streams, wiring
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_workspace
from cactions.cli.options import Files, Json
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.time_options import parse_since
from cactions.cli.vault_secrets import open_masked_client
from cactions.edges.clock import SystemClock, SystemSleeper
from cactions.logic import documents, strict_json
from cactions.logic.connectors.execution_mask import HiddenParts, find_hidden_parts, mask_execution
from cactions.logic.suggest import suggest
from cactions.model import EXECUTION_ERROR_TYPES, Connector, UsageError
from cactions.render.connector_logs import (
    render_execution_count,
    render_executions,
    render_versions,
)
from cactions.render.escape import escape_json

Name = Annotated[
    str, typer.Argument(metavar="ACTION|ID", help="An action, or a connector's id or name.")
]
Success = Annotated[bool, typer.Option("--success", help="Only the ones that succeeded.")]
Failed = Annotated[bool, typer.Option("--failed", help="Only the ones that failed.")]
ErrorType = Annotated[
    str | None, typer.Option("--error-type", metavar="WORD", help="Only this error_type.")
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since", metavar="TIME", help="2h, 30m, 7d, or 2026-11-28T10:00. Default: the last hour."
    ),
]
Bodies = Annotated[
    bool, typer.Option("--bodies", help="Show bodies too: they may hold personal data.")
]
Follow = Annotated[bool, typer.Option("--follow", help="Show new ones until Ctrl-C.")]
Limit = Annotated[int, typer.Option("--limit", min=1, metavar="N", help="The newest N.")]


@network_options
def logs(
    options: LiveOptions,
    name: Name,
    success: Success = False,
    failed: Failed = False,
    error_type: ErrorType = None,
    since: Since = None,
    bodies: Bodies = False,
    follow: Follow = False,
    limit: Limit = 100,
    files: Files = None,
    json: Json = False,
) -> None:
    """Show the execution results of a data connector, oldest first.

    Secrets and redacted values are hidden. With --follow and --json, each is one line of JSON.

    Example: cactions connectors logs loyalty --failed --since 2h
    """
    moment = parse_since(since, SystemClock().get_time()) if since else None
    query = ExecutionQuery(
        _choose_state(success, failed), _check_word(error_type), moment, bodies, limit
    )
    home = open_workspace(files, options)
    api = open_masked_client(home)
    found = _read(api, home)
    connector = found.find(name)
    hidden = _find_hidden(api, found, connector)
    if follow:
        _follow(api, connector, query, hidden, json=json)
        return
    executions = [
        mask_execution(execution, hidden) for execution in list_executions(api, connector.id, query)
    ]
    if json:
        wiring.write_json(documents.executions_to_json(connector, executions))
    else:
        count = render_execution_count(connector, executions, limit)
        wiring.create_output().print(render_executions(executions), count)


@network_options
def versions(options: LiveOptions, name: Name, files: Files = None, json: Json = False) -> None:
    """List the published versions of a data connector, where the API version has them.

    Example: cactions connectors versions loyalty
    """
    home = open_workspace(files, options)
    api = open_masked_client(home)
    connector = _read(api, home).find(name)
    revisions = list_revisions(api, connector.id)
    if json:
        wiring.write_json(documents.connector_versions_to_json(connector, revisions))
    else:
        wiring.create_output().print(render_versions(connector, revisions))


def _read(api: IntercomApi, home: ProjectFolder) -> WorkspaceConnectors:
    return read_connectors(api, tuple(home.project.actions.values()))


def _choose_state(success: bool, failed: bool) -> bool | None:
    if success and failed:
        raise UsageError("--success and --failed exclude each other", hint="Say one of them.")
    return True if success else False if failed else None


def _check_word(word: str | None) -> str:
    if word and word not in EXECUTION_ERROR_TYPES:
        raise UsageError(
            f'there is no error_type "{word}"', hint=suggest(word, EXECUTION_ERROR_TYPES)
        )
    return word or ""


def _find_hidden(api: IntercomApi, found: WorkspaceConnectors, connector: Connector) -> HiddenParts:
    """The list tells no fields: which of them are redacted, the connector itself says."""
    detailed = read_versions(api, connector.id)
    action = next(
        (m.action for m in found.matches if m.connector and m.connector.id == connector.id), None
    )
    return find_hidden_parts(detailed.live or detailed.draft, action)


def _follow(
    api: IntercomApi,
    connector: Connector,
    query: ExecutionQuery,
    hidden: HiddenParts,
    *,
    json: bool,
) -> None:
    output = wiring.create_output()
    for batch in follow_executions(api, connector.id, query, SystemClock(), SystemSleeper()):
        executions = [mask_execution(execution, hidden) for execution in batch]
        if json:
            for execution in executions:
                document = streams.mask_document(documents.execution_to_json(execution))
                json_output.write_line(escape_json(strict_json.dump_json(document)) + "\n")
        elif executions:
            output.print(render_executions(executions))
