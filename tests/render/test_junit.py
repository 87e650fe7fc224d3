"""JUnit reports are valid by Jenkins' schema and are read correctly by an independent parser."""

from __future__ import annotations

from pathlib import Path

import pytest
import xmlschema
from hypothesis import given, settings
from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from cactions.logic.lint.rule_page import RulePage
from cactions.model import Finding, LintReport, Place, Severity, SuppressedFinding, Suppression
from cactions.render.escape import escape_terminal
from cactions.render.junit import render_junit
from tests.reviews import PAGES, REVIEWS, reviewed

SCHEMA = xmlschema.XMLSchema(
    str(Path(__file__).parents[1] / "vectors" / "formats" / "junit-10.xsd")
)
GRAVE = (Severity.ERROR, Severity.WARNING)
TestCase.__test__ = TestSuite.__test__ = False  # pytest would collect them


def read(review: LintReport) -> list[TestSuite]:
    """The suites, as the parser finds them in a valid report."""
    text = render_junit(review, GRAVE)
    SCHEMA.validate(text)
    return [*JUnitXml.fromstring(text.encode())]


@given(REVIEWS)
@settings(max_examples=60)
def test_every_finding_is_a_case(review: LintReport) -> None:
    """With any message: severe ones fail, suppressed ones are skipped, the others pass."""
    cases = [case for suite in read(review) for case in suite]
    results = [type(result) for case in cases for result in case.result]
    severe = [one for one in review.findings if one.severity in GRAVE]
    assert len(severe) == results.count(Failure)
    assert len(review.suppressed) == results.count(Skipped)
    messages = [result.message for case in cases for result in case.result]
    assert {escape_terminal(one.message) for one in severe} <= set(messages)


@given(REVIEWS)
@settings(max_examples=25)
def test_the_counts_add_up(review: LintReport) -> None:
    """Of each suite and in total."""
    text = render_junit(review, GRAVE)
    counted, stated = JUnitXml.fromstring(text.encode()), JUnitXml.fromstring(text.encode())
    counted.update_statistics()
    assert (counted.tests, counted.failures, 0) == (stated.tests, stated.failures, stated.errors)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule)
def test_the_bad_example_of_a_rule_is_in_the_suite_of_its_file(page: RulePage) -> None:
    """With the rule as the type of the failure."""
    review = reviewed(page.bad)
    suites = read(review)
    assert [*review.sources] == [suite.name for suite in suites][: len(review.sources)]
    failed = [result.type for suite in suites for case in suite for result in case.result]
    assert [one.rule for one in review.findings if one.severity in GRAVE] == failed


def test_a_clean_file_is_one_passed_case() -> None:
    """A report without cases is an error for many readers."""
    [suite] = read(LintReport((), (), {"a.yaml": ""}))
    [case] = suite
    assert (True, "no findings", "a.yaml") == (case.is_passed, case.name, case.classname)


def test_a_report_has_the_documented_form() -> None:
    """A failure, a note beside a passed case, and a skipped one with its reason."""
    place = Place("a.yaml", 3, 5, 3, 9)
    note = Finding("CA207", "any text", place=place, severity=Severity.INFO)
    review = LintReport(
        (Finding("CA101", "<chosen>", "look", place, "actions.a"), note),
        (SuppressedFinding(Finding("CA201", "no proof", place=place), Suppression("x", "seen")),),
        {"a.yaml": ""},
    )
    assert (
        render_junit(review, GRAVE)
        == """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="cactions validate" tests="3" failures="1" errors="0">
  <testsuite name="a.yaml" tests="3" failures="1" errors="0" skipped="1">
    <testcase name="CA101 actions.a" classname="a.yaml">
      <failure type="CA101" message="&lt;chosen&gt;">a.yaml:3:5: error CA101 &lt;chosen&gt;
hint: look</failure>
    </testcase>
    <testcase name="CA207 line 3" classname="a.yaml">
      <system-out>a.yaml:3:5: note CA207 any text</system-out>
    </testcase>
    <testcase name="CA201 line 3" classname="a.yaml">
      <skipped message="no proof; suppressed: seen" />
    </testcase>
  </testsuite>
</testsuites>
"""
    )
