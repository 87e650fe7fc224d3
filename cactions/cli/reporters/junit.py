"""``--format junit``: for test reports."""

from __future__ import annotations

from cactions.cli import streams
from cactions.cli.commands.validate_report import ValidateOptions
from cactions.model import LintReport
from cactions.render.junit import render_junit


def report(review: LintReport, options: ValidateOptions) -> None:
    """One document on stdout."""
    streams.write_text(render_junit(review, options.failing_severities))
