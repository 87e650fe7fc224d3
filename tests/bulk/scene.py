"""People, the action about them, and what an uninterrupted run makes of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.bulk.shop import Shop
from tests.servers import HOST

FOREIGN = "bronze"
"""What another program writes meanwhile."""

ODD_ROWS = 3
"""A row that repeats another one, a bad one, and one of an unknown person."""


def get_before(number: int) -> dict[str, Any]:
    """The attributes of a person at the beginning; some have the new values already."""
    if number % 10 == 3:
        return {"tier": "gold", "points": number}
    return {"tier": "silver", "coupon": "SPRING"}


def get_after(number: int) -> dict[str, Any]:
    """The attributes of a person after the run."""
    if number == 7 or number % 10 == 3:  # the shop does not know the first
        return get_before(number)
    tier = "silver" if number == 8 else "gold"  # the shop's value is refused
    return {"tier": tier, "points": number, "coupon": None}


def list_expected(people: int) -> dict[str, int]:
    """The people of an uninterrupted run by outcome."""
    unchanged = len([number for number in range(people) if number % 10 == 3])
    return {
        "applied": people - unchanged - 1,
        "unchanged": unchanged,
        "failed": 3,
        "held": 1,
    }


def build_document(shop: Shop, people: int, *, write: str = "") -> dict[str, Any]:
    """The action file; ``write``: the request changes something, ``key`` or ``once``."""
    assert shop.server
    request: dict[str, Any] = {
        "http_method": "get",
        "url": shop.server.url("/v1/customers/{{ person.user_id }}"),
    }
    if write:
        request |= {"http_method": "post", "effect": "write", "json": {"reason": "a test"}}
    if write == "key":
        request["idempotency"] = {"header": "Idempotency-Key"}
    return {
        "version": 1,
        "network": {
            "allow": [
                {"host": HOST, "address": "127.0.0.1", "port": shop.server.port, "reason": "a test"}
            ]
        },
        "workspace": {
            "identity_verification": "jwt",
            "people": [
                {"user_id": f"u-{n}", "email": f"p{n}@example.com", "attributes": get_before(n)}
                for n in range(people)
            ],
        },
        "attributes": {
            "tier": {"data_type": "string", "messenger_writable": False},
            "points": {"data_type": "integer", "messenger_writable": False},
            "coupon": {"data_type": "string", "messenger_writable": False},
        },
        "actions": {
            "loyalty": {
                "match": "user_id",
                "breakers": {"overwritten": 100, "cleared": 100},
                "request": request,
                "response": {
                    "same_person": {
                        "path": "$.email", "equals": "person.email", "verified": "by mail",
                    },
                    "mapping": {
                        "tier": {"path": "$.tier", "max_length": 20},
                        "points": "$.points",
                        "coupon": {"path": "$.coupon", "on_null": "clear", "max_length": 20},
                    },
                },
            }
        },
    }  # fmt: skip


def write_home(home: Path, document: dict[str, Any], people: int) -> Path:
    """A folder with the action file and the file of people."""
    home.mkdir()
    (home / "actions.yaml").write_text(json.dumps(document))
    users = [f"u-{number}" for number in range(people)]
    (home / "people.csv").write_text("\n".join(["user_id", *users, "u-1", '" "', "u-nine", ""]))
    return home
