"""The request of a curl command, as curl itself would send it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote_plus

from msgspec.structs import replace

from cactions.logic.curl_line.curl_arguments import CurlArgument, CurlArguments
from cactions.logic.curl_line.pasted_request import (
    JSON_TYPE,
    Pairs,
    PastedBody,
    PastedRequest,
    build_body,
    check_method,
    find_header,
    split_pairs,
    take_url_apart,
)
from cactions.logic.curl_line.words import CLOSE, OPEN, PastedLineError
from cactions.model import BodyForm

_CONTENT_TYPE: Final = "content-type"


def build_curl_request(found: CurlArguments) -> PastedRequest:
    """Raises PastedLineError."""
    if len(found.urls) != 1:
        what = "several URLs" if found.urls else "no URL"
        at = found.urls[1].start if found.urls else found.command
        raise PastedLineError(f"the line has {what}", "Paste a line with one URL.", at)
    url = found.urls[0]
    request = take_url_apart(url.text, url.start, globs="globoff" not in found.flags)
    headers, starts = _read_headers(found)
    body, query = _read_body(found, headers)
    if body and body.form is BodyForm.MULTIPART:
        headers = tuple(pair for pair in headers if pair[0].lower() != _CONTENT_TYPE)
    explicit = found.get("request")
    method = explicit.text if explicit else _choose_method(found, body)
    return replace(
        request,
        method=check_method(method, body, explicit.start if explicit else found.command),
        query=(*request.query, *query, *_list_url_query(found)),
        headers=headers,
        body=body,
        user=_read_user(found) or request.user,
        starts={**request.starts, **starts},
        follows="location" in found.flags,
    )


def _choose_method(found: CurlArguments, body: PastedBody | None) -> str:
    return "head" if "head" in found.flags else "post" if body else "get"


def _read_headers(found: CurlArguments) -> tuple[Pairs, dict[str, int]]:
    headers: dict[str, tuple[str, str]] = {}
    starts: dict[str, int] = {}
    for each in found.find("header"):
        name, value = _split_header(each)
        if name.lower() in headers and value != headers[name.lower()][1]:
            raise PastedLineError("this header stands twice", "Keep one.", each.start)
        if value:
            headers[name.lower()] = (name, value)
            starts[name.lower()] = each.start
    for option, name in (("user-agent", "User-Agent"), ("referer", "Referer")):
        if text := found.get(option):
            headers.setdefault(name.lower(), (name, text.text))
    if token := found.get("oauth2-bearer"):
        headers["authorization"] = ("Authorization", f"Bearer {token.text}")
        starts["authorization"] = token.start
    _add_cookies(found, headers, starts)
    if found.find("json"):
        headers.setdefault(_CONTENT_TYPE, ("Content-Type", JSON_TYPE))
        headers.setdefault("accept", ("Accept", JSON_TYPE))
    return tuple(headers.values()), starts


def _split_header(each: CurlArgument) -> tuple[str, str]:
    """Name and value; ``NAME;`` and ``NAME:`` have none."""
    name, mark, value = each.text.partition(":")
    if not mark and not name.rstrip().endswith(";"):
        raise PastedLineError("this header has no colon", "A header is NAME: VALUE.", each.start)
    return name.rstrip(" ;").strip(), value.strip()


def _add_cookies(
    found: CurlArguments, headers: dict[str, tuple[str, str]], starts: dict[str, int]
) -> None:
    for each in found.find("cookie"):
        if "=" not in each.text:
            hint = "Write the cookies as NAME=VALUE."
            raise PastedLineError("the cookies would come from a file", hint, each.start)
        before = headers.get("cookie")
        headers["cookie"] = ("Cookie", f"{before[1]}; {each.text}" if before else each.text)
        starts["cookie"] = each.start


def _read_user(found: CurlArguments) -> tuple[str, str] | None:
    user = found.get("user")
    if user is None:
        return None
    name, mark, password = user.text.partition(":")
    if not mark:
        hint = "Write -u NAME:PASSWORD, or -u NAME: for no password."
        raise PastedLineError("curl would ask for the password", hint, user.start)
    return name, password


def _read_body(found: CurlArguments, headers: Pairs) -> tuple[PastedBody | None, Pairs]:
    """The body, and what -G moves into the query."""
    fields = found.find("form", "form-string")
    if fields and found.data:
        raise PastedLineError("-F and -d exclude each other", "Keep one kind.", found.data[0].start)
    if fields:
        pairs = tuple(map(_read_field, fields))
        return PastedBody(BodyForm.MULTIPART, pairs, fields[0].start), ()
    if not found.data:
        return None, ()
    text = _join_data(found.data)
    if "get" in found.flags or "head" in found.flags:
        return None, split_pairs(text)
    kind = find_header(headers, _CONTENT_TYPE)
    return build_body(text, kind, found.data[0].start), ()


def _join_data(data: Sequence[CurlArgument]) -> str:
    text = ""
    for number, each in enumerate(data):
        piece = _encode_data(each)
        text += piece if number == 0 or each.name == "json" else f"&{piece}"
    return text


def _encode_data(each: CurlArgument) -> str:
    if each.name != "data-urlencode":
        stripped = each.name in ("data", "data-ascii")
        return each.text.replace("\n", "") if stripped and OPEN not in each.text else each.text
    name, mark, value = each.text.partition("=")
    if "@" in name:
        hint = "Write NAME=VALUE; a value with @ needs = in front of it."
        raise PastedLineError("--data-urlencode reads a file, which is not known", hint, each.start)
    if not mark:
        return _quote(each.text)
    return f"{name}={_quote(value)}" if name else _quote(value)


def _quote(text: str) -> str:
    return quote_plus(text, safe=f"{OPEN}{CLOSE}")


def _list_url_query(found: CurlArguments) -> Iterator[tuple[str, str]]:
    for each in found.find("url-query"):
        if each.text.startswith("+"):
            yield from split_pairs(each.text[1:])
        else:
            yield from split_pairs(
                _encode_data(CurlArgument("data-urlencode", each.text, each.start))
            )


def _read_field(each: CurlArgument) -> tuple[str, str]:
    """A field of -F. Files are refused, and so are types and names of files."""
    name, mark, value = each.text.partition("=")
    if not mark or not name:
        raise PastedLineError("-F has no value", "Write -F NAME=VALUE.", each.start)
    if each.name == "form-string":
        return name, value
    if value[:1] in ("@", "<"):
        hint = "An action sends text fields only."
        raise PastedLineError("-F would send a file", hint, each.start)
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        return name, value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if ";type=" in value or ";filename=" in value or ";headers=" in value:
        hint = "An action sends plain text fields; --form-string takes a text as it is."
        raise PastedLineError("-F gives the field a type", hint, each.start)
    return name, value
