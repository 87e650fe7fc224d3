"""The examples on rule pages are right: bad files give the marked findings, good files none."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import cactions.rules as package
from cactions.logic.lint.rule_page import RulePage, parse_rule_page
from cactions.logic.vault.missing_secrets import find_vault_problems
from cactions.model import Finding, Severity
from cactions.model.vault import Ciphertext, Entry, Purpose
from cactions.rules import BY_NAME, PAGES, RULES
from tests.lint_results import linted

SEVERITIES = {rule.id: rule.severity for rule in RULES}
NAMES = sorted(SEVERITIES)
HELD = Entry(
    Purpose.SECRET, "shop_token", 1, {"hosts": ("api.shop.example",)}, Ciphertext(b"", b"")
)


def page(rule: str) -> RulePage:
    return parse_rule_page(BY_NAME[rule.lower()], PAGES[rule])


def found_in(text: str, *entries: Entry) -> list[Finding]:
    """The findings of all rules, with an opened vault beside the file."""
    shaped = linted(text)
    project = shaped.project or shaped.draft
    return [
        *shaped.findings,
        *(find_vault_problems(project, entries) if project and entries else []),
    ]


def marked(text: str) -> list[tuple[int, str]]:
    """The marked lines of the page, each with the rules that report it."""
    lines = enumerate(text.splitlines(), start=1)
    return sorted(
        (number, rule)
        for number, line in lines
        for rule in re.findall(r"CA\d{3}", line.partition("# <-")[2])
    )


def lines_and_rules(findings: list[Finding]) -> list[tuple[int, str]]:
    return sorted((one.place.line if one.place else 0, one.rule) for one in findings)


@pytest.mark.parametrize("rule", NAMES)
def test_the_bad_example_gives_exactly_its_marked_findings(rule: str) -> None:
    """Under all rules, so that no example contains another mistake."""
    text = page(rule).bad
    other = Entry(Purpose.SECRET, "other", 1, {"hosts": ()}, Ciphertext(b"", b""))
    findings = found_in(text, *([other] if rule == "CA305" else []))
    assert marked(text) == lines_and_rules([one for one in findings if one.place])
    assert rule in {one.rule for one in findings}


@pytest.mark.parametrize("rule", NAMES)
def test_the_good_example_gives_no_findings(rule: str) -> None:
    """Not even a note."""
    entries = [HELD] if "shop_token" in page(rule).good else []
    assert [] == found_in(page(rule).good, *entries)


@pytest.mark.parametrize("rule", NAMES)
def test_a_page_is_complete(rule: str) -> None:
    """A summary of one line, and a reason with a source outside of this project."""
    one = page(rule)
    assert all((one.summary, one.about, one.why, one.fix, one.suppress))
    assert "\n" not in one.summary
    assert re.search(r"https://\S+", one.why)


def test_every_rule_has_its_own_file() -> None:
    """One rule per file; its findings have the identifier of its file name."""
    files = {path.stem for path in Path(package.__path__[0]).glob("ca*.py")}
    modules = {f"{rule.id.lower()}_{rule.name.replace('-', '_')}": rule for rule in RULES}
    assert set(modules) == files
    assert [rule.id for rule in RULES] == sorted(SEVERITIES) == sorted(PAGES)
    for module, rule in modules.items():
        assert import_module(f"cactions.rules.{module}").RULE is rule


def test_explain_accepts_an_identifier_or_a_name() -> None:
    """In any letter case, so that the text of a finding can be copied."""
    assert {*BY_NAME} == {key for rule in RULES for key in (rule.id.lower(), rule.name)}


def test_an_unused_secret_is_reported() -> None:
    """It does not occur in the files, which is why it is reported."""
    hosts = {"hosts": ("api.shop.example",)}
    other = Entry(Purpose.SECRET, "other", 1, hosts, Ciphertext(b"", b""))
    [one] = found_in(page("CA305").good, HELD, other)
    assert ("CA305", None) == (one.rule, one.place)
    assert '"other"' in one.message


def test_a_key_to_sign_with_is_not_missed() -> None:
    """No file names it: `cactions identity` uses it."""
    key = Entry(Purpose.SECRET, "identity_secret", 1, {"hosts": ()}, Ciphertext(b"", b""))
    assert [] == found_in(page("CA305").good, HELD, key)


def test_rules_of_the_format_are_errors_but_one() -> None:
    """A vault without a needed secret stops nothing here; the call itself would fail."""
    format_rules = {name: each for name, each in SEVERITIES.items() if name.startswith("CA0")}
    assert {Severity.ERROR} == set(format_rules.values())
    assert Severity.WARNING is SEVERITIES["CA305"]
