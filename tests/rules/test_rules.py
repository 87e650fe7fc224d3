"""Each rule reports its bad definitions and accepts similar good ones."""

from __future__ import annotations

import pytest

from cactions.model import Severity
from cactions.rules import BY_NAME, LAST, SUPPRESSIBLE
from tests.lint_results import errors_and_warnings, linted
from tests.rules.corpus import BAD, GOOD
from tests.run_report import REPORT

RULES = (*SUPPRESSIBLE, LAST.id)


def cases(corpus: dict[str, list[str]]) -> list[object]:
    return [
        pytest.param(rule, text, id=f"{rule}-{number}")
        for rule, texts in corpus.items()
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(("rule", "text"), cases(BAD))
def test_a_bad_definition_is_reported(rule: str, text: str) -> None:
    """By this rule, with its severity, at a place, with a next step."""
    shaped = linted(text)
    found = [one for one in shaped.findings if one.rule == rule]
    assert found, [(one.rule, one.message) for one in shaped.findings]
    for one in found:
        assert one.severity in (BY_NAME[rule.lower()].severity, Severity.INFO)
        assert one.place
        assert one.hint
    errors = any(one.severity is Severity.ERROR for one in shaped.findings)
    assert errors is (shaped.project is None)


@pytest.mark.parametrize(("rule", "text"), cases(GOOD))
def test_a_good_definition_is_not_reported(rule: str, text: str) -> None:
    """By this rule and all others: no errors, no warnings."""
    shaped = linted(text)
    assert [] == [one.message for one in shaped.findings if one.rule == rule]
    assert [] == [(one.rule, one.message) for one in errors_and_warnings(shaped.findings)]


def test_every_rule_has_six_cases_of_each() -> None:
    """In addition to the two of the page."""
    assert set(RULES) == set(BAD) == set(GOOD)
    assert 6 <= min(len(texts) for texts in (*BAD.values(), *GOOD.values()))
    bad, good = (sum(map(len, corpus.values())) for corpus in (BAD, GOOD))
    REPORT.append(f"rules: {len(RULES)}, on {bad} bad and {good} good definitions")
