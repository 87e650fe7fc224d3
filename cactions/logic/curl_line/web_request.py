"""The request of ``Invoke-WebRequest`` or ``Invoke-RestMethod``, as browsers copy it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from cactions.logic.curl_line.pasted_request import (
    FORM_TYPE,
    PastedRequest,
    build_body,
    check_method,
    take_url_apart,
)
from cactions.logic.curl_line.powershell_words import PowerShellToken, read_tokens
from cactions.logic.curl_line.words import OPEN, PastedLineError
from cactions.model import BodyForm

CALLS: Final = frozenset({"invoke-webrequest", "invoke-restmethod", "iwr", "irm"})
_SWITCHES: Final = frozenset(
    {"-usebasicparsing", "-skiphttperrorcheck", "-verbose", "-passthru"}
)  # fmt: skip
_NO_MATTER: Final = frozenset(
    {"-websession", "-sessionvariable", "-useragent", "-timeoutsec", "-maximumredirection",
     "-outfile", "-erroraction", "-httpversion"}
)  # fmt: skip
_VALUES: Final = frozenset({"-uri", "-method", "-headers", "-contenttype", "-body"})
_OPENING: Final = ("(", "@{", "@(", "{")
_CLOSING: Final = (")", "}")


def build_web_request(text: str) -> PastedRequest:
    """Raises PastedLineError."""
    cookies: list[str] = []
    request: PastedRequest | None = None
    for statement in _split_statements(read_tokens(text)):
        first = statement[0]
        if first.text.lower() in CALLS:
            if request is not None:
                raise PastedLineError("a second request begins here", "Paste one.", first.start)
            request = _read_call(statement)
        elif first.text.startswith(OPEN):
            cookies += _read_session(statement)
        else:
            hint = "Paste one Invoke-WebRequest, with the lines about its session."
            raise PastedLineError("this does not belong to a request", hint, first.start)
    if request is None:
        raise PastedLineError("the text has no Invoke-WebRequest", "Copy the whole text.", 0)
    if not cookies:
        return request
    return replace(request, headers=(*request.headers, ("Cookie", "; ".join(cookies))))


def _split_statements(tokens: Iterable[PowerShellToken]) -> list[list[PowerShellToken]]:
    """Statements end with a line or a semicolon, outside of brackets."""
    found: list[list[PowerShellToken]] = [[]]
    depth = 0
    for token in tokens:
        if token.is_sign and token.text in _OPENING:
            depth += 1
        elif token.is_sign and token.text in _CLOSING:
            depth -= 1
        if token.is_sign and token.text in ("\n", ";") and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return [statement for statement in found if statement]


def _read_session(statement: Sequence[PowerShellToken]) -> list[str]:
    """A line about the session: only its cookies matter."""
    texts = [token for token in statement if token.quoted]
    if ".Cookies.Add" not in statement[0].text:
        return []
    if len(texts) < 2:  # noqa: PLR2004 - a name and a value
        raise PastedLineError(
            "this cookie has no value", "Copy the whole text.", statement[0].start
        )
    return [f"{texts[0].text}={texts[1].text}"]


def _read_call(statement: Sequence[PowerShellToken]) -> PastedRequest:
    values, headers, url = _read_parameters(statement)
    if url is None:
        raise PastedLineError("the line has no URL", "Write -Uri.", statement[0].start)
    request = take_url_apart(url.text, url.start, globs=False)
    body_token = values.get("-body")
    kind_token = values.get("-contenttype")
    method_token = values.get("-method")
    kind = kind_token.text if kind_token else headers.get("content-type", ("", ""))[1]
    if kind:
        headers["content-type"] = ("Content-Type", kind)
    body = build_body(body_token.text, kind, body_token.start) if body_token else None
    method = method_token.text if method_token else "get"
    if body and body.form is BodyForm.TEXT and not kind:
        headers["content-type"] = ("Content-Type", FORM_TYPE)
    return replace(
        request,
        method=check_method(method, body, (method_token or statement[0]).start),
        headers=tuple(headers.values()),
        body=body,
        starts={**request.starts, **({"content-type": kind_token.start} if kind_token else {})},
    )


def _read_parameters(
    statement: Sequence[PowerShellToken],
) -> tuple[dict[str, PowerShellToken], dict[str, tuple[str, str]], PowerShellToken | None]:
    values: dict[str, PowerShellToken] = {}
    headers: dict[str, tuple[str, str]] = {}
    url: PowerShellToken | None = None
    rest = list(statement[1:][::-1])
    while rest:
        token = rest.pop()
        name = token.text.lower() if not token.quoted else ""
        if name in _SWITCHES:
            continue
        if name == "-headers":
            headers = _read_table(token, rest)
        elif name in _NO_MATTER or name in _VALUES:
            values[name] = _read_value(token, rest)
        elif name.startswith("-"):
            hint = "Leave it out where the request stays the same."
            raise PastedLineError("this parameter is not known here", hint, token.start)
        elif token.is_sign or url is not None:
            raise PastedLineError("this does not belong to a request", "Leave it out.", token.start)
        else:
            url = token
    return values, headers, values.get("-uri", url)


def _read_value(name: PowerShellToken, rest: list[PowerShellToken]) -> PowerShellToken:
    """One text, or the one text inside a call that only encodes it."""
    if not rest:
        raise PastedLineError("this parameter has no value", "Copy the whole line.", name.start)
    token = rest.pop()
    if not (token.is_sign and token.text == "("):
        if token.is_sign:
            raise PastedLineError("this parameter has no value", "Copy the whole line.", name.start)
        return token
    depth, inside = 1, []
    while rest and depth:
        token = rest.pop()
        depth += token.is_sign and token.text in _OPENING
        depth -= token.is_sign and token.text in _CLOSING
        inside.append(token)
    texts = [each for each in inside if each.quoted]
    encodes = inside and inside[0].text.endswith(("UTF8.GetBytes", "[System.Text.Encoding]::UTF8"))
    if len(texts) != 1 or not encodes:
        hint = "Write the body as one text."
        raise PastedLineError("the result of this call is not known", hint, name.start)
    return texts[0]


def _read_table(name: PowerShellToken, rest: list[PowerShellToken]) -> dict[str, tuple[str, str]]:
    """``@{ "name"="value"; … }``; what a browser adds of HTTP/2 begins with a colon or is bare."""
    if not rest or rest[-1].text != "@{":
        hint = 'Write @{"Name"="value"}.'
        raise PastedLineError("the headers are no table", hint, name.start)
    rest.pop()
    found: dict[str, tuple[str, str]] = {}
    while rest:
        token = rest.pop()
        if token.is_sign and token.text == "}":
            return found
        if token.is_sign and token.text in (";", "\n"):
            continue
        if len(rest) < 2 or rest[-1].text != "=" or rest[-2].is_sign:  # noqa: PLR2004
            hint = 'Write "Name"="value".'
            raise PastedLineError("this is no entry of the table", hint, token.start)
        rest.pop()
        value = rest.pop()
        if token.text.lower() not in ("authority", "method", "path", "scheme"):
            found[token.text.lower()] = (token.text, value.text)
    raise PastedLineError("the table is never closed", "Copy the whole line.", name.start)
