"""The data connector calls of the API: connectors, their execution results, their versions."""

from __future__ import annotations

from tests.workspace.connector_fields import format_time, shape_detail, shape_summary
from tests.workspace.connectors import WHICH, rank
from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.executions import rank as rank_execution
from tests.workspace.executions import shape_execution
from tests.workspace.messages import Answer, Document, Request
from tests.workspace.paging import read_clamped, take_page
from tests.workspace.workspace import Workspace

PAGE, PAGE_MAX = 20, 50
EXECUTIONS, EXECUTIONS_MAX = 10, 30


def list_connectors(workspace: Workspace, request: Request) -> Answer:
    """GET /data_connectors. The list has no ``state_version``: it tells live where there is one."""
    size = read_clamped(request.query.get("per_page"), PAGE, PAGE_MAX)
    cursor = request.query.get("starting_after")
    page, after = take_page(workspace.connectors.list_all(), cursor, size, rank)
    data = [shape_summary(found, found["live"] or found["draft"]) for found in page]
    return _list(data, size, after)


def create_connector(workspace: Workspace, request: Request) -> Answer:
    """POST /data_connectors"""
    connector = workspace.connectors.create(request.read_object())
    return Answer(status=201, content=shape_detail(connector, connector["draft"]))


def read_connector(workspace: Workspace, request: Request, key: str) -> Answer:
    """GET /data_connectors/{id}?state_version=live|draft; live by default."""
    which = request.query.get("state_version", "live")
    if which not in WHICH:
        raise refuse_parameter("Invalid state_version. Must be one of: live, draft")
    version = workspace.connectors.read_version(key, which)
    return Answer(content=shape_detail(workspace.connectors.find(key), version))


def update_connector(workspace: Workspace, request: Request, key: str) -> Answer:
    """PATCH /data_connectors/{id}"""
    workspace.connectors.find(key)
    connector, which = workspace.connectors.update(key, request.read_object())
    return Answer(content=shape_detail(connector, connector[which]))


def delete_connector(workspace: Workspace, request: Request, key: str) -> Answer:
    """DELETE /data_connectors/{id}"""
    workspace.connectors.delete(key)
    return Answer(content={"id": key, "object": "data_connector", "deleted": True})


def list_executions(workspace: Workspace, request: Request, key: str) -> Answer:
    """GET /data_connectors/{id}/execution_results"""
    workspace.connectors.find(key)
    size = read_clamped(request.query.get("per_page"), EXECUTIONS, EXECUTIONS_MAX)
    found = workspace.executions.list_all(key, request.query)
    page, after = take_page(found, request.query.get("starting_after"), size, rank_execution)
    with_bodies = request.query.get("include_bodies") == "true"
    data = [shape_execution(document, with_bodies=with_bodies) for document in page]
    return _list(data, size, after)


def read_execution(workspace: Workspace, request: Request, key: str, execution: str) -> Answer:
    """GET /data_connectors/{id}/execution_results/{id}: always with bodies."""
    workspace.connectors.find(key)
    found = workspace.executions.find(key, execution)
    return Answer(content=shape_execution(found, with_bodies=True))


def list_versions(workspace: Workspace, request: Request, key: str) -> Answer:
    """GET /data_connectors/{id}/versions, newest first; nothing before the first publication."""
    connector = workspace.connectors.find(key)
    size = read_clamped(request.query.get("per_page"), PAGE, PAGE_MAX)
    page, after = take_page(
        connector["history"],
        request.query.get("starting_after"),
        size,
        lambda entry: [entry["created_at"], entry["id"]],
    )
    return _list([_shape_version(workspace, connector, entry) for entry in page], size, after)


def read_version(workspace: Workspace, request: Request, key: str, version: str) -> Answer:
    """GET /data_connectors/{id}/versions/{id}, with the configuration of that time."""
    connector = workspace.connectors.find(key)
    entry = _find_version(connector, version)
    configuration = shape_detail(connector, entry["version"])
    shaped = _shape_version(workspace, connector, entry)
    return Answer(content={**shaped, "configuration": configuration})


def update_version(workspace: Workspace, request: Request, key: str, version: str) -> Answer:
    """PATCH /data_connectors/{id}/versions/{id}: only the note; a blank one clears it."""
    entry = _find_version(workspace.connectors.find(key), version)
    note = request.read_object().get("note")
    if note is not None and not isinstance(note, str):
        raise refuse_parameter("Note must be a string", status=422)
    workspace.connectors.set_note(key, entry["id"], (note or "").strip() or None)
    connector = workspace.connectors.find(key)
    return Answer(content=_shape_version(workspace, connector, _find_version(connector, version)))


def _find_version(connector: Document, version: str) -> Document:
    for entry in connector["history"]:
        if str(entry["id"]) == version:
            return dict(entry)
    message = "Data connector version not found"
    raise ApiError(404, "data_connector_version_not_found", message)


def _shape_version(workspace: Workspace, connector: Document, entry: Document) -> Document:
    newest = connector["history"][0]["id"] == entry["id"]
    status = (connector["live"] or connector["draft"])["state"] if newest else "previously_live"
    return {
        "type": "data_connector_version",
        "status": status,
        "note": entry["note"],
        "author": {"type": "admin", "id": connector["updated_by"], "name": "Example Admin"},
        "created_at": format_time(entry["created_at"]),
        "entity_version_id": entry["id"],
    }


def _list(data: list[Document], size: int, after: str | None) -> Answer:
    pages: Document = {"type": "pages", "per_page": size}
    if after is not None:
        pages["next"] = {"starting_after": after}
    return Answer(content={"type": "list", "data": data, "pages": pages})
