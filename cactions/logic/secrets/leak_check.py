"""Finds and masks secrets in texts and responses, in any form and at any depth.

``known`` maps each form of ``encoded_forms`` to the name of its secret. A response is cleaned
before anything else reads it, so that no later message can quote a secret.
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

_BLANK: Final = b" \t\r\n"

Known: TypeAlias = Mapping[EncodedForm, str]
Masker: TypeAlias = Callable[[str], str]


def find_secrets(data: bytes, known: Known) -> tuple[str, ...]:
    """The names of all secrets in the bytes, whole or by their beginning.

    Percent-encoding, entities and escapes are decoded; in JSON, every text is searched, and JSON
    within such a text as well: nested escapes have more forms than a list can hold.
    """
    joined = b"\n".join(_list_layers(data))  # a secret is one line
    if len(joined) > _MIN_SCRUBBER_BYTES and not Scrubber(known).finds(joined):
        return ()
    names = (name for form, name in known.items() if form.stem in joined)
    return tuple(dict.fromkeys(names))


_MIN_SCRUBBER_BYTES: Final = 64 * 1024
"""In bytes; for longer data it is faster to search all forms at once."""


def remove_secrets(response: Response, secrets: Sequence[Secret]) -> Response:
    """The response with these secrets masked, or unchanged if it echoes none."""
    if not secrets:
        return response
    known, scrubber = _build_scrubber(tuple(secrets))
    parts = [*_list_header_bytes(response), response.body]
    joined = b"\n".join(parts)
    echoed = scrubber.finds(joined) or any(
        scrubber.finds(b"\n".join(_list_layers(part))) for part in parts if _has_escapes(part)
    )  # nested escapes are not in the list of forms
    return clean_response(response, known) if echoed else response


def remove_secrets_from_head(response: Response, secrets: Sequence[Secret]) -> Response:
    """The response with secrets masked in its headers; the body is unchanged."""
    clean = remove_secrets(Response(response.status, response.headers), secrets)
    return Response(response.status, clean.headers, response.body)


@lru_cache(maxsize=16)
def _build_scrubber(secrets: tuple[Secret, ...]) -> tuple[Known, Scrubber]:
    """The forms of all secrets and their scrubber, cached for all responses of a run."""
    known = {
        form: secret.label for secret in secrets for form in list_encoded_forms(secret.reveal())
    }
    return known, Scrubber(known)


def _list_header_bytes(response: Response) -> Iterator[bytes]:
    """Every header as UTF-8 and as Latin-1, because HTTP does not declare its encoding."""
    for text in (text for header in response.headers for text in header):
        yield text.encode()
        if not text.isascii():
            yield text.encode("latin-1", "replace")


def clean_response(response: Response, known: Known) -> Response:
    """The response with every secret masked, in headers and body.

    A JSON body stays JSON: keys, texts and numbers are masked, and keys that become equal are
    numbered. Any other body stays a body that is not JSON.
    """
    if not known:
        return response
    mask = build_masker(known)
    headers = tuple(
        (_mask_header(mask, name), _mask_header(mask, value)) for name, value in response.headers
    )
    return Response(response.status, headers, _clean_body(response.body, mask))


def build_masker(known: Known) -> Masker:
    """A function that masks secrets in a text, or the whole text if an escaped one remains."""
    return partial(_mask_text, Scrubber(known), known)


def mask_document(document: Json, mask: Masker) -> Json:
    """The document with secrets masked in its keys, texts and numbers."""
    match document:
        case str():
            return mask(document)
        case int() | float():  # a secret may be all digits
            text = strict_json.dump_json(document)
            return document if mask(text) == text else MASK
        case list():
            return [mask_document(item, mask) for item in document]
        case dict():
            new_names = _rename_keys(document, mask)
            return {new_names[name]: mask_document(item, mask) for name, item in document.items()}
        case _:
            return document


def _rename_keys(members: Mapping[str, Json], mask: Masker) -> dict[str, str]:
    """The new names of the keys, all different, and none that another key already has."""
    new_names = {name: mask(name) for name in members}
    taken = {name for name, clean in new_names.items() if name == clean}
    counts: Counter[str] = Counter()
    for name, clean in new_names.items():
        if name == clean:
            continue
        while new_names[name] in taken:
            counts[clean] += 1
            new_names[name] = f"{clean} ({counts[clean] + 1})"
        taken.add(new_names[name])
    return new_names


def _mask_header(mask: Masker, text: str) -> str:
    read = text.encode("latin-1", "replace").decode("utf-8", "replace")
    return mask(text) if mask(read) == read else MASK


def _clean_body(body: bytes, mask: Masker) -> bytes:
    try:
        document = strict_json.parse_json(body)
    except strict_json.StrictJsonError:
        return _clean_text(body, mask)
    return strict_json.dump_json(mask_document(document, mask)).encode()


def _clean_text(body: bytes, mask: Masker) -> bytes:
    """A body that is not JSON; masking must not turn it into JSON."""
    text = body.decode("utf-8", "surrogateescape")
    clean = mask(text)
    if clean == text:
        return body
    data = clean.encode("utf-8", "surrogateescape")
    try:
        strict_json.parse_json(data)
    except strict_json.StrictJsonError:
        return data
    return MASK.encode()


def _mask_text(scrubber: Scrubber, known: Known, text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    hidden: bytes = scrubber.scrub(data)
    remaining = _ESCAPES.search(hidden) and find_secrets(hidden, known)
    return MASK if remaining else hidden.decode("utf-8", "surrogateescape")


_ESCAPE_SIGNS: Final = (b"\\", b"%", b"&")
_ESCAPES: Final = re.compile(rb"\\|%[0-9A-Fa-f]{2}|&#?\w+;")


def _has_escapes(data: bytes) -> bool:
    """Whether anything in the data may be escaped; most data has none of the three characters."""
    return any(sign in data for sign in _ESCAPE_SIGNS) and bool(_ESCAPES.search(data))


def _list_layers(data: bytes) -> Iterator[bytes]:
    """The bytes as received, and decoded from each level of escapes."""
    yield data
    if not _has_escapes(data):
        return
    yield from _list_unescaped(data)
    if not data.lstrip(_BLANK).startswith(_JSON_STARTS):
        return
    try:
        document = strict_json.parse_json(data)
    except strict_json.StrictJsonError:
        return
    if isinstance(document, str | list | dict):
        texts = [text.encode() for text in _list_texts(document)]
        yield b"\n".join(texts)
        for text in filter(_has_escapes, texts):
            yield from _list_layers(text)


_JSON_STARTS: Final = (b'"', b"[", b"{")


def _list_unescaped(data: bytes) -> Iterator[bytes]:
    """Decoded as a URL, as HTML and as JSON text; twice, because escapes may be nested."""
    for _ in range(2):
        before = data
        data = _unescape_entities(unquote_to_bytes(data))
        data = _UNICODE_ESCAPE.sub(
            lambda names: chr(int(names[1], 16)).encode("utf-8", "replace"), data
        )
        if data == before:
            return
        yield data


def _unescape_entities(data: bytes) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    try:
        return html.unescape(text).encode("utf-8", "replace")
    except ValueError:  # a number of more digits than Python reads
        return data


_UNICODE_ESCAPE: Final = re.compile(rb"\\+u([0-9A-Fa-f]{4})")


def _list_texts(value: Json) -> Iterator[str]:
    """Every text in it, and every key, in any order."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield from node
            waiting.extend(node.values())
