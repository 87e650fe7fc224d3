"""The data attribute calls of the API, and the call that tells whose token it is."""

from __future__ import annotations

from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.messages import Answer, Request
from tests.workspace.settings import compare_versions
from tests.workspace.workspace import Workspace

MODELS = ("contact", "company")
WITHOUT_CONVERSATIONS_SINCE = "2.16"
NO_CONVERSATIONS = (
    "model=conversation is no longer supported. Use GET /conversations/attributes instead"
)
FOUNDED = 1734537243


def list_attributes(workspace: Workspace, request: Request) -> Answer:
    """GET /data_attributes: no pages."""
    model = request.query.get("model")
    if model == "conversation":
        if compare_versions(request.version, WITHOUT_CONVERSATIONS_SINCE) >= 0:
            raise refuse_parameter(NO_CONVERSATIONS, status=422)
    elif model not in {None, *MODELS}:
        raise refuse_parameter("The Data Attribute model field must be either contact or company")
    archived = request.query.get("include_archived") == "true"
    found = workspace.attributes.list_all(model, archived=archived)
    data = [workspace.attributes.shape(document, request.version) for document in found]
    return Answer(content={"type": "list", "data": data})


def create_attribute(workspace: Workspace, request: Request) -> Answer:
    """POST /data_attributes"""
    document = workspace.attributes.create(request.read_object())
    return Answer(content=workspace.attributes.shape(document, request.version))


def update_attribute(workspace: Workspace, request: Request, key: str) -> Answer:
    """PUT /data_attributes/{id}"""
    if not key.isdecimal():
        raise ApiError(404, "field_not_found", "We couldn't find that data attribute to update")
    document = workspace.attributes.update(int(key), request.read_object())
    return Answer(content=workspace.attributes.shape(document, request.version))


def read_me(workspace: Workspace, request: Request) -> Answer:
    """GET /me: the teammate who owns the token, and the workspace with its true region."""
    settings = workspace.settings
    return Answer(
        content={
            "type": "admin",
            "id": settings.admins[0],
            "email": "admin@example.com",
            "name": "Example Admin",
            "email_verified": True,
            "app": {
                "type": "app",
                "id_code": settings.app_id,
                "name": settings.app_name,
                "created_at": FOUNDED,
                "secure": settings.identity_verification,
                "identity_verification": settings.identity_verification,
                "timezone": settings.timezone,
                "region": settings.region,
            },
            "avatar": {"type": "avatar", "image_url": "https://example.com/admin.png"},
            "has_inbox_seat": True,
        }
    )
