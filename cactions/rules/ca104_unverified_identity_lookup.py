"""A person is looked up by an unverified e-mail address or user id.

Without identity verification any visitor can start the Messenger with another person's user id or
e-mail, and the address of a lead or visitor is what they typed. An action that finds its person,
its data or its proof by one of these works for every visitor who claims to be that person. An HMAC
signs the user id or the e-mail (the user id, where both are sent); a Messenger JWT signs both.

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
    workspace: {identity_verification: jwt}
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

Fix: turn identity verification on in Intercom, then write what it signs under ``workspace``:
``user_id``, ``email`` or ``jwt``. Leave leads and visitors out of ``audiences``, or give them an
action of their own that uses the contact's ``id``.

Suppress: only where the action cannot be reached from the Messenger at all; say so as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import IdentityVerification, Label, LeakStep, PersonField
from cactions.rules.leak_paths import build_leak_paths
from cactions.rules.rule import ERROR, INFO, ActionAnalysis, Rule, RuleContext, RuleMatch

_IDENTIFYING = ("id", "email", "user_id")


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """One for each action: at what tells the person, its audience or the workspace beside it."""
    verification = view.project.workspace.identity_verification
    where = "workspace.identity_verification"
    is_true = verification is IdentityVerification.UNSPECIFIED and view.is_declared(where)
    if is_true and view.facts:
        yield RuleMatch(
            where,
            "true does not say what Intercom signs; it is read as whatever an action needs",
            "write user_id, email or jwt (both)",
            severity=INFO,
        )
    for analysis in view.facts:
        anonymous = [text for text in analysis.action.audiences if text != "users"]
        if analysis.is_unproven_connector:
            claims = list(_list_connector_claims(analysis))
        else:
            claims = [
                (f"person.{field}", route)
                for field, route in _list_claims(analysis, verification)
                if _is_claimed(field, verification, anonymous=bool(anonymous))
            ]
        if claims:
            yield _build_match(analysis, claims, anonymous, verification)


def _is_claimed(field: str, verification: IdentityVerification, *, anonymous: bool) -> bool:
    """Whether a visitor can claim this field of another person.

    Without any verification, claiming a user id also gives that contact's ``id``.
    """
    if field == "id":
        return verification is IdentityVerification.OFF and not anonymous
    return anonymous or not verification.is_signed(field)


def _list_connector_claims(analysis: ActionAnalysis) -> Iterator[tuple[str, str]]:
    """The claimed identities by which a data connector finds a record.

    Intercom itself runs it for the person of the conversation, so that ``match`` finds no one.
    """
    for key in analysis.chosen:
        if isinstance(key.reference, PersonField) and key.reference.name in _IDENTIFYING:
            yield f"person.{key.reference.name}", key.spot


def _list_claims(
    analysis: ActionAnalysis, verification: IdentityVerification
) -> Iterator[tuple[str, str]]:
    """The fields that identify the person, and where.

    Beside a signed one that finds the record, an unsigned field can only refuse an answer.
    """
    action = analysis.action
    yield action.match, f"{analysis.route}.match"
    signed = verification is not IdentityVerification.OFF and analysis.is_anchored
    if signed and set(action.audiences) == {"users"}:
        return
    for key in analysis.keys:
        if isinstance(key.reference, PersonField) and key.reference.name in _IDENTIFYING:
            yield key.reference.name, key.spot
    proof = action.response.same_person
    if proof and isinstance(proof.equals, PersonField) and proof.equals.name in _IDENTIFYING:
        yield proof.equals.name, f"{analysis.route}.response.same_person.equals"


def _build_match(
    analysis: ActionAnalysis,
    claims: list[tuple[str, str]],
    anonymous: list[str],
    verification: IdentityVerification,
) -> RuleMatch:
    (what, route), *others = claims
    if anonymous:
        why = f"{' and '.join(anonymous)} choose their own identity, and it is not verified"
        side = Label(why, route=f"{analysis.route}.audiences")
        hint = "leave them out of audiences, or match and look up by id"
    elif verification is not IdentityVerification.OFF:
        why = f"identity verification by {verification.value} does not sign it"
        side = Label(why, route="workspace.identity_verification")
        hint = f"use person.{verification.value}, or a Messenger JWT, which signs both"
    else:
        why = "without identity verification, any visitor can claim to be another person"
        side = Label(why, route="workspace.identity_verification")
        hint = (
            "turn identity verification on in Intercom, then write what it signs here:"
            " workspace: {identity_verification: jwt}"
        )
    more = [Label(f"{name} is used here too", route=at) for name, at in others]
    name = what.removeprefix("person.")
    message = f"any visitor can claim another customer's {name}, and is treated as that customer"
    paths = [path for each, _ in claims for path in build_leak_paths(analysis, (LeakStep(each),))]
    return RuleMatch(route, message, hint, (side, *more), paths=tuple(paths))


RULE = Rule("CA104", "unverified-identity-lookup", ERROR, check)
