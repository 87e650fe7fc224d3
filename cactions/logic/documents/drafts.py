"""A new action as JSON: ``cactions.draft/1``; written, never read back."""

from __future__ import annotations

from cactions.logic.documents.shapes.drafts import (
    DecisionShape,
    DraftDocument,
    SecretStepShape,
)
from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.new_action.summary import NewActionSummary
from cactions.model import Json


def draft_to_json(done: NewActionSummary) -> dict[str, Json]:
    """The files, what is left to decide, and what must be sealed; no value of the line."""
    return shape_to_json(
        DraftDocument(
            action=done.action,
            file=done.file,
            made=[*done.made],
            changed=[*done.changed],
            attributes=[*done.attributes],
            decisions=[
                DecisionShape(file=done.file, line=line, question=text)
                for line, text in done.decisions
            ],
            secrets=[
                SecretStepShape(
                    name=each.name, host=each.host, what=each.what, command=each.command
                )
                for each in done.seals
            ],
            sealed=[*done.sealed],
            notes=[*done.notes],
            next=[command for command, _ in done.steps],
        )
    )
