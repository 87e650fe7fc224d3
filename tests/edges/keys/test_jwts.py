"""JWTs that are signed and read: the claims that were declared, and no others."""

from __future__ import annotations

import json

import jwt
import pytest

from cactions.edges.keys.jwt_signer import JwtSigner
from cactions.edges.keys.messenger_jwt import MessengerJwt
from cactions.model import DefinitionError, InvalidToken, Json, JwtAlgorithm, JwtAssertion
from cactions.model.secret import Secret, SigningKey
from tests.private_keys import write_pem

NOW = 1_800_000_000.75
KEY = SigningKey("crm", "a-key-that-signs-requests-of-the-crm")
SECRET = Secret("messenger", "a-secret-of-the-messenger-" + "x" * 40)
CLAIMS: dict[str, Json] = {"user_id": "u-1", "email": "ada@example.com"}


@pytest.mark.parametrize("has_id", [False, True])
@pytest.mark.parametrize("key_id", ["", "key-1"])
def test_a_jwt_has_the_declared_claims(*, has_id: bool, key_id: str) -> None:
    """With its times, and with an id only where one is declared; it is a secret from then on."""
    registered: list[str] = []

    def register(secret: Secret) -> Secret:
        registered.append(secret.reveal())
        return secret

    signer = JwtSigner(lambda: NOW, register)
    assertion = JwtAssertion("crm", JwtAlgorithm.HS256, {"iss": "me"}, 60, key_id, has_id=has_id)
    texts = [signer.sign(assertion, KEY).reveal() for _ in range(2)]
    assert texts == registered
    ids = set()
    for text in texts:
        claims = jwt.decode(
            text, KEY.reveal(), ["HS256"], options={"verify_exp": False, "verify_iat": False}
        )
        ids.add(claims.pop("jti", None))
        assert {"iss": "me", "iat": int(NOW), "exp": int(NOW) + 60} == claims
        expected = {"alg": "HS256", "typ": "JWT"} | ({"kid": key_id} if key_id else {})
        assert expected == jwt.get_unverified_header(text)
    assert (len(ids), None in ids) == ((2, False) if has_id else (1, True))


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        (JwtAlgorithm.RS256, "a text"),
        (JwtAlgorithm.ES256, "a text"),
        (JwtAlgorithm.RS256, write_pem("ES256")),
        (JwtAlgorithm.ES256, write_pem("RS256")),
        (JwtAlgorithm.HS256, write_pem("RS256")),
    ],
)
def test_a_key_of_another_kind_signs_nothing(algorithm: JwtAlgorithm, key: str) -> None:
    """The error says which one is needed, and nothing of the key."""
    signer = JwtSigner(lambda: NOW, lambda secret: secret)
    with pytest.raises(DefinitionError, match=rf"cannot sign with {algorithm.value}") as caught:
        signer.sign(JwtAssertion("crm", algorithm, {}, 60), SigningKey("crm", key))
    assert key not in str(caught.value)


def test_claims_are_read_back() -> None:
    tokens = MessengerJwt()
    signed = tokens.sign_claims(CLAIMS, SECRET)
    assert CLAIMS == tokens.read_claims(signed, SECRET).claims


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (MessengerJwt().sign_claims(CLAIMS, Secret("other", "x" * 40)), "its signature is not one"),
        (MessengerJwt().sign_claims(CLAIMS, SECRET)[:-3] + "AAA", "its signature is not one"),
        (jwt.encode(CLAIMS, SECRET.reveal(), "HS512"), "not signed with HS256"),
        (jwt.encode(CLAIMS, None, "none"), "not signed with HS256"),
        ("a.b", "it is no JWT"),
        (jwt.PyJWS().encode(b"{", SECRET.reveal(), "HS256"), "is not strict JSON"),
        (jwt.PyJWS().encode(json.dumps([1]).encode(), SECRET.reveal(), "HS256"), "is no object"),
        (jwt.PyJWS().encode(b'{"a": 1, "a": 2}', SECRET.reveal(), "HS256"), "is not strict JSON"),
    ],
)
def test_another_token_is_refused(token: str, words: str) -> None:
    """With what is wrong with it."""
    with pytest.raises(InvalidToken, match=words):
        MessengerJwt().read_claims(token, SECRET)
