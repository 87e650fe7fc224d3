"""Sends an action to Intercom as a connector's draft, and reads back what came of it.

- A connector is created by one POST and never by a second one: where its answer does not name the
  connector, its name is looked for.
- A PATCH holds the differing fields only, and never ``state``.
- Intercom's description does not say whether a PATCH without ``state`` leaves the live version
  alone. So the description goes first, by itself, and the live version is read again. If it
  changed, the old description is put back, and nothing else is sent.
- Once a write was sent, "failed" means that a read, or Intercom's refusal, says what is there.
"""

from __future__ import annotations

from cactions.app.connectors.catalog import list_connectors, read_versions
from cactions.app.connectors.live_probe import explain_partial, probe_live, remove_mark
from cactions.app.connectors.live_restore import LiveVersion
from cactions.app.connectors.writes import AGAIN, create_connector, patch_connector
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.drift import (
    ConnectorVersions,
    compare_versions,
    is_live_same,
    is_same_definition,
)
from cactions.logic.connectors.push import PushOutcome, PushPlan, PushResult
from cactions.logic.shell import join_command
from cactions.model import (
    CactionsError,
    ConnectorBody,
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
    try:
        connector_id = create_connector(api, plan.body, plan.action).id
    except OutcomeUnknown as error:
        connector_id = _find_created(api, name, error)
    look = join_command(("connectors", "diff"), plan.action.name)
    hint = f'Write `connector_id: "{connector_id}"` into the action, then compare: `{look}`.'
    after = _read_back(api, connector_id, f"the connector {connector_id} was created", hint)
    return _build_result(plan, PushOutcome.CREATED, after, project)


def _find_created(api: IntercomApi, name: str, error: OutcomeUnknown) -> str:
    """The id of what a write has created that has no usable answer.

    Raises OutcomeUnknown where it cannot be seen.
    """
    try:
        found = [connector.id for connector in list_connectors(api) if connector.name == name]
    except CactionsError as failed:
        seen = f"The list of the connectors, which would tell it, could not be read: {failed}"
    else:
        if len(found) == 1:
            return found[0]
        ids = f" ({', '.join(found)})" if found else ""
        seen = f'A list of the connectors shows {len(found) or "no"} connector "{name}"{ids}'
    raise OutcomeUnknown(
        f"{error}. {seen}",
        hint="Run the command again in a minute: it looks for this name before it creates one.",
    )


def _update(api: IntercomApi, plan: PushPlan, project: Project, *, allow_live: bool) -> PushResult:
    shown, action = plan.drift.versions, plan.action
    assert shown.latest, "there is a version to update"
    before = read_versions(api, shown.latest.id)
    if not _is_as_shown(before, shown):
        raise WorkspaceError(
            f"{shown.latest.label} was changed in Intercom while its differences were shown",
            hint="Run the command again, and look at what it shows.",
        )
    if before.live is None or allow_live:
        lost = patch_connector(api, shown.latest.id, plan.body, action)
        what = f"a change of {shown.latest.label} was sent"
        after = _read_back(api, shown.latest.id, what, AGAIN)
    else:
        lost, after = _update_draft(api, before, plan)
    changed_live = not is_live_same(before, after)
    result = _build_result(plan, PushOutcome.UPDATED, after, project, changed_live=changed_live)
    if lost and not result.is_verified:
        raise lost
    return result


def _update_draft(
    api: IntercomApi, before: ConnectorVersions, plan: PushPlan
) -> tuple[OutcomeUnknown | None, ConnectorVersions]:
    """Write the draft of a connector that is live: why that is unknown, and what is there then."""
    live = LiveVersion(api, before, plan.action)
    rest = probe_live(live, plan.body)
    lost = _write_rest(live, rest) if rest else None
    try:
        after = live.read()
    except CactionsError as error:
        live.restore_unread(plan.fields, error, unseen=False)
    if not is_live_same(before, after):
        live.restore(plan.fields)
    return lost, after


def _write_rest(live: LiveVersion, rest: ConnectorBody) -> OutcomeUnknown | None:
    """The second write, after the probe. Raises what Intercom's refusal of it means."""
    try:
        return live.patch(rest)
    except CactionsError as error:
        raise explain_partial(error, rest, is_clean=remove_mark(live, rest)) from error


def _read_back(api: IntercomApi, connector_id: str, what: str, hint: str) -> ConnectorVersions:
    """What is there after a write. Raises OutcomeUnknown where it cannot be read."""
    try:
        return read_versions(api, connector_id)
    except CactionsError as error:
        message = f"{what}, and it could not be read afterwards ({error})"
        raise OutcomeUnknown(message, hint=hint) from error


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
