"""What Messenger settings prove: a user hash signs one value, a JWT what is in it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cactions.edges.keys.messenger_jwt import MessengerJwt
from cactions.logic.identity.claims import build_claims
from cactions.logic.identity.proof import choose_declaration, judge_declaration, judge_identity
from cactions.logic.identity.settings import name_user, parse_settings
from cactions.logic.identity.user_hash import build_user_hash
from cactions.model import IdentityProof, IdentityVerification, SignatureKind, UsageError
from cactions.model.secret import Secret
from tests.run_report import REPORT

KEY = Secret("identity_secret", "0123456789abcdef0123456789abcdef")
OTHER = Secret("identity_secret", "another secret, as long as the first")
NOW = 1_800_000_000.0
JWT = MessengerJwt()


def judge(content: dict[str, Any] | str, secret: Secret = KEY) -> IdentityProof:
    text = content if isinstance(content, str) else json.dumps(content)
    return judge_identity(parse_settings(text), secret, JWT.read_claims, NOW)


def encode(part: object) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(claims: object, header: object = None, key: Secret = KEY) -> str:
    """A JWT by the RFC, independent of the library."""
    body = (
        f"{encode({'alg': 'HS256', 'typ': 'JWT'} if header is None else header)}.{encode(claims)}"
    )
    digest = hmac.new(key.reveal().encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{encode(digest)}"


def test_a_known_hash() -> None:
    """HMAC-SHA256 as openssl computes it: printf u-1 | openssl dgst -sha256 -hmac KEY."""
    expected = hmac.new(b"0123456789abcdef0123456789abcdef", b"u-1", "sha256").hexdigest()
    assert expected == build_user_hash(KEY, "u-1")


@given(st.text(min_size=1), st.text(), st.text(min_size=1))
def test_a_hash_proves_the_user_id_and_never_the_email_beside_it(
    user_id: str, email: str, other: str
) -> None:
    content = {"user_id": user_id, "email": email, "user_hash": build_user_hash(KEY, user_id)}
    proof = judge(content)
    assert {"user_id": user_id} == proof.proven
    assert bool(email) == ("email" in proof.unsigned)
    if other != user_id:
        assert not judge({**content, "user_id": other}).proven
    assert not judge(content, OTHER).proven


@given(st.emails())
def test_a_hash_of_the_email_proves_it_only_where_no_user_id_is_sent(email: str) -> None:
    """Intercom compares the hash with the user id where there is one."""
    user_hash = build_user_hash(KEY, email)
    assert {"email": email} == judge({"email": email, "user_hash": user_hash}).proven
    proof = judge({"user_id": "u-1", "email": email, "user_hash": user_hash})
    assert not proof.accepted
    assert "compares it with the user_id" in proof.problems[0]


@pytest.mark.parametrize(
    ("signed", "sent", "text"),
    [
        ("ada@example.com", "Ada@Example.com", "in lower case"),
        ("ada@example.com", " ada@example.com", "without the blanks"),
        ("ada@example.com", "eve@example.com", "not that of this email"),
        ("ada@example.com", " Eve@example.com", "not that of this email"),
    ],
)
def test_a_wrong_hash_is_explained(signed: str, sent: str, text: str) -> None:
    proof = judge({"email": sent, "user_hash": build_user_hash(KEY, signed)})
    assert not proof.accepted
    assert text in proof.problems[0]
    capital = judge({"email": "a@b.c", "user_hash": build_user_hash(KEY, "a@b.c").upper()})
    assert "capital letters" in capital.problems[0]


CLAIMS = {"user_id": "u-1", "email": "ada@example.com", "plan": "pro", "exp": NOW + 3600}

FORGERIES: dict[str, str] = {
    "another key": sign(CLAIMS, key=OTHER),
    "no algorithm": f"{encode({'alg': 'none'})}.{encode(CLAIMS)}.",
    "algorithm in capitals": f"{encode({'alg': 'NONE'})}.{encode(CLAIMS)}.",
    "another algorithm": sign(CLAIMS, {"alg": "HS512"}),
    "a public key": sign(CLAIMS, {"alg": "RS256"}),
    "no header": sign(CLAIMS, []),
    "changed claims": ".".join(
        [
            sign(CLAIMS).split(".")[0],
            encode({**CLAIMS, "user_id": "u-2"}),
            sign(CLAIMS).split(".")[2],
        ]
    ),
    "cut off": sign(CLAIMS)[:-4],
    "expired": sign({**CLAIMS, "exp": NOW}),
    "a time as text": sign({**CLAIMS, "exp": "never"}),
    "a time that is true": sign({**CLAIMS, "exp": True}),
    "not valid yet": sign({**CLAIMS, "nbf": NOW + 900}),
    "no user": sign({"email": "ada@example.com", "exp": NOW + 3600}),
    "an empty user": sign({**CLAIMS, "user_id": ""}),
    "a list of users": sign({**CLAIMS, "user_id": ["u-1"]}),
    "a key twice": sign(b'{"user_id":"u-1","user_id":"u-2","exp":1800003600}'),
    "no object": sign(["u-1"]),
    "no JSON": sign(b"user_id=u-1"),
    "no UTF-8": sign(b'{"user_id":"\xff"}'),
}  # fmt: skip


def test_a_jwt_that_proves_nothing() -> None:
    """Each forgery, alone and in settings, with and without a valid hash beside it."""
    accepted = 0
    tried = 0
    for token in FORGERIES.values():
        beside = {"user_id": "u-1", "user_hash": build_user_hash(KEY, "u-1")}
        for content in (
            token,
            {"intercom_user_jwt": token},
            {**beside, "intercom_user_jwt": token},
        ):
            proof = judge(content)
            tried += 1
            accepted += proof.accepted or bool(proof.proven) or bool(proof.signed)
            assert proof.problems
    REPORT.append(f"forged JWTs: {tried} tried, {accepted} accepted")
    assert 0 == accepted


def test_a_jwt_proves_what_is_in_it_and_nothing_beside_it() -> None:
    content = {"intercom_user_jwt": sign(CLAIMS), "user_id": "u-1", "phone": "1", "plan": "free"}
    proof = judge(content)
    assert {"user_id": "u-1", "email": "ada@example.com"} == proof.proven
    assert ("plan",) == proof.signed
    assert ("phone",) == proof.unsigned
    assert NOW + 3600 == proof.expires_at
    other = judge({**content, "user_id": "u-2"})
    assert "another user_id" in other.problems[0]


@pytest.mark.parametrize(
    ("change", "caution"),
    [
        ({"exp": None}, "never expires"),
        ({"exp": NOW + 90_000}, "more than a day"),
        ({"iat": NOW + 900}, "in the future"),
    ],
)
def test_a_jwt_with_a_caution(change: dict[str, Any], caution: str) -> None:
    claims = {name: value for name, value in {**CLAIMS, **change}.items() if value is not None}
    proof = judge(sign(claims))
    assert proof.accepted
    assert caution in " ".join(proof.cautions)


@given(
    st.text(min_size=1),
    st.one_of(st.just(""), st.emails()),
    st.dictionaries(st.from_regex(r"[a-z]{3,8}", fullmatch=True), st.text(), max_size=3),
)
@settings(max_examples=50)
def test_what_is_signed_is_read_back(user_id: str, email: str, more: dict[str, str]) -> None:
    """Our JWTs have the content that was asked for, by the RFC as by the library."""
    more = {name: text for name, text in more.items() if name not in ("iat", "exp", "email")}
    pairs = [f"{name}={text}" for name, text in more.items()]
    token = JWT.sign_claims(build_claims(user_id, email, pairs, NOW, 60), KEY)
    body, signature = token.rsplit(".", 1)
    digest = hmac.new(KEY.reveal().encode(), body.encode(), hashlib.sha256).digest()
    assert encode(digest) == signature
    proof = judge(token)
    assert {"user_id": user_id, **({"email": email} if email else {})} == proof.proven


@pytest.mark.parametrize("pair", ["", "plan", "plan:", "=pro", ":=1", "::=1", "=", ":="])
def test_a_claim_needs_a_name_and_a_value(pair: str) -> None:
    with pytest.raises(UsageError, match="--claim has no name"):
        build_claims("u-1", "", [pair], NOW, 60)


def test_nothing_is_signed() -> None:
    proof = judge({"user_id": "u-1", "email": "ada@example.com", "plan": "pro"})
    assert (SignatureKind.NONE, False) == (proof.kind, proof.accepted)
    assert ("user_id", "email", "plan") == proof.unsigned
    assert not judge({"user_hash": build_user_hash(KEY, "")}).accepted


@pytest.mark.parametrize("declared", IdentityVerification)
def test_a_declaration_is_never_beyond_what_is_signed(declared: IdentityVerification) -> None:
    """For each kind of signature: accepted exactly if each declared field is proven."""
    for content in (
        {"user_id": "u-1", "email": "a@b.c", "user_hash": build_user_hash(KEY, "u-1")},
        {"email": "a@b.c", "user_hash": build_user_hash(KEY, "a@b.c")},
        {"intercom_user_jwt": sign(CLAIMS)},
        {"intercom_user_jwt": sign({"user_id": "u-1", "exp": NOW + 60})},
    ):
        proof = judge(content)
        beyond = [
            f for f in ("user_id", "email") if declared.is_signed(f) and f not in proof.proven
        ]
        assert bool(beyond) == bool(judge_declaration(proof, declared))
        assert not judge_declaration(proof, choose_declaration(proof))


def test_another_user_is_not_put_into_settings() -> None:
    found = parse_settings(json.dumps({"user_id": "u-1", "user_hash": "0" * 64}))
    assert found == name_user(found, "u-1", "")
    with pytest.raises(UsageError, match="another user_id"):
        name_user(found, "u-2", "")
