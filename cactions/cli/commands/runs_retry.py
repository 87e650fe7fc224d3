"""``cactions runs retry``: another attempt for those of a run whom it may help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.app.lost_calls import has_valid_keys
from cactions.app.ports import Journal
from cactions.app.retry import RetryChoice, check_retryable
from cactions.cli import arguments, prompts, workspace
from cactions.cli.bulk_options import (
    THREADS,
    Approve,
    AtMostOnce,
    BulkOptions,
    Report,
    Threads,
)
from cactions.cli.live_options import LiveOptions, call_options
from cactions.cli.open_project import open_project
from cactions.cli.options import (
    Draft,
    Environment,
    Files,
    Json,
    ReviewPage,
    RunId,
    Unsealed,
    Wait,
    Yes,
)
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.published import require_published
from cactions.edges.clock import SystemClock
from cactions.logic.shell import join_command
from cactions.model import Run, RunKind, UsageError

Held = Annotated[bool, typer.Option("--held", help="Also those who were held.")]
Refused = Annotated[bool, typer.Option("--refused", help="Also those whose values were refused.")]


@call_options
def retry(
    options: LiveOptions,
    run: RunId,
    held: Held = False,
    refused: Refused = False,
    yes: Yes = False,
    files: Files = None,
    environment: Environment = None,
    unsealed: Unsealed = False,
    approve: Approve = "",
    at_most_once: AtMostOnce = False,
    threads: Threads = THREADS,
    draft: Draft = False,
    report: Report = None,
    html: ReviewPage = None,
    wait: Wait = 0,
    json: Json = False,
) -> None:
    """Run the action again for those of a finished run who failed or were changed meanwhile.

    A new run for the same keys and inputs: it plans afresh, shows that, and asks. Rows that could
    not be read are left out.

    A write request is sent again only if it was not carried out, or within 24 hours with its
    `idempotency` key.

    Example: cactions runs retry last
    """
    prompts.require_terminal(yes, json)
    home = replace(open_project(files, environment, options), wait=wait)
    stores = replace(workspace.open_run_stores(home), unsealed=unsealed)
    done = _find_run(stores.journal, run)
    stores.check_run(done)
    check_retryable(done)
    _check_environment(done, home)
    home = require_published(home, done.head.action, draft=draft)
    stores = replace(stores, people=workspace.open_people(home))
    action = arguments.find_action(home.project, done.head.action)
    options = replace(options, cassette=Path(done.head.source) if done.head.source else None)
    choice = RetryChoice(
        action,
        options.is_write_call(action),
        has_valid_keys(done.head, stores.journal, SystemClock()),
        held,
        refused,
    )
    from cactions.cli.bulk import retry_run  # noqa: PLC0415 - not needed for the other commands

    bulk = BulkOptions(None, "", threads, at_most_once, approve, report, page=html)
    code = retry_run(home, options, bulk, stores, done, choice, yes=yes, json=json)
    raise typer.Exit(code)


def _find_run(journal: Journal, run: str) -> Run:
    """The run of an id, of its beginning, or the newest that is no undo. Raises UsageError."""
    if run != "last":
        return journal.read(run)
    runs = journal.list_runs()
    newest = next((each for each in runs if each.head.kind is RunKind.APPLY), None)
    if newest is None:
        raise UsageError("there is no run yet", hint="`cactions run --help` shows how to make one.")
    return newest


def _check_environment(done: Run, home: ProjectFolder) -> None:
    made = done.head.environment
    if made != home.project.environment:
        where = f"in the environment {made}" if made else "without an environment"
        env = join_command(("runs", "retry"), done.head.id, options=("--env", made))
        file = join_command(("run",), done.head.action, options=("--people", "FILE"))
        raise UsageError(
            f"the run {done.head.id} was made {where}; nothing was sent and nothing was written",
            hint=f"Use `{env}`." if made else f"Run the action for these people: `{file}`.",
        )
