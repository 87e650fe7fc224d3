"""``--format json``: for programs, by the treaty."""

from __future__ import annotations

from cactions.cli import wiring
from cactions.cli.commands.validate_report import Asked
from cactions.logic.documents import findings_to_json
from cactions.model import Review


def tell(review: Review, _asked: Asked) -> None:
    """One document on stdout."""
    wiring.write_json(findings_to_json(review.findings, review.suppressed))
