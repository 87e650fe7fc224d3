"""A run of tests as JUnit and as Markdown: valid, complete, and nothing in it becomes markup."""

from __future__ import annotations

from typing import Any

import pytest
from junitparser import JUnitXml

from cactions import model  # pytest would collect a TestReport
from cactions.render.markdown import LONGEST
from cactions.render.suite_annotations import render_suite_github
from cactions.render.suite_report import render_suite_junit, render_suite_markdown
from tests.render import samples
from tests.render.sheets import SUITE
from tests.render.test_junit import SCHEMA

HOSTILE = "a\x1b[0m | <b>&amp;</b> `x`\n| @team #1 ]]> \u202e\x00"


def suite(count: int, **rest: Any) -> model.SuiteResult:
    reports = tuple(
        model.TestReport("loyalty", f"{HOSTILE}{number}", samples.LOYALTY, (HOSTILE,), HOSTILE, 0.5)
        for number in range(count)
    )
    return model.SuiteResult(reports, **rest)


UNUSED = (model.UnusedInteraction("loyalty", "cassettes/loyalty.json", 2, HOSTILE),)
COVERAGE = (model.ActionCoverage("loyalty", (model.CoveragePoint("attribute a|b", met=False),)),)
SUITES = {
    "the sample": SUITE,
    "hostile": suite(3, unused=UNUSED, coverage=COVERAGE, slowest=2),
    "strict": suite(1, unused=UNUSED, strict=True),
    "nothing failed": model.SuiteResult(SUITE.reports[:1]),
}


@pytest.mark.parametrize("name", SUITES)
def test_a_report_is_valid_junit_and_complete(name: str) -> None:
    """A case for each test, a failure for each that failed, and for unused recordings if strict."""
    found = SUITES[name]
    text = render_suite_junit(found)
    SCHEMA.validate(text)
    parsed = JUnitXml.fromstring(text.encode())
    failed = sum(not report.passed for report in found.reports)
    failed += len(found.unused) if found.strict else 0
    assert (len(found.reports) + len(found.unused), failed) == (parsed.tests, parsed.failures)
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("name", SUITES)
def test_markdown_holds_no_markup_of_others(name: str) -> None:
    """Each row of a table stays one row."""
    found = SUITES[name]
    text = render_suite_markdown(found)
    failed = sum(not report.passed for report in found.reports)
    assert f", {failed} failed\n" in text.split("\n")[0] + "\n"
    rows = [line for line in text.split("\n") if line.startswith("| <code>")]
    assert failed + len(found.slow_reports) + len(found.coverage or ()) == len(rows)
    assert [] == [sign for sign in ("<b>", "@team", "`x`", "\x1b", "a|b") if sign in text]


@pytest.mark.parametrize("name", SUITES)
def test_annotations_stay_one_line_each(name: str) -> None:
    """Whatever stands in a test: no line of it becomes a command of the runner."""
    found = SUITES[name]
    text = render_suite_github(found, lambda path: path)
    failed = sum(not report.passed for report in found.reports)
    failed += len(found.unused) if found.strict else 0
    *lines, last, end = text.split("\n")
    assert (failed, "") == (len(lines), end)
    assert [] == [line for line in lines if not line.startswith("::error ")]
    assert last.startswith("cactions: ")
    assert text.replace("\n", "").isprintable()


def test_of_many_annotations_the_first_ten_are_shown() -> None:
    """GitHub shows no more, and prints none of the rest."""
    text = render_suite_github(suite(11), lambda path: path)
    assert 10 == text.count("::error ")
    assert "The first 10 are annotations; `cactions test` lists all." in text
    assert "the job summary lists all" in render_suite_github(suite(11), str, summarized=True)
    assert "lists all" not in render_suite_github(suite(10), lambda path: path)


def test_long_markdown_is_cut_and_says_how_much_is_missing() -> None:
    """A comment of GitHub has a limit."""
    text = render_suite_markdown(
        suite(2_000, coverage=COVERAGE * 500, slowest=900, unused=UNUSED * 50)
    )
    assert len(text) <= LONGEST
    shown = text.count("\n| <code>loyalty</code> | <code>a")
    assert f"… and {2_000 - shown:,} more" in text
    assert 0 < shown < 2_000
