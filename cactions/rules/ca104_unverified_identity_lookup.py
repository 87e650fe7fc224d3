"""A person is looked up by an unverified e-mail address or user id.

Without identity verification any visitor can start the Messenger with another person's user id or
e-mail, and the address of a lead or visitor is what they typed. An action that finds its person,
its data or its proof by one of these works for every visitor who claims to be that person.

Why: Intercom verifies these two values only, and only where identity verification is enforced:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices

Bad:

    version: 1
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id  # <- CA104
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: true}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        audiences: [users]
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: enforce identity verification and say so under ``workspace``; leave leads and visitors out of
``audiences``, or give them an action of their own that uses the contact's ``id``.

Suppress: only where the action cannot be reached from the Messenger at all; say so as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Label, PersonField
from cactions.rules.rule import ERROR, ActionAnalysis, Rule, RuleContext, RuleMatch

_CLAIMED = ("email", "user_id")


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """One for each action: at what tells the person, its audience or the workspace beside it."""
    verified = view.project.workspace.identity_verification
    for analysis in view.facts:
        strangers = [text for text in analysis.action.audiences if text != "users"]
        if (strangers or not verified) and (claims := list(_list_claims(analysis))):
            yield _build_match(analysis, claims, strangers)


def _list_claims(analysis: ActionAnalysis) -> Iterator[tuple[str, str]]:
    """What is told by a claimed value, and where."""
    action = analysis.action
    if action.match in _CLAIMED:
        yield f"person.{action.match}", f"{analysis.route}.match"
    for key in analysis.keys:
        if isinstance(key.reference, PersonField) and key.reference.name in _CLAIMED:
            yield str(key.reference), key.spot
    proof = action.response.same_person
    if proof and isinstance(proof.equals, PersonField) and proof.equals.name in _CLAIMED:
        yield str(proof.equals), f"{analysis.route}.response.same_person.equals"


def _build_match(
    analysis: ActionAnalysis, claims: list[tuple[str, str]], strangers: list[str]
) -> RuleMatch:
    (what, route), *others = claims
    if strangers:
        why = f"{' and '.join(strangers)} choose their own identity, and it is not verified"
        side = Label(why, route=f"{analysis.route}.audiences")
        hint = "leave them out of audiences, or match and look up by id"
    else:
        why = "without identity verification, any visitor can claim to be another person"
        side = Label(why, route="workspace.identity_verification")
        hint = "enforce identity verification, and say workspace: {identity_verification: true}"
    more = [Label(f"{name} is used here too", route=at) for name, at in others]
    return RuleMatch(route, f"{what} tells who this is: {why}", hint, (side, *more))


RULE = Rule("CA104", "unverified-identity-lookup", ERROR, check)
