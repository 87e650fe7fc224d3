"""Reviews to render: of real files, and of any text that an author could put into a finding."""

from __future__ import annotations

from hypothesis import strategies as st

from cactions.logic.lint.rule_page import RulePage, parse_rule_page
from cactions.model import (
    Edit,
    Finding,
    Fix,
    Label,
    LintReport,
    Place,
    Severity,
    SuppressedFinding,
    Suppression,
)
from cactions.rules import BY_NAME, NAMES
from cactions.rules import PAGES as TEXTS_OF
from tests.lint_results import linted
from tests.strategies import builds


def page(rule: str) -> RulePage:
    """The page of a rule."""
    return parse_rule_page(BY_NAME[rule.lower()], TEXTS_OF[rule])


PAGES = [page(rule) for rule in sorted(NAMES)]


def reviewed(*texts: str) -> LintReport:
    """The findings in texts, as a.yaml, b.yaml …"""
    shaped = linted(*texts)
    return LintReport(shaped.findings, shaped.suppressed, shaped.sources)


NASTY = [
    "::error::pwned", "a\n::stop-commands::x", "%0A%25", "a,b:c=d", "@everyone #1 !1", "]]>",
    "</details><script>alert(1)</script>", "| a | b |\n|---|---|", "```\nout\n```", "$x$ `y` ~~z~~",
    "[a](javascript:b)", "<!-- c -->", "\x1b[31mred", "\u202egnp", "\0", "\ud800", "\ufffe", "{0}",
    "https://evil.example", "www.evil.example", "a@b.example", "&lt;b&gt;", "\\|", "é漢😀",
    "\r\n\t",
]  # fmt: skip
"""Texts of an author that could have a special meaning in some format."""

TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=12),
    st.lists(st.sampled_from(NASTY), min_size=2, max_size=3).map("".join),
)
FILES = st.sampled_from(["a.yaml", "sub/a b.yaml", "/elsewhere/ü.yaml", "<stdin>", "x,y:z%.yaml"])
NUMBERS = st.integers(1, 4)


@st.composite
def places(draw: st.DrawFn) -> Place:
    """A span that ends after its beginning."""
    line, column = draw(NUMBERS), draw(NUMBERS)
    end_line = line + draw(st.integers(0, 2))
    end_column = column + draw(NUMBERS) if end_line == line else draw(NUMBERS)
    return Place(draw(FILES), line, column, end_line, end_column)


LABELS = builds(Label, TEXTS, st.none() | places(), TEXTS)
FIXES = builds(
    Fix,
    TEXTS,
    st.lists(builds(Edit, places(), TEXTS), min_size=1, max_size=2).map(tuple),
    st.booleans(),
)
FINDINGS = builds(
    Finding,
    st.sampled_from(sorted(NAMES)),
    TEXTS,
    TEXTS,
    st.none() | places(),
    TEXTS,
    st.sampled_from(Severity),
    st.lists(LABELS, max_size=3).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.none() | FIXES,
)
STATEMENTS = builds(Suppression, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.none() | places())
REVIEWS = builds(
    LintReport,
    st.lists(FINDINGS, max_size=14).map(tuple),
    st.lists(builds(SuppressedFinding, FINDINGS, STATEMENTS), max_size=2).map(tuple),
    st.dictionaries(FILES, st.just("one\ntwo\n```three\n"), max_size=3),
)


def relative(file: str) -> str | None:
    """As if the root were the current folder."""
    return None if file.startswith("/") else file
