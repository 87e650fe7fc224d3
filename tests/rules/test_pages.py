"""The pages of the rules hold: a bad file gives what it marks, under all rules; a good one none."""

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
from tests.linted import linted

SEVERITIES = {rule.id: rule.severity for rule in RULES}
NAMES = sorted(SEVERITIES)
HELD = Entry(
    Purpose.SECRET, "shop_token", 1, {"hosts": ("api.shop.example",)}, Ciphertext(b"", b"")
)


def page(rule: str) -> RulePage:
    return parse_rule_page(BY_NAME[rule.lower()], PAGES[rule])


def found_in(text: str, *entries: Entry) -> list[Finding]:
    """What all rules and an open vault beside the file have to say."""
    shaped = linted(text)
    project = shaped.project or shaped.draft
    return [
        *shaped.findings,
        *(find_vault_problems(project, entries) if project and entries else []),
    ]


def marked(text: str) -> list[tuple[int, str]]:
    """The lines that the page marks, each with the rules that find something there."""
    lines = enumerate(text.splitlines(), start=1)
    return sorted(
        (number, rule)
        for number, line in lines
        for rule in re.findall(r"CA\d{3}", line.partition("# <-")[2])
    )


def told(findings: list[Finding]) -> list[tuple[int, str]]:
    return sorted((one.place.line if one.place else 0, one.rule) for one in findings)


@pytest.mark.parametrize("rule", NAMES)
def test_the_bad_file_gives_exactly_what_it_marks(rule: str) -> None:
    """Under all rules, so that no example hides another mistake."""
    text = page(rule).bad
    other = Entry(Purpose.SECRET, "other", 1, {"hosts": ()}, Ciphertext(b"", b""))
    findings = found_in(text, *([other] if rule == "CA305" else []))
    assert marked(text) == told([one for one in findings if one.place])
    assert rule in {one.rule for one in findings}


@pytest.mark.parametrize("rule", NAMES)
def test_the_good_file_gives_nothing_at_all(rule: str) -> None:
    """Not even a note."""
    entries = [HELD] if "shop_token" in page(rule).good else []
    assert [] == found_in(page(rule).good, *entries)


@pytest.mark.parametrize("rule", NAMES)
def test_a_page_says_everything(rule: str) -> None:
    """A summary of one line, and why with a source outside of this project."""
    one = page(rule)
    assert all((one.summary, one.about, one.why, one.fix, one.suppress))
    assert "\n" not in one.summary
    assert re.search(r"https://\S+", one.why)


def test_every_rule_has_a_file_and_every_file_a_rule() -> None:
    """One rule a file; what a rule finds is called by the name of its file."""
    files = {path.stem for path in Path(package.__path__[0]).glob("ca*.py")}
    modules = {f"{rule.id.lower()}_{rule.name.replace('-', '_')}": rule for rule in RULES}
    assert set(modules) == files
    assert [rule.id for rule in RULES] == sorted(SEVERITIES) == sorted(PAGES)
    for module, rule in modules.items():
        assert import_module(f"cactions.rules.{module}").RULE is rule


def test_explain_takes_an_identifier_or_a_name() -> None:
    """In any case, so that what a finding shows can be copied."""
    assert {*BY_NAME} == {key for rule in RULES for key in (rule.id.lower(), rule.name)}


def test_a_secret_that_nothing_uses_is_told() -> None:
    """It has no place in the files, which is the point."""
    other = Entry(Purpose.SECRET, "other", 1, {"hosts": ()}, Ciphertext(b"", b""))
    [one] = found_in(page("CA305").good, HELD, other)
    assert ("CA305", None) == (one.rule, one.place)
    assert '"other"' in one.message


def test_rules_of_the_format_are_errors_but_one() -> None:
    """A vault that lacks something stops nothing here; the call itself would."""
    format_rules = {name: each for name, each in SEVERITIES.items() if name.startswith("CA0")}
    assert {Severity.ERROR} == set(format_rules.values())
    assert Severity.WARNING is SEVERITIES["CA305"]
