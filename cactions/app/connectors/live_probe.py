"""Finds out whether a change of a connector leaves its live version alone, else takes it back.

Intercom's description of its API does not say it. A description is what only people and Fin read
to choose a connector, so it is the one field whose change can be tried.
"""

from __future__ import annotations

from contextlib import suppress

from cactions.app.connectors.catalog import read_versions
from cactions.app.connectors.writes import patch_connector
from cactions.app.ports import IntercomApi
from cactions.logic.connectors.body import build_body
from cactions.logic.connectors.drift import ConnectorVersions, is_live_same
from cactions.model import Action, CactionsError, ConnectorBody, RunAborted

MARK = " (cactions is about to change the draft)"
"""Follows the description for the time of a probe, where the description itself stays."""

_ALLOW = "Change it in the web page, or say --allow-live to change the live version at once."
_HIDDEN = ("headers",)
_TRIES = 3


def probe_live(
    api: IntercomApi, before: ConnectorVersions, body: ConnectorBody, action: Action
) -> ConnectorBody:
    """Send the description alone; returns what is left to send, once live is known to be as it was.

    Raises RunAborted where live changed, or where it cannot be known; OutcomeUnknown.
    """
    live, latest = before.live, before.latest
    assert live, "only a live connector is probed"
    assert latest, "a live version is a version"
    wanted = body.get("description", latest.description)
    probe = wanted if wanted != live.description else f"{live.description}{MARK}"
    lost = patch_connector(api, live.id, {"description": probe}, action)
    after = read_versions(api, live.id)
    if not is_live_same(before, after):
        restore_live(api, before, after, ("description",), action)
    if after.draft is None or after.draft.description != probe:
        raise lost or _build_aborted(
            f"Intercom took a change of {live.label}, and no version shows it; nothing else was"
            " sent",
            "Look at the connector in the web page.",
        )
    rest = {name: value for name, value in body.items() if name != "description"}
    return rest if probe == wanted else {**rest, "description": wanted}


def remove_mark(api: IntercomApi, connector_id: str, rest: ConnectorBody, action: Action) -> None:
    """After a refusal of ``rest``: the draft's description without the mark, if possible."""
    if "description" in rest:
        with suppress(CactionsError):
            body: ConnectorBody = {"description": rest["description"]}
            patch_connector(api, connector_id, body, action)


def restore_live(
    api: IntercomApi,
    before: ConnectorVersions,
    after: ConnectorVersions,
    fields: tuple[str, ...],
    action: Action,
) -> None:
    """Put back what was written into the live version. Always raises RunAborted, which says it."""
    live = before.live
    assert live, "there is a live version to restore"
    if after.live is None:
        raise _build_aborted(
            f"{live.label} is no longer live: Intercom took the change as a step back to a draft",
            "Look at its draft in the web page, and set it live there.",
        )
    body = build_body(live, [name for name in fields if name not in _HIDDEN])
    if "description" in fields:
        body = {**body, "description": live.description}  # also an empty one
    if not _is_restored(api, before, body, action):
        raise _build_aborted(
            f"the live version of {live.label} was changed, and could not be put back",
            "Compare it with the file in the web page: `cactions connectors diff`.",
        )
    hidden = [name for name in fields if name in _HIDDEN]
    unsure = f"; the values of its {hidden[0]} cannot be read, and may be new" if hidden else ""
    raise RunAborted(
        f"a change of {live.label} goes into the live version at once in this workspace; what was"
        f" changed ({', '.join(fields)}) is as it was{unsure}",
        hint=_ALLOW,
    )


def _is_restored(
    api: IntercomApi, before: ConnectorVersions, body: ConnectorBody, action: Action
) -> bool:
    """Write the old values, again where that is lost or refused; whether live is as it was."""
    assert before.live, "there is a live version to restore"
    for _ in range(_TRIES):
        with suppress(CactionsError):
            if body:
                patch_connector(api, before.live.id, body, action)
            if is_live_same(before, read_versions(api, before.live.id)):
                return True
    return False


def _build_aborted(message: str, hint: str) -> RunAborted:
    error = RunAborted(message, hint=hint)
    error.written = True
    return error
