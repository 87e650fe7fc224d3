"""A result is stored where end users can edit it.

What the action has looked up and proven can be changed from the browser a moment later, and no one
who reads it sees the difference.

Why: attributes that the Messenger may write are the users' own word:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: true}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier  # <- CA209

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Fix: forbid end users to write the attribute in the workspace's settings, then say so here.

Suppress: it is a note, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Label
from cactions.rules.rule import INFO, Rule, RuleContext, RuleMatch


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Mappings onto attributes that the browser may write."""
    for analysis in view.facts:
        for attribute_mapping in analysis.action.response.mapping:
            name = attribute_mapping.attribute.name
            if (
                attribute_mapping.attribute.user_editable
                and f"attributes.{name}" not in view.trusted
            ):
                yield RuleMatch(
                    f"{analysis.route}.response.mapping.{name}#",
                    f"end users may be able to change {name} from the browser",
                    "forbid it in the workspace, and say messenger_writable: false",
                    (Label("nothing here forbids it", route=f"attributes.{name}#"),),
                )


RULE = Rule("CA209", "user-editable-target", INFO, check)
