"""``--format sarif``: for code scanning."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.cli.commands.validate_report import Asked
from cactions.cli.source_root import rooted
from cactions.logic.documents.sarif import review_to_sarif
from cactions.logic.lint.rule_page import page_of
from cactions.model import Review
from cactions.render.escape_findings import spelled_review
from cactions.rules import PAGES, SEVERITIES


def tell(review: Review, _asked: Asked) -> None:
    """One document on stdout, with the pages of the rules that found something."""
    found = {one.rule for one in review.findings} | {one.finding.rule for one in review.suppressed}
    pages = [page_of(rule, SEVERITIES[rule].value, PAGES[rule]) for rule in found]
    wiring.write_json(review_to_sarif(spelled_review(review), pages, rooted()))
