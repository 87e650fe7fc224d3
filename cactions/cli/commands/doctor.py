"""``cactions doctor``: what of this machine and its network works, what does not, the next step."""

from __future__ import annotations

from pathlib import Path

import typer

from cactions.cli import wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import Answers, CaFile, Proxy
from cactions.cli.options import Environment, Files, Json
from cactions.model import CactionsError, Check, Health, Project
from cactions.render.doctor import checks as checks_sheet
from cactions.render.messages import count


def command(
    proxy: Proxy = None,
    ca_file: CaFile = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Look whether live calls can work from here: vault, names, TLS, trust, clock, every host.

    No secret is opened or sent, and nothing of a person. Exit code 1 where there is a problem.

    Example: cactions doctor
    """
    project: Project | None = None
    vault: Path | None = None
    try:
        opened = wiring.opened(files, environment)
        project, vault = opened.project, opened.folder / wiring.VAULT
        found = [_files(project)]
    except CactionsError as error:
        found = [Check("files", "", Health.PROBLEM, str(error), error.hint or _MEND)]
    found += wiring.examined(project, Answers(proxy=proxy or "", ca_file=ca_file), vault)
    if json:
        wiring.write_json(wiring.treaty().checks_to_json(found))
    else:
        wiring.paper().show(checks_sheet(found))
    bad = any(check.health is Health.PROBLEM for check in found)
    raise typer.Exit(Exit.FINDINGS if bad else Exit.CLEAN)


_MEND = "`cactions validate` shows them."


def _files(project: Project) -> Check:
    return Check("files", "", Health.OK, f"{count(len(project.actions), 'action')}, no errors")
