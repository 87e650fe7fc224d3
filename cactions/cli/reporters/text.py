"""``--format text``: for people."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.cli.commands.validate_report import Asked
from cactions.model import Review
from cactions.render.findings import findings


def tell(review: Review, asked: Asked) -> None:
    """Every finding with its lines, on stdout; where nothing is wrong, ``--quiet`` says nothing."""
    if review.findings or not asked.quiet:
        suppressed = len(review.suppressed)
        sheet = findings(
            review.findings, review.sources, actions=review.actions, suppressed=suppressed
        )
        wiring.paper().show(sheet)
