"""The end of a command with ``--json``: its document leaves, or an error in its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from cactions.cli import json_output
from cactions.logic.error_documents import error_to_json, notes_to_json
from cactions.model import ErrorKind, ErrorReport, Json
from cactions.render.error import describe_error


def leave_json(*, needs_document: bool) -> None:
    """The command has ended: its document leaves, if it was asked for."""
    json_output.leave(notes_to_json if needs_document else None)


def leave_json_error(error: BaseException | ErrorKind, not_done: str, code: int) -> None:
    """The error leaves as the document of the command, if one was asked for and has not left."""
    if not json_output.is_open():
        return
    report = describe_error(error)
    json_output.leave_error(partial(_build_error, report, not_done, code, _list_findings(report)))


def error_report_to_json(error: BaseException, not_done: str, code: int) -> dict[str, Json]:
    """The document of an error that does not end the command."""
    report = describe_error(error)
    return _build_error(report, not_done, code, _list_findings(report), None, ())


def _build_error(
    report: ErrorReport,
    not_done: str,
    code: int,
    findings: Json,
    result: dict[str, Json] | None,
    notes: Sequence[str],
) -> dict[str, Json]:
    document = error_to_json(report, code=code, not_done=not_done, notes=notes, result=result)
    return {**document, "findings": findings}


def _list_findings(report: ErrorReport) -> Json:
    """The module is loaded only where there are findings."""
    if not report.findings:
        return []
    from cactions.logic.documents.findings import findings_to_json

    return findings_to_json(report.findings)["findings"]
