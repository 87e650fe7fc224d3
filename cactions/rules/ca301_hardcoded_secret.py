"""A secret stands in the file.

Everyone who reads the repository, or a copy of it, has the secret. Found by the names of headers
and parameters that carry credentials, by the shape that services give their keys, and by texts that
look drawn at random.

Why: CWE-798, use of hard-coded credentials: https://cwe.mitre.org/data/definitions/798.html

Bad:

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
          headers:
            X-Api-Key: an-example-of-a-key  # <- CA301
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop: {type: text, value: {secret: shop_key}, header: X-Api-Key, hosts: [api.shop.example]}
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

Fix: seal it with ``cactions vault seal NAME`` and attach a token, or write ``{secret: NAME}`` in a
body. A secret that was ever committed is known: replace it at its service.

Suppress: only what is no secret, with what it is as the reason. A secret in the place of a token's
value, or in front of an ``@`` of a URL, is refused by the file format and cannot be suppressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cactions.model import ActionRequest, Json, JsonTemplate, Template
from cactions.rules.credentials import (
    Name,
    find_secret_elements,
    has_secret_segment,
    is_authorization,
    is_short_password,
    looks_like_secret,
    suggests_secret,
)
from cactions.rules.rule import ERROR, Rule, RuleContext, RuleMatch

CARRIERS = frozenset(
    "authorization proxyauthorization cookie xapikey apikey xauthtoken xaccesstoken xauthkey"
    " privatetoken xsecret xapitoken xapisecret apitoken accesstoken authtoken clientsecret"
    " password passwd secret secretkey apisecret privatekey bearertoken refreshtoken"
    " xshopifyaccesstoken xamzsecuritytoken subscriptionkey ocpapimsubscriptionkey"
    " xfunctionskey assertion clientassertion".split()
)
"""Names that carry credentials, without case and signs."""
_SHORT = 4
_SETTINGS = frozenset("false required optional reset".split())
"""What a parameter such as ``show_password`` is set to."""


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Literal texts of requests, of token requests, and defaults of inputs."""
    for analysis in view.facts:
        yield from _of_request(analysis.action.request, f"{analysis.route}.request")
        for number, data_input in enumerate(analysis.action.inputs):
            if isinstance(data_input.default_value, str) and looks_like_secret(
                data_input.default_value, suggests_secret(data_input.name)
            ):
                yield _build_match(f"{analysis.route}.data_inputs[{number}].default_value")
    for name, token in view.project.tokens.items():
        user = token.username
        if isinstance(user, str) and user and (not token.secrets or looks_like_secret(user)):
            yield _build_match(f"tokens.{name}.username")
        if token.fetch:
            yield from _of_request(token.fetch.request, f"tokens.{name}.request")
            if token.fetch.assertion:
                yield from _of_claims(dict(token.fetch.assertion.claims), f"tokens.{name}.claims")


def _list_leaves(content: object, route: str, name: str) -> Iterator[tuple[object, str, str]]:
    """What holds nothing more, with its route and the name that it has, or that its list has."""
    if isinstance(content, dict):
        for key, item in content.items():
            yield from _list_leaves(item, f"{route}.{key}", key)
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _list_leaves(item, f"{route}[{number}]", name)
    else:
        yield content, route, name


def _of_claims(claims: Json, route: str) -> Iterator[RuleMatch]:
    for text, where, name in _list_leaves(claims, route, ""):
        if isinstance(text, str) and looks_like_secret(text, suggests_secret(name)):
            yield _build_match(where)


def _of_request(asked: ActionRequest, route: str) -> Iterator[RuleMatch]:
    for where, texts in (("headers", asked.headers), ("query", asked.query)):
        for name, content in texts.items():
            yield from _of_body(content, f"{route}.{where}.{name}", name)
    if has_secret_segment(_join_literals(asked.url)):
        yield _build_match(f"{route}.url")
    if asked.body:
        yield from _of_body(asked.body.content, f"{route}.{asked.body.form.value}", "")


def _of_body(content: JsonTemplate, route: str, name: str) -> Iterator[RuleMatch]:
    for text, where, named in _list_leaves(content, route, name):
        if isinstance(text, Template) and (
            _is_secret(named, text) or (not named and find_secret_elements(_join_literals(text)))
        ):
            yield _build_match(where)


def _build_match(route: str) -> RuleMatch:
    return RuleMatch(
        route,
        "a secret never stands in the file",
        "seal it, and attach a token; if this one was committed or shown, replace it",
    )


def _is_secret(name: str, text: Template) -> bool:
    literal = _join_literals(text).strip()
    if len(literal) <= _SHORT:
        return False
    if not text.references and (is_authorization(literal) or is_short_password(name, literal)):
        return True
    says = Name.SECRET if plain(name) in CARRIERS else suggests_secret(name)
    if says is Name.SECRET and not text.references and literal not in _SETTINGS:
        return True
    return looks_like_secret(literal, says)


def _join_literals(text: Template) -> str:
    return " ".join(part for part in text.parts if isinstance(part, str))


@lru_cache(1_000)
def plain(name: str) -> str:
    """A name without case and signs."""
    return "".join(sign for sign in name.lower() if sign.isalnum())


RULE = Rule("CA301", "hardcoded-secret", ERROR, check)
