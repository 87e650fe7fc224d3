"""Tokens fetched by a JWT, as an author writes them: what is sent for one, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cactions.logic.request.builder import build_token_request
from cactions.logic.request.secret_refs import list_request_secrets
from cactions.logic.vault.token_binding import list_binders
from cactions.model import JwtAlgorithm, JwtAssertion
from cactions.model.secret import Credentials, Secret
from tests.definitions import action, file, request
from tests.lint_results import linted
from tests.logic.project.test_tokens import HOSTS, load

URL = "https://auth.shop.example/token"
GRANT = {
    "type": "oauth_jwt_bearer", "token_url": URL, "key": {"secret": "k"},
    "claims": {"iss": "robot", "aud": "https://auth.shop.example"}, "hosts": HOSTS,
}  # fmt: skip
CLIENT = {
    "type": "oauth_client_credentials", "token_url": URL, "client_id": "robot",
    "client_auth": "private_key_jwt", "key": {"secret": "k"}, "hosts": HOSTS,
}  # fmt: skip
HELD = Credentials({name: Secret(name, f"<{name}>") for name in ("k", "s")})


def fetch(form: dict[str, Any], **parts: Any) -> tuple[str, JwtAssertion]:
    """The body of a fetch, with ``<k>`` for its JWT, and what that says."""
    token, faults = load(**{**form, **parts})
    assert [] == faults
    assert token
    assert token.fetch
    assert token.fetch.assertion
    assert "k" in list_request_secrets(token.fetch.request) == list_binders(token)
    sent = build_token_request(token.fetch, HELD)
    assert sent.body
    return sent.body.reveal(), token.fetch.assertion


def test_a_grant_sends_the_jwt_and_what_else_the_service_wants() -> None:
    """As a form, or as JSON; the key has no other place in it."""
    body, assertion = fetch(GRANT)
    start = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=%3Ck%3E"
    assert start == body
    claims = {"iss": "robot", "aud": "https://auth.shop.example"}
    assert JwtAssertion("k", JwtAlgorithm.RS256, claims, 120) == assertion
    more = {"scope": "a", "resource": ["r"], "parameters": {"tenant": "t"}}
    both = {"client_id": "c", "client_secret": {"secret": "s"}}
    body, _ = fetch(GRANT, **more, **both)
    assert f"{start}&client_id=c&client_secret=%3Cs%3E&scope=a&resource=r&tenant=t" == body
    body, _ = fetch(GRANT, body="json", **both)
    assert "<k>" == json.loads(body)["assertion"]


def test_a_client_says_who_it_is_to_the_endpoint() -> None:
    """It may name another audience, and claims of its service."""
    body, assertion = fetch(CLIENT, claims={"aud": "https://issuer.example", "v": 1.5}, key_id="x")
    assert body == (
        "grant_type=client_credentials&client_id=robot&client_assertion_type="
        "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=%3Ck%3E"
    )
    claims = {"iss": "robot", "sub": "robot", "aud": "https://issuer.example", "v": 1.5}
    assert JwtAssertion("k", JwtAlgorithm.RS256, claims, 120, "x", has_id=True) == assertion


def test_claims_are_what_the_file_says() -> None:
    """Numbers, words, lists and maps as they stand there."""
    nested = {"roles": ["a", 1, True, None], "box": {"sub_type": "enterprise"}}
    said = {**GRANT["claims"], **nested}
    _, assertion = fetch(
        GRANT, claims=said, algorithm="ES256", lifetime_seconds=3600, jti=True, key_id="k-1"
    )
    assert JwtAssertion("k", JwtAlgorithm.ES256, said, 3600, "k-1", has_id=True) == assertion


CLAIMS = GRANT["claims"]
FAULTS: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    (GRANT, {"claims": {"iss": "a"}}, "CA003", 'the claim "aud" is missing'),
    (GRANT, {"claims": {"aud": "a"}}, "CA003", 'the claim "iss" is missing'),
    (GRANT, {"claims": {**CLAIMS, "exp": 1}}, "CA009", 'the claim "exp" is new for each JWT'),
    (GRANT, {"claims": {**CLAIMS, "iat": 1}}, "CA009", 'the claim "iat" is new for each JWT'),
    (GRANT, {"claims": {**CLAIMS, "jti": "1"}}, "CA009", 'the claim "jti" is new for each JWT'),
    (GRANT, {"claims": {**CLAIMS, "sub": "{{ person.email }}"}}, "CA004", "a claim is literal"),
    (GRANT, {"claims": {**CLAIMS, "sub": {"secret": "s"}}}, "CA004", "a claim is literal"),
    (GRANT, {"claims": {**CLAIMS, "a": [{"b": "{{ x }}"}]}}, "CA004", "a claim is literal"),
    (GRANT, {"client_secret": {"secret": "k"}}, "CA009", '"k" signs the JWT, so it cannot be sent'),
    (GRANT, {"parameters": {"x": {"secret": "k"}}}, "CA009", '"k" signs the JWT'),
    (GRANT, {"parameters": {"assertion": "x"}}, "CA009", '"assertion" has a place of its own'),
    (GRANT, {"parameters": {"grant_type": "x"}}, "CA009", '"grant_type" has a place of its own'),
    (GRANT, {"algorithm": "none"}, "CA004", '"none" is not one of the words'),
    (GRANT, {"algorithm": "RS512"}, "CA004", '"RS512" is not one of the words'),
    (GRANT, {"lifetime_seconds": 3601}, "CA004", "3601 is out of range"),
    (GRANT, {"key": "MIIEvQ"}, "CA301", "a secret never stands in the file"),
    (CLIENT, {"client_secret": {"secret": "s"}}, "CA009", "private_key_jwt takes a key instead"),
    (CLIENT, {"client_id": {"secret": "s"}}, "CA004", "the client's id stands in the JWT"),
    (CLIENT, {"client_auth": "body", "client_secret": {"secret": "s"}}, "CA009", "key belongs to"),
    (CLIENT, {"parameters": {"client_assertion": "x"}}, "CA009", '"client_assertion" has'),
]  # fmt: skip


@pytest.mark.parametrize(("form", "parts", "rule", "message"), FAULTS)
def test_what_contradicts_itself_is_named(
    form: dict[str, Any], parts: dict[str, Any], rule: str, message: str
) -> None:
    token, faults = load(**{**form, **parts})
    assert (rule, message) in [(found, words[: len(message)]) for found, words in faults]
    assert token is None


def test_a_secret_among_the_claims_is_found() -> None:
    """CA301, by the name of the claim or by what it looks like, however deep it stands."""
    secret = "c2VjcmV0LW9mLXRoZS1zaG9w9fK2xQ7vLm3Z"
    for said in ({"password": secret}, {"a": [{"api_key": secret}]}, {"b": secret}):
        parts = {**GRANT, "claims": {**CLAIMS, **said}}
        text = file(action(request(tokens=["t"])), tokens={"t": parts})
        found = [each.route for each in linted(text).findings if each.rule == "CA301"]
        assert [True] == [route.startswith("tokens.t.claims.") for route in found]


def test_a_client_needs_its_key_or_its_secret() -> None:
    """Whichever belongs to its client_auth."""
    for form, name in ((CLIENT, "key"), ({**CLIENT, "client_auth": "basic"}, "client_secret")):
        parts = {key: value for key, value in form.items() if key != "key"}
        assert ("CA003", f'the key "{name}" is missing') in load(**parts)[1]
