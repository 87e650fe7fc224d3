"""Writes findings and tests to stdout, and runs to files, in the format asked for.

Each function imports its format when it is called, so that the other five cost no start-up time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cactions.cli import json_output, streams, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.formats import Format
from cactions.cli.output_files import append_text, check_output, write_lines
from cactions.logic.relative_path import make_relative_to_root
from cactions.model import (
    LintReport,
    Plan,
    PlanFailure,
    PlanSummary,
    Run,
    RunEntry,
    Severity,
    SuiteResult,
    WatchReport,
    WorkspaceName,
)
from cactions.render.text import View

if TYPE_CHECKING:
    from cactions.app.propose import Job

SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The file whose Markdown GitHub shows below the job; each step has its own."""
WORKSPACE: Final = "GITHUB_WORKSPACE"
"""The folder into which a workflow has checked its repository out."""


def get_source_root_path() -> Callable[[str], str | None]:
    """Gives a file's name relative to the checkout, as a code host knows it; None outside of it.

    Outside of a workflow, the current folder is the root.
    """
    here = os.getcwd()  # noqa: PTH109 - Path would cost an import
    root = os.environ.get(WORKSPACE, "")
    inside = root and make_relative_to_root(here, here=here, root=root) is not None
    return partial(make_relative_to_root, here=here, root=root if inside or root == here else here)


def report_as_text(review: LintReport, *, quiet: bool) -> None:
    """Every finding with its lines; if there is none, ``quiet`` prints nothing."""
    from cactions.render.findings import render_findings

    if review.findings or not quiet:
        suppressed = len(review.suppressed)
        view = render_findings(
            review.findings, review.sources, actions=review.actions, suppressed=suppressed
        )
        wiring.create_output().print(view)


def report_as_json(review: LintReport) -> None:
    """The document ``cactions.findings/2``."""
    from cactions.logic.documents import findings_to_json

    wiring.write_json(findings_to_json(review.findings, review.suppressed))


def report_as_sarif(review: LintReport) -> None:
    """A SARIF log, with the pages of the rules that found something."""
    from cactions.logic.documents.sarif import report_to_sarif
    from cactions.logic.lint.rule_page import parse_rule_page
    from cactions.render.escape_findings import escape_report
    from cactions.rules import PAGES, RULES

    found = {finding.rule for finding in review.findings} | {
        suppressed_finding.finding.rule for suppressed_finding in review.suppressed
    }
    pages = [parse_rule_page(rule, PAGES[rule.id]) for rule in RULES if rule.id in found]
    wiring.write_json(report_to_sarif(escape_report(review), pages, get_source_root_path()))


def report_to_github(review: LintReport) -> None:
    """Annotations of a workflow; all findings also in the summary of its job, if there is one."""
    from cactions.render.github import render_github
    from cactions.render.markdown import render_markdown

    relative = get_source_root_path()
    summary = os.environ.get(SUMMARY, "")
    streams.write_text(render_github(review, relative, summarized=bool(summary)))
    if summary and review.findings:
        append_text(Path(summary), f"{render_markdown(review, relative)}\n")


def report_as_junit(review: LintReport, failing: Collection[Severity]) -> None:
    """A JUnit document; findings of the ``failing`` severities are failures."""
    from cactions.render.junit import render_junit

    streams.write_text(render_junit(review, failing))


def report_as_markdown(review: LintReport) -> None:
    """A comment on a pull request."""
    from cactions.render.markdown import render_markdown

    streams.write_text(render_markdown(review, get_source_root_path()))


def report_suite(suite: SuiteResult, form: Format) -> None:
    """A run of tests, in one of the formats of ``SuiteFormat``."""
    if form is Format.JSON:
        from cactions.logic.documents import suite_to_json

        wiring.write_json(suite_to_json(suite, redact=True))
    elif form is Format.GITHUB:
        _report_suite_to_github(suite)
    elif form is Format.JUNIT:
        from cactions.render.suite_report import render_suite_junit

        streams.write_text(streams.mask_text(render_suite_junit(suite)))
    elif form is Format.MARKDOWN:
        from cactions.render.suite_report import render_suite_markdown

        streams.write_text(streams.mask_text(render_suite_markdown(suite)))
    else:
        from cactions.render.test_report import render_suite

        wiring.create_output().print(render_suite(suite))


