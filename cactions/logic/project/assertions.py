"""Shapes assertions: the JWTs that a token service is asked with (RFC 7523)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cactions.logic.project.scope import Scope, parse_secret_name
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, WRONG_VALUE
from cactions.logic.yaml.nodes import to_json
from cactions.model import Json, JwtAlgorithm, JwtAssertion, RequestBody, SecretRef
from cactions.model.template import list_secret_places

_CLOCK_CLAIMS: Final = ("iat", "exp", "nbf", "jti")
_LIFETIME: Final = 120
"""In seconds; services refuse JWTs that are good for long, some from three minutes on."""

_SECRET_KEYS: Final = {"secret"}


def build_assertion(
    at: LocatedValue, usual: Mapping[str, Json], scope: Scope, *, has_id: bool
) -> JwtAssertion | None:
    """The JWT; ``usual`` are the claims where the file says no other. None without a key."""
    key_at = at.get("key")
    key = parse_secret_name(key_at) if key_at else None
    claims = {**usual, **_read_claims(at.get("claims"), scope)}
    if key is None:
        return None
    algorithm = JwtAlgorithm(at.scalar("algorithm", JwtAlgorithm.RS256.value))
    lifetime = at.scalar("lifetime_seconds", _LIFETIME)
    return JwtAssertion(key.name, algorithm, claims, lifetime, at.scalar("key_id", ""), has_id)


def check_key_use(at: LocatedValue, body: RequestBody, key: str, scope: Scope) -> None:
    """The key stands in the body once, where the JWT goes: nothing else may be put there."""
    places = [name for _, name in list_secret_places(body.content, "")]
    if places.count(key) > 1:
        message = f'"{key}" signs the JWT, so it cannot be sent'
        hint = "seal what the service expects there under a name of its own"
        scope.faults.add(CONTRADICTION, at.key, message, hint=hint, route=at.route)


def get_assertion_place(assertion: JwtAssertion) -> SecretRef:
    """What stands for the JWT in a body."""
    return SecretRef(assertion.key)


def _read_claims(at: LocatedValue | None, scope: Scope) -> dict[str, Json]:
    claims: dict[str, Json] = {}
    for name, item in at.items() if at else ():
        value = to_json(item.node)
        if name in _CLOCK_CLAIMS:
            hint = "leave it out: iat and exp come from the clock and lifetime_seconds, jti: true"
            message = f'the claim "{name}" is new for each JWT'
            scope.faults.add(CONTRADICTION, item.key, message, hint=hint, route=item.route)
        elif any(_list_open_parts(value)):
            message = "a claim is literal: it holds no template and no secret"
            scope.add_fault(WRONG_VALUE, item, message, "write the value itself")
        else:
            claims[name] = value
    return claims


def _list_open_parts(value: Json) -> Iterator[bool]:
    """Whether each part would have to be filled in."""
    if isinstance(value, dict):
        yield value.keys() == _SECRET_KEYS
        for part in value.values():
            yield from _list_open_parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _list_open_parts(part)
    else:
        yield isinstance(value, str) and "{{" in value
