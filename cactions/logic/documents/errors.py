"""What a command with ``--json`` prints where it has no result: an error, or only sentences.

``cactions.error/1`` and ``cactions.notes/1``; written, never read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from cactions.logic.documents.findings import PLACE_KEYS, findings_to_json
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
    ``place`` counts from 1, in characters, with an exclusive end; ``findings`` are those of action
    files that were refused, as in ``cactions.findings/2``.
    """
    place = report.place
    return {
        "format": ERROR,
        "kind": report.kind.value,
        "fault": report.kind.fault.value,
        "exit_code": code,
        "message": report.message,
        "place": {key: getattr(place, key) for key in PLACE_KEYS} if place else None,
        "hint": report.hint,
        "commands": [*list_commands("\n".join((report.message, report.hint, *notes, not_done)))],
        "not_done": not_done,
        "notes": list(notes),
        "findings": findings_to_json(report.findings)["findings"],
        "result": None if result is None else dict(result),
    }


def notes_to_json(notes: Iterable[str]) -> dict[str, Json]:
    """What a command said that ended well and without a result of its own."""
    return {"format": NOTES, "notes": list(notes)}
