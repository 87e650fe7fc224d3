"""What the shapes of documents are made of, and the parts that many of them have.

A shape says which members a document has; ``cactions schema --of`` prints it as a JSON Schema. A
member that is not in the shape is a fault: the documents of all tests are held to their shapes.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType, to_builtins

from cactions.model import Json, ProofStrength, Severity

ValueShape: TypeAlias = str | int | float | bool | None
"""A value of an attribute."""


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object within a document."""


class Document(Part, frozen=True, kw_only=True, tag_field="format"):
    """A whole document; ``format`` is its name and version."""


def shape_to_json(document: Document) -> dict[str, Json]:
    """The document itself, as it is printed."""
    found: dict[str, Json] = to_builtins(document, str_keys=True)
    return found


class PlaceShape(Part, frozen=True, kw_only=True):
    """A span of a file. Lines and columns count from 1, in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


class EditShape(PlaceShape, frozen=True, kw_only=True):
    """The text at a place is replaced by another; an empty span inserts."""

    text: str


class FixShape(Part, frozen=True, kw_only=True):
    """The smallest change of the files that fixes a finding; `--fix` makes the safe ones."""

    title: str
    safe: bool
    edits: list[EditShape]


class SpanShape(Part, frozen=True, kw_only=True):
    """A place that may not be known; all of it is null then. ``route`` names it in the YAML."""

    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    route: str


class LabelShape(SpanShape, frozen=True, kw_only=True):
    """A second place that a finding speaks of."""

    message: str


class FindingShape(SpanShape, frozen=True, kw_only=True):
    """One thing that is wrong, or worth knowing, about a definition."""

    rule: str
    severity: Severity
    message: str
    hint: str
    labels: list[LabelShape]
    notes: list[str]
    fix: FixShape | None


class SuppressedShape(FindingShape, frozen=True, kw_only=True):
    """A finding that the author has suppressed, and why."""

    reason: str
    owner: str | None
    expires: str | None


class ProofShape(Part, frozen=True, kw_only=True):
    """Both sides of the identity check; ``withheld`` stands for them where they are redacted."""

    path: str
    equals: str
    expected: Any = UNSET
    found: Any = UNSET
    withheld: bool | UnsetType = UNSET
    redacted: bool
    verified: str
    strength: ProofStrength
    basis: str
