"""``cactions explain``: what a rule looks for, why, and how its finding is mended."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.cli import wiring
from cactions.cli.options import Json
from cactions.logic.documents import pages_to_json
from cactions.logic.lint.rule_page import parse_rule_page
from cactions.logic.suggest import suggest
from cactions.model import UsageError
from cactions.render.rule_page import render_rule_pages as pages_sheet
from cactions.rules import PAGES, SEVERITIES


def command(
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="A rule, such as CA101.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All rules.")] = False,
    json: Json = False,
) -> None:
    """Explain a rule: what it finds, why, a bad and a good file, and how to suppress it honestly.

    Example: cactions explain CA101
    """
    named = _named(rule, every)
    pages = [parse_rule_page(name, SEVERITIES[name].value, PAGES[name]) for name in named]
    if json:
        wiring.write_json(pages_to_json(pages))
    else:
        wiring.create_output().print(pages_sheet(pages))


def _named(rule: str | None, every: bool) -> list[str]:
    known = sorted(SEVERITIES)
    if every or rule is None:
        if bool(every) is (rule is not None):
            raise UsageError(
                "name one rule, or say --all", hint="Such as `cactions explain CA101`."
            )
        return known
    if rule.upper() not in SEVERITIES:
        raise UsageError(f'there is no rule "{rule}"', hint=suggest(rule.upper(), known))
    return [rule.upper()]
