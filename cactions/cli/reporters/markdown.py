"""``--format markdown``: for a comment on a pull request."""

from __future__ import annotations

from cactions.cli import streams
from cactions.cli.commands.validate_report import ValidateOptions
from cactions.cli.source_root import get_source_root_path
from cactions.model import LintReport
from cactions.render.markdown import render_markdown


def report(review: LintReport, _asked: ValidateOptions) -> None:
    """The comment on stdout."""
    streams.write_text(render_markdown(review, get_source_root_path()))
