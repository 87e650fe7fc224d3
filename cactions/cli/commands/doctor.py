"""``cactions doctor``: what of this machine and its network works, what does not, the next step."""

from __future__ import annotations

from contextlib import suppress

import typer

from cactions.cli import wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project, open_workspace
from cactions.cli.options import Environment, Files, Json
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.session_wiring import run_health_checks
from cactions.logic import documents
from cactions.model import CactionsError, Health, HealthCheck, Project
from cactions.render.doctor import render_health_checks
from cactions.render.messages import count_noun

_MEND = "`cactions validate` shows them."


@network_options
def command(
    options: LiveOptions,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Check all that live calls of these files need: vault, key, DNS, TLS, clock, hosts.

    No secret is opened or sent, and nothing of a person. Exit code 1 where there is a problem.

    Of a workspace at Intercom, the access token is opened, and sent to Intercom only.

    Example: cactions doctor
    """
    home: ProjectFolder | None = None
    try:
        home = open_project(files, environment, options)
        found = [_report_files(home.project)]
    except CactionsError as error:
        found = [HealthCheck("files", "", Health.PROBLEM, str(error), error.hint or _MEND)]
        with suppress(CactionsError):  # errors of actions do not keep a workspace from being seen
            home = open_workspace(files, options, environment=environment)
    found += run_health_checks(home, options, follow_items)
    if json:
        wiring.write_json(documents.checks_to_json(found))
    else:
        wiring.create_output().print(render_health_checks(found))
    bad = any(check.health is Health.PROBLEM for check in found)
    raise typer.Exit(Exit.FINDINGS if bad else Exit.CLEAN)


def _report_files(project: Project) -> HealthCheck:
    return HealthCheck(
        "files", "", Health.OK, f"{count_noun(len(project.actions), 'action')}, no errors"
    )
