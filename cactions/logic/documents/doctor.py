"""What ``doctor`` found as JSON: ``cactions.doctor/1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import Health, HealthCheck, Json

DOCTOR: Final = "cactions.doctor/1"


def checks_to_json(checks: Iterable[HealthCheck]) -> dict[str, Json]:
    """Every check, in order."""
    return {"format": DOCTOR, "checks": [_to_json(check) for check in checks]}


def checks_from_json(document: Json) -> tuple[HealthCheck, ...]:
    """The checks. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _checks, "checks")


def _to_json(check: HealthCheck) -> dict[str, Json]:
    return {
        "topic": check.topic,
        "subject": check.subject,
        "health": check.health.value,
        "message": check.message,
        "hint": check.hint,
    }


def _checks(fields: StrictReader) -> tuple[HealthCheck, ...]:
    fields.format(DOCTOR)
    return fields.read_each("checks", _check)


def _check(fields: StrictReader) -> HealthCheck:
    return HealthCheck(
        topic=fields.read_text("topic"),
        subject=fields.read_text("subject"),
        health=fields.read_word("health", Health),
        message=fields.read_text("message"),
        hint=fields.read_text("hint"),
    )
