"""``cactions explain``: prints the page of a rule."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.cli import wiring
from cactions.cli.options import Json
from cactions.logic.documents import pages_to_json
from cactions.logic.lint.rule_page import parse_rule_page
from cactions.logic.suggest import suggest
from cactions.model import UsageError
from cactions.render.rule_page import render_rule_pages
from cactions.rules import BY_NAME, PAGES, RULES
from cactions.rules.rule import Rule


def command(
    rule: Annotated[
        str | None,
        typer.Argument(
            metavar="[RULE]", help="A rule by id or name, such as CA101 or user-controlled-lookup."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All rules.")] = False,
    json: Json = False,
) -> None:
    """Explain a rule: why it exists, bad and good examples, how to fix or suppress it.

    Example: cactions explain ineffective-identity-check
    """
    pages = [parse_rule_page(found, PAGES[found.id]) for found in _find_rules(rule, every)]
    if json:
        wiring.write_json(pages_to_json(pages))
    else:
        wiring.create_output().print(render_rule_pages(pages))


def _find_rules(word: str | None, every: bool) -> tuple[Rule, ...]:
    """The rule of an id or a name, or all rules."""
    if every or word is None:
        if bool(every) is (word is not None):
            hint = "For example `cactions explain CA101`."
            raise UsageError("name one rule, or use --all", hint=hint)
        return RULES
    key = word.lower().replace("_", "-")
    if key not in BY_NAME:
        known = [rule.name for rule in RULES] if "-" in key else [rule.id for rule in RULES]
        close = suggest(key if "-" in key else key.upper(), known)
        raise UsageError(f'there is no rule "{word}"', hint=close)
    return (BY_NAME[key],)
