"""Hides in JSON what is redacted, and credentials by the names of their members.

Secrets of the vault are hidden before and after that, by what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.secrets.credential_mask import mask_credentials
from cactions.model import MASK, Json
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.credentials import Name, suggests_secret

_LEAST_WITHIN: Final = 4
"""Shorter redacted texts are hidden only where they stand alone."""


class RedactedParts(Struct, frozen=True):
    """Paths of a document as the names of their members, and texts that stand anywhere in it.

    The numbers of rows do not count in a path.
    """

    paths: frozenset[tuple[str, ...]] = frozenset()
    texts: frozenset[str] = frozenset()


def mask_document_parts(document: Json, redacted: RedactedParts) -> Json:
    """The document without these parts and without what is called a credential.

    What stands at a redacted path is also hidden wherever its text stands again.
    """
    again = {_get_text(value) for value in _list_at(document, redacted.paths, ())}
    texts = frozenset(text for text in {*again, *redacted.texts} if text)
    return _mask(document, RedactedParts(redacted.paths, texts), ())


def mask_text_parts(text: str, redacted: RedactedParts) -> str:
    """The text without the redacted texts, and without what follows the name of a credential."""
    if text in redacted.texts:
        return MASK
    for value in sorted(redacted.texts, key=len, reverse=True):
        text = text.replace(value, MASK) if len(value) >= _LEAST_WITHIN else text
    return mask_credentials(text)


def is_credential_name(name: str) -> bool:
    """Whether the member of this name holds a credential."""
    return plain(name) in CARRIERS or suggests_secret(name) >= Name.CREDENTIAL


def _list_at(
    document: Json, paths: frozenset[tuple[str, ...]], route: tuple[str, ...]
) -> Iterator[Json]:
    if route in paths:
        yield document
    if isinstance(document, dict):
        for name, item in document.items():
            yield from _list_at(item, paths, (*route, name))
    elif isinstance(document, list):
        for item in document:
            yield from _list_at(item, paths, route)


def _get_text(value: Json) -> str:
    """What of a redacted value is looked for elsewhere: a text, or a longer number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    text = strict_json.dump_json(value)
    return text if len(text) >= _LEAST_WITHIN else ""


def _mask(
    document: Json, redacted: RedactedParts, route: tuple[str, ...], *, credential: bool = False
) -> Json:
    """``credential``: it stands below a member with the name of one."""
    if route in redacted.paths and document is not None and not isinstance(document, list):
        return MASK
    if isinstance(document, dict):
        return {
            _mask_name(name, redacted): _mask_member(
                name, item, redacted, route, credential=credential
            )
            for name, item in document.items()
        }
    if isinstance(document, list):
        return [_mask(item, redacted, route, credential=credential) for item in document]
    if isinstance(document, str):
        return MASK if credential and document else mask_text_parts(document, redacted)
    return MASK if _get_text(document) in redacted.texts else document


def _mask_name(name: str, redacted: RedactedParts) -> str:
    """A name may be a value, as in an object with a member for each e-mail address."""
    hides = any(text in name for text in redacted.texts if len(text) >= _LEAST_WITHIN)
    return MASK if hides or name in redacted.texts else name


def _mask_member(
    name: str, item: Json, redacted: RedactedParts, route: tuple[str, ...], *, credential: bool
) -> Json:
    named = is_credential_name(name)
    if named and isinstance(item, int | float) and not isinstance(item, bool):
        return MASK
    return _mask(item, redacted, (*route, name), credential=credential or named)
