"""Shapes the workspace: the local store, or the connection to Intercom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from cactions.logic.network.origin import OriginError, parse_origin
from cactions.logic.project.people import build_people
from cactions.logic.project.scope import Scope, parse_secret_name
from cactions.logic.project.workspace_schema import INTERCOM_KEYS, LOCAL_KEYS
from cactions.logic.relative_path import leaves_folder
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, WRONG_VALUE
from cactions.model import (
    API_HOSTS,
    API_VERSION,
    MATCH_FIELDS,
    IdentityVerification,
    IntercomConnection,
    Person,
    PersonQuery,
    Region,
    Workspace,
)

_IN_PROJECT: Final = (
    "name a file beside this one, or bring people with `cactions people import FILE`"
)
_VERSION: Final = r"[0-9]{1,2}\.[0-9]{1,2}|Preview|Unstable"


def build_workspace(at: LocatedValue, scope: Scope) -> Workspace:
    """The workspace; what is broken in it is left out."""
    word = at.scalar("identity_verification", "off")
    verified = IdentityVerification("off" if word == "false" else word)
    is_remote = at.scalar("kind", "local") == "intercom"
    for key in LOCAL_KEYS if is_remote else INTERCOM_KEYS:
        if at.has(key):
            kind = "intercom" if is_remote else "local"
            hint = "remove it" if is_remote else "write `kind: intercom`, or remove it"
            spot = at.get(key)
            message = f'a workspace of kind {kind} has no "{key}"'
            scope.faults.add(CONTRADICTION, (spot or at).key, message, hint=hint, route=at.route)
    if is_remote:
        return Workspace(verified, intercom=_build_connection(at, scope))
    people, file = _build_local(at.get("people"), scope)
    return Workspace(verified, people, file)


def _build_local(people: LocatedValue | None, scope: Scope) -> tuple[tuple[Person, ...], str]:
    """The people in place, or the name of their file."""
    if people is None:
        return (), ""
    if not isinstance(people.value, str):
        return tuple(build_people(people.value, scope)), ""
    if "\0" in people.value:
        scope.add_fault(WRONG_VALUE, people, "is no file name: it holds a NUL", "name a file")
    if leaves_folder(people.value):
        scope.add_fault(WRONG_VALUE, people, "leaves the project's folder", _IN_PROJECT)
    return (), people.value


def _build_connection(at: LocatedValue, scope: Scope) -> IntercomConnection:
    origin, host, region = _build_address(at, scope)
    token = at.get("token")
    people = at.get("test_people")
    return IntercomConnection(
        origin,
        host,
        region,
        parse_secret_name(token) if token else None,
        _read_version(at.get("api_version"), scope),
        _read_share(at.get("limits"), scope),
        tuple(_build_test_people(people.value, scope)) if people else (),
    )


def _build_address(at: LocatedValue, scope: Scope) -> tuple[str, str, Region | None]:
    """Origin, host and region: those of Intercom, or those of a test server."""
    region = Region(at.scalar("region", "us"))
    url = at.get("url")
    if url is None:
        return f"https://{API_HOSTS[region]}", API_HOSTS[region], region
    if at.has("region"):
        message = '"region" and "url" exclude each other'
        scope.faults.add(CONTRADICTION, url.key, message, hint="keep one", route=url.route)
    try:
        origin = parse_origin(url.value, scope.allowed)
    except OriginError as error:
        span = url.get_part(error.start, error.end)
        scope.faults.add(error.rule, span, error.message, hint=error.hint, route=url.route)
        return "", "", None
    if url.value[origin.end :] not in ("", "/"):
        scope.add_fault(WRONG_VALUE, url, "has a path", "write https://host or https://host:port")
    return origin.text, origin.host, None


def _read_version(at: LocatedValue | None, scope: Scope) -> str:
    if at is None:
        return API_VERSION
    if not re.fullmatch(_VERSION, at.value):
        scope.add_fault(
            WRONG_VALUE, at, f'"{at.value}" is no API version', 'write it in quotes: "2.16"'
        )
        return API_VERSION
    return str(at.value)


def _read_share(limits: LocatedValue | None, scope: Scope) -> float:
    at = limits.get("share") if limits else None
    if at is None:
        return 1.0
    value = at.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        scope.add_fault(WRONG_VALUE, at, "is no share", "write a number above 0, at most 1: 0.8")
        return 1.0
    return float(value)


def _build_test_people(items: Iterable[LocatedValue], scope: Scope) -> Iterator[PersonQuery]:
    for item in items:
        keys = [(key, value.value) for key, value in item.items() if key in MATCH_FIELDS]
        if len(keys) == 1 and keys[0][1]:
            yield PersonQuery(*keys[0])
        else:
            scope.add_fault(
                WRONG_VALUE, item, "does not name one person", "write {email: …} or {user_id: …}"
            )
