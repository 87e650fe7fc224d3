"""Names of headers: which there are, and which has two sources."""

from __future__ import annotations

from typing import Final

from cactions.logic.project.scope import Scope
from cactions.logic.request.checks import HEADER_NAME
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, WRONG_VALUE
from cactions.model import Token

_OWNED: Final = {
    "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "te",
    "upgrade", "trailer", "expect", "keep-alive", "proxy-authorization", "proxy-connection",
}  # fmt: skip


def build_headers(at: LocatedValue | None, scope: Scope) -> str:
    """The name of a header that carries something; empty where it is none."""
    if at is None:
        return ""
    if not HEADER_NAME.fullmatch(at.value):
        scope.add_fault(WRONG_VALUE, at, f'"{at.value}" is no header name')
        return ""
    _check_not_reserved(at.value, at, scope)
    return str(at.value)


def check_headers(at: LocatedValue | None, scope: Scope) -> None:
    """Every name of an author's headers."""
    for name, item in at.items() if at else ():
        if not HEADER_NAME.fullmatch(name):
            scope.faults.add(WRONG_VALUE, item.key, f'"{name}" is no header name', route=item.route)
        else:
            _check_not_reserved(name, item, scope)


def _check_not_reserved(name: str, at: LocatedValue, scope: Scope) -> None:
    if name.lower() in _OWNED:
        message = f'"{name}" is set by the connection itself'
        scope.faults.add(WRONG_VALUE, at.key, message, hint="remove it", route=at.route)


def check_single_source(tokens: tuple[Token, ...], at: LocatedValue, scope: Scope) -> None:
    """A header has one source; names differ in more than case."""
    taken = {token.header.lower(): f'token "{token.name}"' for token in tokens}
    own, key = at.get("headers"), at.get("idempotency")
    carriers = [(item.value, item) for item in (key.get("header"),) if item] if key else []
    for name, item in [*(own.items() if own else ()), *carriers]:
        owner = taken.get(name.lower())
        if owner:
            message = f'"{name}" is given twice: here and by {owner}'
            scope.faults.add(
                CONTRADICTION, item.key, message, hint="keep one of them", route=item.route
            )
        taken[name.lower()] = f'the header "{name}"'
