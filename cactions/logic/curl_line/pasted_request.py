"""A request as a pasted line makes it: taken apart, with nothing of it judged.

Texts may hold marks of variables (``words.VARIABLE``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote, unquote_plus

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.curl_line.words import OPEN, PastedLineError, mark_variable
from cactions.logic.strict_json import StrictJsonError
from cactions.model import BodyForm, Json

METHODS: Final = ("get", "head", "post", "put", "delete", "patch")
FORM_TYPE: Final = "application/x-www-form-urlencoded"
JSON_TYPE: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"
_URL: Final = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)
_RANGE: Final = re.compile(r"\[(?:\d+-\d+|[A-Za-z]-[A-Za-z])(?::\d+)?\]")
_HOLE: Final = re.compile(r"\{\{?\s*([A-Za-z_][A-Za-z0-9_ -]*?)\s*\}?\}|(?<=/)<([A-Za-z_][\w -]*)>")
_SET: Final = re.compile(r"\{[^{}]*,[^{}]*\}")
_COLON: Final = re.compile(r"(?<=/):([A-Za-z_][A-Za-z0-9_]*)(?=/|\Z)")
_FORM: Final = re.compile(r"[^=&\s]+=[^&]*(?:&[^=&\s]+=[^&]*)*")
_DEEPEST: Final = 16

Pairs = tuple[tuple[str, str], ...]


class PastedBody(Struct, frozen=True):
    """``content`` is JSON, pairs of a form or of fields, or a text. ``start``: its place."""

    form: BodyForm
    content: Json | Pairs
    start: int


class ClientGrant(Struct, frozen=True):
    """Where a client gets its token (OAuth 2, client credentials); ``scope`` may be empty."""

    token_url: str
    scope: str = ""


class PastedRequest(Struct, frozen=True):
    """``origin`` is ``https://host[:port]``, ``path`` is as it is sent, ``query`` is decoded.

    ``user`` is the pair of Basic authentication. ``starts`` are places by what stands there: url,
    user, and each header by its name in small letters. ``credentials`` are names, in small letters,
    of headers and parameters that carry one, whatever they are called.
    """

    method: str
    origin: str
    path: str
    query: Pairs = ()
    headers: Pairs = ()
    body: PastedBody | None = None
    user: tuple[str, str] | None = None
    starts: dict[str, int] = {}
    follows: bool = False
    credentials: frozenset[str] = frozenset()
    grant: ClientGrant | None = None


def take_url_apart(text: str, start: int, *, globs: bool) -> PastedRequest:
    """A GET of a URL. ``globs``: braces and brackets mean what they mean to curl."""
    text = text.strip()
    if globs and (_RANGE.search(text) or _SET.search(text)):
        hint = "Name one URL."
        raise PastedLineError("curl makes several URLs of brackets and braces", hint, start)
    found = _URL.fullmatch(_mark_placeholders(text) if globs else text)
    if found is None:
        hint = "Write https:// and the host out."
        raise PastedLineError("the URL does not begin with https://", hint, start)
    scheme, authority, path, query = found.groups()
    if scheme.lower() != "https":
        hint = "Secrets and people's data travel over https only: use the https URL of the service."
        raise PastedLineError(f"the scheme is {scheme.lower()}", hint, start)
    user, mark, host = authority.rpartition("@")
    if OPEN in host or not host:
        hint = "Write the host out: it decides who gets the secrets."
        raise PastedLineError("the host is not written in the line", hint, start)
    name, _, password = user.partition(":")
    return PastedRequest(
        "get",
        f"https://{host.lower()}",
        path,
        split_pairs(query or ""),
        user=(unquote(name), unquote(password)) if mark else None,
        starts={"url": start},
    )


def _mark_placeholders(url: str) -> str:
    """``{customer_id}``, ``<id>`` and ``/:id``, as documentation writes what is to be put in."""
    before, mark, behind = url.partition("://")
    named = _HOLE.sub(lambda found: _mark_name(found[1] or found[2]), behind)
    path, question, query = named.partition("?")
    return before + mark + _COLON.sub(lambda found: _mark_name(found[1]), path) + question + query


def _mark_name(text: str) -> str:
    return mark_variable(re.sub(r"[ -]+", "_", text))


def split_pairs(text: str) -> Pairs:
    """The decoded pairs of a query or a form."""
    found = (pair.partition("=") for pair in text.split("&") if pair)
    return tuple((unquote_plus(name), unquote_plus(value)) for name, _, value in found)


def is_form(text: str) -> bool:
    """Whether a body is made of pairs."""
    return _FORM.fullmatch(text) is not None


def build_body(text: str, kind: str, start: int) -> PastedBody:
    """A body by its Content-Type, which is empty where none was named."""
    bare = kind.partition(";")[0].strip().lower()
    if bare == JSON_TYPE or bare.endswith("+json"):
        return PastedBody(BodyForm.JSON, _parse_json(text, start), start)
    if bare == _MULTIPART:
        hint = "Write its fields with -F NAME=VALUE."
        raise PastedLineError("the body is a multipart body in one piece", hint, start)
    if bare not in ("", FORM_TYPE):
        return PastedBody(BodyForm.TEXT, text, start)
    if is_form(text):
        return PastedBody(BodyForm.FORM, split_pairs(text), start)
    if text.lstrip()[:1] in ("{", "["):
        hint = "Add -H 'Content-Type: application/json': without it, curl sends a form."
        raise PastedLineError("the body looks like JSON, and no header says so", hint, start)
    return PastedBody(BodyForm.TEXT, text, start)


def _parse_json(text: str, start: int) -> Json:
    try:
        found = strict_json.parse_json(text, max_depth=_DEEPEST)
    except StrictJsonError as error:
        hint = "Correct the body, or the quotes around it."
        where = f"line {error.line}, column {error.column} of the body"
        raise PastedLineError(
            f"the body is no JSON: {error.message} ({where})", hint, start
        ) from None
    if not isinstance(found, dict | list):
        raise PastedLineError("the body is no object and no list", "Send an object.", start)
    return found


def find_header(headers: Sequence[tuple[str, str]], name: str) -> str:
    """The value of a header, in any case; empty where it is not there."""
    return next((value for key, value in headers if key.lower() == name), "")


def check_method(method: str, body: PastedBody | None, start: int) -> str:
    """The method in small letters. Raises PastedLineError where an action has none such."""
    lower = method.lower()
    if lower not in METHODS:
        hint = "An action has get, head, post, put, delete or patch."
        raise PastedLineError("this method cannot be used", hint, start)
    if body and lower in ("get", "head"):
        hint = "Use -G where the data belongs to the query, or another method."
        raise PastedLineError(f"a {lower.upper()} with a body is not sent", hint, start)
    return lower
