"""Assertions: JWTs that are signed for one fetch of a token, in place of a password (RFC 7523)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from cactions.model.json_value import Json


class JwtAlgorithm(Enum):
    """How a JWT is signed (RFC 7518, 3.1): with a private key, HS256 with a secret text."""

    RS256 = "RS256"
    ES256 = "ES256"
    HS256 = "HS256"


class JwtAssertion(Struct, frozen=True):
    """A JWT that a fetch sends in the place of its key; each fetch signs a new one.

    ``key`` is the name of what it is signed with: where the request names that secret, the JWT
    stands. To the literal ``claims`` come iat, exp, which is ``lifetime`` seconds later, and with
    ``has_id`` a jti. ``key_id`` is the kid of its header.
    """

    key: str
    algorithm: JwtAlgorithm
    claims: Mapping[str, Json]
    lifetime: int
    key_id: str = ""
    has_id: bool = False
