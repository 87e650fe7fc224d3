"""Lists the published versions of a connector, where the version of the API has them."""

from __future__ import annotations

from typing import Final

from cactions.app.connectors.catalog import PATH
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.reader import parse_revision
from cactions.logic.intercom.api import ApiCall, ApiReply, build_error, encode_segment
from cactions.model import ConnectorRevision, UsageError, WorkspaceError

_MISSING: Final = 404
_NO_CONNECTOR: Final = "data_connector_not_found"
_PAGE: Final = "20"


def list_revisions(api: IntercomApi, connector_id: str) -> tuple[ConnectorRevision, ...]:
    """The versions, newest first.

    Raises UsageError where this version of the API has none, or answers with something else, and
    WorkspaceError.
    """
    path = f"{PATH}/{encode_segment(connector_id)}/versions"
    call = ApiCall("GET", path, {"per_page": _PAGE})
    first = api.send(call)
    if first.status == _MISSING and _NO_CONNECTOR not in first.codes:
        raise _build_unknown(api, first)
    if not first.is_success:
        raise build_error(call, first)
    found = []
    for page in api.list_pages(call, first):
        try:
            revisions = [parse_revision(item) for item in page.list_items()]
        except WorkspaceError:
            raise _build_unknown(api, page) from None
        if None in revisions:
            raise _build_unknown(api, page)
        found += [revision for revision in revisions if revision]
    return tuple(found)


def _build_unknown(api: IntercomApi, reply: ApiReply) -> UsageError:
    version = reply.version or api.connection.api_version
    return UsageError(
        f"version {version} of Intercom's API lists no versions of connectors",
        hint='Try `api_version: "2.17"` or `api_version: Preview` under `workspace`.',
    )
