"""Whether a text holds a secret, in any form and however deep: the last look before it is kept.

``known`` are the forms of ``scrubbing``, each with the name of what it is a form of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final, TypeAlias

from cactions.logic import strict_json
from cactions.logic.scrubbing import Scrubber, forms
from cactions.model import DOTS, Json, Response
from cactions.model.secret import Secret

Known: TypeAlias = Mapping[bytes, str]


def held_in(data: bytes, known: Known) -> tuple[str, ...]:
    """The names of all secrets that stand in the bytes.

    Where they are JSON, every text in them is looked at as it reads, and so on inward: a text that
    is JSON within JSON is escaped in more ways than anybody lists.
    """
    whole = b"\n".join(_layers(data))  # a secret is one line
    found = (name for form, name in known.items() if form in whole)
    return tuple(dict.fromkeys(found))


def unsaid(answer: Response, secrets: Sequence[Secret]) -> Response:
    """The answer without these secrets, where it says them back: else it is the same."""
    known = {form: secret.label for secret in secrets for form in _forms(secret)}
    whole = "\n".join((*(value for _, value in answer.headers), "")).encode() + answer.body
    said = any(form in whole for form in known)
    if not said and b"\\" in answer.body:  # a text may be escaped in ways that nobody lists
        said = bool(held_in(answer.body, known))
    return cleaned(answer, known) if said else answer


@lru_cache(maxsize=64)
def _forms(secret: Secret) -> frozenset[bytes]:
    return forms(secret.reveal())


def cleaned(answer: Response, known: Known) -> Response:
    """The answer with dots in the place of every secret in its headers, JSON texts and numbers."""
    if not known:
        return answer
    hide = partial(_hidden, Scrubber(known), known)
    headers = tuple((name, hide(value)) for name, value in answer.headers)
    return Response(answer.status, headers, _clean_body(answer.body, hide))


def _clean_body(body: bytes, hide: Callable[[str], str]) -> bytes:
    try:
        document = strict_json.parse(body)
    except strict_json.StrictJsonError:
        return body
    return strict_json.dumps(_mapped(document, hide)).encode()


def _hidden(scrubber: Scrubber, known: Known, text: str) -> str:
    """Where a secret is left, escaped in JSON within the text, nothing of the text is."""
    hidden: bytes = scrubber.whole(text.encode())
    left = b"\\" in hidden and held_in(hidden, known)
    return DOTS if left else hidden.decode("utf-8", "replace")


def _mapped(value: Json, change: Callable[[str], str]) -> Json:
    match value:
        case str():
            return change(value)
        case int() | float():  # a secret may be all digits
            text = strict_json.dumps(value)
            return value if change(text) == text else DOTS
        case list():
            return [_mapped(item, change) for item in value]
        case dict():
            return {name: _mapped(item, change) for name, item in value.items()}
        case _:
            return value


def _layers(data: bytes) -> Iterator[bytes]:
    """Where nothing is escaped, every text of a document stands in it as it reads."""
    yield data
    if b"\\" not in data or not data.lstrip(_BLANK).startswith(_COMPOSED):
        return
    try:
        document = strict_json.parse(data)
    except strict_json.StrictJsonError:
        return
    if isinstance(document, str | list | dict):
        for text in _texts(document):
            yield from _layers(text.encode())


_BLANK: Final = b" \t\r\n"
_COMPOSED: Final = (b'"', b"[", b"{")


def _texts(value: Json) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for name, item in value.items():
                yield name
                yield from _texts(item)
        case _:
            return
