"""What is refused before a run for many people begins, and what approves its writes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cactions.cli.bulk_options import BulkOptions
from cactions.cli.live_options import LiveOptions
from cactions.cli.output_files import check_output
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.reporters import check_report_file
from cactions.logic.shell import join_command
from cactions.model import Action, PlanSummary, Run, UsageError


def check_plan_action(run: Run, action: str, source: Path) -> None:
    """Raises UsageError for a plan of another action."""
    if run.head.action != action:
        use = join_command(("run",), run.head.action, options=("--plan", str(source)))
        raise UsageError(
            f'the plan is one of "{run.head.action}", not of "{action}"',
            hint=f"Use `{use}`.",
        )


def check_outputs(bulk: BulkOptions, *, plan: Path | None = None, out: Path | None = None) -> None:
    """Raises UsageError for files that cannot be written, or would replace what is read.

    Before any work: a plan that was taken is not taken again.
    """
    if out:
        _check_own_place("--out", out, bulk.people)
        check_output(out)
    if bulk.report:
        _check_own_place("--report", bulk.report, bulk.people, plan, out)
        check_report_file(bulk.report)
    if bulk.page:
        _check_own_place("--html", bulk.page, bulk.people, plan, out, bulk.report)
        check_output(bulk.page)


def _check_own_place(option: str, path: Path, *others: Path | None) -> None:
    for other in others:
        if other and os.path.realpath(path) == os.path.realpath(other):
            raise UsageError(
                f"{option} would replace {path}, which the same command uses; nothing was sent and"
                " nothing was written",
                hint="Name another file for the output.",
            )


def check_clustered(home: ProjectFolder, options: LiveOptions, action: str, *, many: bool) -> None:
    """Raises UsageError for --cluster where workers on other machines could not carry it out."""
    if not home.clustered:
        return
    if not many:
        why, hint = "is for many people", "Leave it out, or name people: --people, --all, --where."
    elif home.session is None:
        why = "is for people at Intercom: those of a local workspace are on this machine alone"
        hint = "Leave it out."
    elif options.replayed:
        why, hint = "makes live calls: a recording is on this machine alone", "Leave --replay out."
    elif home.draft:
        why = "runs what is published, and --draft the files of this machine"
        hint = f"Publish the action first: `{join_command(('publish',), action)}`."
    else:
        return
    raise UsageError(f"--cluster {why}", hint=hint)


def check_fresh(plan: Path | None, bulk: BulkOptions) -> None:
    """Raises UsageError for a saved plan with --fresh: its people were read before."""
    if plan and bulk.fresh:
        raise UsageError(
            "--plan and --fresh exclude each other: a saved plan has its old values",
            hint="Leave --fresh out: everyone is read again by id before they are written. Or make"
            " the plan again with --fresh.",
        )


def check_write_calls(action: Action, bulk: BulkOptions, *, writes: bool) -> None:
    """Raises UsageError where many write requests could be doubled or lost unseen."""
    if writes and not (action.request.idempotency or bulk.at_most_once):
        raise UsageError(
            f'"{action.name}" sends a write request, and the service is not told how to recognise a'
            " repeated one; nothing was sent",
            hint="Declare `idempotency` under its request if the service knows such a key, or use"
            " --at-most-once: requests of unknown outcome are listed then, and never sent again.",
        )


def build_approval_code(summary: PlanSummary) -> str:
    """The code that approves exactly what was seen: other counts have another one."""
    text = repr((summary.writing, sorted(summary.alarms), summary.attributes))
    return hashlib.sha256(text.encode()).hexdigest()[:8] if summary.alarms else ""
