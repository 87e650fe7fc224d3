"""What an undo would do to many people, counted for the question."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from cactions.app.undo_steps import UndoStep
from cactions.render.messages import count_noun


class UndoCounts(Struct, frozen=True):
    """What an undo would do to many people."""

    people: int
    restored: int
    left_alone: int

    @classmethod
    def of(cls, steps: Iterable[UndoStep]) -> UndoCounts:
        """Count the steps, each once."""
        people = restored = left_alone = 0
        for step in steps:
            people += bool(step.plan.effective)
            restored += len(step.plan.effective)
            left_alone += bool(step.conflicts or step.gone)
        return cls(people, restored, left_alone)

    def describe(self, run_id: str) -> str:
        """One sentence or two."""
        values = count_noun(self.restored, "attribute")
        text = f"The undo of {run_id} restores {values} of {self.people:,} people."
        if not self.left_alone:
            return text
        return f"{text} {self.left_alone:,} people were changed since: that is left alone."
