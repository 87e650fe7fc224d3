"""What a call has shown, as JSON, while its run is being planned: ``cactions.evidence/1``.

It holds digests of identifiers and no values. A planning that was cut off is judged by it again.
"""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.bulk.evidence import CallEvidence, ResponseEvidence
from cactions.logic.bulk.names import IdentifierKind
from cactions.logic.bulk.shown_identifiers import ShownIdentifier
from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.model import FailureReason, Json, StoreError

EVIDENCE: Final = "cactions.evidence/1"
_FLAGS: Final = "oshc"
"""Own, similar, short, comparable."""

_USUAL: Final = 200
"""The status that is not written."""

_KINDS: Final = "|".join(kind.value for kind in IdentifierKind)
_SHOWN: Final = re.compile(
    rf"(?P<flags>o?s?h?c?) (?P<kind>{_KINDS}) (?P<digest>-?[0-9]{{1,20}}) (?P<path>.*)", re.DOTALL
)


def evidence_to_json(call: CallEvidence) -> dict[str, Json]:
    """The evidence."""
    shown = call.response
    return {
        "format": EVIDENCE,
        **({"failure": call.failure.value} if call.failure else {}),
        **({"other": True} if call.is_other_person else {}),
        **({} if call.status == _USUAL else {"status": call.status}),
        "own": [*shown.own],
        "record": shown.record,
        "shown": [_write_shown(each) for each in shown.shown],
    }


def evidence_from_json(document: Json) -> CallEvidence:
    """The evidence. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _read_evidence, "evidence")


def _write_shown(shown: ShownIdentifier) -> str:
    """Its flags, its kind, its digest and its path: one text, since there are many of them."""
    flags = (shown.is_own, shown.is_similar, shown.is_short, shown.is_comparable)
    letters = "".join(name for name, flag in zip(_FLAGS, flags, strict=True) if flag)
    return f"{letters} {shown.kind.value} {shown.digest} {shown.path}"


def _read_evidence(fields: StrictReader) -> CallEvidence:
    fields.format(EVIDENCE)
    failure = fields.read_word("failure", FailureReason) if fields.has("failure") else None
    other = fields.has("other") and fields.read_flag("other")
    status = fields.read_optional_integer("status") if fields.has("status") else _USUAL
    response = ResponseEvidence(
        fields.read_integers("own"),
        fields.read_optional_integer("record"),
        tuple(map(_parse_shown, fields.read_texts("shown"))),
    )
    return CallEvidence(response, status, failure, other)


def _parse_shown(text: str) -> ShownIdentifier:
    found = _SHOWN.fullmatch(text)
    if found is None:
        raise StoreError(
            "evidence.shown holds something else", hint="Close the run: it is damaged."
        )
    flags = (name in found["flags"] for name in _FLAGS)
    return ShownIdentifier(
        found["path"], IdentifierKind(found["kind"]), int(found["digest"]), *flags
    )
