"""Applies safe fixes to action files, pass by pass, and looks again after each.

Laws: what is fixed once stays as it is; a fix that would bring up anything new is left out; a fix
stays within one file, and beyond its edits no byte changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cactions.logic.faults import TWICE, UNREADABLE
from cactions.logic.rewriting import rewritten
from cactions.logic.shaping import Shaped, SourceFile
from cactions.model import Finding, Fix, Place, noun

Look = Callable[[Sequence[SourceFile]], Shaped]
"""What is found in the files of a folder."""
Wanted = Callable[[Finding], bool]

_MOST_PASSES: Final = 1_000
_BROKEN: Final = (UNREADABLE, TWICE)


@noun
class Mended:
    """The files as they are now, what was found in them and is now, and each one's fixes."""

    files: tuple[SourceFile, ...]
    before: Shaped
    shaped: Shaped
    applied: Mapping[str, int]


def mended(
    files: Sequence[SourceFile], look: Look, wanted: Wanted = lambda _finding: True
) -> Mended:
    """The files with every safe fix of the findings that are wanted."""
    shaped = look(files)
    state = Mended(tuple(files), shaped, shaped, {})
    refused: set[Fix] = set()
    for _ in range(_MOST_PASSES):
        fixes = [*_apart(_safe(state, wanted, refused))]
        if not fixes:
            break
        state = _step(state, fixes, look, refused)
    return state


def _safe(state: Mended, wanted: Wanted, refused: Collection[Fix]) -> Iterator[Fix]:
    names = {file.name for file in state.files}
    fixes = (one.fix for one in state.shaped.findings if one.fix and wanted(one))
    for fix in dict.fromkeys(fixes):
        files = {edit.place.file for edit in fix.edits}
        if fix.safe and fix not in refused and len(files) == 1 and files <= names:
            yield fix


def _apart(fixes: Iterator[Fix]) -> Iterator[Fix]:
    """Those that do not touch an earlier one; the others have their turn in the next pass."""
    taken: list[Place] = []
    for fix in fixes:
        places = [edit.place for edit in fix.edits]
        if not any(_touch(one, other) for one in places for other in taken):
            taken += places
            yield fix


def _touch(one: Place, other: Place) -> bool:
    return one.file == other.file and _begin(one) <= _end(other) and _begin(other) <= _end(one)


def _begin(place: Place) -> tuple[int, int]:
    return place.line, place.column


def _end(place: Place) -> tuple[int, int]:
    return place.end_line, place.end_column


def _step(state: Mended, fixes: Sequence[Fix], look: Look, refused: set[Fix]) -> Mended:
    """As many of the first ones as do no harm; the very first is refused where it does."""
    size = len(fixes)
    while size:
        if found := _tried(state, fixes[:size], look):
            return found
        size //= 2
    refused.add(fixes[0])
    return state


def _tried(state: Mended, fixes: Sequence[Fix], look: Look) -> Mended | None:
    edits = [edit for fix in fixes for edit in fix.edits]
    try:
        files = tuple(
            replace(file, data=rewritten(file.data, own)) if own else file
            for file in state.files
            for own in [[edit for edit in edits if edit.place.file == file.name]]
        )
    except ValueError:  # it lies outside of the file, or the file is no UTF-8
        return None
    shaped = look(files)
    stays = any(one.fix in fixes for one in shaped.findings)
    if stays or _is_worse(state.shaped, shaped):
        return None
    counts = Counter(state.applied) + Counter(fix.edits[0].place.file for fix in fixes)
    return Mended(files, state.before, shaped, counts)


def _is_worse(before: Shaped, after: Shaped) -> bool:
    """Whether something new is found.

    What is wrong with the format hides what stands beneath it, and all that the rules would say:
    then only what breaks a file is held against a fix.
    """
    new = Counter(map(_about, after.findings)) - Counter(map(_about, before.findings))
    return bool(new) if before.draft else any(rule in _BROKEN for rule, _ in new)


def _about(finding: Finding) -> tuple[str, str]:
    return finding.rule, finding.message
