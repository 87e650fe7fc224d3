"""SARIF output is valid by the standard's schema, exact, and stable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from cactions.logic.documents.sarif import FINGERPRINT, report_to_sarif
from cactions.logic.lint.rule_page import RulePage
from cactions.logic.relative_path import make_relative_to_root
from cactions.model import Finding, Label, LintReport, Place
from cactions.render.escape_findings import escape_report
from tests.cli.scenes import LEAK
from tests.reviews import PAGES, REVIEWS, relative, reviewed

SCHEMA = Path(__file__).parents[2] / "vectors" / "formats" / "sarif-2.1.0-rtm.5.json"
VALID = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text()))

SUPPRESSED = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  store: {data_type: string, messenger_writable: true}
  tier: {data_type: string, options: [silver, gold], messenger_writable: false}
actions:
  loyalty:
    match: user_id
    request:
      http_method: get
      url: https://api.shop.example/customers/{{ person.user_id }}
      query: {store: "{{ person.attributes.store }}"}
    response:
      mapping:  # cactions: ignore[CA201] seen by nobody
        tier: $.tier
allow:
  - rule: CA101
    where: actions.loyalty.request.query.store
    reason: teammates fill it in
    owner: ada@example.com
    expires: 2027-12-31
"""


VALIDATED: list[Any] = []
"""The lists of rules that were validated before: they take most of the time."""


def sarif_run(review: LintReport) -> dict[str, Any]:
    """The only run of the document."""
    document: Any = report_to_sarif(review, PAGES, relative)
    [run] = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    if rules in VALIDATED:
        tool = {**run["tool"], "driver": {**run["tool"]["driver"], "rules": []}}
        VALID.validate({**document, "runs": [{**run, "tool": tool}]})
    else:
        VALID.validate(document)
        VALIDATED.append(rules)
    [run] = json.loads(json.dumps(document))["runs"]
    return run


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule)
def test_findings_of_bad_examples_give_valid_sarif(page: RulePage) -> None:
    """For every rule; each result refers to its rule and to the exact span."""
    review = reviewed(page.bad)
    run = sarif_run(review)
    rules = run["tool"]["driver"]["rules"]
    for finding, result in zip(review.findings, run["results"], strict=True):
        assert finding.rule == result["ruleId"] == rules[result["ruleIndex"]]["id"]
        place = finding.place
        if place:
            [location] = result["locations"]
            region = location["physicalLocation"]["region"]
            span = (place.line, place.column, place.end_line, place.end_column)
            assert span == tuple(region.values())


@given(REVIEWS)
@settings(max_examples=150)
def test_any_findings_give_valid_sarif(review: LintReport) -> None:
    """Hostile names, files outside of the folder, findings without a place."""
    sarif_run(escape_report(review))


def test_every_rule_has_its_page_in_sarif() -> None:
    """With its summary, why, bad and good in plain text and in Markdown, and its level."""
    rules = sarif_run(LintReport((), (), {}))["tool"]["driver"]["rules"]
    assert [page.rule for page in PAGES] == [rule["id"] for rule in rules]
    levels = {"error": "error", "warning": "warning", "info": "note"}
    for page, rule in zip(PAGES, rules, strict=True):
        assert levels[page.severity] == rule["defaultConfiguration"]["level"]
        assert page.summary == rule["shortDescription"]["text"]
        assert rule["name"].replace("-", "").isalnum()
        assert page.bad in rule["help"]["text"]
        assert f"```yaml\n{page.good}```" in rule["help"]["markdown"]


def test_the_path_of_a_value_is_a_code_flow() -> None:
    """From the source to the deciding place, with a message at each step."""
    [result] = [one for one in sarif_run(reviewed(LEAK))["results"] if one["ruleId"] == "CA102"]
    [flow] = result["codeFlows"]
    [thread] = flow["threadFlows"]
    steps = [step["location"]["message"]["text"] for step in thread["locations"]]
    assert [one["message"]["text"] for one in result["relatedLocations"]] == steps
    assert len(steps) > 2
    assert steps[-1].endswith("looks it up")


