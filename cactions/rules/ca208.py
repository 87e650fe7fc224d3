"""Two actions write one attribute.

Which value stands there depends on which action ran last; each overwrites what the other believed,
and the weaker check of the two is the one that counts.

Why: last writer wins is a lost update, CWE-362: https://cwe.mitre.org/data/definitions/362.html

Bad:

    version: 1
    workspace: {identity_verification: true}
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
            tier: $.tier  # <- CA208

Good:

    version: 1
    workspace: {identity_verification: true}
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
from cactions.rules.rule import WARNING, Rule, Spot, View

_MOST = 5


def check(view: View) -> Iterator[Spot]:
    """One for each of the mappings onto one attribute, with the others beside it."""
    for name, writers in view.writers.items():
        if len(writers) > 1:
            routes = {action.name: _route(action.name, name) for action, _ in writers}
            for one, route in routes.items():
                others = [other for other in routes if other != one]
                yield Spot(
                    route,
                    f"{name} is written by {_listed(others)} too: the last one wins",
                    "give each its own attribute",
                    tuple(Label(f"by {o}", route=routes[o]) for o in others[:_MOST]),
                )


def _route(action: str, attribute: str) -> str:
    return f"actions.{action}.response.mapping.{attribute}#"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


RULE = Rule("CA208", WARNING, check)
