"""The proof compares the identifier that was sent.

No one can choose the user id or the e-mail of a verified user, so the service is asked for the
right person. That the same value comes back shows that the record carries it, or that the service
repeats what it is asked. It is enough where the service looks the record up by it.

Why: CWE-345, insufficient verification of data authenticity:
https://cwe.mitre.org/data/definitions/345.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: email
        request:
          http_method: get
          url: https://api.shop.example/customers
          query: {email: "{{ person.email }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: it confirms them}  # <- CA211
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: email
        request:
          http_method: get
          url: https://api.shop.example/customers
          query: {email: "{{ person.email }}"}
        response:
          same_person: {path: $.external_id, equals: person.user_id}
          mapping: {tier: $.tier}

Fix: compare another field that the service knows the person by, if there is one.

Suppress: it is a note, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Label
from cactions.rules.rule import INFO, Rule, RuleContext, RuleMatch


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Proofs by what was sent, in actions that map the answer and whose record no one chooses."""
    for analysis in view.facts:
        if analysis.echo and not analysis.identity_gap and analysis.action.response.mapping:
            sent = [key for key in analysis.keys if str(key.reference) == analysis.echo]
            yield RuleMatch(
                f"{analysis.route}.response.same_person.equals",
                f"this shows that the record carries the {analysis.echo} that was sent",
                "compare a second field, if the service knows one",
                (Label("it is sent here", route=sent[0].spot),) if sent else (),
            )


RULE = Rule("CA211", "echoed-identifier", INFO, check)
