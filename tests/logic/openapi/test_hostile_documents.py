"""A document may be deep, huge, or tied into itself: it is refused, and soon."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.openapi.document import MOST_BYTES, OpenApiError, read_document
from tests.logic.openapi.documents import (
    CUSTOMER,
    write_answer,
    write_body,
    write_document,
    write_secured,
)
from tests.logic.openapi.test_operations import SCHEMES, WANTED, build, build_from, draft, ref

SECONDS = 5.0
"""Far more than any of these takes, also on a busy machine."""
LAUGHS = "\n".join(
    ["openapi: 3.0.0", "a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]"
                                           for n in range(1, 40))]
)  # fmt: skip


def write_fan(width: int, levels: int, form: str) -> str:
    """Each schema leads several times to the next: as many ways as there are products."""

    def link(n: int) -> str:
        if form == "allOf":
            return f"{{allOf: [{', '.join([ref(f'L{n}')] * width)}]}}"
        members = ", ".join(f"m{k}: {ref(f'L{n}')}" for k in range(width))
        required = ", ".join(f"m{k}" for k in range(width))
        return f"{{type: object, required: [{required}], properties: {{{members}}}}}"

    lines = [f"  L{n}: {link(n + 1)}\n" for n in range(levels)]
    return "".join([CUSTOMER, *lines, f"  L{levels}: {{type: string}}\n"])


def write_chain(levels: int) -> str:
    lines = [f"  L{n}: {{allOf: [{ref(f'L{n + 1}')}]}}\n" for n in range(levels)]
    return "".join([CUSTOMER, *lines, f"  L{levels}: {{type: object}}\n"])


HOSTILE = {
    "deep YAML": "openapi: 3.0.0\npaths: " + "[" * 100_000,
    "deep JSON": '{"openapi": "3.0.0", "paths": ' + "[" * 100_000,
    "deep blocks": "openapi: 3.0.0\n" + "\n".join(" " * n + "a:" for n in range(500)),
    "laughs": LAUGHS,
    "an alias": write_document("x: &x 1\ny: *x\nresponses: {}"),
    "a merge key": "openapi: 3.0.0\n<<: {a: 1}\n",
    "huge": "openapi: 3.0.0\n" + "#" * MOST_BYTES,
    "huge JSON": '{"openapi": "3.0.0", "x": "' + "x" * MOST_BYTES + '"}',
    "many lists": "openapi: 3.0.0\nx: [" + "[]," * 500_000 + "[]]\n",
    "many lists in JSON": '{"openapi": "3.0.0", "x": [' + "[]," * 500_000 + "[]]}",
    "not UTF-8": "openapi: 3.0.0\nx: \udcff",
    "not UTF-8 in JSON": '{"openapi": "3.0.0", "x": "\udcff"}',
    "a control character": "openapi: 3.0.0\nx: \x07\n",
    "many parts": write_answer(ref("L0"), components=write_fan(10, 40, "allOf")),
    "many members": write_answer(ref("L0"), components=write_fan(30, 40, "object")),
    "a wide body": write_body(ref("L0"), components=write_fan(30, 12, "object")),
    "a long chain": write_answer(ref("L0"), components=write_chain(5_000)),
    "a long chain in a body": write_body(ref("L0"), components=write_chain(5_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_soon(name: str) -> None:
    """With a place, without a crash, and within the limit of time."""
    data = HOSTILE[name].encode(errors="surrogateescape")
    start = time.monotonic()
    with pytest.raises(OpenApiError):
        build_bytes(data)
    assert time.monotonic() - start < SECONDS


def build_bytes(data: bytes) -> None:
    build_from(read_document("api", data), "do")


@pytest.mark.parametrize(
    "word",
    ["{{ person.email }}", "a\u202eb", "x\u200by", "\"'#: ", "../../etc", "a b", "é", "\u2028"],
)
def test_a_hostile_name_stays_a_name(word: str) -> None:
    """In a path, a query, a header, or a body: refused, or written so that it is only that."""
    for place in ("path", "query", "header", "body"):
        parameter = {"name": word, "in": place, "required": True, "schema": {"type": "string"}}
        schema = {"type": "object", "required": [word], "properties": {word: {"type": "string"}}}
        operation = {
            "operationId": "do",
            "parameters": [parameter] if place in ("query", "header") else [],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {},
        }
        path = f"/a/{word}/b" if place == "path" else "/a"
        document = {
            "openapi": "3.1.0", "servers": [{"url": "https://api.shop.example"}],
            "paths": {path: {"post" if place == "body" else "get": operation}},
        }  # fmt: skip
        try:
            text = draft(build(json.dumps(document))).text
        except (OpenApiError, PastedLineError):
            continue
        assert not {"\u202e", "\u200b", "\u2028"} & {*text}


ODD = (
    None, True, -1, 1.5, "", "x", "{{ a }}", "null", "object", "a\nb", [], {}, ["a"], {"a": "b"},
    [None], [[1]], {"$ref": "#"}, {"$ref": "#/paths"}, {"$ref": 3},
)  # fmt: skip
ROUNDS = 400


def list_routes(value: object, route: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if route:
        yield route
    pairs: Any = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else pairs:
        yield from list_routes(item, (*route, key))


def test_a_document_with_odd_parts_is_refused_or_fine() -> None:
    """Whatever stands anywhere: an action of sound format, or a reason with a place."""
    texts = [text for text, _ in WANTED.values()]
    texts += [write_secured(scheme, wanted) for scheme, wanted, _ in SCHEMES.values()]
    documents = [json.dumps(yaml.safe_load(text)) for text in texts]
    chance = random.Random(7)
    fine = refused = 0
    for _ in range(ROUNDS):
        document = json.loads(chance.choice(documents))
        *around, last = chance.choice([*list_routes(document)])
        parent = document
        for key in around:
            parent = parent[key]
        parent[last] = chance.choice(ODD)
        try:
            build(json.dumps(document))
            fine += 1
        except OpenApiError:
            refused += 1
    assert min(fine, refused) > ROUNDS / 5


PUBLIC = sorted(Path(__file__).parents[4].glob("shared/intercom/openapi-2.1*.yaml"))
OPERATIONS = (
    "GET /me", "GET /tags", "GET /contacts/{contact_id}/tags", "POST /contacts",
    "GET /companies/{company_id}", "POST /contacts/search",
)  # fmt: skip


@pytest.mark.skipif(not PUBLIC, reason="Intercom's own document is not here")
def test_a_large_public_document_works() -> None:
    """Operations of Intercom's own: requests with a token, and members of their answers."""
    path = PUBLIC[-1]
    document = read_document(path.name, path.read_bytes())
    for operation in OPERATIONS:
        drafted = draft(build_from(document, operation))
        assert "https://api.intercom.io/" in drafted.text
        assert 'prefix: "Bearer "' in drafted.text
        assert [""] == [each.value for each in drafted.secrets]
        assert "the answer has" in drafted.text
