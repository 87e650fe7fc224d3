"""Judges what the signature in Messenger settings proves: user id, e-mail, both or neither.

- A ``user_hash`` signs one value. Where a user id is sent, Intercom compares it with that, so the
  e-mail beside it is not signed.
- A JWT signs everything in it, and nothing beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cactions.logic.identity.user_hash import is_hash_of
from cactions.model import (
    IdentityProof,
    IdentityVerification,
    InvalidToken,
    Json,
    MessengerSettings,
    SignatureKind,
    SignedClaims,
)
from cactions.model.secret import Secret

LONG_LIFE: Final = 24 * 3600
"""Seconds. A JWT that is valid for longer can be used by who finds it in a log."""

_FAR: Final = 1e12
"""Seconds; more are a time in milliseconds, or nonsense."""

_SKEW: Final = 60
"""Seconds by which clocks may differ before a JWT counts as one of the future."""

_REGISTERED: Final = ("exp", "iat", "nbf", "iss", "aud", "jti", "sub")
"""Claims about the token itself (RFC 7519, section 4.1)."""


def judge_identity(
    settings: MessengerSettings,
    secret: Secret,
    read_claims: Callable[[str, Secret], SignedClaims],
    now: float,
) -> IdentityProof:
    """What the settings prove with this secret, at a time in Unix seconds."""
    if settings.jwt:
        return _prove_by_jwt(settings, secret, read_claims, now)
    if settings.user_hash:
        return _prove_by_hash(settings, secret)
    sent = _list_fields(settings)
    return IdentityProof(
        SignatureKind.NONE,
        unsigned=(*sent, *settings.attributes),
        problems=("nothing is signed: there is neither a user_hash nor an intercom_user_jwt",),
    )


def judge_declaration(proof: IdentityProof, declared: IdentityVerification) -> str:
    """What the action files declare beyond what is signed; empty where they do not.

    The leak analysis takes a declared field for one that no user can choose.
    """
    if not proof.accepted:
        return ""
    beyond = [
        field for field in ("user_id", "email")
        if declared.is_signed(field) and field not in proof.proven
    ]  # fmt: skip
    if not beyond:
        return ""
    return (
        f"the files declare `identity_verification: {declared.value}`, but the {beyond[0]} is not"
        f" signed here; `{choose_declaration(proof).value}` is what this signature proves"
    )


def choose_declaration(proof: IdentityProof) -> IdentityVerification:
    """What action files may declare on the grounds of this proof."""
    match (proof.accepted, "user_id" in proof.proven, "email" in proof.proven):
        case (True, True, True):
            return IdentityVerification.JWT
        case (True, True, False):
            return IdentityVerification.USER_ID
        case (True, False, True):
            return IdentityVerification.EMAIL
    return IdentityVerification.OFF


def _prove_by_hash(settings: MessengerSettings, secret: Secret) -> IdentityProof:
    field = "user_id" if settings.user_id else "email"
    value = settings.user_id or settings.email
    beside = ("email",) if settings.user_id and settings.email else ()
    unsigned = (*beside, *settings.attributes)
    if not value:
        return IdentityProof(
            SignatureKind.USER_HASH,
            unsigned=unsigned,
            problems=("there is a user_hash, but neither a user_id nor an email that it signs",),
        )
    if is_hash_of(secret, value, settings.user_hash):
        return IdentityProof(SignatureKind.USER_HASH, {field: value}, unsigned=unsigned)
    return IdentityProof(
        SignatureKind.USER_HASH,
        unsigned=(field, *unsigned),
        problems=(_explain_wrong_hash(settings, secret, field, value),),
    )


def _explain_wrong_hash(settings: MessengerSettings, secret: Secret, field: str, value: str) -> str:
    """Why the hash does not fit, where that can be told."""
    user_hash = settings.user_hash
    if is_hash_of(secret, value, user_hash.lower()):
        return "the user_hash has capital letters; Intercom expects lower case"
    if field == "user_id" and settings.email and is_hash_of(secret, settings.email, user_hash):
        return "the user_hash signs the email, but Intercom compares it with the user_id"
    for changed, what in (
        (value.strip(), "without the blanks around it"),
        (value.lower(), "in lower case"),
        (value.casefold().strip(), "in lower case without blanks"),
    ):
        if changed != value and is_hash_of(secret, changed, user_hash):
            return f"the user_hash signs the {field} {what}, not as it is sent"
    return f"the user_hash is not that of this {field} with this secret"


def _prove_by_jwt(
    settings: MessengerSettings,
    secret: Secret,
    read_claims: Callable[[str, Secret], SignedClaims],
    now: float,
) -> IdentityProof:
    beside = (*_list_fields(settings), *settings.attributes)
    try:
        claims = read_claims(settings.jwt, secret).claims
    except InvalidToken as error:
        return IdentityProof(SignatureKind.JWT, unsigned=beside, problems=(str(error),))
    problems = [*_list_time_problems(claims, now), *_list_user_problems(claims, settings)]
    proven = {
        field: value
        for field in ("user_id", "email")
        if (value := _read_identity(claims.get(field))) and not problems
    }
    signed = tuple(name for name in claims if name not in (*_REGISTERED, "user_id", "email"))
    return IdentityProof(
        SignatureKind.JWT,
        proven,
        signed if not problems else (),
        tuple(name for name in beside if name not in claims),
        _read_time(claims.get("exp")),
        tuple(problems),
        tuple(_list_cautions(claims, now, settings)),
    )


def _list_time_problems(claims: Mapping[str, Json], now: float) -> list[str]:
    problems = [
        f"its {name} is no number of seconds"
        for name in ("exp", "nbf", "iat")
        if name in claims and _read_time(claims[name]) is None
    ]
    expires = _read_time(claims.get("exp"))
    if expires is not None and expires <= now:
        problems.append("it has expired")
    if (begins := _read_time(claims.get("nbf"))) is not None and begins > now + _SKEW:
        problems.append("it is not valid yet (nbf)")
    return problems


def _list_user_problems(claims: Mapping[str, Json], settings: MessengerSettings) -> list[str]:
    problems: list[str] = []
    if not _read_identity(claims.get("user_id")):
        problems.append("it has no user_id, which Intercom needs")
    for field, sent in (("user_id", settings.user_id), ("email", settings.email)):
        signed = _read_identity(claims.get(field))
        if sent and signed and sent != signed:
            problems.append(f"it is about another {field} than the settings beside it")
    return problems


def _list_cautions(
    claims: Mapping[str, Json], now: float, settings: MessengerSettings
) -> list[str]:
    cautions: list[str] = []
    expires, issued = _read_time(claims.get("exp")), _read_time(claims.get("iat"))
    if "exp" not in claims:
        cautions.append("it never expires: a copy of it is good for ever")
    elif expires and expires - (issued or now) > LONG_LIFE:
        cautions.append("it is valid for more than a day")
    if issued is not None and issued > now + _SKEW:
        cautions.append("it was issued in the future: compare the clocks")
    if settings.user_hash:
        cautions.append("the user_hash beside it was not looked at")
    return cautions


def _read_identity(value: Json) -> str:
    """A user id or e-mail address; empty for what is none."""
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) else ""


def _read_time(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < _FAR else None


def _list_fields(settings: MessengerSettings) -> tuple[str, ...]:
    return tuple(name for name in ("user_id", "email") if getattr(settings, name))
