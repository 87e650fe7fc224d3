"""Following a fix of any rule leads to no definition that another rule refuses."""

from __future__ import annotations

from collections import Counter

from cactions.logic.fixes.text_edits import apply_edits
from cactions.model import Finding, Severity
from tests.lint_results import linted
from tests.rules.corpus import BAD
from tests.rules.test_definitions import HONEST, LEAKING, NOW
from tests.rules.test_pairs import PAIRS
from tests.run_report import REPORT

TEXTS = [
    *((file.read_text(), NOW) for file in (*LEAKING, *HONEST)),
    *((text, None) for texts in BAD.values() for text in texts),
    *((pair.bad, None) for pair in PAIRS.values()),
]


def test_no_fix_leads_to_a_new_error() -> None:
    """Each fix is applied alone, and the file is validated again."""
    followed = Counter[str]()
    worse = []
    for text, now in TEXTS:
        before = _lint(text, now)
        for finding in before:
            if finding.fix is None:
                continue
            after = _lint(apply_edits(text.encode(), finding.fix.edits).decode(), now)
            followed[finding.rule] += 1
            come = _count_errors(after) - _count_errors(before)
            worse += [(finding.rule, finding.fix.title, *new) for new in come]
    REPORT.append(f"fixes: {followed.total()} followed, {len(worse)} led to a new error")
    assert [] == worse[:9]


def _lint(text: str, now: float | None) -> tuple[Finding, ...]:
    return linted(text, **({"now": now} if now else {})).findings


def _count_errors(findings: tuple[Finding, ...]) -> Counter[tuple[str, str]]:
    return Counter((one.rule, one.route) for one in findings if one.severity is Severity.ERROR)
