"""What a site tells Intercom's Messenger of a user, and what of it is signed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from cactions.model.json_value import Json


class SignatureKind(Enum):
    """How a site signs who a user is; the values are Intercom's names in the settings."""

    USER_HASH = "user_hash"
    JWT = "intercom_user_jwt"
    NONE = "none"


class MessengerSettings(Struct, frozen=True):
    """The part of ``window.intercomSettings`` that is about identity; empty texts for what is not.

    ``attributes`` are the names of everything else that is sent of the user, beside the signature.
    """

    user_id: str = ""
    email: str = ""
    user_hash: str = ""
    jwt: str = ""
    attributes: tuple[str, ...] = ()


class IdentityProof(Struct, frozen=True):
    """What the signature in Messenger settings proves.

    ``proven`` has the values of ``user_id`` and ``email`` that are signed, ``signed`` the names of
    all other attributes that are. ``unsigned`` are names that anyone in the browser can change.
    ``expires_at`` is in Unix seconds; None for a signature without an end. ``problems`` keep
    Intercom from accepting it, ``cautions`` do not.
    """

    kind: SignatureKind
    proven: Mapping[str, str] = {}
    signed: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()
    expires_at: float | None = None
    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether Intercom takes the user for whom the settings say they are."""
        return self.kind is not SignatureKind.NONE and not self.problems


class SignedClaims(Struct, frozen=True):
    """The content of a JWT whose signature is valid."""

    claims: Mapping[str, Json]


class InvalidToken(ValueError):
    """A JWT that does not prove anything; the message says why, and holds nothing of it."""
