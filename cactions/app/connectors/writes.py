"""The two writes to connectors, and what a refusal of Intercom means for the action.

A write is refused where Intercom documents a refusal, and done where the answer is the connector.
After anything else its outcome is unknown: only a read tells.
"""

from __future__ import annotations

from typing import Final

from cactions.app.connectors.catalog import PATH
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.reader import parse_connector
from cactions.logic.intercom.api import ApiCall, encode_segment
from cactions.model import (
    Action,
    CactionsError,
    Connector,
    ConnectorBody,
    DefinitionError,
    OutcomeUnknown,
    WorkspaceError,
)

AGAIN: Final = "Run the command again: it reads what is there before it writes."

_AUTHORS: tuple[int | None, ...] = (400, 422)
_NOT_FOUND, _CONFLICT = 404, 409
_IN_USE = "data_connector_in_use"


def create_connector(api: IntercomApi, body: ConnectorBody, action: Action) -> Connector:
    """What Intercom says that it created.

    Raises OutcomeUnknown where it may have been created; DefinitionError where Intercom refuses
    what the file says, else WorkspaceError.
    """
    created = _send(api, ApiCall("POST", PATH, {}, body, is_read=False), action)
    if not created.name:
        raise _build_odd("Intercom answered with a connector without a name")
    return created


def patch_connector(
    api: IntercomApi, connector_id: str, body: ConnectorBody, action: Action
) -> OutcomeUnknown | None:
    """Write the fields of a connector; the error if it may be written or not: a read must tell.

    Raises DefinitionError where Intercom refuses what the file says, else WorkspaceError.
    """
    path = f"{PATH}/{encode_segment(connector_id)}"
    try:
        answered = _send(api, ApiCall("PATCH", path, {}, body, is_read=False), action)
    except OutcomeUnknown as error:
        return error
    if answered.id != connector_id:
        return _build_odd("Intercom answered with another connector")
    return None


def _send(api: IntercomApi, call: ApiCall, action: Action) -> Connector:
    try:
        reply = api.call(call)
    except WorkspaceError as error:
        raise _explain_refusal(error, action) from None
    try:
        return parse_connector(reply.get_object())
    except WorkspaceError as error:
        raise _build_odd(str(error)) from error


def _build_odd(what: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"the outcome of a write to Intercom is unknown: {what}",
        hint=AGAIN,
    )


def _explain_refusal(error: WorkspaceError, action: Action) -> CactionsError:
    """The error with the next step, at the action where that is at fault."""
    if error.status in _AUTHORS:
        hint = "Compare Intercom's words with the action; `cactions validate` checks the rest."
        return DefinitionError(str(error), hint=hint, place=action.place)
    if error.status == _NOT_FOUND:
        hint = "It was deleted, or is of another workspace: check `connector_id` of the action."
        return DefinitionError(str(error), hint=hint, place=action.place)
    if error.status == _CONFLICT:
        used = "Take it out of the workflows and of Fin that use it, or change it in the web page."
        hint = used if _IN_USE in error.codes else error.hint
        return WorkspaceError(
            str(error),
            hint=hint,
            status=error.status,
            codes=error.codes,
            request_id=error.request_id,
        )
    return error
