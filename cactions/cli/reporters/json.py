"""``--format json``: for programs, by the treaty."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.cli.commands.validate_report import ValidateOptions
from cactions.logic.documents import findings_to_json
from cactions.model import LintReport


def report(review: LintReport, _asked: ValidateOptions) -> None:
    """One document on stdout."""
    wiring.write_json(findings_to_json(review.findings, review.suppressed))
