"""Shapes servers and requests: literal hosts, https, and no token for a foreign host."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from cactions.logic.network.origin import OriginError, parse_origin
from cactions.logic.project import headers
from cactions.logic.project.client_certificates import build_client_certificate
from cactions.logic.project.scope import Scope, parse_secret_name
from cactions.logic.request.text_positions import find_text_fault
from cactions.logic.suggest import join_names
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import (
    CONTRADICTION,
    FOREIGN_HOST,
    UNKNOWN_NAME,
    WRONG_VALUE,
    Diagnostics,
)
from cactions.model import (
    MIB,
    ActionRequest,
    AnswerFormat,
    BodyForm,
    Effect,
    JsonTemplate,
    Limits,
    RequestBody,
    Template,
    Token,
)

_XML: Final = "application/xml, text/xml"
_origin_of: Final = lru_cache(100)(parse_origin)
"""A server's origin is asked for by each of its actions."""
_BODILESS: Final = ("get", "head")
_LITERAL_URL: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*")  # RFC 3986, pchar and /


def build_server(at: LocatedValue, environment: str, scope: Scope) -> str | None:
    """The server's origin in an environment; its addresses in all of them are checked."""
    found: dict[str, str] = {}
    for name, url in at.items():
        origin = get_literal_origin(url, scope)
        if origin and url.value[len(origin) :] not in ("", "/"):
            span = url.get_part(len(origin), len(url.value))
            message = "a server ends with its host; the path belongs to the action's url"
            scope.faults.add(WRONG_VALUE, span, message, route=url.route)
        elif origin:
            found[name] = origin
    if environment not in at.value:
        hint = scope.faults.suggest_name(environment, at.value)
        message = f'this server has no environment "{environment}"'
        scope.faults.add(UNKNOWN_NAME, at.key, message, hint=hint, route=at.route)
    return found.get(environment)


def build_sandboxes(
    at: LocatedValue, environments: Collection[str], faults: Diagnostics
) -> frozenset[str]:
    """The declared sandboxes; each must be an environment of a server."""
    for item in at.value:
        if item.value not in environments:
            message = f'no server has an environment "{item.value}"'
            hint = faults.suggest_name(item.value, environments)
            faults.add(UNKNOWN_NAME, item.span, message, hint=hint, route=item.route)
    return frozenset(item.value for item in at.value) & frozenset(environments)


def get_literal_origin(at: LocatedValue, scope: Scope) -> str | None:
    try:
        return _origin_of(at.value, scope.allowed).text
    except OriginError as error:
        span = at.get_part(error.start, error.end)
        scope.faults.add(error.rule, span, error.message, hint=error.hint, route=at.route)
        return None


def build_action_request(at: LocatedValue, scope: Scope) -> ActionRequest | None:
    """The request of an action, or that fetches a token; None where it cannot be used."""
    base, url, host = _build_url(at, scope)
    tokens = _find_tokens(at.get("tokens"), host, scope)
    headers.check_headers(at.get("headers"), scope)
    headers.check_single_source(tokens, at, scope)
    own = _build_templates(at.get("headers"), scope)
    query = build_parameters(at.get("query"), scope)
    body = _build_body(at, scope)
    method = at.scalar("http_method", "")
    default = Effect.READ if method in _BODILESS else Effect.WRITE
    presented = build_client_certificate(at.get("client_certificate"), scope)
    effect = Effect(at.scalar("effect", default.value))
    if url is None or not method:
        return None
    key = at.get("idempotency")
    asked = ActionRequest(
        method, url, base, query, own, body, tokens, effect,
        idempotency=headers.build_headers(key.get("header"), scope) if key else "", host=host,
        client_certificate=presented,
    )  # fmt: skip
    _check_text(asked, at.get(BodyForm.TEXT.value), scope)
    return asked


def _check_text(asked: ActionRequest, at: LocatedValue | None, scope: Scope) -> None:
    """In a text of a known language, each value stands where it can be escaped."""
    content = asked.body.content if asked.body else None
    if at is None or asked.language is None or not isinstance(content, Template):
        return
    if fault := find_text_fault(content, asked.language):
        hint = f"the Content-Type says {asked.language.value}: put it where values stand there"
        scope.add_fault(WRONG_VALUE, at, fault, hint)


def accept_format(request: ActionRequest, form: AnswerFormat) -> ActionRequest:
    """The request with the header that asks for XML, where the answer is read as such."""
    names = {name.lower() for name in request.headers}
    if form is not AnswerFormat.XML or "accept" in names:
        return request
    return replace(request, headers={**request.headers, "Accept": Template((_XML,))})


def build_limits(at: LocatedValue | None) -> Limits:
    """What one exchange may take; the usual where nothing is said."""
    texts = {key: item.value for key, item in at.items()} if at else {}
    usual = Limits()
    return Limits(
        connect=texts.get("connect_seconds", usual.connect),
        total=texts.get("total_seconds", usual.total),
        wire=texts["wire_mib"] * MIB if "wire_mib" in texts else usual.wire,
        decoded=texts["decoded_mib"] * MIB if "decoded_mib" in texts else usual.decoded,
        retries=texts.get("retries", usual.retries),
    )


