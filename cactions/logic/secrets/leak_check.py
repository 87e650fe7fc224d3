"""Whether a text holds a secret, in any form and however deep: the last look before it is kept.

``known`` are the forms of ``secret_forms``, each with the name of what it is a form of. An answer
is cleaned before anything reads it: what reads it later may quote it, and has no secret to quote.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final, TypeAlias
from urllib.parse import unquote_to_bytes

from cactions.logic import strict_json
from cactions.logic.secrets.encoded_forms import EncodedForm, list_encoded_forms
from cactions.logic.secrets.scrubber import Scrubber
from cactions.model import MASK, Json, Response
from cactions.model.secret import Secret

Known: TypeAlias = Mapping[EncodedForm, str]
_Hide: TypeAlias = Callable[[str], str]


def find_secrets(data: bytes, known: Known) -> tuple[str, ...]:
    """The names of all secrets that stand in the bytes, whole or by their beginning.

    What is written in percent, entities or escapes is read, too; and where the bytes are JSON,
    every text in them, and so on inward: a text that is JSON within JSON is escaped in more ways
    than anybody lists.
    """
    whole = b"\n".join(_layers(data))  # a secret is one line
    if len(whole) > _MUCH and not Scrubber(known).finds(whole):
        return ()
    found = (name for form, name in known.items() if form.stem in whole)
    return tuple(dict.fromkeys(found))


_MUCH: Final = 64 * 1024
"""In bytes; from here on it is faster to look for all forms at once."""


def remove_secrets(answer: Response, secrets: Sequence[Secret]) -> Response:
    """The answer without these secrets, where it says them back: else it is the same."""
    known, scrubber = _known(tuple(secrets))
    parts = [*_head(answer), answer.body]
    whole = b"\n".join(parts)
    said = scrubber.finds(whole) or any(
        scrubber.finds(b"\n".join(_layers(part))) for part in parts if _ESCAPES.search(part)
    )  # a text may be escaped in ways that no list holds
    return clean_response(answer, known) if said else answer


def remove_secrets_from_head(answer: Response, secrets: Sequence[Secret]) -> Response:
    """The answer whose headers say none of these secrets, and whose body is as it came."""
    clean = remove_secrets(Response(answer.status, answer.headers), secrets)
    return Response(answer.status, clean.headers, answer.body)


@lru_cache(maxsize=16)
def _known(secrets: tuple[Secret, ...]) -> tuple[Known, Scrubber]:
    """The forms of all, and what finds them: the same for every answer of a run."""
    known = {
        form: secret.label for secret in secrets for form in list_encoded_forms(secret.reveal())
    }
    return known, Scrubber(known)


def _head(answer: Response) -> Iterator[bytes]:
    """Every header as text, and as the bytes that came, which HTTP does not say the coding of."""
    for text in (text for header in answer.headers for text in header):
        yield text.encode()
        yield text.encode("latin-1", "replace")


def clean_response(answer: Response, known: Known) -> Response:
    """The answer with dots in the place of every secret: in its headers, and in its body.

    A body that is JSON stays so, with dots in its keys, texts and numbers; two keys that become
    alike are numbered. Any other body stays one that is no JSON.
    """
    if not known:
        return answer
    hide = build_masker(known)
    headers = tuple((_header(hide, name), _header(hide, value)) for name, value in answer.headers)
    return Response(answer.status, headers, _clean_body(answer.body, hide))


def build_masker(known: Known) -> _Hide:
    """Puts dots into a text; where a secret is left in it, escaped, nothing of the text is left."""
    return partial(_hidden, Scrubber(known), known)


def find_hidden_secrets(document: Json, hide: _Hide) -> Json:
    """The document with its keys, texts and numbers changed so."""
    match document:
        case str():
            return hide(document)
        case int() | float():  # a secret may be all digits
            text = strict_json.dump_json(document)
            return document if hide(text) == text else MASK
        case list():
            return [find_hidden_secrets(item, hide) for item in document]
        case dict():
            names = _names(document, hide)
            return {names[name]: find_hidden_secrets(item, hide) for name, item in document.items()}
        case _:
            return document


def _names(members: Mapping[str, Json], hide: _Hide) -> dict[str, str]:
    """The keys' new names: no two alike, and none that another key has already."""
    names = {name: hide(name) for name in members}
    taken = {name for name, clean in names.items() if name == clean}
    counts: Counter[str] = Counter()
    for name, clean in names.items():
        if name == clean:
            continue
        while names[name] in taken:
            counts[clean] += 1
            names[name] = f"{clean} ({counts[clean] + 1})"
        taken.add(names[name])
    return names


def _header(hide: _Hide, text: str) -> str:
    read = text.encode("latin-1", "replace").decode("utf-8", "replace")
    return hide(text) if hide(read) == read else MASK


def _clean_body(body: bytes, hide: _Hide) -> bytes:
    try:
        document = strict_json.parse_json(body)
    except strict_json.StrictJsonError:
        return _clean_text(body, hide)
    return strict_json.dump_json(find_hidden_secrets(document, hide)).encode()


def _clean_text(body: bytes, hide: _Hide) -> bytes:
    """Of what is no JSON; and a mark that is hidden must not make JSON of it."""
    text = body.decode("utf-8", "surrogateescape")
    clean = hide(text)
    if clean == text:
        return body
    data = clean.encode("utf-8", "surrogateescape")
    try:
        strict_json.parse_json(data)
    except strict_json.StrictJsonError:
        return data
    return MASK.encode()


def _hidden(scrubber: Scrubber, known: Known, text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    hidden: bytes = scrubber.whole(data)
    left = _ESCAPES.search(hidden) and find_secrets(hidden, known)
    return MASK if left else hidden.decode("utf-8", "surrogateescape")


_ESCAPES: Final = re.compile(rb"\\|%[0-9A-Fa-f]{2}|&#?\w+;")


def _layers(data: bytes) -> Iterator[bytes]:
    """The bytes as they came, and as they read once what is escaped in them is not."""
    yield data
    if not _ESCAPES.search(data):
        return
    yield from _unescaped(data)
    if not data.lstrip(_BLANK).startswith(_COMPOSED):
        return
    try:
        document = strict_json.parse_json(data)
    except strict_json.StrictJsonError:
        return
    if isinstance(document, str | list | dict):
        texts = [text.encode() for text in _texts(document)]
        yield b"\n".join(texts)
        for text in filter(_ESCAPES.search, texts):
            yield from _layers(text)


_BLANK: Final = b" \t\r\n"
_COMPOSED: Final = (b'"', b"[", b"{")


def _unescaped(data: bytes) -> Iterator[bytes]:
    """Read as a URL, as HTML, and as texts of JSON that is broken; twice, for it may be nested."""
    for _ in range(2):
        before = data
        data = _without_entities(unquote_to_bytes(data))
        data = _UNICODE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), data)
        if data == before:
            return
        yield data


def _without_entities(data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    try:
        return html.unescape(text).encode("utf-8", "replace")
    except ValueError:  # a number of more digits than Python reads
        return data


_UNICODE: Final = re.compile(rb"\\+u([0-9A-Fa-f]{4})")


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
