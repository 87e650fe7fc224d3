"""Recognizes a POST that plainly changes something, by its path and its literal texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cactions.model import ActionRequest, Template

_CHANGES: Final = frozenset(
    "cancel delete remove refund refunds unlink destroy deactivate disable terminate revoke void"
    " archive unsubscribe suspend pause resume erase purge transfer update create insert upsert"
    " write approve reject charge capture close reset block unblock activate stop send".split()
)
"""Verbs in the names of operations that change something."""
_METHODS: Final = ("method", "action", "operation", "op", "command", "cmd")
"""JSON members that name an operation."""
_QUOTED_MUTATION: Final = r'"query"\s*:\s*"(?:\\n|\s)*mutation\b'
"""In a text body that is JSON."""
_SOAP: Final = (
    r"(?i)<(?:\w+:)?(?:delete|cancel|update|create|remove|set|refund|terminate|close)\w*[\s/>]"
)
_WORDS: Final = r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])"


def find_change(request: ActionRequest) -> str:
    """What says that the request changes something; empty if nothing does."""
    if request.http_method != "post":
        return ""
    path = "".join(part for part in request.url.parts if isinstance(part, str)).partition("?")[0]
    steps = [step for step in path.split("/")[3 if "://" in path else 0 :] if step]
    if found := _find_verb(steps[-1] if steps else ""):
        return f'"{found}"'
    for name, text in _list_literals(request.body.content if request.body else None, ""):
        if _is_mutation(text):
            return "a GraphQL mutation"
        if re.search(_SOAP, text):
            return "this operation"
        found = _find_verb(text)
        if found and (name in _METHODS or text.strip().lower() == found):
            return f'"{found}"'
    return ""


def _is_mutation(text: str) -> bool:
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    named = re.match(r"mutation\b", first) or re.search(_QUOTED_MUTATION, text)
    return named is not None


def _find_verb(text: str) -> str:
    words = [word.lower() for word in re.findall(_WORDS, text)]
    return next((word for word in words if word in _CHANGES), "")


def _list_literals(content: object, name: str) -> Iterator[tuple[str, str]]:
    """The literal texts of a body, each with the innermost key."""
    if isinstance(content, Template):
        yield name, "".join(part for part in content.parts if isinstance(part, str))
    elif isinstance(content, str):
        yield name, content
    elif isinstance(content, dict):
        for key, item in content.items():
            yield from _list_literals(item, key)
    elif isinstance(content, list):
        for item in content:
            yield from _list_literals(item, name)
