"""Signatures of users as JSON: one that was made, and whether one proves exactly this user."""

from __future__ import annotations

from msgspec import UNSET

from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.documents.shapes.vaults import IdentityVerdictDocument, SignatureDocument
from cactions.model import Json, SignatureKind


def identity_verdict_to_json(problem: str) -> dict[str, Json]:
    """Whether exactly one user is proven: there is no problem."""
    return shape_to_json(IdentityVerdictDocument(proven=not problem, problem=problem))


def signature_to_json(
    kind: SignatureKind, signature: str, expires_in: int | None
) -> dict[str, Json]:
    """A signature that was made; ``expires_in`` is in seconds, None where it has no end."""
    return shape_to_json(
        SignatureDocument(
            kind=kind, signature=signature, expires_in=UNSET if expires_in is None else expires_in
        )
    )
