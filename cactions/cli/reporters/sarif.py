"""``--format sarif``: for code scanning."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.cli.commands.validate_report import ValidateOptions
from cactions.cli.source_root import get_source_root_path
from cactions.logic.documents.sarif import report_to_sarif
from cactions.logic.lint.rule_page import parse_rule_page
from cactions.model import LintReport
from cactions.render.escape_findings import escape_report
from cactions.rules import PAGES, RULES


def report(review: LintReport, _asked: ValidateOptions) -> None:
    """One document on stdout, with the pages of the rules that found something."""
    found = {finding.rule for finding in review.findings} | {
        suppressed_finding.finding.rule for suppressed_finding in review.suppressed
    }
    pages = [parse_rule_page(rule, PAGES[rule.id]) for rule in RULES if rule.id in found]
    wiring.write_json(report_to_sarif(escape_report(review), pages, get_source_root_path()))
