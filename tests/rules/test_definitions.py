"""Definitions by authors who did not know the rules: leaks are found, honest ones are left alone.

They were written from the public documentation of the platform and of the services, in the shapes
of Shopify, Stripe, Chargebee, Salesforce, HubSpot, Zendesk, Zuora, GraphQL, SOAP, JSON:API,
tickets, refunds and bookings. The first line of each says who can do what to whom, or why it is
safe.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.model import Severity
from tests.lint_results import errors_and_warnings, linted
from tests.run_report import REPORT

FOLDER = Path(__file__).parent / "definitions"
LEAKING = sorted((FOLDER / "leaking").glob("*.yaml"))
HONEST = sorted((FOLDER / "honest").glob("*.yaml"))
NOW = 1_795_000_000.0
"""2026-11-18: their statements of trust were written for about that day."""
RECALL, FALSE_ALARMS = 0.97, 0.03


@pytest.mark.parametrize("file", [*LEAKING, *HONEST], ids=lambda file: file.stem)
def test_a_definition_is_well_formed(file: Path) -> None:
    """A leak is not found by a mistake of the format."""
    found = linted(file.read_text(), now=NOW).findings
    assert [] == [one.message for one in found if one.rule.startswith("CA0")]


def test_the_leaks_are_found_and_the_honest_are_left_alone() -> None:
    """With the recall and the false alarms in the report of the run."""
    missed = [file.stem for file in LEAKING if not _find_problems(file)]
    alarmed = [file.stem for file in HONEST if _find_problems(file)]
    blocked = [file.stem for file in HONEST if Severity.ERROR in _find_problems(file)]
    recall, alarms = 1 - len(missed) / len(LEAKING), len(alarmed) / len(HONEST)
    REPORT.append(
        f"definitions: {len(LEAKING)} leaking, recall {recall:.3f};"
        f" {len(HONEST)} honest, false alarms {alarms:.3f}, errors {len(blocked)}"
    )
    assert len(LEAKING) >= 60
    assert len(HONEST) >= 120
    assert recall >= RECALL, missed
    assert alarms <= FALSE_ALARMS, alarmed


def _find_problems(file: Path) -> set[Severity]:
    return {one.severity for one in errors_and_warnings(linted(file.read_text(), now=NOW).findings)}
