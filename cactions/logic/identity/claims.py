"""The claims of a JWT that is made for a test page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cactions.logic import strict_json
from cactions.model import Json, UsageError

_RESERVED: Final = ("user_id", "email", "iat", "exp")


def build_claims(
    user_id: str, email: str, pairs: Sequence[str], now: float, seconds: int
) -> dict[str, Json]:
    """The claims of a user, valid from now on for so many seconds.

    ``pairs`` are ``NAME=TEXT`` or ``NAME:=JSON``. Raises UsageError.
    """
    if not user_id:
        raise UsageError(
            "a JWT needs the user's id", hint="Add --user-id: Intercom refuses others."
        )
    claims: dict[str, Json] = {"user_id": user_id}
    if email:
        claims["email"] = email
    for pair in pairs:
        name, value = _parse_pair(pair)
        if name in claims or name in _RESERVED:
            raise UsageError(f'the claim "{name}" is set already', hint="Name each claim once.")
        claims[name] = value
    return {**claims, "iat": int(now), "exp": int(now) + seconds}


def _parse_pair(pair: str) -> tuple[str, Json]:
    name, mark, text = pair.partition("=")
    if not mark or not name.rstrip(":"):
        raise UsageError(
            "--claim has no name", hint="Use --claim plan=pro, or --claim seats:=5 for JSON."
        )
    if not name.endswith(":"):
        return name, text
    try:
        return name[:-1], strict_json.parse_json(text)
    except strict_json.StrictJsonError as error:
        raise UsageError(
            f"--claim {name[:-1]} is no JSON: {error.message}", hint="For a text, use = alone."
        ) from None
