"""``--format junit``: for test reports."""

from __future__ import annotations

from cactions.cli import streams
from cactions.cli.commands.validate_report import Asked
from cactions.model import Review
from cactions.render.junit import junit


def tell(review: Review, asked: Asked) -> None:
    """One document on stdout."""
    streams.write_text(junit(review, asked.grave))
