"""A value that the person may choose is the lookup key.

An end user who can write the lookup value of an action can enter a victim's value, and the
victim's data lands on them. That is so for attributes that end users can change from the browser
(also where this is unknown), for names and phone numbers, and for data inputs.
A ``same_person`` on a field that the request did not send makes a read harmless: an answer about
another person is refused. It does not help a call that changes something, which is done by then:
there the record must be found by what no one can choose, or by the end user's own token.
What an input adds as the content of a message is no key: say ``role: content``.

A read whose answer is not mapped is still shown to the person, by Fin or by a teammate. So a value
that selects something is a warning there, unless the definition gives a reason to believe that what
it finds is the same for everyone (``/stores/7``, ``?sku=``). A verified value beside the key is a
proof only where its place names the owner: ``customer_id`` does, ``cachebuster`` does not, and
neither does a part of an OR or of a negation.

Why: Intercom's own first way to lose data is ``user_shopify_id=123``, where 123 is a victim's id:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices
and broken object level authorization is the first of OWASP's API risks:
https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      shopify_id: {data_type: string, messenger_writable: true}
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.attributes.shopify_id }}  # <- CA101
        response:
          mapping: {tier: $.tier}  # <- CA201

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

Fix: look up by ``person.user_id`` or ``person.email`` with identity verification on; or, where the
call only reads, prove the answer by a field that was not sent. Where everyone may see the answer,
say "public" in the ``description``.

Suppress: where end users cannot write the attribute although the workspace says so (updates have
to be signed), say so under ``trust:`` with ``where: attributes.NAME``, a reason, an owner and a
last day. A data input that only teammates fill in is a case for ``allow:``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from cactions.model import Input, Label, LeakPath, LeakStep, PersonAttribute, PersonField
from cactions.rules.leak_paths import build_leak_paths
from cactions.rules.rule import (
    ERROR,
    INFO,
    WARNING,
    ActionAnalysis,
    EditKind,
    LookupKey,
    RequestPart,
    Rule,
    RuleContext,
    RuleMatch,
    SuggestedFix,
)

_BODY = (RequestPart.BODY,)


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Chosen keys of actions whose answer is not proven, or that change something.

    Claimed identities are reported by CA104.
    """
    for analysis in view.facts:
        yield from _list_misplaced_content(analysis)
        if analysis.is_unproven_connector and not analysis.is_exposed:
            yield from _list_unchecked(view, analysis)
        for key in analysis.chosen if analysis.is_exposed else ():
            if analysis.trust[key.reference].tainted and not _is_claimed_identity(key):
                yield _build_match(view, analysis, key)
        for key in analysis.unclear if analysis.is_exposed else ():
            yield _build_unclear(view, analysis, key)


def _list_misplaced_content(analysis: ActionAnalysis) -> Iterator[RuleMatch]:
    """Inputs that are said to be content, and stand where they find a record."""
    contents = {each.name for each in analysis.action.inputs if each.is_content}
    for key in analysis.keys if contents else ():
        name = key.reference.name
        if isinstance(key.reference, Input) and name in contents and key.part not in _BODY:
            message = f"{name} is said to be content, and goes into {key.part.value}"
            yield RuleMatch(key.spot, message, "send it in the body, or remove role: content")


def _list_unchecked(view: RuleContext, analysis: ActionAnalysis) -> Iterator[RuleMatch]:
    """Chosen keys beside the person's identity, in data connectors of Intercom.

    One that stands below the person in the path is read below the person.
    """
    for key in analysis.chosen:
        if not _is_below_person(analysis, key):
            name = key.reference.name
            yield RuleMatch(
                key.spot,
                f"the service itself must compare {name} with the customer who is sent with it",
                f"try it with another customer's {name}: nothing may come back",
                (view.describe_source(key.reference, analysis.action),),
                severity=INFO,
            )


def _is_below_person(analysis: ActionAnalysis, key: LookupKey) -> bool:
    """Whether something that no one can choose stands in front of the key, in the URL."""
    chosen = {each.reference for each in analysis.chosen}
    whole = analysis.action.request.url.references
    before = takewhile(lambda reference: reference != key.reference, whole)
    return key.part is RequestPart.URL and any(each not in chosen for each in before)


