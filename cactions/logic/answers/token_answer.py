"""Hides in the answer that a token comes in whatever may be a token: nearly every value."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Final

from cactions.logic import strict_json
from cactions.logic.answers.near_paths import list_near_paths
from cactions.logic.expressions.json_path import query_one
from cactions.logic.secrets.document_mask import is_credential_name
from cactions.logic.strict_json import StrictJsonError
from cactions.model import ABSENT, MASK, Json, Response, Token

_OPEN: Final = frozenset(
    (
        "token_type", "tokentype", "error", "error_code", "errorcode", "error_description",
        "errordescription", "message", "detail", "title", "status", "code", "type", "scope",
    )
)  # fmt: skip
"""Members whose texts say why there is no token, or of which kind it is."""
_LONGEST: Final = 200
_LARGEST: Final = 10**9
_WORD: Final = re.compile(r"[\"'(]?[A-Z]?[a-z]{1,14}(?:[_'-][a-z]{1,14})*[.,:;!?\"')]*")
_LONGEST_NAME: Final = 24
_WORDS: Final = re.compile(r"[a-z]{2,}(?:[_-][a-z]{2,})*|[A-Za-z]?[a-z]+(?:[A-Z][a-z]{2,}){0,2}")


def mask_token_answer(document: Json, name: str = "") -> Json:
    """The document with dots for every text and long number, but those that explain it."""
    if isinstance(document, dict):
        return {_mask_key(key): mask_token_answer(item, key) for key, item in document.items()}
    if isinstance(document, list):
        return [mask_token_answer(item, name) for item in document]
    if isinstance(document, str):
        is_open = name.lower() in _OPEN and len(document) <= _LONGEST and _is_plain(document)
        return document if is_open or not document else MASK
    if isinstance(document, int | float) and not isinstance(document, bool):
        return MASK if is_credential_name(name) or abs(document) > _LARGEST else document
    return document


def describe_token_miss(token: Token, answer: Response) -> str:
    """What the answer has in the place of a ``token_path`` that finds nothing, as an addition."""
    path = token.fetch.token_path if token.fetch else None
    with suppress(StrictJsonError):
        document = strict_json.parse_json(answer.body) if path else None
        if path and query_one(path, document) is ABSENT:
            near = list_near_paths(path, document)
            return f"; the answer has {' and '.join(near)}" if near else ""
    return ""


def _mask_key(key: str) -> str:
    """A name of plain words; a token may be a name, too."""
    return key if len(key) <= _LONGEST_NAME and _WORDS.fullmatch(key) else "*"


def _is_plain(text: str) -> bool:
    """Whether it reads as prose: words of letters, in small letters or with a capital."""
    return all(map(_WORD.fullmatch, text.split()))