def _build_url(at: LocatedValue, scope: Scope) -> tuple[str, Template | None, str]:
    """Base, template and host; the host is empty where it is not known."""
    url, named = at.get("url"), at.get("server")
    base = ""
    if named and scope.list_known("server", named.value, scope.servers, named):
        base = scope.servers[named.value] or ""
    if url is None:
        return base, None, ""
    if named:
        if not url.value.startswith("/"):
            hint = 'write it as "/path", or leave the server out'
            scope.add_fault(WRONG_VALUE, url, "behind a server, url is a path", hint)
        start = 0
    else:
        base, start = "", len(get_literal_origin(url, scope) or "")
    template = scope.parse_template(url, in_url=True)
    if template:
        get_literal_path(url, template, start, scope)
    host = _origin_of(base, scope.allowed).host if base else _find_host(url.value, scope)
    return base, template, host


def _find_host(url: str, scope: Scope) -> str:
    try:
        return _origin_of(url, scope.allowed).host
    except OriginError:
        return ""


def get_literal_path(at: LocatedValue, template: Template, start: int, scope: Scope) -> None:
    """The literal part of a path stands there as it is sent: no query, no dots, no odd signs."""
    literal = "".join(part if isinstance(part, str) else "x" for part in template.parts)[start:]
    if "?" in literal or "#" in literal:
        sign = "?" if "?" in literal else "#"
        where = at.value.index(sign)
        span = at.get_part(where, len(at.value))
        hint = "put parameters under `query:`, where values are encoded"
        message = f'"{sign}" does not belong into url'
        scope.faults.add(CONTRADICTION, span, message, hint=hint, route=at.route)
    elif not _LITERAL_URL.fullmatch(literal):
        odd = next(sign for sign in literal if not _LITERAL_URL.fullmatch(sign))
        where = max(at.value.find(odd, start), 0)
        span = at.get_part(where, where + 1)
        hint = "percent-encode it"
        scope.faults.add(WRONG_VALUE, span, "not allowed in a URL", hint=hint, route=at.route)
    elif any(segment in (".", "..") for segment in literal.split("/")):
        scope.add_fault(WRONG_VALUE, at, "the path holds a . or .. segment", "write the real path")


def _find_tokens(at: LocatedValue | None, host: str, scope: Scope) -> tuple[Token, ...]:
    found: list[Token] = []
    named: set[str] = set()
    carriers: set[str] = set()
    for item in at.value if at else ():
        if not scope.list_known("token", item.value, scope.tokens, item):
            continue
        token = scope.tokens[item.value]
        if token is None:
            continue
        if host and item.value not in named and host not in token.hosts:
            hint = f"it may go to {join_names(token.hosts)} only; see `hosts` of the token"
            scope.add_fault(
                FOREIGN_HOST, item, f'token "{token.name}" would be sent to {host}', hint
            )
        if token.header.lower() in carriers:
            message = f'two tokens on one header: "{token.header}"'
            scope.add_fault(CONTRADICTION, item, message, "attach one of them")
        named.add(item.value)
        carriers.add(token.header.lower())
        found.append(token)
    return tuple(found)


def _build_templates(at: LocatedValue | None, scope: Scope) -> dict[str, Template]:
    found = {name: scope.parse_template(item) for name, item in at.items()} if at else {}
    return {name: template for name, template in found.items() if template is not None}


def build_parameters(at: LocatedValue | None, scope: Scope) -> dict[str, JsonTemplate]:
    """The names of a query or a form; a list stands for several values of one name."""
    return {name: _build_parameter(item, scope) for name, item in at.items()} if at else {}


def _build_parameter(at: LocatedValue, scope: Scope) -> JsonTemplate:
    if isinstance(at.value, list):
        return [_build_parameter(item, scope) for item in at.value]
    return scope.parse_template(at) if isinstance(at.value, str) else parse_secret_name(at)


_FORMS: Final = {form.value: form for form in BodyForm}


def _build_body(at: LocatedValue, scope: Scope) -> RequestBody | None:
    body_forms = [form for name, form in _FORMS.items() if name in at.value]
    for form in body_forms[1:]:
        extra = at.get(form.value)
        assert extra is not None
        message = f"a request has one body; there is {body_forms[0].value}: already"
        scope.faults.add(CONTRADICTION, extra.key, message, hint="keep one", route=extra.route)
    if not body_forms:
        return None
    body = at.get(body_forms[0].value)
    assert body is not None
    if (method := at.scalar("http_method")) in _BODILESS:
        hint = "use `query:`, or http_method: post with effect: read"
        message = f"a {method.upper()} has no body"
        scope.faults.add(CONTRADICTION, body.key, message, hint=hint, route=body.route)
    own = at.get("headers")
    kinds = [item for name, item in own.items() if name.lower() == "content-type"] if own else []
    if kinds and body_forms[0] is BodyForm.MULTIPART:
        message = "the Content-Type of a multipart body is set with its boundary"
        route = kinds[0].route
        scope.faults.add(CONTRADICTION, kinds[0].key, message, hint="remove it", route=route)
    return RequestBody(body_forms[0], _build_content(body_forms[0], body, scope))


def _build_content(form: BodyForm, body: LocatedValue, scope: Scope) -> JsonTemplate:
    if form is BodyForm.JSON:
        return scope.parse_json_template(body.node, body.route)
    if form is BodyForm.TEXT:
        return scope.parse_template(body)
    return build_parameters(body, scope)
