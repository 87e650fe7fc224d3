"""Headers and secrets of a request: in order, one value per name, and never shown."""

from __future__ import annotations

import base64
import traceback
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.request.builder import add_credentials
from cactions.model import (
    MASK,
    Action,
    ActionResponse,
    CactionsError,
    DefinitionError,
    FailureReason,
    PlanningError,
    Request,
    RequestBody,
    SecretRef,
    Token,
)
from cactions.model.secret import Credentials, Secret
from tests.builders import person
from tests.requests import body, bound, request_of, revealed

NASTY = st.text(st.sampled_from(":/\\%?#&=+ \t\r\n\0é😀\ud800a\"'{}"), max_size=6)

KEY = Token("shop", "X-Shop-Token", ("api.shop.example",), value=SecretRef("shop_token"))
BEARER = Token("crm", "Authorization", (), "Bearer ", SecretRef("crm_token"))
BASIC = Token("erp", "Authorization", (), "Basic ", None, SecretRef("user"), SecretRef("password"))
SECRETS = {"shop_token": "s3cr3t-a", "crm_token": "s3cr3t-b", "user": "ada", "password": "p:é"}


def shown(request: Request) -> list[tuple[str, str]]:
    """The headers as they may be shown."""
    return [(name, value.masked) for name, value in request.headers]


def test_headers_are_in_order_and_completed_by_defaults() -> None:
    """The author's, the tokens', the defaults; secrets are shown as dots."""
    request = request_of(
        headers={"X-Id": "{{ person.user_id }}"}, body=body("json", {}), tokens=(KEY, BEARER)
    )
    expected = [
        ("X-Id", "u-1"),
        ("X-Shop-Token", MASK),
        ("Authorization", f"Bearer {MASK}"),
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
    ]
    real = ["u-1", "s3cr3t-a", "Bearer s3cr3t-b", "application/json", "application/json"]
    result = bound(request, secrets=SECRETS)
    assert expected == shown(result)
    assert real == [value.reveal() for _, value in result.headers]


@pytest.mark.parametrize(
    ("form", "content_type"),
    [
        ("json", "application/json"),
        ("form", "application/x-www-form-urlencoded"),
        ("text", "text/plain; charset=utf-8"),
    ],
)
def test_a_body_has_a_content_type(form: str, content_type: str) -> None:
    """Unless the author sets one, in any letter case."""
    content: Any = "" if form == "text" else {}
    own = {"ACCEPT": "text/csv", "content-type": "application/vnd.api+json"}
    assert content_type == bound(request_of(body=body(form, content))).get_header("Content-Type")
    assert list(own.items()) == shown(bound(request_of(body=body(form, content), headers=own)))


@pytest.mark.parametrize(
    ("parts", "pair"),
    [
        ({"username": SecretRef("user"), "password": SecretRef("password")}, "ada:p:é"),
        ({"username": SecretRef("shop_token")}, "s3cr3t-a:"),
        ({"username": SecretRef("shop_token"), "password": ""}, "s3cr3t-a:"),
        ({"username": SecretRef("shop_token"), "password": "X"}, "s3cr3t-a:X"),
        ({"password": SecretRef("password")}, ":p:é"),
        ({"username": "", "password": SecretRef("password")}, ":p:é"),
        (
            {"username": "a:b c", "password": SecretRef("password"), "is_oauth_client": True},
            "a%3Ab+c:p%3A%C3%A9",
        ),
    ],
)
def test_basic_credentials_are_encoded_together(parts: dict[str, Any], pair: str) -> None:
    """RFC 7617, in UTF-8; either part may be missing. A client of OAuth encodes its parts first."""
    token = Token("erp", "Authorization", (), "Basic ", **parts)
    assert not token.is_user_token
    assert {part.name for part in parts.values() if isinstance(part, SecretRef)} == {*token.secrets}
    header = bound(request_of(tokens=(token,)), secrets=SECRETS).headers[0]
    assert ("Authorization", f"Basic {MASK}") == (header[0], header[1].masked)
    assert f"Basic {base64.b64encode(pair.encode()).decode()}" == header[1].reveal()
    assert bound(request_of(tokens=(token,))).headers[0][1].is_unopened


SECRET_BODIES = [
    body("json", {"a": [SecretRef("shop_token")], "b": "{{ person.email }}"}),
    body("form", {"a": SecretRef("shop_token"), "b": "{{ person.email }}"}),
]


@pytest.mark.parametrize(
    ("content", "expected", "real"),
    [
        (
            SECRET_BODIES[0],
            f'{{"a":["{MASK}"],"b":"ada@example.com"}}',
            r'{"a":["\"&é+ "],"b":"ada@example.com"}',
        ),
        (
            SECRET_BODIES[1],
            f"a={MASK}&b=ada%40example.com",
            "a=%22%26%C3%A9%2B+&b=ada%40example.com",
        ),
    ],
)
def test_a_secret_in_a_body_is_encoded_like_other_values(
    content: RequestBody, expected: str, real: str
) -> None:
    """Its dots stay readable."""
    result = bound(request_of(body=content), secrets={"shop_token": '"&é+ '})
    assert expected == str(result.body)
    assert real == revealed(result)


