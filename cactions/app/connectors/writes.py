"""The one write to an existing connector, and what a refusal of Intercom means for its action."""

from __future__ import annotations

from cactions.app.connectors.catalog import PATH
from cactions.app.ports import IntercomApi
from cactions.logic.intercom.api import ApiCall, encode_segment
from cactions.model import (
    Action,
    CactionsError,
    ConnectorBody,
    DefinitionError,
    OutcomeUnknown,
    WorkspaceError,
)

_AUTHORS: tuple[int | None, ...] = (400, 422)
_NOT_FOUND, _CONFLICT = 404, 409
_IN_USE = "data_connector_in_use"


def patch_connector(
    api: IntercomApi, connector_id: str, body: ConnectorBody, action: Action
) -> OutcomeUnknown | None:
    """Write the fields of a connector; the error if the answer was lost, so that a read must tell.

    Raises DefinitionError where Intercom refuses what the file says, else WorkspaceError.
    """
    path = f"{PATH}/{encode_segment(connector_id)}"
    try:
        api.call(ApiCall("PATCH", path, {}, body, is_read=False))
    except OutcomeUnknown as error:
        return error
    except WorkspaceError as error:
        raise explain_refusal(error, action) from None
    return None


def explain_refusal(error: WorkspaceError, action: Action) -> CactionsError:
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
