"""Looks at a workspace at Intercom: token, region, version, permissions, snapshot, rate limit.

It only reads: whether the token may write is not tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.app.intercom_port import IntercomApi
from cactions.app.ports import Clock
from cactions.app.read_workspace import read_identity
from cactions.logic.intercom.api import ApiCall, build_error
from cactions.logic.intercom.connection_check import list_cautions, require_workspace_name
from cactions.model import (
    SNAPSHOT_DAYS,
    CactionsError,
    Health,
    HealthCheck,
    Json,
    Project,
    WorkspaceError,
    WorkspaceIdentity,
)

_DAY: Final = 86_400
_FORBIDDEN: Final = 403
_MISSING: Final = 404
_WRONG_VERSION: Final = "intercom_version_invalid"
_ANYONE: Final[dict[str, Json]] = {"field": "role", "operator": "=", "value": "user"}
_PERMISSIONS: Final = (
    (
        "read attributes",
        ApiCall("GET", "/data_attributes", {"model": "contact"}),
        "attributes cannot be checked before a run",
    ),
    (
        "read people",
        ApiCall("POST", "/contacts/search", body={"query": _ANYONE, "pagination": {"per_page": 1}}),
        "no person can be found",
    ),
    (
        "read data connectors",
        ApiCall("GET", "/data_connectors", {"per_page": "1"}),
        "`audit` and `connectors` cannot work",
    ),
)


def check_workspace(api: IntercomApi, project: Project, clock: Clock) -> Iterator[HealthCheck]:
    """Every check; after a token that is not accepted, none of the others."""
    try:
        identity = read_identity(api)
    except CactionsError as error:
        yield HealthCheck("workspace", "", Health.PROBLEM, str(error), error.hint)
        return
    yield _check_identity(identity)
    for caution in list_cautions(project.workspace, identity):
        yield HealthCheck("workspace", "settings", Health.PROBLEM, caution)
    yield _check_verification(identity)
    for name, call, consequence in _PERMISSIONS:
        yield _check_permission(api, name, call, consequence)
    yield HealthCheck(
        "permission", "write people", Health.UNKNOWN, "not tested: a test would write"
    )
    yield _check_snapshot(project, clock)


def _check_identity(identity: WorkspaceIdentity) -> HealthCheck:
    try:
        require_workspace_name(identity)
    except WorkspaceError as error:
        text = f"{identity}: no run can write people there, as its undo could reach another one"
        return HealthCheck("workspace", "", Health.PROBLEM, text, error.hint)
    return HealthCheck("workspace", "", Health.OK, str(identity))


def _check_verification(identity: WorkspaceIdentity) -> HealthCheck:
    state = identity.identity_verification
    if state is None:
        return HealthCheck("workspace", "identity verification", Health.UNKNOWN, "not told")
    if state:
        return HealthCheck("workspace", "identity verification", Health.OK, "on")
    return HealthCheck(
        "workspace",
        "identity verification",
        Health.PROBLEM,
        "off: a visitor can claim to be any user",
        "Turn it on in Intercom under Settings, Channels, Messenger, Security.",
    )


def _check_permission(api: IntercomApi, name: str, call: ApiCall, consequence: str) -> HealthCheck:
    try:
        reply = api.send(call)
    except CactionsError as error:
        return HealthCheck("permission", name, Health.UNKNOWN, str(error), error.hint)
    if reply.is_success:
        return HealthCheck("permission", name, Health.OK, "granted")
    if reply.status == _MISSING or _WRONG_VERSION in reply.codes:
        text = f"API version {reply.version or 'unknown'} does not have it: {consequence}"
        hint = 'Write `api_version: "2.16"` or newer under `workspace`.'
        return HealthCheck("permission", name, Health.PROBLEM, text, hint)
    refusal = build_error(call, reply)
    if reply.status == _FORBIDDEN:
        message = f"not granted: {consequence}"
        return HealthCheck("permission", name, Health.PROBLEM, message, refusal.hint)
    return HealthCheck("permission", name, Health.UNKNOWN, str(refusal), refusal.hint)


def _check_snapshot(project: Project, clock: Clock) -> HealthCheck:
    pull = "`cactions attributes pull` takes one."
    if project.snapshot is None:
        text = "there is none: `validate` takes the files at their word"
        return HealthCheck("snapshot", "", Health.UNKNOWN, text, pull)
    days = int((clock.get_time() - project.snapshot.taken) // _DAY)
    health = Health.OK if 0 <= days <= SNAPSHOT_DAYS else Health.PROBLEM
    text = f"{days} days old" if days > 1 else "taken today or yesterday"
    return HealthCheck("snapshot", "", health, text, "" if health is Health.OK else pull)
