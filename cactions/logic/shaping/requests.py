"""Shapes servers, tokens and requests: literal hosts, https, and no secret for a foreign host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cactions.logic.decoding import Typed
from cactions.logic.faults import (
    CONTRADICTION,
    FOREIGN_HOST,
    LITERAL_SECRET,
    SPECIAL_HOST,
    UNKNOWN_NAME,
    WRONG_VALUE,
)
from cactions.logic.origins import OriginError, host_fault, origin_of
from cactions.logic.shaping.scope import Scope, secret
from cactions.model import (
    ActionRequest,
    BodyForm,
    Effect,
    JsonTemplate,
    RequestBody,
    SecretRef,
    Template,
    Token,
)

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, token
_LITERAL_URL: Final = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*")  # RFC 3986, pchar and /
_OWNED_HEADERS: Final = {"host", "content-length", "transfer-encoding", "connection"}


def server(at: Typed, environment: str, scope: Scope) -> str | None:
    """The server's origin in an environment; its addresses in all of them are checked."""
    found: dict[str, str] = {}
    for name, url in at.items():
        origin = _origin(url, scope)
        if origin and url.value[len(origin) :] not in ("", "/"):
            span = url.part(len(origin), len(url.value))
            message = "a server ends with its host; the path belongs to the action's url"
            scope.faults.add(WRONG_VALUE, span, message, route=url.route)
        elif origin:
            found[name] = origin
    if environment not in at.value:
        hint = scope.faults.nearest(environment, at.value)
        message = f'this server has no environment "{environment}"'
        scope.faults.add(UNKNOWN_NAME, at.key, message, hint=hint, route=at.route)
    return found.get(environment)


def _origin(at: Typed, scope: Scope) -> str | None:
    try:
        return origin_of(at.value).text
    except OriginError as error:
        span = at.part(error.start, error.end)
        scope.faults.add(error.rule, span, error.message, hint=error.hint, route=at.route)
        return None


def token(name: str, at: Typed, scope: Scope) -> Token | None:
    """A text or basic token."""
    hosts_at = at.get("hosts")
    hosts = tuple(_host(item, scope) for item in hosts_at.value) if hosts_at else ()
    header = at.get("header")
    if header and not _HEADER_NAME.fullmatch(header.value):
        scope.fault(WRONG_VALUE, header, f'"{header.value}" is no header name')
    parts = {key: _sealed(at.get(key)) for key in ("value", "username", "password")}
    if at.plain("type") == "basic":
        return Token(name, "Authorization", hosts, "Basic ", None, parts["username"],
                     _ref(parts["password"]))  # fmt: skip
    prefix = at.plain("prefix", "")
    return Token(name, header.value if header else "", hosts, prefix, _ref(parts["value"]))


def _sealed(at: Typed | None) -> SecretRef | str | None:
    if at is None:
        return None
    return at.value if isinstance(at.value, str) else secret(at)


def _ref(part: SecretRef | str | None) -> SecretRef | None:
    return part if isinstance(part, SecretRef) else None


def _host(at: Typed, scope: Scope) -> str:
    if "@" in at.value:
        scope.fault(LITERAL_SECRET, at, "the host holds a user name", "keep what follows the @")
    elif fault := host_fault(at.value):
        scope.fault(SPECIAL_HOST, at, *fault)
    return str(at.value).lower()


def request(at: Typed, scope: Scope) -> ActionRequest | None:
    """The request of an action; None where it cannot be used."""
    base, url, host = _url(at, scope)
    tokens = _tokens(at.get("tokens"), host, scope)
    headers = _headers(at.get("headers"), scope)
    _one_value_a_header(tokens, at, scope)
    query = _templates(at.get("query"), scope)
    body = _body(at, scope)
    method = at.plain("http_method", "")
    default = Effect.READ if method == "get" else Effect.WRITE
    effect = Effect(at.plain("effect", default.value))
    if url is None or not method:
        return None
    return ActionRequest(method, url, base, query, headers, body, tokens, effect)


def _url(at: Typed, scope: Scope) -> tuple[str, Template | None, str]:
    """Base, template and host; the host is empty where it is not known."""
    url, named = at.get("url"), at.get("server")
    base = ""
    if named and scope.known("server", named.value, scope.servers, named):
        base = scope.servers[named.value] or ""
    if url is None:
        return base, None, ""
    if named:
        if not url.value.startswith("/"):
            hint = 'write it as "/path", or leave the server out'
            scope.fault(WRONG_VALUE, url, "behind a server, url is a path", hint)
        start = 0
    else:
        base, start = "", len(_origin(url, scope) or "")
    template = scope.template(url)
    if template:
        _literal_path(url, template, start, scope)
    host = origin_of(base).host if base else _host_of(url.value)
    return base, template, host


