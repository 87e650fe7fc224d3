"""Action files built from parts, for tests that need many: as JSON, which is YAML."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

NEXT_YEAR = (datetime.now(UTC) + timedelta(days=300)).strftime("%Y-%m-%d")
"""A last day for statements of files that are validated on the day of the test run."""
FIXED = {"data_type": "string", "messenger_writable": False}
EDITABLE = {"data_type": "string", "messenger_writable": True}
UNKNOWN = {"data_type": "string"}
TIER = {"data_type": "string", "options": ["silver", "gold"], "messenger_writable": False}
ATTRIBUTES: dict[str, Any] = {
    "tier": TIER,
    "fixed": FIXED,
    "other": FIXED,
    "editable": EDITABLE,
    "points": {"data_type": "integer", "messenger_writable": False},
}

BY_EMAIL = {"path": "$.email", "equals": "person.email", "verified": "e-mails are confirmed"}
BY_USER_ID = {"path": "$.customer", "equals": "person.user_id"}
URL = "https://api.shop.example/customers/{{ person.user_id }}"
PLAIN_URL = "https://api.shop.example/customers"


def request(url: str = URL, method: str = "get", **rest: Any) -> dict[str, Any]:
    return {"http_method": method, "url": url, **rest}


def response(
    proof: dict[str, Any] | None = BY_EMAIL, mapping: dict[str, Any] | None = None, **rest: Any
) -> dict[str, Any]:
    named = {"tier": "$.tier"} if mapping is None else mapping
    return {
        **({"same_person": proof} if proof else {}),
        **({"mapping": named} if named else {}),
        **rest,
    }


def action(
    asked: dict[str, Any] | None = None, read: dict[str, Any] | None = None, **rest: Any
) -> dict[str, Any]:
    return {
        "match": "user_id",
        "request": asked or request(),
        "response": response() if read is None else read,
        **rest,
    }


def file(
    *one: dict[str, Any],
    attributes: dict[str, Any] | None = None,
    verification: bool | str = "jwt",
    **rest: Any,
) -> str:
    """A file with these actions, called ``look``, ``look2`` …, and the declarations they need."""
    named = {f"look{n or ''}": each for n, each in enumerate(one)}
    return json.dumps(
        {
            "version": 1,
            "workspace": {"identity_verification": verification},
            "attributes": {**ATTRIBUTES, **(attributes or {})},
            "actions": named,
            **rest,
        },
        indent=1,
    )


def asking(channel: str, hole: str) -> dict[str, Any]:
    """A request that contains a template in one of the possible places."""
    text = f"{{{{ {hole} }}}}"
    search = {"effect": "read"}
    return {
        "url": request(f"{PLAIN_URL}/{text}"),
        "path": request(f"{PLAIN_URL}/by-number/{text}/profile"),
        "query": request(PLAIN_URL, query={"customer": text}),
        "glued": request(PLAIN_URL, query={"customer": f"c-{text}"}),
        "header": request(PLAIN_URL, headers={"X-Customer": text}),
        "json": request(PLAIN_URL, "post", json={"customer": text}, **search),
        "nested": request(PLAIN_URL, "post", json={"a": [{"b": {"customer": text}}]}, **search),
        "form": request(PLAIN_URL, "post", form={"customer": text}, **search),
        "text": request(PLAIN_URL, "post", text=f"customer={text}", **search),
        "where": request(PLAIN_URL),
    }[channel]


def reading(channel: str, hole: str, **parts: Any) -> dict[str, Any]:
    """The answer; if the value selects the row, it does so here."""
    rows = {"rows": {"path": "$.data[*]", "where": {"$.customer": hole}}}
    return response(**parts, **(rows if channel == "where" else {}))


CHANNELS = ("url", "path", "query", "glued", "header", "json", "nested", "form", "text", "where")
UNQUOTED = ("header", "text")
"""Places where an end user's value causes a warning, whatever verifies the answer."""