def test_a_suppressed_finding_holds_its_owner() -> None:
    """Findings that are not suppressed have an empty list."""
    results = sarif_run(reviewed(SUPPRESSED))["results"]
    by = {one["ruleId"]: one["suppressions"] for one in results}
    assert ("inSource", "seen by nobody") == (
        by["CA201"][0]["kind"], by["CA201"][0]["justification"]
    )  # fmt: skip
    assert {"owner": "ada@example.com", "expires": "2027-12-31"} == by["CA101"][0]["properties"]
    clean = LintReport((Finding("CA001", "x"),), (), {"a.yaml": ""})
    assert [[]] == [one["suppressions"] for one in sarif_run(clean)["results"]]


def fingerprints(text: str) -> list[str]:
    return [one["partialFingerprints"][FINGERPRINT] for one in sarif_run(reviewed(text))["results"]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule)
def test_a_fingerprint_does_not_depend_on_the_line(page: RulePage) -> None:
    """Lines above may change; each finding of a file has its own fingerprint."""
    before = fingerprints(page.bad)
    assert before == fingerprints(f"# a comment\n\n{page.bad}")
    assert len(before) == len(set(before))


def test_columns_and_lines_are_counted_as_declared() -> None:
    """Characters, not bytes or UTF-16 units; lines break as in YAML."""
    run = sarif_run(LintReport((), (), {}))
    assert "unicodeCodePoints" == run["columnKind"]
    assert ["\r\n", "\n"] == run["newlineSequences"]


@pytest.mark.parametrize(
    ("file", "artifact"),
    [
        ("a b/ü%.yaml", {"uri": "a%20b/%C3%BC%25.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/other/a.yaml", {"uri": "file:///other/a.yaml"}),
        ("<stdin>", {"uri": "%3Cstdin%3E", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_a_file_is_a_uri_relative_to_the_root(file: str, artifact: dict[str, str]) -> None:
    """Otherwise an absolute one; no other path of this machine appears."""
    review = LintReport((Finding("CA001", "x", place=Place(file, 1, 1, 1, 2)),), (), {})
    [result] = sarif_run(review)["results"]
    [location] = result["locations"]
    assert artifact == location["physicalLocation"]["artifactLocation"]


@pytest.mark.parametrize(
    ("file", "here", "root", "name"),
    [
        ("a.yaml", "/repo", "/repo", "a.yaml"),
        ("./x/../a.yaml", "/repo/sub", "/repo", "sub/a.yaml"),
        ("../a.yaml", "/repo/sub", "/repo", "a.yaml"),
        ("/repo/a.yaml", "/tmp", "/repo/", "a.yaml"),
        ("/repository/a.yaml", "/repo", "/repo", None),
        ("../a.yaml", "/repo", "/repo", None),
        ("a.yaml", "/", "/", "a.yaml"),
    ],
)
def test_file_names_start_at_the_root(file: str, here: str, root: str, name: str | None) -> None:
    """In whatever folder the command was started."""
    assert name == make_relative_to_root(file, here=here, root=root)


def test_a_fix_is_a_replacement() -> None:
    """Of the exact span; and it says whether the fix is safe."""
    [bad] = [page.bad for page in PAGES if page.rule == "CA207"]
    [result] = sarif_run(reviewed(bad))["results"]
    [fix] = result["fixes"]
    [change] = fix["artifactChanges"]
    [replacement] = change["replacements"]
    assert {"safe": True} == fix["properties"]
    assert {"text": "{path: $.store, max_length: 255}"} == replacement["insertedContent"]


def test_brackets_never_become_a_link() -> None:
    """A plain SARIF message may contain links; ours contain text of an author."""
    label = Label("see [a](1)", Place("a.yaml", 1, 1, 1, 2))
    finding = Finding("CA101", "see [a](1)", labels=(label,))
    [result] = sarif_run(LintReport((finding,), (), {"a.yaml": ""}))["results"]
    [related] = result["relatedLocations"]
    assert r"see \[a\](1)" == result["message"]["text"] == related["message"]["text"]
    [result] = sarif_run(LintReport((replace(finding, message="$.a[0]"),), (), {}))["results"]
    assert "$.a[0]" == result["message"]["text"]
