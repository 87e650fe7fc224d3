"""What a call has shown, as JSON, while its run is being planned: ``cactions.evidence/1``.

It holds digests of identifiers and no values. A planning that was cut off is judged by it again.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final

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

_FLAG_TEXTS: Final = {
    flags: "".join(name for name, is_set in zip(_FLAGS, flags, strict=True) if is_set)
    for flags in product((False, True), repeat=len(_FLAGS))
}
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
    response = call.response
    shown: list[Json] = [_write_shown(each) for each in response.shown]
    document: dict[str, Json] = {"format": EVIDENCE, "own": [*response.own], "shown": shown}
    if call.failure:
        document["failure"] = call.failure.value
    if call.is_other_person:
        document["other"] = True
    if call.status != _USUAL:
        document["status"] = call.status
    if response.record is not None:
        document["record"] = response.record
    return document


def evidence_from_json(document: Json) -> CallEvidence:
    """The evidence. Raises StoreError for another format, and for anything that does not fit."""
    cell = read_cell(document, _EvidenceCell, "evidence", EVIDENCE)
    response = ResponseEvidence(cell.own, cell.record, tuple(map(_parse_shown, cell.shown)))
    return CallEvidence(response, cell.status, cell.failure, cell.other)


def _write_shown(shown: ShownIdentifier) -> str:
    """Its flags, its kind, its digest and its path: one text, since there are many of them."""
    flags = shown.is_own, shown.is_similar, shown.is_short, shown.is_comparable
    return f"{_FLAG_TEXTS[flags]} {shown.kind.value} {shown.digest} {shown.path}"


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