def _report_suite_to_github(suite: SuiteResult) -> None:
    """Annotations of a workflow; the whole also in the summary of its job, if there is one."""
    from cactions.render.suite_annotations import render_suite_github
    from cactions.render.suite_report import render_suite_markdown

    summary = os.environ.get(SUMMARY, "")
    text = render_suite_github(suite, get_source_root_path(), summarized=bool(summary))
    streams.write_text(streams.mask_text(text))
    if summary:
        append_text(Path(summary), f"{streams.mask_text(render_suite_markdown(suite))}\n")


def report_watch(report: WatchReport, moment: str) -> None:
    """What a look at watched files has shown; on a terminal in the place of the one before."""
    from cactions.render.watch import render_watch

    output = wiring.create_output()
    output.print_screen(render_watch(report, moment, height=output.get_height()))


def report_watch_as_json(report: WatchReport) -> None:
    """The same as the document ``cactions.watch/1``, on one line."""
    from cactions.cli.json_ends import error_report_to_json
    from cactions.logic.documents.watches import watch_to_json
    from cactions.logic.strict_json import dump_json
    from cactions.render.escape import escape_json

    error = error_report_to_json(report.error, "", Exit.CLEAN) if report.error else None
    document = streams.mask_document(watch_to_json(report, error))
    json_output.write_line(escape_json(dump_json(document)) + "\n")


def report_document_schema(name: str) -> None:
    """The JSON Schema of a document. Raises KeyError."""
    from cactions.logic.documents.shapes.registry import build_document_schema

    wiring.write_json(build_document_schema(name))


def report_help(topics: Mapping[str, str], topic: str | None, text: str | None) -> None:
    """A page of the reference, or the list of them, as the document ``cactions.help/1``."""
    from cactions.logic.documents.changes import help_to_json

    wiring.write_json(help_to_json(topics, topic, text))


def report_completion(shell: str, script: str) -> None:
    """The script of a shell as the document ``cactions.completion/1``."""
    from cactions.logic.documents.changes import completion_to_json

    wiring.write_json(completion_to_json(shell, script))


def check_report_file(path: Path) -> None:
    """Raises UsageError for a report that could not be written, before any work is done."""
    from cactions.render.bulk_report import choose_report_form

    choose_report_form(path)
    check_output(path)


def write_run_report(
    path: Path, entries: Iterable[RunEntry], summary: PlanSummary, run: Run
) -> None:
    """A run for many people as a file, whose ending chooses the form. Raises UsageError."""
    from cactions.render.bulk_report import choose_report_form, write_report

    form = choose_report_form(path)
    write_lines(path, write_report(entries, summary, run.head.workspace, form))


def write_run_page(path: Path, run: Run) -> None:
    """The review page of a run that is kept. Raises UsageError."""
    from cactions.cli.review_pages import write_kept_page

    write_kept_page(path, run)


def write_person_page(
    path: Path, job: Job, result: Plan | PlanFailure, workspace: WorkspaceName, view: View
) -> None:
    """The review page of one person's diff. Raises UsageError."""
    from cactions.cli import review_pages

    review_pages.write_person_page(path, job, result, workspace, view)


def write_findings_page(path: Path, found: LintReport) -> None:
    """The review page of what ``validate`` finds. Raises UsageError."""
    from cactions.render.page.findings_page import write_findings_page as write_page

    write_lines(path, write_page(found, get_source_root_path()), private=False)


def compress_findings_page(found: LintReport) -> bytes:
    """The same page for a browser, by gzip."""
    from cactions.cli.review_pages import compress_page
    from cactions.render.page.findings_page import write_findings_page as write_page

    return compress_page(write_page(found, get_source_root_path()))


def compress_run_page(run: Run) -> bytes:
    """The review page of a run that is kept, for a browser, by gzip."""
    from cactions.cli.review_pages import compress_kept_page

    return compress_kept_page(run)


def render_svg(view: View, *, width: int, command: str) -> str:
    """The view as an SVG picture, ``width`` cells wide, under the command that drew it."""
    from cactions.render.svg import to_svg

    return to_svg(streams.mask_view(view), width=width, command=streams.mask_text(command))
