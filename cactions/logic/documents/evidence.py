"""What a call has shown, as JSON, while its run is being planned: ``cactions.evidence/1``.

It holds digests of identifiers and no values. A planning that was cut off is judged by it again.
"""

from __future__ import annotations

import re
from typing import Final, cast

from msgspec import to_builtins

from cactions.logic.bulk.evidence import CallEvidence, ResponseEvidence
from cactions.logic.bulk.names import IdentifierKind
from cactions.logic.bulk.shown_identifiers import ShownIdentifier
from cactions.logic.documents.cell_format import CellFormat, read_cell
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


class _EvidenceCell(CellFormat):
    """The evidence of a call."""

    format: str
    own: tuple[int, ...]
    shown: tuple[str, ...]
    failure: FailureReason | None = None
    other: bool = False
    status: int | None = _USUAL
    record: int | None = None


def evidence_to_json(call: CallEvidence) -> dict[str, Json]:
    """The document of the evidence; what is usual is left out."""
    shown = call.response
    cell = _EvidenceCell(
        format=EVIDENCE,
        own=shown.own,
        shown=tuple([_write_shown(each) for each in shown.shown]),
        failure=call.failure,
        other=call.is_other_person,
        status=call.status,
        record=shown.record,
    )
    return cast("dict[str, Json]", to_builtins(cell))


def evidence_from_json(document: Json) -> CallEvidence:
    """The evidence. Raises StoreError for another format, and for anything that does not fit."""
    cell = read_cell(document, _EvidenceCell, "evidence", EVIDENCE)
    response = ResponseEvidence(cell.own, cell.record, tuple(map(_parse_shown, cell.shown)))
    return CallEvidence(response, cell.status, cell.failure, cell.other)


def _write_shown(shown: ShownIdentifier) -> str:
    """Its flags, its kind, its digest and its path: one text, since there are many of them."""
    own, similar = "o" * shown.is_own, "s" * shown.is_similar
    short, comparable = "h" * shown.is_short, "c" * shown.is_comparable
    kind, digest = shown.kind.value, shown.digest
    return f"{own}{similar}{short}{comparable} {kind} {digest} {shown.path}"


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
