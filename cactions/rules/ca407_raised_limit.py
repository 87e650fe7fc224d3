"""A limit is above its default.

The defaults (5 s to connect, 15 s in all, 1 MiB on the wire, 2 MiB decoded, 3 retries) are far
above what a look-up takes. A service that responds slowly or endlessly delays everyone in a run.

Why: CWE-770, allocation of resources without limits or throttling:
https://cwe.mitre.org/data/definitions/770.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        limits: {total_seconds: 60}  # <- CA407
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        limits: {total_seconds: 10}
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: leave the limit out, or ask the service for less.

Suppress: where the service was measured to need it, with the measurement as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Limits
from cactions.rules.rule import INFO, Rule, RuleContext, RuleMatch

_USUAL = Limits()
_NAMES = {
    "connect": "connect_seconds",
    "total": "total_seconds",
    "wire": "wire_mib",
    "decoded": "decoded_mib",
    "retries": "retries",
}


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Limits that were raised."""
    for analysis in view.facts:
        limits = analysis.action.request.limits
        if limits == _USUAL:
            continue
        for name, key in _NAMES.items():
            if getattr(limits, name) > getattr(_USUAL, name):
                message = f"{key} is above its default"
                yield RuleMatch(f"{analysis.route}.limits.{key}", message, "leave it out")


RULE = Rule("CA407", "raised-limit", INFO, check)