def _host_of(url: str) -> str:
    try:
        return origin_of(url).host
    except OriginError:
        return ""


def _literal_path(at: Typed, template: Template, start: int, scope: Scope) -> None:
    """The literal part of a path stands there as it is sent: no query, no dots, no odd signs."""
    literal = "".join(part if isinstance(part, str) else "x" for part in template.parts)[start:]
    if "?" in literal or "#" in literal:
        sign = "?" if "?" in literal else "#"
        where = at.value.index(sign)
        span = at.part(where, len(at.value))
        hint = "put parameters under `query:`, where values are encoded"
        message = f'"{sign}" does not belong into url'
        scope.faults.add(CONTRADICTION, span, message, hint=hint, route=at.route)
    elif not _LITERAL_URL.fullmatch(literal):
        odd = next(sign for sign in literal if not _LITERAL_URL.fullmatch(sign))
        where = max(at.value.find(odd, start), 0)
        span = at.part(where, where + 1)
        hint = "percent-encode it"
        scope.faults.add(WRONG_VALUE, span, "not allowed in a URL", hint=hint, route=at.route)
    elif any(segment in (".", "..") for segment in literal.split("/")):
        scope.fault(WRONG_VALUE, at, "the path holds a . or .. segment", "write the real path")


def _tokens(at: Typed | None, host: str, scope: Scope) -> tuple[Token, ...]:
    found: list[Token] = []
    for item in at.value if at else ():
        if not scope.known("token", item.value, scope.tokens, item):
            continue
        one = scope.tokens[item.value]
        if one is None:
            continue
        if host and host not in one.hosts:
            hint = f"it may go to {', '.join(one.hosts)} only; see `hosts` of the token"
            scope.fault(FOREIGN_HOST, item, f'token "{one.name}" would be sent to {host}', hint)
        if any(other.header.lower() == one.header.lower() for other in found):
            message = f'two tokens on one header: "{one.header}"'
            scope.fault(CONTRADICTION, item, message, "attach one of them")
        found.append(one)
    return tuple(found)


def _headers(at: Typed | None, scope: Scope) -> Mapping[str, Template]:
    for name, item in at.items() if at else ():
        if not _HEADER_NAME.fullmatch(name):
            scope.faults.add(WRONG_VALUE, item.key, f'"{name}" is no header name', route=item.route)
        elif name.lower() in _OWNED_HEADERS:
            message = f'"{name}" is set by the connection itself'
            scope.faults.add(WRONG_VALUE, item.key, message, hint="remove it", route=item.route)
    return _templates(at, scope)


def _one_value_a_header(tokens: tuple[Token, ...], at: Typed, scope: Scope) -> None:
    """A header has one source; names differ in more than case."""
    taken = {one.header.lower(): f'token "{one.name}"' for one in tokens}
    headers = at.get("headers")
    for name, item in headers.items() if headers else ():
        owner = taken.get(name.lower())
        if owner:
            message = f'"{name}" is given twice: here and by {owner}'
            scope.faults.add(
                CONTRADICTION, item.key, message, hint="keep one of them", route=item.route
            )
        taken[name.lower()] = f'the header "{name}"'


def _templates(at: Typed | None, scope: Scope) -> dict[str, Template]:
    found = {name: scope.template(item) for name, item in at.items()} if at else {}
    return {name: template for name, template in found.items() if template is not None}


def _body(at: Typed, scope: Scope) -> RequestBody | None:
    given = [form for form in BodyForm if at.get(form.value)]
    for form in given[1:]:
        extra = at.get(form.value)
        assert extra is not None
        message = f"a request has one body; there is {given[0].value}: already"
        scope.faults.add(CONTRADICTION, extra.key, message, hint="keep one", route=extra.route)
    if not given:
        return None
    body = at.get(given[0].value)
    assert body is not None
    if at.plain("http_method") == "get":
        hint = "use `query:`, or http_method: post with effect: read"
        scope.faults.add(CONTRADICTION, body.key, "a GET has no body", hint=hint, route=body.route)
    return RequestBody(given[0], _content(given[0], body, scope))


def _content(form: BodyForm, body: Typed, scope: Scope) -> JsonTemplate:
    if form is BodyForm.JSON:
        return scope.json_template(body.node, body.route)
    if form is BodyForm.TEXT:
        return scope.template(body)
    return {
        name: scope.template(item) if isinstance(item.value, str) else secret(item)
        for name, item in body.items()
    }
