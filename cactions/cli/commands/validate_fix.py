"""``validate --fix`` and ``--diff``: safe fixes, written into the files or only shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from cactions.cli import progress, streams, wiring
from cactions.cli.commands.validate_report import (
    FixMode,
    ValidateOptions,
    build_report,
    exit_code_of_report,
    load_folders,
    report,
)
from cactions.cli.exit_codes import Exit
from cactions.cli.formats import Format
from cactions.cli.load import ActionFolder, lint_folder
from cactions.edges.files.action_files import STDIN, find
from cactions.edges.files.file_io import replace_file
from cactions.logic.fixes.apply import FixResult, apply_fixes
from cactions.logic.lines import split_lines
from cactions.logic.project import LoadedProject, SourceFile
from cactions.logic.relative_path import STDIN as UNNAMED
from cactions.logic.source_mask import mask_values
from cactions.model import Finding, LintReport, UsageError
from cactions.render.findings import render_findings
from cactions.render.messages import count_noun
from cactions.render.unified_diff import render_unified_diff
from cactions.rules import LAST
from cactions.rules.credentials import may_hold_secret

_SECRETS: Final = ("CA301", "CA302")


def run_fix(options: ValidateOptions) -> Exit:
    """Fix what is safe in the files named, tell what is left, and how much was fixed.

    A file is always looked at with its whole folder: what one file alone does not need, another
    may. Raises UsageError where a file cannot be written.
    """
    streamed = STDIN in options.paths
    _refuse(options, streamed=streamed)
    action_folders = load_folders(replace(options, only=False))
    wanted = partial(_is_fixable, _list_changeable_files(options), streamed and not options.stdin)
    states = [
        apply_fixes(action_folder.files, partial(_look, action_folder, options.environment), wanted)
        for action_folder in action_folders
    ]
    left = build_report(options, [fix_result.shaped for fix_result in states])
    code = _print_results(options, action_folders, states, left, streamed=streamed)
    if not options.quiet:
        wiring.create_output().info(_write_closing(options, states, left))
    return code


def _print_results(
    options: ValidateOptions,
    action_folders: Sequence[ActionFolder],
    states: Sequence[FixResult],
    left: LintReport,
    *,
    streamed: bool,
) -> Exit:
    changed = [*_list_changed_files(action_folders, states)]
    if options.fixing is FixMode.SHOWN:
        before = build_report(options, [fix_result.before for fix_result in states])
        texts = (text for file in changed for side in file for text in split_lines(side.text))
        guessed = filter(may_hold_secret, texts)
        hidden = {*_list_secret_lines(before), *_list_secret_lines(left), *guessed}
        pairs = [(old.name, *_mask_unreadable(old, new, before, left)) for old, new in changed]
        views = [render_unified_diff(*pair, hidden) for pair in pairs]
        wiring.create_output().print(*views)
        return exit_code_of_report(before, options)
    if not streamed:
        _write(changed)
        return report(left, options)
    name = str(options.stdin) if options.stdin else UNNAMED
    [text] = [file.data for fix_result in states for file in fix_result.files if file.name == name]
    streams.write_bytes(text)
    if left.findings:
        wiring.create_output().print_err(render_findings(left.findings, left.sources))
    return exit_code_of_report(left, options)


def _mask_unreadable(
    old: SourceFile, new: SourceFile, before: LintReport, left: LintReport
) -> tuple[str, str]:
    """Both texts; without their values where one of them cannot be read, and may not be ours."""
    texts = old.text, new.text
    if texts == (before.sources[old.name], left.sources[new.name]):
        return texts
    return mask_values(old.text), mask_values(new.text)


def _refuse(options: ValidateOptions, *, streamed: bool) -> None:
    """What does not go together. Raises UsageError."""
    if streamed and len(options.paths) > 1:
        raise UsageError("- stands alone where it is fixed", hint="Name files, or give one text.")
    elsewhere = options.format is not Format.TEXT or bool(options.output or options.page)
    if (streamed or options.fixing is FixMode.SHOWN) and elsewhere:
        what = "the fixed text" if options.fixing is FixMode.WRITTEN else "the difference"
        hint = "Leave --format, --json, --output and --html out."
        raise UsageError(f"stdout is for {what} here", hint=hint)


def _look(
    folder: ActionFolder, environment: str | None, files: Sequence[SourceFile]
) -> LoadedProject:
    return lint_folder(replace(folder, files=tuple(files)), environment)


def _list_changeable_files(options: ValidateOptions) -> AbstractSet[str]:
    """The files that may be changed: those that are named, or that a named folder holds."""
    if STDIN in options.paths:
        return {str(options.stdin or UNNAMED)}
    return {str(file) for group in find(options.paths).values() for file in group}


def _is_fixable(files: AbstractSet[str], nameless: bool, finding: Finding) -> bool:
    """Of the files named; and what a text without a name does not need, another file may."""
    named = {edit.place.file for edit in finding.fix.edits} if finding.fix else set()
    return named <= files and not (nameless and finding.rule == LAST.id)


def _list_changed_files(
    action_folders: Sequence[ActionFolder], states: Sequence[FixResult]
) -> Iterator[tuple[SourceFile, SourceFile]]:
    for folder, state in zip(action_folders, states, strict=True):
        for old, new in zip(folder.files, state.files, strict=True):
            if old.data != new.data:
                yield old, new


def _write(changed: Sequence[tuple[SourceFile, SourceFile]]) -> None:
    for old, new in changed:
        progress.mark_written()
        replace_file(Path(old.name), old.data, new.data)


def _list_secret_lines(found: LintReport) -> Iterator[str]:
    places = [
        finding.place for finding in found.findings if finding.place and finding.rule in _SECRETS
    ]
    lines = {file: split_lines(found.sources[file]) for file in {place.file for place in places}}
    spans = dict.fromkeys((place.file, place.line, place.end_line) for place in places)
    for file, first, last in spans:
        yield from lines[file][first - 1 : last]


def _write_closing(options: ValidateOptions, states: Sequence[FixResult], left: LintReport) -> str:
    shown = options.fixing is FixMode.SHOWN
    applied = [number for fix_result in states for number in fix_result.applied.values()]
    fixes = f"{count_noun(sum(applied), 'fix', 'fixes')} {'would be ' * shown}applied"
    fixed = (
        f"{fixes} in {count_noun(len(applied), 'file')}" if applied else "There is nothing to fix"
    )
    stay = "would be left" if shown else "is left" if len(left.findings) == 1 else "are left"
    return f"{fixed}; {count_noun(len(left.findings), 'finding')} {stay}."
