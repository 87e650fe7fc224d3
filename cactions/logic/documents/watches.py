"""A look at watched files as JSON: ``cactions.watch/1``."""

from __future__ import annotations

from typing import Final

from cactions.logic.documents.findings import findings_to_json, suite_to_json
from cactions.model import Json, WatchReport

WATCH: Final = "cactions.watch/1"


def watch_to_json(report: WatchReport, error: dict[str, Json] | None) -> dict[str, Json]:
    """The report, with the documents of `validate` and `test` in it, and of its error."""
    lint = report.lint
    return {
        "format": WATCH,
        "changed": list(report.changed),
        "findings": findings_to_json(lint.findings, lint.suppressed) if lint else None,
        "tests": suite_to_json(report.suite, redact=True),
        "replayed": list(report.replayed),
        "waiting": list(report.waiting),
        "error": error,
    }
