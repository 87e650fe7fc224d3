"""The JWT of the Messenger: HS256 over the claims of one user (RFC 7515, RFC 7519)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import jwt

from cactions.logic import strict_json
from cactions.model import InvalidToken, Json, SignedClaims
from cactions.model.secret import Secret

ALGORITHM: Final = "HS256"


class MessengerJwt:
    """Signs and reads JWTs."""

    def sign_claims(self, claims: Mapping[str, Json], secret: Secret) -> str:
        """The JWT with exactly these claims."""
        with accept_short_keys():
            return jwt.encode(dict(claims), secret.reveal(), algorithm=ALGORITHM)

    def read_claims(self, token: str, secret: Secret) -> SignedClaims:
        """The claims of a JWT. Raises InvalidToken; times are not looked at."""
        try:
            with accept_short_keys():
                payload = jwt.PyJWS().decode(token, secret.reveal(), algorithms=[ALGORITHM])
        except jwt.InvalidSignatureError:
            raise InvalidToken("its signature is not one with this secret") from None
        except jwt.InvalidAlgorithmError:
            raise InvalidToken(
                f"it is not signed with {ALGORITHM}, the one that Intercom takes"
            ) from None
        except jwt.InvalidTokenError:
            raise InvalidToken("it is no JWT") from None
        try:
            claims = strict_json.parse_json(payload.decode())
        except (strict_json.StrictJsonError, UnicodeDecodeError):
            raise InvalidToken("its content is not strict JSON") from None
        if not isinstance(claims, dict):
            raise InvalidToken("its content is no object")
        return SignedClaims(claims)


@contextmanager
def accept_short_keys() -> Iterator[None]:
    """Without PyJWT's warning of a key under 32 bytes: the service chooses the key."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
