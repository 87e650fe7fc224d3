"""Which pulled files fit into the project of a folder: with them, it has no new error.

A file that does not fit is left out with the error that it would bring. What the rules of leaks
find is no such error: it is as true at Intercom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic.project import SourceFile, load_project
from cactions.model import Finding, Snapshot

_FORMAT: Final = "CA0"


class PullFit(Struct, frozen=True):
    """The texts that fit, and of each other file the error that it would bring, by name."""

    texts: Mapping[str, str]
    left_out: Mapping[str, Finding]


def choose_fitting_files(
    there: Sequence[SourceFile], added: Mapping[str, str], snapshot: Snapshot
) -> PullFit:
    """The files that can be added; one that is there already would be replaced."""
    texts, left_out = dict(added), dict[str, Finding]()
    known: set[tuple[str, str]] | None = None
    while texts and (errors := _list_errors(there, texts, snapshot)):
        if known is None:
            known = {_identify(error) for error in _list_errors(there, {}, snapshot)}
        new = [error for error in errors if _identify(error) not in known]
        blamed = _blame(new, texts, {file.name for file in there})
        if not blamed:
            break
        for name in blamed:
            del texts[name]
        left_out |= blamed
    return PullFit(texts, left_out)


def _list_errors(
    there: Sequence[SourceFile], texts: Mapping[str, str], snapshot: Snapshot
) -> tuple[Finding, ...]:
    """New files come last, so that what stands twice is told of them."""
    kept = [file for file in there if file.name not in texts]
    new = [SourceFile(name, text.encode()) for name, text in texts.items()]
    found = load_project([*kept, *new], snapshot=snapshot).errors
    return tuple(error for error in found if error.rule.startswith(_FORMAT))


def _blame(
    errors: Iterable[Finding], texts: Mapping[str, str], there: set[str]
) -> dict[str, Finding]:
    """The files that have errors, else those that would replace another one, else all."""
    by_file = {_get_file(error): error for error in reversed([*errors])}
    if not by_file:
        return {}
    found = {name: by_file[name] for name in texts if name in by_file}
    first = next(iter(by_file.values()))
    replacing = {name: first for name in texts if name in there}
    return found or replacing or dict.fromkeys(texts, first)


def _identify(error: Finding) -> tuple[str, str]:
    return _get_file(error), f"{error.rule} {error.route}"


def _get_file(error: Finding) -> str:
    return error.place.file if error.place else ""
