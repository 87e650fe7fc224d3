"""The contact calls of the API."""

from __future__ import annotations

import operator
from typing import Any

from msgspec import to_builtins

from tests.workspace.contact_shape import shape_contact
from tests.workspace.contacts import ContactRecord
from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.messages import Answer, Document, Request
from tests.workspace.paging import decode_cursor, encode_cursor
from tests.workspace.search_match import find_candidates
from tests.workspace.settings import compare_versions
from tests.workspace.workspace import Workspace

PAGE_MAX = 150
PAGE = 50
DUPLICATES_SINCE = "2.16"
KEYS = ("email", "phone")
ORDERS = ("ascending", "descending")
NOT_DUPLICATES = (
    "Contacts can only be merged when they are duplicates (matching email or phone). "
    "Pass skip_duplicate_validation=true to override this check."
)
NOT_RESTORABLE = "User has been marked for permanent deletion and is not restorable."


def read_contact(workspace: Workspace, request: Request, key: str) -> Answer:
    """GET /contacts/{id}"""
    return _show(workspace, request, workspace.contacts.read(key))


def find_contact(workspace: Workspace, request: Request, external_id: str) -> Answer:
    """GET /contacts/find_by_external_id/{external_id}"""
    return _show(workspace, request, workspace.contacts.read_user(external_id))


def create_contact(workspace: Workspace, request: Request) -> Answer:
    """POST /contacts"""
    return _show(workspace, request, workspace.writer.create(request.read_object()))


def update_contact(workspace: Workspace, request: Request, key: str) -> Answer:
    """PUT /contacts/{id}; an e-mail address of null is answered as an empty text."""
    record = workspace.contacts.read(key)
    body = request.read_object()
    answer = _show(workspace, request, workspace.writer.update(record, body))
    if "email" in body and not body["email"]:
        answer.content["email"] = ""
    return answer


def delete_contact(workspace: Workspace, request: Request, key: str) -> Answer:
    """DELETE /contacts/{id}"""
    record = workspace.contacts.read(key)
    workspace.contacts.set_state(record, "deleted")
    return _refer(record, deleted=True)


def archive_contact(workspace: Workspace, request: Request, key: str) -> Answer:
    """POST /contacts/{id}/archive"""
    record = workspace.contacts.read(key)
    workspace.contacts.set_state(record, "archived")
    return _refer(record, archived=True)


def unarchive_contact(workspace: Workspace, request: Request, key: str) -> Answer:
    """POST /contacts/{id}/unarchive"""
    record = workspace.contacts.find(key)
    if record is not None and record.state == "deleted":
        if workspace.settings.unarchive_deleted_status == 400:
            raise ApiError(400, "bad_request", NOT_RESTORABLE)
        raise ApiError(500, "server_error", "Server Error")
    if record is None or record.state != "archived":
        record = workspace.contacts.read(key)
    workspace.contacts.set_state(record, "active")
    return _refer(record, archived=False)


def merge_contacts(workspace: Workspace, request: Request) -> Answer:
    """POST /contacts/merge: a lead into a user."""
    body = request.read_object()
    source, target = (workspace.contacts.read(str(body.get(name))) for name in ("from", "into"))
    if (source.document["role"], target.document["role"]) != ("lead", "user"):
        raise ApiError(400, "invalid_merge", "Only a lead can be merged, and only into a user")
    checked = compare_versions(request.version, DUPLICATES_SINCE) >= 0
    if checked and body.get("skip_duplicate_validation") is not True:
        same = (source.document[k] and source.document[k] == target.document[k] for k in KEYS)
        if not any(same):
            raise ApiError(400, "invalid_merge", NOT_DUPLICATES)
    return _show(workspace, request, workspace.contacts.merge(source, target))


def list_contacts(workspace: Workspace, request: Request) -> Answer:
    """GET /contacts"""
    return _list(
        workspace, request, workspace.contacts.list_active(), request.query, {"field": "created_at"}
    )


def search_contacts(workspace: Workspace, request: Request) -> Answer:
    """POST /contacts/search"""
    body = request.read_object()
    query = workspace.queries.read(body.get("query"))
    keys = find_candidates(query, workspace.index)
    found = [
        document
        for document in workspace.index.iterate(keys, workspace.ledger.now())
        if workspace.matcher.matches(query, document)
    ]
    pagination = body.get("pagination") or {}
    return _list(workspace, request, found, pagination, body.get("sort") or {})


def _list(
    workspace: Workspace,
    request: Request,
    found: list[Document],
    pagination: Document,
    sort: Document,
) -> Answer:
    size = _read_size(pagination.get("per_page", PAGE))
    field, order = sort.get("field", "created_at"), sort.get("order", "descending")
    if order not in ORDERS:
        message = f"Invalid sort order '{order}'. Must be one of: ascending, descending"
        raise ApiError(400, "invalid_sort_order", message)
    found.sort(key=lambda document: _rank(document, field), reverse=order == "descending")
    page, cursor = 1, pagination.get("starting_after")
    rest = found
    if cursor:
        page, *last = decode_cursor(cursor, 4)
        is_after = operator.gt if order == "ascending" else operator.lt
        rest = [document for document in found if is_after(_rank(document, field), last)]
    pages: Document = {
        "type": "pages",
        "page": page,
        "per_page": size,
        "total_pages": -(-len(found) // size),
    }
    if len(rest) > size:
        after = encode_cursor([page + 1, *_rank(rest[size - 1], field)])
        pages["next"] = {"per_page": size, "starting_after": after}
    data = [_shape(workspace, request, document) for document in rest[:size]]
    return Answer(content={"type": "list", "data": data, "total_count": len(found), "pages": pages})


def _rank(document: Document, field: str) -> list[Any]:
    """The place of a contact in an order; contacts without a value come first."""
    value = document.get(field)
    is_number = isinstance(value, int)
    return [value if is_number else 0, "" if is_number else str(value or ""), document["id"]]


def _read_size(value: Any) -> int:
    try:
        size = int(value)
    except (TypeError, ValueError):
        raise refuse_parameter("Per Page must be a number", "per_page") from None
    if size > PAGE_MAX:
        raise refuse_parameter("Per Page is too big", "per_page")
    if size < 1:
        raise refuse_parameter("Per Page is too small", "per_page")
    return size


def _shape(workspace: Workspace, request: Request, document: Document) -> Document:
    shaped = shape_contact(document, workspace.settings, request.version)
    record = workspace.contacts.find(document["id"])
    asked = request.query.get("include_merge_history") == "true"
    if asked and record is not None and document["role"] == "user":
        merges = [{"type": "merge_history", **to_builtins(merge)} for merge in record.merges]
        shaped["merge_history"] = merges
    return shaped


def _show(workspace: Workspace, request: Request, record: ContactRecord) -> Answer:
    return Answer(content=_shape(workspace, request, record.document))


def _refer(record: ContactRecord, **state: bool) -> Answer:
    reference = {"id": record.key, "external_id": record.document["external_id"]}
    return Answer(content={"type": "contact", **reference, **state})
