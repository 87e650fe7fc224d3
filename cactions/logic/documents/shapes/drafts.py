"""The shape of a new action."""

from __future__ import annotations

from cactions.logic.documents.shapes.parts import Document, Part


class DecisionShape(Part, frozen=True, kw_only=True):
    """What only a person can decide; ``line`` counts from 1."""

    file: str
    line: int
    question: str


class SecretStepShape(Part, frozen=True, kw_only=True):
    """A secret that must be sealed, and the command that does it."""

    name: str
    host: str
    what: str
    command: str


class DraftDocument(Document, frozen=True, kw_only=True, tag="cactions.draft/1"):
    """`new`: the files that were made, and what is left to do.

    ``changed`` are files in which ``attributes`` were declared; ``sealed`` are names of secrets
    that are in the vault now.
    """

    action: str
    file: str
    made: list[str]
    changed: list[str]
    attributes: list[str]
    decisions: list[DecisionShape]
    secrets: list[SecretStepShape]
    sealed: list[str]
    notes: list[str]
    next: list[str]
