"""How a service is asked, and how it answers: places of the key, shapes of records, and noise.

A place is a channel of ``tests.definitions.asking``. A shape writes the records that were found.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cactions.logic.request.call import CallSpec
from cactions.model import Action, Request, Response
from tests.app.service_finds import Find, Record, Records

PLACES = ("url", "path", "query", "glued", "header", "json", "nested", "form", "text")


def read_key(place: str, request: Request) -> str:
    """The key, as the service reads it from a request."""
    url = urlsplit(request.url.reveal())
    body = request.body.reveal() if request.body else ""
    match place:
        case "url":
            return unquote(url.path.rpartition("/")[2])
        case "path":
            return unquote(url.path.split("/")[-2])
        case "query" | "glued":
            text = parse_qs(url.query, keep_blank_values=True)["customer"][0]
            return text.removeprefix("c-") if place == "glued" else text
        case "header":
            return next(text.reveal() for name, text in request.headers if name == "X-Customer")
        case "json":
            return str(json.loads(body)["customer"])
        case "nested":
            return str(json.loads(body)["a"][0]["b"]["customer"])
        case "form":
            return parse_qs(body, keep_blank_values=True)["customer"][0]
    return body.removeprefix("customer=")


@dataclass(frozen=True)
class Shape:
    """Where an answer has what: ``mapping`` and ``paths`` (of what proves) start at the record.

    ``write`` makes the body of what was found, which may be nothing; ``unknown`` is the status
    of an answer without a record.
    """

    name: str
    write: Callable[[list[Record]], Any]
    mapping: dict[str, Any] = field(
        default_factory=lambda: {"tier": "$.tier", "points": "$.points"}
    )
    paths: dict[str, str] = field(
        default_factory=lambda: {"email": "$.email", "user_id": "$.customer"}
    )
    rows: dict[str, Any] | None = None
    unknown: int = 404
    success: dict[str, Any] | None = None


def write_flat(found: list[Record]) -> Any:
    return found[0] if found else {"error": {"code": "not_found", "message": "no such customer"}}


def write_nested(found: list[Record]) -> Any:
    if not found:
        return {"data": None}
    [record, *_] = found
    contact = {"mail": record["email"], "phones": ["+1 555 0100"]}
    loyalty = {"tier": record["tier"], "points": record["points"], "expires": None}
    return {"data": {"id": record["customer"], "contact": contact, "loyalty": loyalty}}


def write_texts(found: list[Record]) -> Any:
    """Everything is a text."""
    return {name: str(value) for name, value in found[0].items()} if found else {}


def write_empty(found: list[Record]) -> Any:
    return found[0] if found else {"email": None, "customer": None, "tier": None, "points": None}


def write_refusal(found: list[Record]) -> Any:
    return {"ok": True, **found[0]} if found else {"ok": False, "error": "unknown customer"}


def write_list(found: list[Record]) -> Any:
    return {"data": found, "total": len(found), "next": None}


def write_bare_list(found: list[Record]) -> Any:
    return found


def write_orders(found: list[Record]) -> Any:
    """A customer with orders of their own."""
    if not found:
        return {"message": "Not Found"}
    [record, *_] = found
    orders = [{"number": f"A-{n}", "status": record["tier"]} for n in range(2)]
    return {**record, "orders": orders, "addresses": [{"city": record.get("city")}]}


NESTED = {"tier": "$.data.loyalty.tier", "points": "$.data.loyalty.points"}
NESTED_PATHS = {"email": "$.data.contact.mail", "user_id": "$.data.id"}
IS_OK = {"path": "$.ok", "equals": True}
AS_TEXTS = {"tier": "$.tier", "points": {"path": "$.points", "type": "integer"}}

SHAPES = (
    Shape("flat", write_flat),
    Shape("nested", write_nested, NESTED, NESTED_PATHS, unknown=200),
    Shape("texts", write_texts, AS_TEXTS, unknown=200),
    Shape("empty", write_empty, unknown=200),
    Shape("refusal", write_refusal, unknown=200, success={"status": [200], "body": [IS_OK]}),
    Shape("list", write_list, rows={"path": "$.data[*]"}, unknown=200),
    Shape("bare list", write_bare_list, rows={"path": "$[*]"}, unknown=200),
    Shape("rows", write_list, rows={"path": "$.data[*]", "where": True}, unknown=200),
    Shape(
        "orders", write_orders,
        {"tier": "$.orders[0].status", "points": "$.points", "city": "$.addresses[0].city"},
    ),
)  # fmt: skip
FIRST = Shape(
    "first", write_list, {"tier": "$.data[0].tier", "points": "$.data[0].points"},
    {"email": "$.data[0].email", "user_id": "$.data[0].customer"}, unknown=200,
)  # fmt: skip
"""What no careful author writes."""


class ShopService:
    """The Caller of a service that finds its records in one way, and answers in one shape.

    ``noise`` adds to each answer what changes from call to call, in its body and its headers.
    """

    source = ""

    def __init__(
        self, records: Records, find: Find, place: str, shape: Shape, noise: Random | None = None
    ) -> None:
        self._records, self._find, self._place, self._shape = records, find, place, shape
        self._noise = noise
        self.keys: list[str] = []

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, _spec: CallSpec, sealed: Request) -> Response:
        key = read_key(self._place, sealed)
        self.keys.append(key)
        found = list(self._find(key, self._records))
        body = self._shape.write(found)
        status = 200 if found else self._shape.unknown
        if self._noise is None:
            return Response(status, (), json.dumps(body).encode())
        return _add_noise(status, body, self._noise, len(self.keys))


def _add_noise(status: int, body: Any, noise: Random, number: int) -> Response:
    request_id = f"{noise.getrandbits(64):016x}"
    headers = (
        ("X-Request-Id", request_id), ("X-RateLimit-Remaining", str(1000 - number)),
        ("Date", f"Mon, 01 Jan 2029 00:{number // 60 % 60:02}:{number % 60:02} GMT"),
    )  # fmt: skip
    if isinstance(body, dict):
        extra = {"request_id": request_id, "served_at": number, "links": {"self": f"/{number}"}}
        parts = [*body.items(), *extra.items()]
        noise.shuffle(parts)
        body = dict(parts)
    indent = noise.choice([None, 1, 4])
    text = json.dumps(body, indent=indent, ensure_ascii=noise.random() < 0.5)
    return Response(status, headers, text.encode())
