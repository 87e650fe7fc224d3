"""Signs the JWTs that tokens are fetched with (RFC 7515, RFC 7523)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Final

import jwt

from cactions.edges.keys.messenger_jwt import accept_short_keys
from cactions.logic.strict_json import dump_json
from cactions.model import DefinitionError, Json, JwtAlgorithm, JwtAssertion
from cactions.model.secret import Secret, SigningKey

_NEEDS: Final = {
    JwtAlgorithm.RS256: "an RSA private key",
    JwtAlgorithm.ES256: "a private key of the curve P-256",
    JwtAlgorithm.HS256: "a secret text, not a private key",
}
_ID_BYTES: Final = 16


class JwtSigner:
    """``get_time`` gives Unix seconds; ``register_secret`` is told of every JWT."""

    def __init__(
        self, get_time: Callable[[], float], register_secret: Callable[[Secret], Secret]
    ) -> None:
        self._get_time, self._register_secret = get_time, register_secret

    def sign(self, assertion: JwtAssertion, key: SigningKey) -> Secret:
        """A new JWT. Raises DefinitionError for a key that does not fit its algorithm."""
        payload = dump_json({**assertion.claims, **dict(self._list_new_claims(assertion))})
        headers = {"kid": assertion.key_id} if assertion.key_id else None
        try:
            with accept_short_keys():
                text = jwt.PyJWS().encode(
                    payload.encode(), key.reveal(), assertion.algorithm.value, headers
                )
        except (jwt.InvalidKeyError, ValueError, TypeError):
            algorithm = assertion.algorithm
            raise DefinitionError(
                f'the key "{key.label}" cannot sign with {algorithm.value}, which needs'
                f" {_NEEDS[algorithm]}; no JWT was made",
                hint="Correct `algorithm` of the token, or `key`.",
            ) from None
        return self._register_secret(Secret(f"a JWT of {key.label}", text))

    def _list_new_claims(self, assertion: JwtAssertion) -> Iterator[tuple[str, Json]]:
        now = int(self._get_time())
        yield "iat", now
        yield "exp", now + assertion.lifetime
        if assertion.has_id:
            yield "jti", secrets.token_hex(_ID_BYTES)
