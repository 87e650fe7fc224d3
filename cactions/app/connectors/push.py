"""Sends an action to Intercom as a connector's draft, and reads back what came of it.

- A connector is created by one POST and never by a second one: after a lost answer its name is
  looked for.
- A PATCH holds the differing fields only, and never ``state``.
- Intercom's description does not say whether a PATCH without ``state`` leaves the live version
  alone. So the description goes first, by itself, and the live version is read again. If it
  changed, the old description is put back, and nothing else is sent.
"""

from __future__ import annotations

from cactions.app.connectors.catalog import PATH, list_connectors, read_versions
from cactions.app.connectors.live_probe import probe_live, remove_mark, restore_live
from cactions.app.connectors.writes import explain_refusal, patch_connector
from cactions.app.ports import IntercomApi
from cactions.logic.connectors.drift import (
    ConnectorVersions,
    compare_versions,
    is_live_same,
    is_same_definition,
)
from cactions.logic.connectors.push import PushOutcome, PushPlan, PushResult
from cactions.logic.connectors.reader import parse_connector
from cactions.logic.intercom.api import ApiCall
from cactions.model import (
    CactionsError,
    OutcomeUnknown,
    Project,
    WorkspaceError,
)


def apply_push(
    api: IntercomApi, plan: PushPlan, project: Project, *, allow_live: bool = False
) -> PushResult:
    """Send one plan, and compare what is there afterwards. An error is part of the result."""
    name = plan.action.name
    if plan.fault:
        return PushResult(name, PushOutcome.FAILED, error=plan.fault)
    if not plan.fields:
        latest = plan.drift.versions.latest
        return PushResult(name, PushOutcome.UNCHANGED, latest, plan.comparison)
    try:
        if plan.creates:
            return _create(api, plan, project)
        return _update(api, plan, project, allow_live=allow_live)
    except OutcomeUnknown as error:
        return PushResult(name, PushOutcome.OUTCOME_UNKNOWN, error=error)
    except CactionsError as error:
        return PushResult(name, PushOutcome.FAILED, error=error)


def _create(api: IntercomApi, plan: PushPlan, project: Project) -> PushResult:
    """The list is read again right before: it may have been created meanwhile."""
    name = plan.wanted.name
    if any(connector.name == name for connector in list_connectors(api)):
        raise WorkspaceError(
            f'a connector named "{name}" was created meanwhile',
            hint="Run the command again: it compares with that one.",
        )
    call = ApiCall("POST", PATH, {}, plan.body, is_read=False)
    try:
        connector_id = parse_connector(api.call(call).get_object()).id
    except OutcomeUnknown as error:
        connector_id = _find_created(api, name, error)
    except WorkspaceError as error:
        raise explain_refusal(error, plan.action) from None
    return _build_result(plan, PushOutcome.CREATED, read_versions(api, connector_id), project)


def _find_created(api: IntercomApi, name: str, error: OutcomeUnknown) -> str:
    """The id of what a lost answer created. Raises OutcomeUnknown where it cannot be seen."""
    found = [connector.id for connector in list_connectors(api) if connector.name == name]
    if len(found) == 1:
        return found[0]
    raise OutcomeUnknown(
        f'{error}. A list of the connectors shows no connector "{name}"',
        hint="Run the command again in a minute: it looks for this name before it creates one.",
    )


def _update(api: IntercomApi, plan: PushPlan, project: Project, *, allow_live: bool) -> PushResult:
    shown, action = plan.drift.versions, plan.action
    assert shown.latest, "there is a version to update"
    connector_id = shown.latest.id
    before = read_versions(api, connector_id)
    if not _is_as_shown(before, shown):
        raise WorkspaceError(
            f"{shown.latest.label} was changed in Intercom while its differences were shown",
            hint="Run the command again, and look at what it shows.",
        )
    body = plan.body
    is_probed = before.live is not None and not allow_live
    if is_probed:
        body = probe_live(api, before, body, action)
    try:
        lost = patch_connector(api, connector_id, body, action) if body else None
    except CactionsError:
        if is_probed:
            remove_mark(api, connector_id, body, action)
        raise
    after = read_versions(api, connector_id)
    changed_live = not is_live_same(before, after)
    if changed_live and not allow_live:
        restore_live(api, before, after, plan.fields, action)
    result = _build_result(plan, PushOutcome.UPDATED, after, project, changed_live=changed_live)
    if lost and not result.is_verified:
        raise lost
    return result


def _is_as_shown(now: ConnectorVersions, shown: ConnectorVersions) -> bool:
    return all(
        left is right
        or (left is not None and right is not None and is_same_definition(left, right))
        for left, right in ((now.live, shown.live), (now.draft, shown.draft))
    )


def _build_result(
    plan: PushPlan,
    outcome: PushOutcome,
    after: ConnectorVersions,
    project: Project,
    *,
    changed_live: bool = False,
) -> PushResult:
    drift = compare_versions(plan.drift.match, after, project)
    comparison = drift.draft or drift.live
    return PushResult(plan.action.name, outcome, after.latest, comparison, None, changed_live)
