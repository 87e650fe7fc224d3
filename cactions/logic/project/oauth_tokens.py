"""Shapes the tokens of OAuth: by a client's own credentials, and by a JWT that a sealed key signs.

The key never stands in a request: where its name stands in the body, the signed JWT goes.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.expressions.json_path import parse_path
from cactions.logic.network.origin import parse_origin
from cactions.logic.project.assertions import (
    build_assertion,
    check_key_use,
    get_assertion_place,
)
from cactions.logic.project.requests import (
    build_limits,
    build_parameters,
    get_literal_origin,
    get_literal_path,
)
from cactions.logic.project.response_conditions import build_denial
from cactions.logic.project.scope import Scope, parse_secret_name, parse_secret_or_text
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, MISSING_KEY, WRONG_VALUE
from cactions.model import (
    ActionRequest,
    BodyForm,
    JsonTemplate,
    JwtAssertion,
    RequestBody,
    Template,
    Token,
    TokenFetch,
)

_BEARER: Final = "Bearer "
_TOKEN: Final = parse_path("$.access_token")
_EXPIRES_IN: Final = parse_path("$.expires_in")
_CLIENT: Final = ("client_id", "client_secret")
_COMMON: Final = ("scope", "audience", "resource")
_JWT_FIELDS: Final = ("assertion", "client_assertion", "client_assertion_type")
_JWT_BEARER: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLIENT_JWT: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PRIVATE_KEY: Final = "private_key_jwt"
_OF_JWT: Final = ("key", "claims", "algorithm", "key_id", "lifetime_seconds")


class _Endpoint(Struct, frozen=True):
    """Where tokens are fetched."""

    url: str
    host: str


def build_client_credentials(bare: Token, at: LocatedValue, scope: Scope) -> Token | None:
    """RFC 6749, 4.4: the client proves who it is by its secret or by a JWT (RFC 7523, 2.2)."""
    endpoint = _read_endpoint(at, scope)
    grant = at.scalar("grant_type", "client_credentials")
    auth = at.scalar("client_auth", "body")
    if auth == _PRIVATE_KEY:
        assertion = _build_client_assertion(at, endpoint, scope)
        if endpoint is None or assertion is None:
            return None
        fields: dict[str, JsonTemplate] = {
            "grant_type": Template((grant,)),
            "client_id": Template((at.scalar("client_id", ""),)),
            "client_assertion_type": Template((_CLIENT_JWT,)),
            "client_assertion": get_assertion_place(assertion),
        }
        fields = _add_fields(fields, _COMMON, at, scope)
        return _attach_fetch(bare, at, _build_fetch(at, endpoint, fields, assertion, scope))
    for key in _OF_JWT:
        _refuse_key(at, key, f"{key} belongs to client_auth: {_PRIVATE_KEY}", scope)
    _require_key(at, "client_secret", "add client_secret: {secret: NAME}", scope)
    if endpoint is None:
        return None
    in_header = auth == "basic"
    keys = (*(() if in_header else _CLIENT), *_COMMON)
    fields = _add_fields({"grant_type": Template((grant,))}, keys, at, scope)
    fetch = _build_fetch(at, endpoint, fields, None, scope)
    if in_header:
        fetch = _put_client_in_header(bare.name, at, fetch)
    return _attach_fetch(bare, at, fetch)


def build_jwt_bearer(bare: Token, at: LocatedValue, scope: Scope) -> Token | None:
    """RFC 7523, 2.1: the JWT is the grant. Who gives it and whom it is for must be in it."""
    endpoint = _read_endpoint(at, scope)
    assertion = build_assertion(at, {}, scope, has_id=bool(at.scalar("jti")))
    claims = at.get("claims")
    if claims:
        for name in ("iss", "aud"):
            if not claims.has(name):
                message = f'the claim "{name}" is missing'
                hint = "the service's documentation says what it is"
                scope.faults.add(MISSING_KEY, claims.key, message, hint=hint, route=claims.route)
    if endpoint is None or assertion is None:
        return None
    fields: dict[str, JsonTemplate] = {
        "grant_type": Template((_JWT_BEARER,)),
        "assertion": get_assertion_place(assertion),
    }
    fields = _add_fields(fields, (*_CLIENT, *_COMMON), at, scope)
    return _attach_fetch(bare, at, _build_fetch(at, endpoint, fields, assertion, scope))


def _build_client_assertion(
    at: LocatedValue, endpoint: _Endpoint | None, scope: Scope
) -> JwtAssertion | None:
    """The client says it of itself, to the token endpoint, each time with another jti."""
    _refuse_key(at, "client_secret", f"{_PRIVATE_KEY} takes a key instead of a secret", scope)
    _require_key(at, "key", "add key: {secret: NAME}, a private key that is sealed", scope)
    client = at.get("client_id")
    if client and not isinstance(client.value, str):
        message = "the client's id stands in the JWT, so that it is literal"
        scope.add_fault(WRONG_VALUE, client, message, "write the id itself")
        return None
    if client is None or endpoint is None:
        return None
    usual = {"iss": client.value, "sub": client.value, "aud": endpoint.url}
    return build_assertion(at, usual, scope, has_id=True)


def _read_endpoint(at: LocatedValue, scope: Scope) -> _Endpoint | None:
    url = at.get("token_url")
    origin = get_literal_origin(url, scope) if url else None
    if url is None or origin is None:
        return None
    if "{{" in url.value or any(sign in url.value for sign in "?# "):
        scope.add_fault(WRONG_VALUE, url, "a token URL is literal, without a query")
        return None
    get_literal_path(url, Template((url.value,)), len(origin), scope)
    return _Endpoint(url.value, parse_origin(url.value, scope.allowed).host)


def _build_fetch(
    at: LocatedValue,
    endpoint: _Endpoint,
    fields: dict[str, JsonTemplate],
    assertion: JwtAssertion | None,
    scope: Scope,
) -> TokenFetch:
    form = BodyForm.JSON if at.scalar("body") == "json" else BodyForm.FORM
    body = RequestBody(form, fields)
    if assertion:
        check_key_use(at, body, assertion.key, scope)
    asked = ActionRequest(
        "post",
        Template((endpoint.url,)),
        body=body,
        limits=build_limits(at.get("limits")),
        host=endpoint.host,
    )
    denied = build_denial(at.get("denied_when"), scope)
    return TokenFetch(asked, _TOKEN, _EXPIRES_IN, denied, assertion=assertion)


def _attach_fetch(bare: Token, at: LocatedValue, fetch: TokenFetch) -> Token:
    header = bare.header or "Authorization"
    usual = _BEARER if header.lower() == "authorization" else ""
    prefix = bare.prefix if at.has("prefix") else usual
    return replace(bare, header=header, prefix=prefix, fetch=fetch)


def _put_client_in_header(name: str, at: LocatedValue, fetch: TokenFetch) -> TokenFetch:
    """RFC 6749, 2.3.1: id and secret as Basic authentication of the fetch."""
    client, secret = (
        parse_secret_or_text(item) if (item := at.get(key)) else None for key in _CLIENT
    )
    hosts = (fetch.request.host,)
    pair = Token(
        name, "Authorization", hosts, "Basic ", None, client or "", secret, is_oauth_client=True
    )
    return replace(fetch, request=replace(fetch.request, tokens=(pair,)))


def _add_fields(
    fields: dict[str, JsonTemplate], keys: tuple[str, ...], at: LocatedValue, scope: Scope
) -> dict[str, JsonTemplate]:
    """The body with the named keys of the file, and with its parameters."""
    fields |= {key: _read_literals(item) for key in keys if (item := at.get(key))}
    more = at.get("parameters")
    for name, item in more.items() if more else ():
        if name in fields or name in (*_CLIENT, *_JWT_FIELDS):
            message = f'"{name}" has a place of its own'
            hint = f"write {name}: beside `parameters`"
            scope.faults.add(CONTRADICTION, item.key, message, hint=hint, route=item.route)
    return {**fields, **build_parameters(more, replace(scope, personless=True))}


def _read_literals(at: LocatedValue) -> JsonTemplate:
    if isinstance(at.value, list):
        return [Template((item.value,)) for item in at.value]
    return Template((at.value,)) if isinstance(at.value, str) else parse_secret_name(at)


def _refuse_key(at: LocatedValue, key: str, message: str, scope: Scope) -> None:
    if item := at.get(key):
        scope.faults.add(CONTRADICTION, item.key, message, hint="leave it out", route=item.route)


def _require_key(at: LocatedValue, key: str, hint: str, scope: Scope) -> None:
    if not at.has(key):
        message = f'the key "{key}" is missing'
        scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
