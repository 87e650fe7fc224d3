"""What is refused before a run for many people begins."""

from __future__ import annotations

import hashlib

from cactions.cli.bulk_options import BulkOptions
from cactions.logic.shell import join_command
from cactions.model import Action, PlanSummary, Run, UsageError


def check_plan_action(run: Run, action: str) -> None:
    """Raises UsageError for a plan of another action."""
    if run.head.action != action:
        raise UsageError(
            f'the plan is one of "{run.head.action}", not of "{action}"; nothing was written',
            hint=f"Use `{join_command(('run',), run.head.action, options=('--plan', 'PLAN'))}`.",
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
