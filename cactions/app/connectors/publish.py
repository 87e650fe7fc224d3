"""Sets the data connector of an action live, and checks later that it is still the same.

It goes live only when everything that a read shows is what the file says, its mapping included,
which no API can write: until it was entered by hand, nothing goes live. A call of this that was cut
off leaves the earlier version live, or the new one; calling it again goes on from there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from msgspec import Struct

from cactions.app.connectors.catalog import compare_actions, read_versions
from cactions.app.connectors.push import apply_push
from cactions.app.connectors.revisions import list_revisions
from cactions.app.connectors.writes import AGAIN, patch_connector
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.drift import ConnectorVersions
from cactions.logic.connectors.live_digest import (
    digest_fields,
    list_changed_fields,
    list_live_differences,
)
from cactions.logic.connectors.push import PushOutcome, PushPlan, PushResult, plan_push
from cactions.logic.secrets.leak_check import Known
from cactions.model import (
    Action,
    CactionsError,
    Connector,
    ConnectorVersion,
    LiveConnector,
    OutcomeUnknown,
    Project,
    RunAborted,
    WorkspaceError,
)

_LIVE: Final = ConnectorVersion.LIVE.value
_GONE: Final = 404


class ConnectorUpload(Struct, frozen=True):
    """A connector that was pushed; ``differences`` is why it cannot go live yet."""

    push: PushResult
    versions: ConnectorVersions
    differences: tuple[str, ...] = ()


def plan_connector(api: IntercomApi, action: Action, project: Project, known: Known) -> PushPlan:
    """What must be sent. Raises DefinitionError where it must not be, and WorkspaceError.

    Header values are always sent: what Intercom has in their place cannot be read.
    """
    [drift], _ = compare_actions(api, project, [action.name])
    latest = drift.versions.latest
    plan = plan_push(drift, project, known, headers=bool(latest and latest.headers))
    if plan.fault:
        raise plan.fault
    return plan


def send_connector(api: IntercomApi, plan: PushPlan, project: Project) -> ConnectorUpload:
    """Send the draft, and compare what a read shows. Raises what ``apply_push`` found."""
    result = apply_push(api, plan, project)
    if result.error:
        raise result.error
    assert result.connector, "a push without an error has a connector"
    try:
        versions = read_versions(api, result.connector.id)
    except CactionsError as error:
        if result.outcome is PushOutcome.UNCHANGED:
            raise
        sent = f"the draft of {result.connector.label} was sent, and could not be read ({error})"
        raise _build_written(sent) from error
    assert versions.latest, "there is a version to read"
    found = tuple(list_live_differences(plan.action, project, versions.latest))
    return ConnectorUpload(result, versions, found)


def set_live(
    api: IntercomApi, upload: ConnectorUpload, action: Action, project: Project
) -> LiveConnector:
    """Make it live, and read it back.

    Raises WorkspaceError where Intercom refuses, RunAborted where something else is live in the
    end, OutcomeUnknown where that cannot be read.
    """
    latest = upload.versions.latest
    assert latest, "there is a version"
    assert not upload.differences, "it goes live only when nothing differs"
    if upload.versions.draft is None and latest.state == _LIVE:
        return _build_live(api, latest)
    lost = patch_connector(api, latest.id, {"state": _LIVE}, action)
    try:
        after = read_versions(api, latest.id).live
    except CactionsError as error:
        raise OutcomeUnknown(
            f"{latest.label} was set live, and it could not be read afterwards ({error})",
            hint=AGAIN,
        ) from error
    problem = _find_problem(after, action, project)
    if after is None or problem:
        if lost:
            raise lost
        raise _build_written(f"{latest.label} was set live, but {problem}")
    return _build_live(api, after)


def find_drift(api: IntercomApi, published: LiveConnector, action: Action, project: Project) -> str:
    """How what is live is not what was published; empty if it is. Raises WorkspaceError."""
    try:
        live = read_versions(api, published.id).live
    except WorkspaceError as error:
        if error.status != _GONE:
            raise
        return "its data connector was deleted"
    if problem := _find_problem(live, action, project):
        return problem
    assert live, "a version without a problem is there"
    changed = list_changed_fields(published.fields, live)
    return f"{live.label} has another {' and '.join(changed)} since then" if changed else ""


def _find_problem(live: Connector | None, action: Action, project: Project) -> str:
    """Why this is not the action, live; empty if it is."""
    if live is None:
        return "its data connector is not live"
    if live.state != _LIVE:
        return f'the state of {live.label} is "{live.state}", not live'
    return "; ".join(list_live_differences(action, project, live))


def _build_live(api: IntercomApi, live: Connector) -> LiveConnector:
    revision = ""
    with suppress(CactionsError):  # this version of the API may have none
        found = list_revisions(api, live.id)
        revision = next((each.id for each in found if each.status == _LIVE), "")
    return LiveConnector(live.id, digest_fields(live), revision)


def _build_written(message: str) -> RunAborted:
    error = RunAborted(
        message, hint="Look at it in the web page, then publish again; `run` refuses it until then."
    )
    error.written = True
    return error
