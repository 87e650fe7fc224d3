"""An action, the connector that it differs from, and a push of it as the command makes it."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from cactions.app.connectors.catalog import compare_actions
from cactions.app.connectors.push import apply_push
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.push import PushPlan, PushResult, plan_push
from cactions.logic.expressions.template import parse_template
from cactions.model import (
    Action,
    ActionRequest,
    Place,
    Project,
    SecretRef,
    Token,
    Workspace,
)
from tests.builders import action, mapping
from tests.workspace import WorkspaceServer

PLACE = Place("actions.yaml", 7, 3, 7, 10)
TOKEN = Token(
    "shop", "X-Shop-Token", ("api.shop.example",), value=SecretRef("shop"), token_id="1234"
)
LIVE: dict[str, Any] = {
    "name": "loyalty",
    "description": "Before.",
    "url": "https://api.shop.example/old",
    "audiences": ["users"],
    "headers": [{"name": "X-Shop", "value": "true value"}],
    "token_ids": ["1234"],
}
Api = IntercomApi


def loyalty(**fields: Any) -> Action:
    """An action that differs from LIVE in its URL, and in whatever is given."""
    request = ActionRequest(
        "get",
        parse_template("/customers/{{ person.user_id }}").template,
        base="https://api.shop.example",
        headers={"X-Shop": parse_template("main").template},
        tokens=(TOKEN,),
    )
    found = replace(action(mapping("tier")), request=request, place=PLACE)
    return replace(found, **{"description": "After.", **fields})


def project_of(*actions: Action) -> Project:
    return Project(Workspace(), {}, {found.name: found for found in actions})


def plan(api: Api, found: Action, *, headers: bool = False) -> PushPlan:
    """What a push would send, as the command shows it."""
    project = project_of(found)
    [drift], _ = compare_actions(api, project)
    return plan_push(drift, project, {}, headers=headers)


def push(api: Api, found: Action, *, headers: bool = False, allow_live: bool = False) -> PushResult:
    """One plan and its application, as the command makes them."""
    planned = plan(api, found, headers=headers)
    return apply_push(api, planned, project_of(found), allow_live=allow_live)


def list_writes(server: WorkspaceServer) -> list[tuple[str, dict[str, Any]]]:
    return [(line.method, json.loads(line.body)) for line in server.log if line.wrote]


def take(server: WorkspaceServer, key: str, version: str) -> dict[str, Any]:
    """A version as it is stored, without what says which one it is."""
    found = server.get_connector(key, version)  # type: ignore[arg-type]
    return {name: value for name, value in found.items() if name not in {"state", "in_use"}}
