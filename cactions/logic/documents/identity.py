"""The JSON document of an identity check."""

from __future__ import annotations

from cactions.model import IdentityProof, Json


def identity_to_json(proof: IdentityProof, mismatch: str) -> dict[str, Json]:
    """What a signature proves; ``mismatch`` is what the action files declare beyond it."""
    return {
        "format": "cactions.identity/1",
        "accepted": proof.accepted,
        "signature": proof.kind.value,
        "proven": dict(proof.proven),
        "signed": [*proof.signed],
        "unsigned": [*proof.unsigned],
        "expires_at": proof.expires_at,
        "problems": [*proof.problems],
        "cautions": [*proof.cautions],
        "mismatch": mismatch,
    }
