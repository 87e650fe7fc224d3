"""The proof proves nothing.

What is the same for many people is no proof, and what the person may have chosen proves what they
want it to prove. What was sent comes back for any record, if something else in the request decides
which one it is. (If nothing else can be chosen, it is enough: see CA211.)

Why: CWE-345, insufficient verification of data authenticity:
https://cwe.mitre.org/data/definitions/345.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
      company: {data_type: string, messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.company, equals: person.attributes.company}  # <- CA205
          mapping: {tier: $.tier}

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
          mapping: {tier: $.tier}

Fix: compare with ``person.email`` or ``person.user_id``, whichever the request does not send.

Suppress: where the service is known to check what it was sent against the token of the call, with
how that was tested as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Label, PersonField, SamePerson
from cactions.rules.rule import ERROR, ActionAnalysis, Rule, RuleContext, RuleMatch

_CLAIMED = ("email", "user_id")


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Proofs that are none; claimed identities are CA104's."""
    for analysis in view.facts:
        proof = analysis.action.response.same_person
        if proof and analysis.identity_gap and not _is_claimed_identity(proof, analysis):
            yield _build_match(view, analysis, proof)


def _is_claimed_identity(proof: SamePerson, analysis: ActionAnalysis) -> bool:
    reference = proof.equals
    by_name = isinstance(reference, PersonField) and reference.name in _CLAIMED
    return by_name and analysis.trust[reference].tainted and not analysis.echo


def _build_match(view: RuleContext, analysis: ActionAnalysis, proof: SamePerson) -> RuleMatch:
    reference = proof.equals
    labels = [
        Label("it is sent here", route=key.spot)
        for key in analysis.keys
        if str(key.reference) == analysis.echo and key.is_sent
    ]
    if not labels and analysis.trust[reference].tainted:
        labels = [view.describe_source(reference, analysis.action)]
    if not labels and not isinstance(reference, PersonField):
        labels = list(view.find_flows(reference.name))
    return RuleMatch(
        f"{analysis.route}.response.same_person.equals",
        f"this proves nothing: {analysis.identity_gap}",
        "compare with person.email or person.user_id, whichever is not sent",
        tuple(labels),
    )


RULE = Rule("CA205", "ineffective-identity-check", ERROR, check)
