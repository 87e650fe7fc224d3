"""What makes two requests the same question.

- Compared are method, scheme, host, port, path, query and body. Headers and userinfo are not:
  they carry credentials, and no credential may decide which recording answers.
- Percent-encoding, the default port, an empty path and the order of query pairs make no
  difference. The fragment is never sent and never compared.
- A body that is JSON compares as JSON, by ``same``; a form as its values by name, in order;
  any other text character by character. Null and ``""`` are no body.
- Where ours shows a secret (a JSON, form or query value that is exactly DOTS), any recorded text
  fits: recordings of ours hold the dots, those of plain vcrpy the value of that day.
- A redacted value is compared as it is, for it says who is meant; no message quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from enum import Enum
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from msgspec import Struct

from cactions.logic.strict_json import StrictJsonError, parse_json
from cactions.model import ABSENT, MASK, Json, Request, Value

PARTS: Final = ("method", "scheme", "host", "port", "path", "query", "body")
DEFAULT_PORTS: Final = {"http": "80", "https": "443"}

Route: TypeAlias = "tuple[str | int, ...]"
"""Member names and indices that lead to a value inside a body."""

Pairs: TypeAlias = tuple[tuple[str, str], ...]
Key: TypeAlias = tuple[Hashable, ...]
"""One entry for each of PARTS."""

_URL: Final = re.compile(r"(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?")
"""RFC 3986, appendix B: it splits every text and refuses none."""

_AUTHORITY: Final = re.compile(r"(?:.*@)?(.*?)(?::([0-9]*))?", re.DOTALL)
_SEGMENT_SAFE: Final = "!$&'()*+,;=:@"
"""RFC 3986: what stands for itself in a path segment, beside the unreserved characters."""

_FORM_TYPE: Final = "application/x-www-form-urlencoded"


class Blanks(Struct, frozen=True):
    """Where a request shows dots: routes inside its body, and names in its query."""

    body: frozenset[Route] = frozenset()
    query: frozenset[str] = frozenset()


class BodyKind(Enum):
    """How a body is read; the value is what to call it."""

    NONE = "no body"
    JSON = "JSON"
    FORM = "a form"
    TEXT = "text"


class BodyKey(Struct, frozen=True, eq=False):
    """``content``: the JSON value; for FORM its values by name; for TEXT the text."""

    form: BodyKind
    content: Json

    @property
    def blanks(self) -> frozenset[Route]:
        """Where a secret is shown as dots."""
        return (
            frozenset()
            if self.form is BodyKind.TEXT
            else frozenset(_list_masked_routes(self.content, ()))
        )

    def blanked(self, blanks: frozenset[Route]) -> Json:
        """The content with dots for every text that stands at one of the blanks."""
        fillable = blanks and self.form is not BodyKind.TEXT
        return _mask_text(self.content, blanks, ()) if fillable else self.content


class RequestKey(Struct, frozen=True, eq=False):
    """What a request asks for. ``path`` is percent-encoded in one way only, ``query`` sorted."""

    method: str
    scheme: str
    host: str
    port: str
    path: str
    query: Pairs
    body: BodyKey

    @property
    def blanks(self) -> Blanks:
        """Where a secret is shown as dots."""
        names = (name for name, value in self.query if value == MASK)
        return Blanks(self.body.blanks, frozenset(names))

    def mask_query(self, names: frozenset[str]) -> Pairs:
        """The query with dots for every value of these names."""
        if not names:
            return self.query
        return tuple(sorted((name, MASK if name in names else value) for name, value in self.query))

    def to_key(self, blanks: Blanks) -> Key:
        """Two keys are equal exactly when the questions are the same.

        ``blanks`` are, for both of them, those of the side that asks.
        """
        body = (self.body.form, freeze_json(self.body.blanked(blanks.body)))
        head = (self.method, self.scheme, self.host, self.port, self.path)
        return (*head, self.mask_query(blanks.query), body)


def to_request_key(request: Request) -> RequestKey:
    """What our request asks for; no secret is opened."""
    body = None if request.body is None else request.body.to_matching_text()
    return build_request_key(
        request.method, request.url.to_matching_text(), body, request.get_header("content-type")
    )


def to_masked_request_key(request: Request) -> RequestKey:
    """The same, with dots for what is redacted: as it may be quoted, and as we record it."""
    body = None if request.body is None else request.body.masked
    return build_request_key(
        request.method, request.url.masked, body, request.get_header("content-type")
    )


def build_request_key(method: str, url: str, body: Json, content_type: str = "") -> RequestKey:
    """The question in these texts. A body that is neither text nor null is the JSON itself."""
    split = _URL.match(url)
    assert split, "the pattern matches every text"
    scheme, authority, path, query = (group or "" for group in split.groups())
    located = _AUTHORITY.fullmatch(authority)
    assert located, "the pattern matches every text"
    scheme = _lower_ascii(scheme)
    return RequestKey(
        method=method,
        scheme=scheme,
        host=_lower_ascii(located[1]),
        port=located[2] or DEFAULT_PORTS.get(scheme, ""),
        path="/".join(map(_normalize_segment, (path or "/").split("/"))),
        query=tuple(sorted(_parse_pairs(query))),
        body=_build_body_key(body, content_type),
    )


def freeze_json(value: Json) -> Hashable:
    """A hashable twin; two twins are equal exactly when the values are ``same``."""
    if isinstance(value, dict):
        return frozenset((name, freeze_json(item)) for name, item in value.items())
    if isinstance(value, list):
        return tuple(map(freeze_json, value))
    return value if isinstance(value, str) else (type(value), value)


def group_by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """The values of each name, in order."""
    values: dict[str, list[Json]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return dict(values)


def _lower_ascii(text: str) -> str:
    """In ASCII only: beyond it, different names fall together (the Kelvin sign and ``k``)."""
    return text.lower() if text.isascii() else text


def _normalize_segment(segment: str) -> str:
    # surrogatepass: any text has a canonical form, even one that can never be sent
    return quote(unquote_to_bytes(segment.encode("utf-8", "surrogatepass")), safe=_SEGMENT_SAFE)


def _parse_pairs(encoded: str) -> list[tuple[str, str]]:
    # surrogateescape: bytes that are not UTF-8 stay apart instead of all turning into U+FFFD
    return parse_qsl(encoded, keep_blank_values=True, errors="surrogateescape")


def _build_body_key(content: Json, content_type: str) -> BodyKey:
    if content is None or content == "":
        return BodyKey(BodyKind.NONE, None)
    if not isinstance(content, str):
        return BodyKey(BodyKind.JSON, content)
    value = _try_parse_json(content)
    declared = content_type.partition(";")[0].strip().lower()
    if declared == _FORM_TYPE and not isinstance(value, (dict, list)):
        return BodyKey(BodyKind.FORM, group_by_name(_parse_pairs(content)))
    return BodyKey(BodyKind.TEXT, content) if value is ABSENT else BodyKey(BodyKind.JSON, value)


def _try_parse_json(text: str) -> Value:
    try:
        return parse_json(text)
    except StrictJsonError:
        return ABSENT


def _list_masked_routes(value: Json, here: Route) -> Iterator[Route]:
    if value == MASK:
        yield here
    for step, item in _list_items(value):
        yield from _list_masked_routes(item, (*here, step))


def _mask_text(value: Json, blanks: frozenset[Route], here: Route) -> Json:
    if isinstance(value, dict):
        return {name: _mask_text(item, blanks, (*here, name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_mask_text(item, blanks, (*here, place)) for place, item in enumerate(value)]
    return MASK if isinstance(value, str) and here in blanks else value


def _list_items(value: Json) -> Iterable[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
