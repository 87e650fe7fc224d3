"""A run for many people as a file, for readers without a terminal and for other programs.

A report is written as a stream of whole lines: a million entries need no more memory than a few
thousand. Redacted values are withheld in every form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import chain, islice
from pathlib import Path

from cactions.logic import strict_json
from cactions.logic.documents.plans import plan_to_json
from cactions.logic.documents.runs import receipt_to_json
from cactions.logic.documents.summaries import summary_to_json
from cactions.logic.documents.workspaces import workspace_to_json
from cactions.model import Json, PlanSummary, RunEntry, UsageError, WorkspaceName
from cactions.render.csv_report import write_csv_report
from cactions.render.escape import escape_json
from cactions.render.markdown_report import write_markdown_report


class ReportForm(Enum):
    """The ending of a report's file."""

    MARKDOWN = ".md"
    JSON = ".json"
    CSV = ".csv"


def choose_report_form(path: Path) -> ReportForm:
    """The form that a file's ending asks for. Raises UsageError for any other ending."""
    try:
        return ReportForm(path.suffix.lower())
    except ValueError:
        *others, last = (form.value for form in ReportForm)
        raise UsageError(
            f"a report cannot be written to {path}",
            hint=f"Its name must end in {', '.join(others)} or {last}; `--html FILE` writes the"
            " review page.",
        ) from None


def write_report(
    entries: Iterable[RunEntry], summary: PlanSummary, workspace: WorkspaceName, form: ReportForm
) -> Iterator[str]:
    """The text of the report, piece by piece; each piece ends with a line.

    ``workspace`` is what is written to. An entry that is only planned is not ``started``.
    ``entries`` are read once.
    """
    entries = iter(entries)
    first = [*islice(entries, 1)]
    action = first[0].plan.action if first else "report"
    everyone = chain(first, entries)
    if form is ReportForm.JSON:
        return _write_json(everyone, summary, workspace, action)
    if form is ReportForm.CSV:
        return write_csv_report(everyone, summary, workspace)
    return write_markdown_report(everyone, summary, workspace, action)


def _write_json(
    entries: Iterable[RunEntry], summary: PlanSummary, workspace: WorkspaceName, action: str
) -> Iterator[str]:
    """``cactions.report/1``: one document, with an entry in each line."""
    head: dict[str, Json] = {
        "format": "cactions.report/1",
        "action": action,
        **workspace_to_json(workspace),
        "summary": summary_to_json(summary, redact=True),
    }
    opened = _dump(head).removesuffix("}")
    yield f'{opened}, "entries": [\n'
    separator = ""
    for number, entry in enumerate(entries, start=1):
        yield f"{separator}{_dump(_entry_to_json(number, entry))}"
        separator = ",\n"
    yield "\n]}\n"


def _entry_to_json(number: int, entry: RunEntry) -> dict[str, Json]:
    return {
        "entry": entry.number or number,
        "plan": plan_to_json(entry.plan, redact=True),
        "receipt": receipt_to_json(entry.receipt, redact=True) if entry.receipt else None,
        "started": entry.started,
        "undone_by": entry.undone_by,
    }


def _dump(document: Json) -> str:
    return escape_json(strict_json.dump_json(document))
