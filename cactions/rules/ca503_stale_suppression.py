"""A suppression or a trust statement that is unused, expired, says nothing, or is none as written.

A suppression that is no longer needed hides the next finding at that location. What has expired
holds nothing back: the finding that it held is reported again. So does a statement that lasts more
than 400 days from today: no one would look at it again. A comment that is nearly a suppression
(``#cactions:ignore``, a rule that is none) holds nothing back either.

Why: security decisions are reviewed again, not inherited; CWE-1104, unmaintained components:
https://cwe.mitre.org/data/definitions/1104.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    trust:
      - where: attributes.tier  # <- CA503
        reason: updates have to be signed
        owner: ada@example.com
        expires: 2027-12-31
    actions:
      loyalty:
        match: user_id
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
      tier: {data_type: string, options: [silver, gold], messenger_writable: true}
    trust:
      - where: attributes.tier
        reason: updates have to be signed
        owner: ada@example.com
        expires: 2027-12-31
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: remove it; or look again whether it still holds, and give it a new day.

Suppress: it cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Suppression
from cactions.rules.rule import WARNING, EditKind, Rule, RuleContext, RuleMatch, SuggestedFix

_REMOVE = "remove it"
_BY_THE_CLOCK = "CA103"
"""What it finds comes and goes with the days, so that nothing of its is ever known to be idle."""


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Those that the linter found to be of no use."""
    for suppression, why, hint in view.unused_suppressions:
        what = (
            f"the suppression of {suppression.rule}"
            if suppression.rule
            else f"the trust in {suppression.where}"
        )
        if not (suppression.rule or suppression.where):
            what = "this suppression"
        yield RuleMatch(
            suppression.route,
            f"{what} {why}",
            hint,
            fix=_build_fix(suppression, view) if hint == _REMOVE else None,
            place=suppression.place,
        )


def _build_fix(suppression: Suppression, view: RuleContext) -> SuggestedFix | None:
    """Safe where its rule finds nothing anywhere: it cannot merely stand in the wrong place."""
    if (
        not suppression.rule
        or suppression.rule in view.fired_rules
        or suppression.rule == _BY_THE_CLOCK
    ):
        return None
    return SuggestedFix(_REMOVE, suppression.route, EditKind.REMOVE, suppression.rule, safe=True)


RULE = Rule("CA503", "stale-suppression", WARNING, check)
