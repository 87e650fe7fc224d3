"""``--format markdown``: for a comment on a pull request."""

from __future__ import annotations

from cactions.cli import streams
from cactions.cli.commands.validate_report import Asked
from cactions.cli.source_root import rooted
from cactions.model import Review
from cactions.render.markdown import markdown


def tell(review: Review, _asked: Asked) -> None:
    """The comment on stdout."""
    streams.write_text(markdown(review, rooted()))
