"""The JSON document of a probe: what the command prints, and what a recording of it keeps.

Neither requests nor values are in it: a recording may be committed.
"""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import (
    FailureReason,
    Json,
    ProbeBaseline,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
    ProbeVariant,
    ProbeVerdict,
    StoreError,
)

_LEAST, _MOST = 100, 999
_DIGEST: Final = re.compile(r"[0-9a-f]{32}")

FORMAT: Final = "cactions.probe/1"


def probe_to_json(report: ProbeReport) -> dict[str, Json]:
    """The report; what is judged in it is for readers, and judged anew when it is read back."""
    return {
        "format": FORMAT,
        "action": report.action,
        "passed": report.passed,
        "problem": report.problem,
        "compared": list(report.telling),
        "not_compared": list(report.untold),
        "check": report.check,
        "definition": report.definition,
        "made_at": report.made_at,
        "baseline": {
            "attacker": _observation_to_json(report.baseline.attacker),
            "victim": _observation_to_json(report.baseline.victim),
            "has_user_token": report.baseline.has_user_token,
        },
        "cases": [_case_to_json(case) for case in report.cases],
    }


def probe_from_json(document: Json) -> ProbeReport:
    """A recorded report, with the verdicts that it was written with. Raises StoreError."""
    return read_document(document, _read_report, "probe")


def _read_report(fields: StrictReader) -> ProbeReport:
    fields.format(FORMAT)
    fields.skip("passed", "problem", "compared", "not_compared", "check")
    return ProbeReport(
        fields.read_text("action"),
        fields.read_text("definition"),
        fields.read_seconds("made_at"),
        fields.read_object("baseline", _read_baseline),
        fields.read_each("cases", _read_case),
    )


def _read_baseline(fields: StrictReader) -> ProbeBaseline:
    return ProbeBaseline(
        fields.read_object("attacker", _read_observation),
        fields.read_object("victim", _read_observation),
        fields.read_flag("has_user_token"),
    )


def _read_case(fields: StrictReader) -> ProbeCase:
    fields.skip("attributes")
    return ProbeCase(
        fields.read_text("key"),
        fields.read_word("variant", ProbeVariant),
        fields.read_flag("chosen"),
        fields.read_object("seen", _read_observation),
        fields.read_word("verdict", ProbeVerdict),
        is_named=fields.read_flag("named"),
        is_skipped=fields.read_flag("skipped"),
    )


def _read_observation(fields: StrictReader) -> ProbeObservation:
    status = fields.read_optional_integer("status")
    if status is not None and not _LEAST <= status <= _MOST:
        raise StoreError(f"{fields.route}.status is no status of a response")
    return ProbeObservation(
        status=status,
        failure=fields.read_word("failure", FailureReason) if fields.has("failure") else None,
        digests=fields.read_object("digests", _read_digests),
        shown=_read_digest(fields, "shown"),
    )


def _read_digests(fields: StrictReader) -> dict[str, str]:
    return {name: _read_digest(fields, name) for name in fields.list_keys()}


def _read_digest(fields: StrictReader, name: str) -> str:
    text = fields.read_text(name)
    if text and not _DIGEST.fullmatch(text):
        raise StoreError(f"{fields.route} has a value that is no digest")
    return text


def _case_to_json(case: ProbeCase) -> dict[str, Json]:
    return {
        "key": case.key,
        "variant": case.variant.value,
        "chosen": case.is_chosen,
        "named": case.is_named,
        "skipped": case.is_skipped,
        "verdict": case.verdict.value,
        "attributes": list(case.attributes),
        "seen": _observation_to_json(case.observation),
    }


def _observation_to_json(seen: ProbeObservation) -> dict[str, Json]:
    return {
        "status": seen.status,
        **({"failure": seen.failure.value} if seen.failure else {}),
        "digests": dict(seen.digests),
        "shown": seen.shown,
    }
