"""A project whose people are at a workspace server, and whose third party is a test server."""

from __future__ import annotations

import shlex
from typing import Any

from tests.projects import project
from tests.servers import Server
from tests.workspace import WorkspaceServer

API = "api.intercom.test"

PUBLISH = shlex.join(
    ["publish", "loyalty", "--because", "a test", "--yes"]
    + [word for gate in ("test", "probe", "connector") for word in ("--without", gate)]
)
"""Makes the action live without its gates."""


def remote_project(shop: Server, intercom: WorkspaceServer, **workspace: Any) -> dict[str, Any]:
    """The project of ``tests.projects``, with its people at Intercom."""
    document = project(shop)
    document["network"]["allow"].append(
        {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
    )
    document["workspace"] = {
        "kind": "intercom",
        "url": intercom.url,
        "identity_verification": "jwt",
        "token": {"secret": "intercom_token"},
        "test_people": [{"user_id": "u-1"}],
        **workspace,
    }
    return document


def add_ada(intercom: WorkspaceServer, tier: str | None = "silver") -> str:
    """Ada with an attribute ``tier``; her contact id."""
    intercom.add_attribute("tier")
    return str(
        intercom.add_contact(
            external_id="u-1", email="ada@example.com", role="user", name="Ada",
            custom_attributes={"tier": tier} if tier else {},
        )
    )  # fmt: skip
