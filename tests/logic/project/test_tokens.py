"""Tokens as an author writes them: what is sent for one, and what is refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cactions.logic.exchange.token_response import read_token
from cactions.logic.project import SourceFile, load_project
from cactions.logic.request.builder import build_token_request
from cactions.logic.request.secret_refs import list_request_secrets
from cactions.logic.vault.token_binding import list_binders
from cactions.model import MASK, PlanningError, Request, Response, Token
from cactions.model.secret import Credentials, Secret
from tests.definitions import action, file, request

HOSTS = ["api.shop.example"]
OAUTH = {
    "type": "oauth_client_credentials", "token_url": "https://auth.shop.example/token",
    "client_id": "a:b", "client_secret": {"secret": "s"}, "hosts": HOSTS,
}  # fmt: skip
FETCHED = {
    "type": "http_request", "header": "X-Auth-Token", "hosts": HOSTS,
    "request": {"http_method": "post", "url": "https://auth.shop.example/v3/tokens"},
}  # fmt: skip
HELD = Credentials({name: Secret(name, f"{name} &é") for name in ("s", "other")})


def load(**parts: Any) -> tuple[Token | None, list[tuple[str, str]]]:
    """The token of a file that uses it, and the faults at it."""
    text = file(action(request(tokens=["t"])), tokens={"t": parts})
    loaded = load_project([SourceFile("actions.yaml", text.encode())], None)
    faults = [(found.rule, found.message) for found in loaded.findings]
    return (loaded.project.tokens["t"] if loaded.project else None), faults


def fetch(**parts: Any) -> tuple[Token, Request]:
    token, faults = load(**{**OAUTH, **parts})
    assert [] == faults
    assert token
    assert token.fetch
    return token, build_token_request(token.fetch, HELD)


def body(sent: Request) -> str:
    assert sent.body
    return sent.body.reveal()


def test_a_client_of_oauth_stands_in_the_header() -> None:
    """RFC 6749, 2.3.1: both parts are encoded like those of a form, and neither is in the body."""
    token, sent = fetch(client_auth="basic", scope="read")
    pair = base64.b64encode(b"a%3Ab:s+%26%C3%A9").decode()
    assert ("Authorization", f"Basic {pair}") == (sent.headers[0][0], sent.headers[0][1].reveal())
    assert f"Basic {MASK}" == sent.headers[0][1].masked
    assert "grant_type=client_credentials&scope=read" == body(sent)
    assert ("s",) == list_binders(token)


def test_a_client_of_oauth_stands_in_the_body_unless_it_is_said_otherwise() -> None:
    """With what else the endpoint wants, in order: a list repeats its name."""
    more = {"tenant": "x y", "key": {"secret": "other"}, "tag": ["a", {"secret": "other"}]}
    expected = (
        "grant_type=client_credentials&client_id=a%3Ab&client_secret=s+%26%C3%A9&scope=r&audience=u"
        "&resource=urn%3Aa&resource=urn%3Ab&tenant=x+y&key=other+%26%C3%A9&tag=a"
        "&tag=other+%26%C3%A9"
    )
    resources = ["urn:a", "urn:b"]
    said = {"scope": "r", "audience": "u", "resource": resources, "parameters": more}
    for auth in ({}, {"client_auth": "body"}):
        token, sent = fetch(**said, **auth)
        assert expected == body(sent)
        assert token.fetch
        assert ("s", "other") == list_request_secrets(token.fetch.request)
    _, sent = fetch(**said, body="json", client_auth="basic")
    assert {
        "grant_type": "client_credentials", "scope": "r", "audience": "u", "resource": resources,
        "tenant": "x y", "key": "other &é", "tag": ["a", "other &é"],
    } == json.loads(body(sent))  # fmt: skip


@pytest.mark.parametrize(
    ("said", "header"),
    [
        ({}, "Authorization: Bearer "),
        ({"prefix": "Zoho-oauthtoken "}, "Authorization: Zoho-oauthtoken "),
        ({"prefix": ""}, "Authorization: "),
        ({"header": "X-Access-Token"}, "X-Access-Token: "),
        ({"header": "X-Access-Token", "prefix": "v1 "}, "X-Access-Token: v1 "),
        ({"header": "authorization"}, "authorization: Bearer "),
    ],
)
def test_a_token_of_oauth_is_sent_as_its_service_wants_it(
    said: dict[str, str], header: str
) -> None:
    """A bearer of the header Authorization, unless another header or prefix is given."""
    token, _ = fetch(**said)
    assert header == f"{token.header}: {token.prefix}"


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "scope"])
def test_a_parameter_of_oauth_has_one_place(name: str) -> None:
    """Also those of the client where they stand in the header."""
    for auth in ("basic", "body"):
        said = {**OAUTH, "scope": "r", "client_auth": auth, "parameters": {name: "{secret: s}"}}
        token, faults = load(**said)
        assert (None, ("CA009", f'"{name}" has a place of its own')) == (token, faults[0])


def test_a_token_may_be_the_header_of_a_response() -> None:
    """Its body is not read, unless that says for how long the token is good."""
    token, faults = load(**FETCHED, token_header="X-Subject-Token")
    assert token
    assert [] == faults
    headers = (("content-type", "text/html"), ("x-subject-token", "abc"))
    fetched = read_token(token, Response(200, headers, b"<p>"))
    assert ("abc", None) == (fetched.secret.reveal(), fetched.expires_in)
    for bad in ((), (("X-Subject-Token", ""),), (*headers, *headers), (("X-Subject-Token", "é"),)):
        with pytest.raises(PlanningError, match="the header X-Subject-Token"):
            read_token(token, Response(200, bad, b"{}"))
    timed, _ = load(**FETCHED, token_header="X-Subject-Token", expires_in_path="$.seconds")
    assert timed
    assert 60 == read_token(timed, Response(200, headers, b'{"seconds": 60}')).expires_in
    with pytest.raises(PlanningError, match="JSON"):
        read_token(timed, Response(200, headers, b"<p>"))


@pytest.mark.parametrize(
    ("parts", "rule", "message"),
    [
        ({}, "CA003", 'the key "token_path" is missing'),
        ({"token_path": "$.a", "token_header": "X-A"}, "CA009", "the token is found in two places"),
        ({"token_header": "no header"}, "CA004", '"no header" is no header name'),
    ],
)
def test_a_token_is_found_in_exactly_one_place(
    parts: dict[str, str], rule: str, message: str
) -> None:
    token, faults = load(**FETCHED, **parts)
    assert (None, rule) == (token, faults[0][0])
    assert faults[0][1].startswith(message)


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({"username": {"secret": "s"}}, ""),
        ({"password": {"secret": "s"}}, ""),
        ({"username": {"secret": "s"}, "password": ""}, ""),
        ({"username": {"secret": "s"}, "password": "xxx"}, ""),
        ({}, "CA003"),
        ({"username": "", "password": ""}, "CA009"),
        ({"username": {"secret": "s"}, "password": "hunter2"}, "CA301"),
        ({"username": {"secret": "s"}, "password": "xxxxxxxxx"}, "CA301"),
    ],
)
def test_a_pair_may_lack_a_part(parts: dict[str, Any], rule: str) -> None:
    """A password that services ignore is no secret; any other one never stands in the file."""
    token, faults = load(type="basic", hosts=HOSTS, **parts)
    assert ([rule] if rule else []) == [found for found, _ in faults][:1]
    assert (token is None) == bool(rule)
    if token:
        assert token.is_basic
        assert not token.is_runtime_value
        assert ("s",) == token.secrets
