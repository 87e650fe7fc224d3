"""A value that people choose goes into a header, or is glued into a text body.

Headers and plain texts have no quoting: what a value holds is read as part of the message. A line
feed begins a new header, a ``&`` a new parameter. Values belong into a query, a form or a JSON
body, where they are encoded. (A value that would break a header is refused when the request is
made; this rule is about what the service makes of the others. In a text whose Content-Type is XML,
JSON, GraphQL or a form, values are escaped, or refused where they cannot be: that is a note only.)

Why: CWE-113, improper neutralization of CRLF sequences in HTTP headers:
https://cwe.mitre.org/data/definitions/113.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      shop: {data_type: string, messenger_writable: false}
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          headers: {X-Shop: "{{ person.attributes.shop }}"}  # <- CA405
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      shop: {data_type: string, messenger_writable: false}
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          query: {shop: "{{ person.attributes.shop }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: ``query:``, ``json:`` or ``form:``, or the Content-Type of the text.

Suppress: where the service takes it in no other way, with how it reads odd values as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import BodyForm, Input, InputType, PersonField, Severity
from cactions.rules.rule import (
    INFO,
    WARNING,
    ActionAnalysis,
    LookupKey,
    RequestPart,
    Rule,
    RuleContext,
    RuleMatch,
)

_GIVEN = ("id", "user_id", "email", "email_verified", "role", "owner_id")


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Attributes, inputs and free fields in headers; any value in text bodies."""
    for analysis in view.facts:
        inputs = analysis.action.inputs
        numbers = {Input(each.name) for each in inputs if each.type is not InputType.STRING}
        for key in analysis.keys:
            if key.reference in numbers:
                continue
            severity = None if analysis.trust[key.reference].tainted else INFO
            if key.part is RequestPart.HEADER and not _is_given(key):
                message = f"{key.reference} goes into a header, where nothing quotes it"
                hint = "send it under query:, json: or form:"
                yield RuleMatch(key.spot, message, hint, severity=severity)
            elif key.part is RequestPart.BODY and _is_text(analysis):
                yield _build_text_match(analysis, key, severity)


def _build_text_match(
    analysis: ActionAnalysis, key: LookupKey, severity: Severity | None
) -> RuleMatch:
    """Values are escaped if the Content-Type tells the language; what Intercom does is not told."""
    language = analysis.action.request.language
    if language and not analysis.action.connector_id:
        message = f"{key.reference} is put into a text, and escaped as {language.value} has it"
        hint = "nothing to do, if the service reads the text as its Content-Type says"
        return RuleMatch(key.spot, message, hint, severity=INFO)
    message = f"{key.reference} is glued into a text, where nothing quotes it"
    hint = "send it under json: or form:, or say in Content-Type that it is XML, JSON or GraphQL"
    return RuleMatch(key.spot, message, hint, severity=severity)


def _is_given(key: LookupKey) -> bool:
    return isinstance(key.reference, PersonField) and key.reference.name in _GIVEN


def _is_text(analysis: ActionAnalysis) -> bool:
    body = analysis.action.request.body
    return body is not None and body.form is BodyForm.TEXT


RULE = Rule("CA405", "user-input-in-header", WARNING, check)
