"""Linting any list takes time linear in its length: valid, invalid and nearly valid ones.

CPU is measured, not elapsed time, and the best of some runs counts. The normal run takes the
shapes that were slow once; ``-m hostile`` takes all of them up to the size limit of a file.
"""

from __future__ import annotations

import gc
import time

import pytest

from cactions.logic.documents.findings import findings_to_json
from cactions.logic.documents.sarif import report_to_sarif
from cactions.logic.fixes.apply import apply_fixes
from cactions.logic.lint.engine import lint
from cactions.logic.lint.rule_page import parse_rule_page
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.strict_json import dump_json
from cactions.logic.yaml.parser import MAX_BYTES
from cactions.model import LintReport, Severity
from cactions.render.escape_findings import escape_report
from cactions.render.findings import render_findings
from cactions.render.github import render_github
from cactions.render.junit import render_junit
from cactions.render.markdown import render_markdown
from cactions.render.text import to_plain_text
from cactions.rules import BY_NAME, PAGES
from tests.case_counts import COUNTS
from tests.lint_results import NOW
from tests.list_shapes import NAMES, text_of

SMALL = 2 * 1024
NORMAL = 128 * 1024
FULL = MAX_BYTES - 1024
LONG = COUNTS.factor > 1

FLOOR = 0.02
"""Seconds: shorter times are noise."""
FACTOR = 8
"""How many times as long a file of four times the size may take: 4 is linear, 16 is quadratic."""
MOST = 15.0
"""CPU seconds for a file at the limit, in all formats; three times what the slowest takes."""

DEAR = (
    "allow, idle", "trust, idle", "rows.where, attributes", "people and tests",
    "keys and targets of one action", "keys and targets of an echo", "inputs and keys",
    "hosts and uses",
)  # fmt: skip
"""Shapes that were quadratic once, or would be after one careless change."""
FIXABLE = ("allow, idle", "allow, idle on lines", "comments, idle", "actions, free")


def looked(files: list[SourceFile]) -> LoadedProject:
    """The findings of ``validate``."""
    return lint(load_project(files), NOW)


def found(name: str, size: int) -> None:
    """The findings of a file, without output formats."""
    looked([SourceFile("a.yaml", text_of(name, size).encode())])


def report(name: str, size: int) -> None:
    """Everything that ``validate`` does with a file, in every format."""
    look = looked([SourceFile("a.yaml", text_of(name, size).encode())])
    review = LintReport(look.findings, look.suppressed, look.sources, 0)
    rules = {one.rule for one in look.findings} | {one.finding.rule for one in look.suppressed}
    pages = [parse_rule_page(BY_NAME[rule.lower()], PAGES[rule]) for rule in rules]
    to_plain_text(render_findings(review.findings, review.sources)(80))
    render_github(review, str)
    render_junit(review, [Severity.ERROR])
    render_markdown(review, str)
    dump_json(findings_to_json(review.findings, review.suppressed))
    dump_json(report_to_sarif(escape_report(review), pages, str))


def fixed(name: str, size: int) -> None:
    """Everything that ``validate --fix`` does with a file."""
    file = SourceFile("a.yaml", text_of(name, size).encode())
    done = apply_fixes([file], lambda files: looked([*files]))
    assert done.applied, name


def seconds(work: object, name: str, size: int, *, runs: int) -> float:
    """CPU of the fastest run, without the garbage collection of the whole test run."""
    assert callable(work)
    spent = []
    gc.disable()
    try:
        for _ in range(runs):
            start = time.process_time()
            work(name, size)
            spent.append(time.process_time() - start)
    finally:
        gc.enable()
    return min(spent)


def is_linear(work: object, name: str, size: int) -> bool:
    """Whether four times the size takes about four times as long; a slow run is repeated."""
    for runs in (1, 3):
        quarter = seconds(work, name, size // 4, runs=runs)
        whole = seconds(work, name, size, runs=runs)
        if whole <= FACTOR * max(quarter, FLOOR):
            return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_every_list_is_linted_and_reported(name: str) -> None:
    """At a small size; nothing is slow, and there is no internal error."""
    assert seconds(report, name, SMALL, runs=1) < 2


@pytest.mark.hostile
@pytest.mark.parametrize("name", NAMES if LONG else DEAR)
def test_linting_every_list_is_linear(name: str) -> None:
    """Four times as many entries, about four times as long; bounded at the size limit."""
    assert is_linear(report if LONG else found, name, FULL if LONG else NORMAL)
    assert not LONG or seconds(report, name, FULL, runs=1) < MOST


@pytest.mark.hostile
@pytest.mark.parametrize("name", FIXABLE if LONG else FIXABLE[:2])
def test_applying_thousands_of_fixes_is_linear(name: str) -> None:
    """``--fix`` applies them all, in a time that grows with the file."""
    assert is_linear(fixed, name, FULL // 2 if LONG else NORMAL // 4)
