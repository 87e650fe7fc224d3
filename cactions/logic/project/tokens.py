"""Shapes tokens: sealed ones, those that are fetched, and those of the end user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from cactions.logic.expressions.json_path import parse_path
from cactions.logic.network.origin import find_host_fault
from cactions.logic.project import headers
from cactions.logic.project.oauth_tokens import build_client_credentials, build_jwt_bearer
from cactions.logic.project.requests import build_action_request, build_limits
from cactions.logic.project.response_conditions import build_denial, build_success
from cactions.logic.project.scope import Scope, parse_secret_or_text
from cactions.logic.request import checks
from cactions.logic.request.checks import EncodingError
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import (
    CONTRADICTION,
    LITERAL_SECRET,
    MISSING_KEY,
    SPECIAL_HOST,
    WRONG_VALUE,
)
from cactions.model import (
    SecretRef,
    Token,
    TokenFetch,
)

_EXPIRES_IN: Final = parse_path("$.expires_in")


def build_token(name: str, at: LocatedValue, scope: Scope) -> Token | None:
    """The token; None where what fetches it cannot be used."""
    hosts_at = at.get("hosts")
    hosts = tuple(_find_host(item, scope) for item in hosts_at.value) if hosts_at else ()
    header = headers.build_headers(at.get("header"), scope)
    prefix = _read_prefix(at.get("prefix"), scope)
    bare = Token(name, header, hosts, prefix, token_id=at.scalar("token_id", ""))
    form = _FORMS.get(at.scalar("type"))
    return form(bare, at, scope) if form else bare


def _read_prefix(at: LocatedValue | None, scope: Scope) -> str:
    if at is None:
        return ""
    try:
        checks.check_header_value(f"{at.value}x")  # a space at its end is what most end with
    except EncodingError as unfit:
        scope.add_fault(WRONG_VALUE, at, f"the prefix {unfit}")
    return str(at.value)


def _build_text_token(bare: Token, at: LocatedValue, _scope: Scope) -> Token:
    return replace(bare, value=_read_reference(at.get("value")))


def _build_basic_token(bare: Token, at: LocatedValue, scope: Scope) -> Token | None:
    """One of the two may be missing: a service may take its key as the user name alone."""
    username, password = (
        parse_secret_or_text(item) if (item := at.get(key)) else None
        for key in ("username", "password")
    )
    if any(at.has(key) and not at.get(key) for key in ("username", "password")):
        return None  # it is broken, which is a fault of its own
    if not username and not password:
        if username == "" or password == "":
            scope.add_fault(CONTRADICTION, at, "the user name and the password are both empty")
        elif not at.has("username") and not at.has("password"):
            message = 'the keys "username" and "password" are missing'
            hint = "add username: or password: {secret: NAME}, or both"
            scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
        return None
    return replace(
        bare, header="Authorization", prefix="Basic ", username=username, password=password
    )


def _build_http_request_token(bare: Token, at: LocatedValue, scope: Scope) -> Token | None:
    asked_at, path_at, expires_at = (
        at.get(key) for key in ("request", "token_path", "expires_in_path")
    )
    asked = build_action_request(asked_at, replace(scope, personless=True)) if asked_at else None
    path = scope.parse_path(path_at) if path_at else None
    source = headers.build_headers(at.get("token_header"), scope)
    expires = scope.parse_path(expires_at) if expires_at else None if source else _EXPIRES_IN
    made = build_success(at.get("success_when"), scope)
    denied = build_denial(at.get("denied_when"), scope)
    _check_source(at, scope)
    if asked is None or (path is None and not source):
        return None
    asked = replace(asked, limits=build_limits(at.get("limits")))
    return replace(bare, fetch=TokenFetch(asked, path, expires, denied, made, source))


def _check_source(at: LocatedValue, scope: Scope) -> None:
    """The token stands in the body or in a header."""
    if at.has("token_path") and (header := at.get("token_header")):
        message = "the token is found in two places: here and at token_path"
        scope.faults.add(
            CONTRADICTION, header.key, message, hint="keep one of them", route=header.route
        )
    elif not at.has("token_path") and not at.has("token_header"):
        hint = "add token_path: where the token stands in the answer, or token_header:"
        scope.faults.add(
            MISSING_KEY, at.key, 'the key "token_path" is missing', hint=hint, route=at.route
        )


_FORMS: Final[Mapping[str, Callable[[Token, LocatedValue, Scope], Token | None]]] = {
    "text": _build_text_token,
    "basic": _build_basic_token,
    "http_request": _build_http_request_token,
    "oauth_client_credentials": build_client_credentials,
    "oauth_jwt_bearer": build_jwt_bearer,
}


def _read_reference(at: LocatedValue | None) -> SecretRef | None:
    part = parse_secret_or_text(at) if at else None
    return part if isinstance(part, SecretRef) else None


def _find_host(at: LocatedValue, scope: Scope) -> str:
    host = str(at.value).lower()
    if "@" in at.value:
        scope.add_fault(LITERAL_SECRET, at, "the host holds a user name", "keep what follows the @")
    elif host not in scope.allowed_hosts and (fault := find_host_fault(at.value)):
        scope.add_fault(SPECIAL_HOST, at, *fault)
    return host
