"""The end of a command with ``--json``: its document leaves, or an error in its place.

What makes these documents is imported only then.
"""

from __future__ import annotations

from cactions.cli import json_output
from cactions.model import ErrorKind


def leave_json(*, needs_document: bool) -> None:
    """The command has ended: its document leaves, if it was asked for."""
    if not json_output.is_open():
        return
    from cactions.logic.documents.errors import notes_to_json

    json_output.leave(notes_to_json if needs_document else None)


def leave_json_error(error: BaseException | ErrorKind, not_done: str, code: int) -> None:
    """The error leaves as the document of the command, if one was asked for and has not left."""
    if not json_output.is_open():
        return
    from cactions.logic.documents.errors import error_to_json
    from cactions.render.error import describe_error

    report = describe_error(error)
    json_output.leave_error(
        lambda result, notes: error_to_json(
            report, code=code, not_done=not_done, notes=notes, result=result
        )
    )
