"""A project whose third party is a test server: files on disk, a vault, an allowed host."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.servers import HOST, Server

SECRET = "tok-7d1f-e02a"
KEY_FILE = "ada.key"


def project(server: Server, **action: Any) -> dict[str, Any]:
    """One action, ``loyalty``, with a sealed token; ``action`` replaces parts of its request."""
    extra = {key: action.pop(key) for key in ("limits", "data_inputs") if key in action}
    request = {
        "http_method": "get",
        "url": server.url("/v1/customers/{{ person.user_id }}"),
        "tokens": ["shop"],
        **action,
    }
    return {
        "version": 1,
        "network": {
            "allow": [
                {"host": HOST, "address": "127.0.0.1", "port": server.port, "reason": "a test"}
            ]
        },
        "workspace": {
            "identity_verification": "jwt",
            "people": [
                {"user_id": "u-1", "email": "ada@example.com", "name": "Ada", "test": True,
                 "attributes": {"tier": "silver"}},
                {"user_id": "u-2", "email": "bob@example.com", "attributes": {}},
            ],
        },
        "attributes": {"tier": {"data_type": "string", "messenger_writable": False}},
        "tokens": {
            "shop": {"type": "text", "value": {"secret": "shop_token"}, "header": "X-Shop-Token",
                     "hosts": [HOST]},
            "crm": crm(server),
            "jwt": {"type": "user", "header": "X-User", "hosts": [HOST]},
        },
        "actions": {
            "loyalty": {
                "match": "user_id",
                "request": request,
                "response": {
                    "same_person": {
                        "path": "$.email", "equals": "person.email", "verified": "by mail",
                    },
                    "mapping": {"tier": {"path": "$.tier", "max_length": 20}},
                },
                "tests": [
                    {"name": "gold", "person": {"user_id": "u-1"},
                     "expect": {"attributes": {"tier": "gold"}}}
                ],
                **extra,
            }
        },
    }  # fmt: skip


def crm(server: Server) -> dict[str, Any]:
    """A token that is fetched with a sealed secret."""
    return {
        "type": "oauth_client_credentials",
        "token_url": server.url("/token"),
        "client_id": "support",
        "client_secret": {"secret": "crm_secret"},
        "hosts": [HOST],
    }


def write(home: Path, document: dict[str, Any]) -> Path:
    """The project's only file."""
    path = home / "actions.yaml"
    path.write_text(json.dumps(document))
    return path


ABOUT_ADA = json.dumps({"email": "ada@example.com", "tier": "gold"}).encode()
