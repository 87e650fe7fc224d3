"""``--format text``: for people."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.cli.commands.validate_report import ValidateOptions
from cactions.model import LintReport
from cactions.render.findings import render_findings


def report(review: LintReport, options: ValidateOptions) -> None:
    """Every finding with its lines, on stdout; where nothing is wrong, ``--quiet`` says nothing."""
    if review.findings or not options.quiet:
        suppressed = len(review.suppressed)
        sheet = render_findings(
            review.findings, review.sources, actions=review.actions, suppressed=suppressed
        )
        wiring.create_output().print(sheet)
