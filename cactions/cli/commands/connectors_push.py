"""``cactions connectors push``: shows what would change, asks, and sends drafts to Intercom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cactions.app.connectors.catalog import compare_actions
from cactions.app.connectors.push import apply_push
from cactions.app.intercom_port import IntercomApi
from cactions.cli import output_scrubber, prompts, wiring
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_actions
from cactions.cli.options import Environment, Files, Json, Yes
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.vault_secrets import open_masked_client
from cactions.logic import documents
from cactions.logic.connectors.faults import list_not_carried
from cactions.logic.connectors.push import (
    PushOutcome,
    PushPlan,
    PushResult,
    plan_push,
)
from cactions.logic.workspace_name import describe_workspace
from cactions.model import RunAborted, WorkspaceName
from cactions.render.connector_push import render_push_plans, render_push_results
from cactions.render.messages import count_noun

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ACTION]...", help="Actions. Default: all.")
]
AllowLive = Annotated[
    bool,
    typer.Option("--allow-live", help="Also where the workspace changes a live connector at once."),
]
Headers = Annotated[
    bool,
    typer.Option("--headers", help="Send header values even where no difference can be seen."),
]


@network_options
def push(
    options: LiveOptions,
    names: Names = None,
    allow_live: AllowLive = False,
    headers: Headers = False,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Create or update drafts of data connectors from actions. What is live stays as it is.

    Exit code 1 when an action could not be sent, 4 when the outcome is unknown.

    Example: cactions connectors push loyalty
    """
    home = open_actions(files, environment, options, names or ())
    prompts.require_terminal(yes, json)
    api = open_masked_client(home)
    plans = _plan(api, home, names or (), headers=headers)
    place = home.find_workspace_name(asks=True)
    if not json:
        _show_plans(plans, place, allow_live=allow_live)
    ahead = [plan for plan in plans if plan.fields and not plan.fault]
    if ahead and not prompts.confirm(_build_question(len(ahead), place), yes):
        wiring.create_output().info("Nothing was sent.")
        return
    results = [apply_push(api, plan, home.project, allow_live=allow_live) for plan in plans]
    if json:
        wiring.write_json(documents.connector_push_to_json(results, place))
    else:
        wiring.create_output().print(render_push_results(results, place))
    for result in results:
        if result.error:
            wiring.create_output().error(result.error)
    raise typer.Exit(choose_exit_code(results))


def _plan(
    api: IntercomApi, home: ProjectFolder, names: Sequence[str], *, headers: bool
) -> list[PushPlan]:
    drifts, _ = compare_actions(api, home.project, names)
    known = output_scrubber.list_secrets()
    return [plan_push(drift, home.project, known, headers=headers) for drift in drifts]


def _show_plans(plans: Sequence[PushPlan], place: WorkspaceName, *, allow_live: bool) -> None:
    left_out = [list_not_carried(plan.action) for plan in plans]
    view = render_push_plans(plans, left_out, place, allow_live=allow_live)
    wiring.create_output().print(view)


def _build_question(number: int, place: WorkspaceName) -> str:
    return f"Send {count_noun(number, 'connector')} to the {describe_workspace(place)}?"


def choose_exit_code(results: Sequence[PushResult]) -> Exit:
    """NOTHING_DONE only where nothing was written for any action."""
    wrote = any(
        result.outcome in (PushOutcome.CREATED, PushOutcome.UPDATED)
        or (isinstance(result.error, RunAborted) and result.error.written)
        for result in results
    )
    return choose_most_severe(*(_choose_code(result, wrote=wrote) for result in results))


def _choose_code(result: PushResult, *, wrote: bool) -> Exit:
    if result.outcome is PushOutcome.OUTCOME_UNKNOWN:
        return Exit.OUTCOME_UNKNOWN
    if result.outcome is PushOutcome.FAILED:
        return Exit.FINDINGS if wrote else Exit.NOTHING_DONE
    return Exit.CLEAN if result.is_verified else Exit.FINDINGS
