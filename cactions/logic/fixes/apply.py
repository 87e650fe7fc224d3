"""Applies safe fixes to action files, pass by pass, and looks again after each.

Laws: what is fixed once stays as it is; a fix that would bring up anything new is left out; a fix
stays within one file, and beyond its edits no byte changes.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from sys import maxsize
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.fixes.text_edits import apply_edits
from cactions.logic.project import LoadedProject, SourceFile
from cactions.logic.yaml.diagnostics import TWICE, UNREADABLE
from cactions.model import Edit, Finding, Fix, Place

Look = Callable[[Sequence[SourceFile]], LoadedProject]
"""What is found in the files of a folder."""
Wanted = Callable[[Finding], bool]
Spot = tuple[int, int]
"""A line and a column."""

_MOST_PASSES: Final = 1_000
_MOST_READ: Final = 16 * 1024 * 1024
"""In bytes, over all passes: of a folder that is large, or full of fixes that do harm, some are
left for the next time."""
_LAST: Final = (maxsize, maxsize)
_BROKEN: Final = (UNREADABLE, TWICE)


class FixResult(Struct, frozen=True):
    """The files as they are now, what was found in them and is now, and each one's fixes."""

    files: tuple[SourceFile, ...]
    before: LoadedProject
    shaped: LoadedProject
    applied: Mapping[str, int]


def apply_fixes(
    files: Sequence[SourceFile], look: Look, wanted: Wanted = lambda _finding: True
) -> FixResult:
    """The files with every safe fix of the findings that are wanted."""
    shaped = look(files)
    state = FixResult(tuple(files), shaped, shaped, {})
    refused: set[Fix] = set()
    width = _MOST_READ

    def looked(files: Sequence[SourceFile]) -> LoadedProject:
        nonlocal width
        width -= sum(len(file.data) for file in files)
        return look(files)

    for _ in range(_MOST_PASSES):
        fixes = [*_skip_overlapping(_list_safe_fixes(state, wanted, refused))]
        if not fixes or width < 0:
            break
        state = _apply_some(state, fixes, looked, refused)
    return state


def _list_safe_fixes(state: FixResult, wanted: Wanted, refused: Collection[Fix]) -> Iterator[Fix]:
    names = {file.name for file in state.files}
    fixes = (finding.fix for finding in state.shaped.findings if finding.fix and wanted(finding))
    for fix in dict.fromkeys(fixes):
        files = {edit.place.file for edit in fix.edits}
        if fix.safe and fix not in refused and len(files) == 1 and files <= names:
            yield fix


def _skip_overlapping(fixes: Iterator[Fix]) -> Iterator[Fix]:
    """Those that do not touch an earlier one; the others have their turn in the next pass."""
    taken: dict[str, list[tuple[Spot, Spot]]] = {}
    for fix in fixes:
        spans = [
            (edit.place.file, _get_start(edit.place), _get_end(edit.place)) for edit in fix.edits
        ]
        if not any(_overlaps_any(taken.get(file, []), start, end) for file, start, end in spans):
            for file, start, end in spans:
                insort(taken.setdefault(file, []), (start, end))
            yield fix


def _overlaps_any(taken: Sequence[tuple[Spot, Spot]], start: Spot, end: Spot) -> bool:
    """Whether a span meets one of those in order, none of which meets another."""
    at = bisect_right(taken, (end, _LAST))
    return at > 0 and taken[at - 1][1] >= start


def _get_start(place: Place) -> Spot:
    return place.line, place.column


def _get_end(place: Place) -> Spot:
    return place.end_line, place.end_column


def _apply_some(state: FixResult, fixes: Sequence[Fix], look: Look, refused: set[Fix]) -> FixResult:
    """As many of the first ones as do no harm; the very first is refused where it does."""
    size = len(fixes)
    while size:
        if found := _try_fixes(state, fixes[:size], look):
            return found
        size //= 2
    refused.add(fixes[0])
    return state


def _try_fixes(state: FixResult, fixes: Sequence[Fix], look: Look) -> FixResult | None:
    edits: dict[str, list[Edit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            edits.setdefault(edit.place.file, []).append(edit)
    try:
        files = tuple(
            replace(file, data=apply_edits(file.data, own)) if own else file
            for file in state.files
            for own in [edits.get(file.name, [])]
        )
    except ValueError:  # it lies outside of the file, or the file is no UTF-8
        return None
    shaped = look(files)
    if _is_found_again(state.shaped, shaped, frozenset(fixes)) or _is_worse(state.shaped, shaped):
        return None
    counts = Counter(state.applied) + Counter(fix.edits[0].place.file for fix in fixes)
    return FixResult(files, state.before, shaped, counts)


def _is_found_again(before: LoadedProject, after: LoadedProject, made: Collection[Fix]) -> bool:
    """Whether something that was fixed is found again; the next one of a list may look like it."""
    if not any(finding.fix in made for finding in after.findings):
        return False
    fixed = {_get_identity(finding) for finding in before.findings if finding.fix in made}
    was, left = (
        sum(_get_identity(finding) in fixed for finding in look.findings)
        for look in (before, after)
    )
    return was - left < len(made)


def _is_worse(before: LoadedProject, after: LoadedProject) -> bool:
    """Whether something new is found.

    What is wrong with the format hides what stands beneath it, and all that the rules would say:
    then only what breaks a file is held against a fix.
    """
    new = Counter(map(_get_identity, after.findings)) - Counter(map(_get_identity, before.findings))
    return bool(new) if before.draft else any(rule in _BROKEN for rule, _ in new)


def _get_identity(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.message
