"""What a call has shown, as JSON, while its run is being planned: ``cactions.evidence/1``.

It holds digests of identifiers and no values. A planning that was cut off is judged by it again.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.bulk.evidence import CallEvidence, ResponseEvidence
from cactions.logic.bulk.names import IdentifierKind
from cactions.logic.bulk.shown_identifiers import ShownIdentifier
from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import FailureReason, Json

EVIDENCE: Final = "cactions.evidence/1"
_FLAGS: Final = ("own", "similar", "short", "comparable")


def evidence_to_json(call: CallEvidence) -> dict[str, Json]:
    """The evidence; flags of an identifier are named only where they are set."""
    shown = call.response
    return {
        "format": EVIDENCE,
        **({"failure": call.failure.value} if call.failure else {}),
        **({"other": True} if call.is_other_person else {}),
        "status": call.status,
        "own": [*shown.own],
        "record": shown.record,
        "shown": [_shown_to_json(each) for each in shown.shown],
    }


def evidence_from_json(document: Json) -> CallEvidence:
    """The evidence. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _read_evidence, "evidence")


def _shown_to_json(shown: ShownIdentifier) -> dict[str, Json]:
    flags = (shown.is_own, shown.is_similar, shown.is_short, shown.is_comparable)
    return {
        "path": shown.path,
        "kind": shown.kind.value,
        "digest": shown.digest,
        "flags": [name for name, flag in zip(_FLAGS, flags, strict=True) if flag],
    }


def _read_evidence(fields: StrictReader) -> CallEvidence:
    fields.format(EVIDENCE)
    failure = fields.read_word("failure", FailureReason) if fields.has("failure") else None
    other = fields.has("other") and fields.read_flag("other")
    status = fields.read_optional_integer("status")
    response = ResponseEvidence(
        fields.read_integers("own"),
        fields.read_optional_integer("record"),
        fields.read_each("shown", _read_shown),
    )
    return CallEvidence(response, status, failure, other)


def _read_shown(fields: StrictReader) -> ShownIdentifier:
    path, kind = fields.read_text("path"), fields.read_word("kind", IdentifierKind)
    digest, flags = fields.read_integer("digest"), fields.read_texts("flags")
    return ShownIdentifier(path, kind, digest, *(name in flags for name in _FLAGS))
