"""The HMAC by which a site signs a user id or an e-mail address for the Messenger."""

from __future__ import annotations

import hashlib
import hmac

from cactions.model.secret import Secret


def build_user_hash(secret: Secret, value: str) -> str:
    """HMAC-SHA256 of the value in UTF-8, as 64 hexadecimal digits in lower case."""
    return hmac.new(secret.reveal().encode(), value.encode(), hashlib.sha256).hexdigest()


def is_hash_of(secret: Secret, value: str, user_hash: str) -> bool:
    """Whether the hash signs the value; compared in constant time."""
    return hmac.compare_digest(build_user_hash(secret, value).encode(), user_hash.encode())
