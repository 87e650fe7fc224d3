"""Two actions write one attribute.

Which value stands there depends on which action ran last; each overwrites what the other believed,
and the weaker check of the two is the one that counts.

Why: last writer wins is a lost update, CWE-362: https://cwe.mitre.org/data/definitions/362.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      crm:
        match: user_id
        request: {http_method: get, url: "https://api.crm.example/people/{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: the CRM confirms e-mails}
          mapping:
            tier: $.level  # <- CA208
      shop:
        match: user_id
        request: {http_method: get, url: "https://api.shop.example/people/{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
      crm_tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      crm:
        match: user_id
        request: {http_method: get, url: "https://api.crm.example/people/{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: the CRM confirms e-mails}
          mapping:
            crm_tier: $.level
      shop:
        match: user_id
        request: {http_method: get, url: "https://api.shop.example/people/{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Fix: give each its own attribute.

Suppress: where the actions never run for the same people, with what keeps them apart as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Label
from cactions.rules.rule import INFO, WARNING, Rule, RuleContext, RuleMatch

_MOST = 5


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """One for each attribute, at the first mapping by name, of those without a proof if any."""
    gaps = {each.action.name for each in view.facts if each.identity_gap}
    for name, writers in view.writers.items():
        if len(writers) > 1:
            (first, _), *others = sorted(writers, key=lambda writer: writer[0].name not in gaps)
            named = [action.name for action, _ in others[:_MOST]]
            more = f" and {len(others) - _MOST:,} more" if len(others) > _MOST else ""
            yield RuleMatch(
                _build_route(first.name, name),
                f"{name} is written by {', '.join(named)}{more} too: the last one wins",
                "give each its own attribute",
                tuple(Label(f"by {text}", route=_build_route(text, name)) for text in named),
                severity=None if gaps & {action.name for action, _ in writers} else INFO,
            )


def _build_route(action: str, attribute: str) -> str:
    return f"actions.{action}.response.mapping.{attribute}#"


RULE = Rule("CA208", "two-writers", WARNING, check)
