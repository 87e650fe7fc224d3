"""Parses the page of a rule from the docstring of its module."""

from __future__ import annotations

from textwrap import dedent

from msgspec import Struct

from cactions.rules.rule import Rule

_PARTS = ("Why", "Bad", "Good", "Fix", "Suppress")


class RulePage(Struct, frozen=True):
    """The page of one rule. ``bad`` and ``good`` are whole action files."""

    rule: str
    name: str
    severity: str
    summary: str
    about: str
    why: str
    bad: str
    good: str
    fix: str
    suppress: str


def parse_rule_page(rule: Rule, text: str) -> RulePage:
    """The page of a rule from its docstring. Raises ValueError where a part is missing."""
    parts: dict[str, str] = {}
    rest = text
    for name in reversed(_PARTS):
        rest, mark, part = rest.rpartition(f"\n{name}:")
        if not mark:
            raise ValueError(f"the page of {rule.id} has no part {name}:")
        parts[name.lower()] = part
    summary, _, about = rest.strip().partition("\n\n")
    files = {name: dedent(parts[name]).strip("\n") + "\n" for name in ("bad", "good")}
    words = {name: parts[name].strip() for name in ("why", "fix", "suppress")}
    return RulePage(
        rule.id, rule.name, rule.severity.value, summary, about.strip(), **words, **files
    )
