"""``--format github``: annotations of a workflow, and the summary of its job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cactions.cli import streams
from cactions.cli.commands.validate_report import ValidateOptions
from cactions.cli.output_files import append_text
from cactions.cli.source_root import get_source_root_path
from cactions.model import LintReport
from cactions.render.github import render_github
from cactions.render.markdown import render_markdown

SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The file whose Markdown GitHub shows beneath the job; each step has one of its own."""


def report(review: LintReport, _asked: ValidateOptions) -> None:
    """Annotations on stdout; all findings in the summary, where there are any and it is there."""
    relative = get_source_root_path()
    summary = os.environ.get(SUMMARY, "")
    streams.write_text(render_github(review, relative, summarized=bool(summary)))
    if summary and review.findings:
        append_text(Path(summary), f"{render_markdown(review, relative)}\n")
