"""Lints the action files and reports the findings: what ``validate`` does without ``--fix``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from pathlib import Path

from msgspec import Struct

from cactions.cli import reporters, streams, wiring
from cactions.cli.exit_codes import Exit
from cactions.cli.followed_work import follow_items
from cactions.cli.formats import Format
from cactions.cli.load import ActionFolder, find_folders, lint_folder
from cactions.cli.output_files import check_output, write_text
from cactions.edges.files.action_files import STDIN
from cactions.logic.project import LoadedProject
from cactions.logic.project.load_tools import LoadTools
from cactions.logic.yaml.tree_cache import TreeCache
from cactions.model import LintReport, Severity, UsageError


class FixMode(Enum):
    """What becomes of safe fixes."""

    OFFERED = "offered"
    WRITTEN = "written"
    SHOWN = "shown"


class ValidateOptions(Struct, frozen=True):
    """What is to be validated, and how it is told.

    ``stdin``: the name under which a text from stdin is checked. ``only``: a file that is named
    is checked without the other action files of its folder. ``output``: the file that is
    written in the place of stdout. ``page``: the review page, which is written besides.
    """

    paths: Sequence[Path]
    environment: str | None = None
    format: Format = Format.TEXT
    quiet: bool = False
    fail_on: Severity = Severity.ERROR
    fixing: FixMode = FixMode.OFFERED
    stdin: Path | None = None
    only: bool = False
    output: Path | None = None
    page: Path | None = None

    @property
    def failing_severities(self) -> Sequence[Severity]:
        """The severities that make the exit code 1."""
        severities = (*Severity,)
        return severities[: severities.index(self.fail_on) + 1]


def validate(options: ValidateOptions) -> Exit:
    """Check the files and report every finding. Raises UsageError where there is no file."""
    action_folders = load_folders(options)
    if outputs := [path for path in (options.output, options.page) if path]:
        read = {
            os.path.realpath(file.name)
            for action_folder in action_folders
            for file in action_folder.files
        }
        for path in outputs:
            check_output(path, read)
    tools = LoadTools(TreeCache(), follow_items)
    return report(build_report(options, lint_folders(options, action_folders, tools)), options)


def build_validated_report(options: ValidateOptions) -> LintReport:
    """What is found in the files. Raises UsageError where there is none."""
    return build_report(options, lint_folders(options, load_folders(options)))


def load_folders(options: ValidateOptions) -> list[ActionFolder]:
    """The files that are to be checked. Raises UsageError where one cannot be read."""
    return find_folders(
        _list_paths(options),
        wiring.load_snapshot,
        only=options.only and not options.stdin,
        stdin=options.stdin,
    )


def lint_folders(
    options: ValidateOptions,
    action_folders: Sequence[ActionFolder],
    tools: LoadTools | None = None,
) -> list[LoadedProject]:
    """What the files of each folder say, under all rules, with what recorded probes say of it.

    ``tools`` may be those of an earlier look.
    """
    found = [lint_folder(folder, options.environment, tools=tools) for folder in action_folders]
    return wiring.annotate_probes(found, _list_paths(options))


def build_report(options: ValidateOptions, shaped: Sequence[LoadedProject]) -> LintReport:
    """What was found in all folders, and what the vaults beside them lack."""
    lacking = wiring.find_missing_secrets(_list_paths(options), shaped)
    return LintReport(
        (*(finding for loaded_project in shaped for finding in loaded_project.findings), *lacking),
        tuple(
            suppressed_finding
            for loaded_project in shaped
            for suppressed_finding in loaded_project.suppressed
        ),
        {name: text for loaded_project in shaped for name, text in loaded_project.sources.items()},
        sum(
            len(loaded_project.project.actions)
            for loaded_project in shaped
            if loaded_project.project
        ),
    )


def report(found: LintReport, options: ValidateOptions) -> Exit:
    """Tell it in the format and the place that are asked for; the exit code.

    Raises UsageError where the output file cannot be written.
    """
    tell = _choose_reporter(found, options)
    if options.page:
        reporters.write_findings_page(options.page, found)
    if options.output is None:
        tell()
    else:
        write_text(options.output, streams.capture_stdout(tell))
    return exit_code_of_report(found, options)


def _choose_reporter(found: LintReport, options: ValidateOptions) -> Callable[[], None]:
    match options.format:
        case Format.TEXT:
            return partial(reporters.report_as_text, found, quiet=options.quiet)
        case Format.JSON:
            return partial(reporters.report_as_json, found)
        case Format.SARIF:
            return partial(reporters.report_as_sarif, found)
        case Format.GITHUB:
            return partial(reporters.report_to_github, found)
        case Format.JUNIT:
            return partial(reporters.report_as_junit, found, options.failing_severities)
        case Format.MARKDOWN:
            return partial(reporters.report_as_markdown, found)


def exit_code_of_report(found: LintReport, options: ValidateOptions) -> Exit:
    """Whether something grave enough is found."""
    grave = any(finding.severity in options.failing_severities for finding in found.findings)
    return Exit.FINDINGS if grave else Exit.CLEAN


def _list_paths(options: ValidateOptions) -> Sequence[Path]:
    """The names, with that of stdin in its place. Raises UsageError where it has none."""
    if not options.stdin:
        return options.paths
    if STDIN not in options.paths:
        hint = "`cactions validate --stdin-filename NAME -` reads it."
        raise UsageError("--stdin-filename is for a text from stdin, and - is missing", hint=hint)
    return [options.stdin if path == STDIN else path for path in options.paths]
