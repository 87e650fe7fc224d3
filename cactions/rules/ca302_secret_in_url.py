"""A secret, or a redacted attribute, goes into a URL.

URLs are kept in the logs of every proxy and server on the way, and in histories and referrers.
Tokens travel in a request header.

Why: CWE-598, use of GET request method with sensitive query strings:
https://cwe.mitre.org/data/definitions/598.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        data_inputs: [{name: code, type: string, required: true}]
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          query: {access_token: "{{ inputs.code }}"}  # <- CA302
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop: {type: user, header: Authorization, prefix: "Bearer ", hosts: [api.shop.example]}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          tokens: [shop]
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: attach a token, which travels in a header.

Suppress: where the parameter only has the name of a credential and is public, or where the service
takes its key in no other place: ``query: {api_key: {secret: NAME}}`` keeps it out of the file, and
out of what cactions shows and stores. What the service and those on the way write down stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import (
    ActionRequest,
    JsonTemplate,
    PersonAttribute,
    Template,
    list_secret_places,
    list_values,
)
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.rule import ERROR, WARNING, RequestPart, Rule, RuleContext, RuleMatch

_NAMES = CARRIERS | frozenset(
    "token key auth sig signature accesskey jwt bearer sessionid appkey appsecret hapikey".split()
)
_KEY = "key"
_LEAST = 12
_ATTACH = (
    "attach a token, which goes into a header; if the service takes its key nowhere else,"
    " suppress this with that as the reason"
)


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Query parameters with the names of credentials."""
    for analysis in view.facts:
        yield from _of(analysis.action.request, f"{analysis.route}.request")
        for key in analysis.keys:
            in_url = key.part in (RequestPart.URL, RequestPart.QUERY)
            is_attribute = isinstance(key.reference, PersonAttribute)
            if in_url and is_attribute and key.reference in view.project.redacted:
                message = f"{key.reference} is redacted, and a URL is kept in every log on the way"
                yield RuleMatch(key.spot, message, "send it under json: or form:", severity=WARNING)
    for name, token in view.project.tokens.items():
        if token.fetch:
            yield from _of(token.fetch.request, f"tokens.{name}.request")


def _is_short(content: JsonTemplate) -> bool:
    """Whether it is a literal that is too short for a credential, as the name of a key is."""
    return all(
        isinstance(text, Template)
        and not text.references
        and len("".join(map(str, text.parts))) < _LEAST
        for text in list_values(content)
    )


def _of(asked: ActionRequest, route: str) -> Iterator[RuleMatch]:
    secrets = dict(list_secret_places(dict(asked.query), f"{route}.query"))
    for place, secret in secrets.items():
        message = f'the secret "{secret}" is sent in a URL, which is kept in every log on the way'
        yield RuleMatch(place, message, _ATTACH)
    for name, content in asked.query.items():
        place = f"{route}.query.{name}"
        sealed = any(other == place or other.startswith(f"{place}[") for other in secrets)
        if plain(name) in _NAMES and not sealed and not (name == _KEY and _is_short(content)):
            message = f'"{name}" is a credential, and a URL is kept in every log on the way'
            yield RuleMatch(place, message, "attach a token, which goes into a header")


RULE = Rule("CA302", "secret-in-url", ERROR, check)
