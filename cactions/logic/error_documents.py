"""What a command with ``--json`` prints where it has no result: an error, or only sentences.

``cactions.error/1`` and ``cactions.notes/1``; written, never read back. Nothing is imported here
that a command may be importing when a signal ends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import structs

from cactions.logic.shell import list_commands
from cactions.model import ErrorReport, Json

ERROR: Final = "cactions.error/1"
NOTES: Final = "cactions.notes/1"


def error_to_json(
    report: ErrorReport,
    *,
    code: int,
    not_done: str,
    notes: Sequence[str] = (),
    result: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """An error. ``result`` is the document that the command had finished before it.

    ``notes`` are what it said meanwhile, such as how a run that was cut off goes on.
    ``place`` counts from 1, in characters, with an exclusive end; ``findings`` of action files that
    were refused are put in by the caller, as in ``cactions.findings/2``.
    """
    place = report.place
    return {
        "format": ERROR,
        "kind": report.kind.value,
        "fault": report.kind.fault.value,
        "exit_code": code,
        "message": report.message,
        "place": structs.asdict(place) if place else None,
        "hint": report.hint,
        "commands": [*list_commands("\n".join((report.message, report.hint, *notes, not_done)))],
        "not_done": not_done,
        "notes": list(notes),
        "findings": [],
        "result": None if result is None else dict(result),
    }


def notes_to_json(notes: Iterable[str]) -> dict[str, Json]:
    """What a command said that ended well and without a result of its own."""
    return {"format": NOTES, "notes": list(notes)}