def _is_claimed_identity(key: LookupKey) -> bool:
    reference = key.reference
    return isinstance(reference, PersonField) and reference.name in ("email", "user_id")


def _build_match(view: RuleContext, analysis: ActionAnalysis, key: LookupKey) -> RuleMatch:
    source = view.describe_source(key.reference, analysis.action)
    if analysis.is_owner_unclear:
        message, hint, severity = *_describe_doubt(analysis, key), WARNING
    else:
        message, hint, severity = _describe_attack(analysis, key), _choose_hint(analysis), None
    return RuleMatch(
        key.spot,
        message,
        hint,
        (source, Label("it is looked up here", route=key.spot)),
        _build_notes(analysis, key),
        _build_fix(view, key),
        severity=severity,
        paths=_build_paths(analysis, key),
    )


def _describe_doubt(analysis: ActionAnalysis, key: LookupKey) -> tuple[str, str]:
    """What is not known of a verified value beside the key, and the smallest change."""
    anchor = analysis.weak_anchor
    assert anchor is not None
    name = key.reference.name
    where = f'"{anchor.name}"' if anchor.name else anchor.part.value
    message = (
        f"another customer's {name} may be accepted: nothing says that the service takes"
        f" {anchor.reference} in {where} as the owner of what it finds"
    )
    change = f"send {anchor.reference} where it names the owner, such as customer_id; or try it"
    return message, f"{change} with another customer's {name}: nothing may come back"


def _build_unclear(view: RuleContext, analysis: ActionAnalysis, key: LookupKey) -> RuleMatch:
    """A value of a read whose answer is only shown."""
    name = key.reference.name
    return RuleMatch(
        key.spot,
        f"{name} may select another customer's record: nothing says that what it finds is the same"
        " for everyone, or that the service compares its owner",
        "send person.user_id with it as the owner; if everyone may see the answer, say"
        ' "public" in the description',
        (view.describe_source(key.reference, analysis.action),),
        _build_notes(analysis, key),
        severity=WARNING,
        paths=_build_paths(analysis, key),
    )


def _build_paths(analysis: ActionAnalysis, key: LookupKey) -> tuple[LeakPath, ...]:
    return build_leak_paths(analysis, (LeakStep(str(key.reference)),))


def _build_notes(analysis: ActionAnalysis, key: LookupKey) -> tuple[str, ...]:
    whole = f"{key.reference} -> {analysis.action.name}"
    targets = [
        str(PersonAttribute(attribute_mapping.attribute.name))
        for attribute_mapping in analysis.action.response.mapping
    ]
    path = f"the path: {whole} -> {', '.join(targets[:3]) or 'the third party'}"
    if not analysis.action.request.is_read:
        return (path, "a proof comes too late: the call has changed the record by then")
    return (path, f"nothing stops it: {analysis.exposure}")


def _describe_attack(analysis: ActionAnalysis, key: LookupKey) -> str:
    """Who can do what to whom."""
    name = key.reference.name
    gain = f"{analysis.consequence} that customer's data"
    if isinstance(key.reference, Input):
        return f"anyone who enters another customer's {name} {gain}"
    if isinstance(key.reference, PersonAttribute):
        return f"anyone who sets their own {name} to another customer's in the Messenger {gain}"
    return f"anyone who gives another customer's {name} as their own {gain}"


def _choose_hint(analysis: ActionAnalysis) -> str:
    if analysis.is_unproven_connector:
        return "look up by person.user_id: Intercom proves no answer"
    if analysis.action.request.is_read:
        return "look up by person.user_id, or prove the answer by a field that is not sent"
    return "find the record by person.user_id, or by the end user's own token"


def _build_fix(view: RuleContext, key: LookupKey) -> SuggestedFix | None:
    verified = view.project.workspace.identity_verification.is_signed("user_id")
    if isinstance(key.reference, Input) or key.part is RequestPart.WHERE or not verified:
        return None
    title = "look up by the verified user id, if the third party knows it"
    return SuggestedFix(title, key.spot, EditKind.REPLACE, "person.user_id")


RULE = Rule("CA101", "user-controlled-lookup", ERROR, check)