def test_a_secret_in_the_query_is_shown_as_dots_and_sent_encoded() -> None:
    """Sealed, the URL can be shown and compared; opened, it is complete, whatever else is there."""
    request = request_of(query={"key": [SecretRef("shop_token"), "a b"], "e": "{{ person.email }}"})
    shown_url = f"https://api.shop.example/?key={MASK}&key=a%20b&e=ada%40example.com"
    sealed = bound(request)
    assert (shown_url, True) == (sealed.url.masked, sealed.url.is_unopened)
    assert not sealed.is_complete
    action = Action("loyalty", "user_id", request, ActionResponse())
    held = Credentials({"shop_token": Secret("shop_token", '"&é+ ')})
    for result in (
        bound(request, secrets={"shop_token": '"&é+ '}),
        add_credentials(sealed, action, person(), {}, held),
    ):
        assert shown_url == result.url.masked == result.url.to_matching_text()
        assert result.is_complete
        assert result.url.reveal() == shown_url.replace(MASK, "%22%26%C3%A9%2B%20")
        assert "%C3%A9" not in f"{result!r} {result.line}"


@pytest.mark.parametrize("tokens", [(KEY,), (BEARER,), (BASIC,)])
def test_a_request_with_a_sealed_secret_cannot_be_sent(tokens: tuple[Token, ...]) -> None:
    """The request can be shown like one with opened secrets, but cannot be sent."""
    for content in (None, *SECRET_BODIES):
        request = request_of(tokens=tokens, body=content)
        opened, sealed = bound(request, secrets=SECRETS), bound(request)
        assert shown(opened) == shown(sealed)
        assert str(opened.body) == str(sealed.body)
        assert sealed.headers[0][1].is_unopened
        assert content is None or (sealed.body is not None and sealed.body.is_unopened)


def test_a_credential_pair_is_sealed_if_either_half_is() -> None:
    """A user name alone is not a credential."""
    assert bound(request_of(tokens=(BASIC,)), secrets={"user": "ada"}).headers[0][1].is_unopened


@pytest.mark.parametrize(
    ("token", "secrets", "message"),
    [
        (
            KEY,
            {"shop_token": "a\nX: y"},
            "the header X-Shop-Token: it contains a control character",
        ),
        (KEY, {"shop_token": "abc\n"}, "the header X-Shop-Token: it contains a control character"),
        (
            KEY,
            {"shop_token": "é"},
            "the header X-Shop-Token: it contains a character outside ASCII",
        ),
        (BEARER, {"crm_token": "a "}, "the header Authorization: it begins or ends with a space"),
        (BASIC, {"user": "a:b"}, 'the token "erp": it contains a colon'),
        (
            BASIC,
            {"user": "a", "password": "\0"},
            'the token "erp": it contains a control character',
        ),
        (BASIC, {"password": "\ud800"}, 'the token "erp": it contains a lone surrogate'),
    ],
)
def test_a_secret_must_be_a_valid_header_value(
    token: Token, secrets: dict[str, str], message: str
) -> None:
    """A pasted newline is refused and not sent as a second header."""
    with pytest.raises(PlanningError) as caught:
        bound(request_of(tokens=(token,)), secrets=secrets)
    assert caught.value.reason is FailureReason.UNFIT_VALUE
    assert str(caught.value).endswith(f" is invalid in {message}")


def test_an_empty_secret_is_refused() -> None:
    """A request without its credential is not sent."""
    with pytest.raises(PlanningError, match=r'^the secret "shop_token" is empty$') as caught:
        bound(request_of(tokens=(KEY,)), secrets={"shop_token": ""})
    assert caught.value.reason is FailureReason.NO_VALUE


PADDED = Token("t", "X-A", (), "é ", SecretRef("a"))
COLON = Token("t", "X-A", (), username="a:b")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"headers": {"x-a": "a"}, "tokens": (PADDED,)}, "the header X-A has two values"),
        ({"headers": {"X-A": "a", "x-a": "b"}}, "the header x-a has two values"),
        ({"tokens": (BEARER, BASIC)}, "the header Authorization has two values"),
        ({"headers": {"X-A": "é"}}, "the header X-A contains a character outside ASCII"),
        ({"headers": {"X-A": "a\r\nX-B: c"}}, "the header X-A contains a control character"),
        ({"headers": {"X-A": "{{ person.id }} "}}, "the header X-A begins or ends with a space"),
        ({"tokens": (PADDED,)}, "the header X-A contains a character outside ASCII"),
        ({"tokens": (COLON,)}, 'the user name of the token "t" contains a colon'),
        ({"body": body("form", {"a": 1})}, "the form field a is not a text"),
        ({"body": body("form", ["a"])}, "the content of the body does not fit form"),
        ({"body": body("text", {})}, "the content of the body does not fit text"),
    ],
)
def test_an_error_that_no_value_can_fix_is_the_authors(parts: dict[str, Any], message: str) -> None:
    """Invalid literal text, and two values for one header, do not count as a person's failure."""
    with pytest.raises(DefinitionError) as caught:
        bound(request_of(**parts))
    assert message == str(caught.value)


CANARY = "canary-7f3a"


@given(NASTY, NASTY)
def test_a_secret_is_never_shown_or_in_an_error(before: str, after: str) -> None:
    """Whatever it holds and wherever it is used: str, repr and tracebacks show dots or nothing."""
    secret = before + CANARY + after
    names = ("shop_token", "crm_token", "user", "password")
    pictures = []
    for token in (KEY, BEARER, BASIC):
        for content in (None, *SECRET_BODIES):
            try:
                result = bound(
                    request_of(tokens=(token,), body=content), secrets=dict.fromkeys(names, secret)
                )
            except CactionsError as error:
                pictures += ["".join(traceback.format_exception(error)), repr(error), error.hint]
            else:
                pictures += [str(result), repr(result), str(result.body), *map(str, result.headers)]
    coded = base64.b64encode(f"{secret}:{secret}".encode(errors="replace")).decode()
    assert not [picture for picture in pictures if CANARY in picture or coded in picture]
