"""Builders of an action's request, and of the bound request; Ada is the person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cactions.logic.expressions.template import parse_template
from cactions.logic.request.builder import build_request
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    BodyForm,
    JsonTemplate,
    Person,
    Request,
    RequestBody,
    Scalar,
)
from cactions.model.secret import Credentials, Secret
from tests.builders import person

SHOP = "https://api.shop.example"


def request_of(**parts: Any) -> ActionRequest:
    """A request to the shop; texts are parsed as templates."""
    url = parse_template(parts.pop("url", "/")).template
    for name in {"query", "headers"} & parts.keys():
        parts[name] = templated(parts[name])
    return ActionRequest(parts.pop("method", "get"), url, parts.pop("base", SHOP), **parts)


def body(form: str, content: Any) -> RequestBody:
    """A body whose texts are parsed as templates."""
    return RequestBody(BodyForm(form), templated(content))


def templated(content: Any) -> JsonTemplate:
    """The same content with every text parsed."""
    if isinstance(content, str):
        return parse_template(content).template
    if isinstance(content, dict):
        return {name: templated(item) for name, item in content.items()}
    return [templated(item) for item in content] if isinstance(content, list) else content


def bound(
    request: ActionRequest,
    who: Person | None = None,
    *,
    inputs: Mapping[str, Scalar] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Request:
    """The request for Ada, or for another person."""
    action = Action("loyalty", "user_id", request, ActionResponse())
    held = Credentials({name: Secret(name, value) for name, value in (secrets or {}).items()})
    return build_request(action, who or person(), inputs or {}, held)


def revealed(request: Request) -> str:
    """The body as it is sent."""
    assert request.body is not None
    return request.body.reveal()
