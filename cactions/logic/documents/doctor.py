"""What ``doctor`` found as JSON: ``cactions.doctor/1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.model import HealthCheck, Json

DOCTOR: Final = "cactions.doctor/1"


def checks_to_json(checks: Iterable[HealthCheck]) -> dict[str, Json]:
    """Every check, in order."""
    return {"format": DOCTOR, "checks": [_to_json(check) for check in checks]}


def _to_json(check: HealthCheck) -> dict[str, Json]:
    return {
        "topic": check.topic,
        "subject": check.subject,
        "health": check.health.value,
        "message": check.message,
        "hint": check.hint,
    }
