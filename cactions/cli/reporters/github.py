"""``--format github``: annotations of a workflow, and the summary of its job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cactions.cli import streams
from cactions.cli.commands.validate_report import Asked
from cactions.cli.output_files import append_text
from cactions.cli.source_root import rooted
from cactions.model import Review
from cactions.render.github import github
from cactions.render.markdown import markdown

SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The file whose Markdown GitHub shows beneath the job; each step has one of its own."""


def tell(review: Review, _asked: Asked) -> None:
    """Annotations on stdout; all findings in the summary, where there are any and it is there."""
    relative = rooted()
    summary = os.environ.get(SUMMARY, "")
    streams.write_text(github(review, relative, summarized=bool(summary)))
    if summary and review.findings:
        append_text(Path(summary), f"{markdown(review, relative)}\n")
