"""Whether a POST of a connector plainly only asks: by its address, its operation or its query."""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.connectors.json_body import ConnectorContent
from cactions.logic.lint.vocabulary import split_words
from cactions.model import ActionRequest, Template
from cactions.rules.operations import find_change

_ASKS: Final = frozenset(
    "search query lookup find filter get list fetch retrieve read show check status balance track"
    " tracking history count".split()
)
_OPERATIONS: Final = ("method", "action", "operation", "op", "command", "cmd")
_GRAPHQL: Final = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:\{|query\b)")
_MUTATION: Final = re.compile(r"\bmutation\b")
_SOAP: Final = re.compile(
    r"(?i)<(?:[\w-]+:)?(?:get|find|list|search|query|fetch|retrieve|check)\w*"
)
_SOAP_CHANGE: Final = re.compile(
    r"(?i)<(?:[\w-]+:)?(?:delete|cancel|update|create|remove|set|refund|terminate|close)\w*"
)


def is_read_only(url: Template, content: ConnectorContent) -> bool:
    """Whether nothing says that the POST changes something, and something says that it asks."""
    if find_change(ActionRequest("post", url)):
        return False
    body = content.content
    if isinstance(body, str):
        return bool(_SOAP.search(body)) and not _SOAP_CHANGE.search(body)
    if isinstance(body, dict):
        query = body.get("query")
        if isinstance(query, str) and _GRAPHQL.match(query):
            return not _MUTATION.search(query)
        operation = next((body[name] for name in _OPERATIONS if name in body), None)
        if isinstance(operation, str):
            return _is_asking(operation)
    return _is_asking(_find_last_step(url))


def _is_asking(name: str) -> bool:
    words = split_words(name)
    return bool(words) and (words[0] in _ASKS or words[-1] in _ASKS)


def _find_last_step(url: Template) -> str:
    last = url.parts[-1] if url.parts else ""
    return last.rstrip("/").rpartition("/")[2] if isinstance(last, str) else ""
