"""The control endpoint for tests in other processes: it calls the methods of ``WorkspaceServer``.

``POST /_control/add_contact`` with ``{"external_id": "u-1"}`` answers ``{"result": "…"}``. It needs
the bearer token, is not part of the log, and exists only with the setting ``control``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, to_builtins

from tests.workspace.application import JSON, Reply
from tests.workspace.messages import Request

CONTROL = "/_control/"


class Controller:
    """The methods that may be called, by name."""

    def __init__(self, methods: Mapping[str, Callable[..., Any]], tokens: tuple[str, ...]) -> None:
        self._methods = methods
        self._tokens = tokens

    def answer(self, path: str, request: Request) -> Reply:
        """Call the method with the JSON object of the body as its arguments."""
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return _reply(401, {"error": "the token is wrong"})
        method = self._methods.get(path.removeprefix(CONTROL))
        if method is None or request.method != "POST":
            return _reply(404, {"error": f"POST one of {sorted(self._methods)}"})
        try:
            found = method(**request.read_object())
        except Exception as error:  # noqa: BLE001 - a test reads every error in the answer
            return _reply(400, {"error": f"{type(error).__name__}: {error}"})
        return _reply(200, {"result": found})


def _reply(status: int, content: dict[str, Any]) -> Reply:
    payload = json.dumps(to_builtins(content, enc_hook=_show)).encode()
    return Reply(status=status, headers={"Content-Type": JSON}, payload=payload)


def _show(value: Any) -> Any:
    return to_builtins(value) if isinstance(value, Struct) else str(value)
