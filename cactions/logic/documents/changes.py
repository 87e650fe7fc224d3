"""What commands answer on ``--json`` that change something here; written, never read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cactions.logic.documents.shapes.commands import (
    CompletionDocument,
    HelpDocument,
    ImportDocument,
    InitDocument,
    TopicShape,
)
from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.logic.documents.shapes.runs import (
    ExportedDocument,
    ForgetDocument,
    KeptRunShape,
    PruneDocument,
    SettlementDocument,
)
from cactions.model import Json, Run, RunEntry


class ImportedPeople(NamedTuple):
    """The number of imported people, the keys of renamed columns, columns left out, and notes."""

    number: int
    columns: Mapping[str, str]
    skipped: Sequence[str]
    notes: Sequence[str]


def import_to_json(file: str, imported: ImportedPeople) -> dict[str, Json]:
    """What was imported from a file."""
    return shape_to_json(
        ImportDocument(
            file=file,
            people=imported.number,
            columns=dict(imported.columns),
            skipped=[*imported.skipped],
            notes=[*imported.notes],
        )
    )


def init_to_json(
    folder: str, made: list[str], kept: list[str], ignore: list[str], following: list[str]
) -> dict[str, Json]:
    """A new project."""
    return shape_to_json(
        InitDocument(folder=folder, made=made, kept=kept, ignore=ignore, next=following)
    )


def settlement_to_json(
    run: Run, entries: Iterable[RunEntry], *, carried_out: bool
) -> dict[str, Json]:
    """What was recorded of requests; no entries where nothing was."""
    numbers = [entry.number for entry in entries]
    return shape_to_json(
        SettlementDocument(run=run.head.id, carried_out=carried_out, entries=numbers)
    )


def prune_to_json(deleted: Iterable[Run], kept: Iterable[tuple[Run, str]]) -> dict[str, Json]:
    """The runs that were deleted, and those that were kept with the reason."""
    return shape_to_json(
        PruneDocument(
            deleted=[run.head.id for run in deleted],
            kept=[KeptRunShape(run=run.head.id, why=why) for run, why in kept],
        )
    )


def forget_to_json(
    person_id: str, *, runs: int, entries: int, unknown_outcomes: int
) -> dict[str, Json]:
    """How much was erased of a person."""
    return shape_to_json(
        ForgetDocument(
            person_id=person_id, runs=runs, entries=entries, unknown_outcomes=unknown_outcomes
        )
    )


def exported_to_json(run: Run, file: str, entries: int) -> dict[str, Json]:
    """A run that was written into a file."""
    return shape_to_json(ExportedDocument(run=run.head.id, file=file, entries=entries))


def help_to_json(topics: Mapping[str, str], topic: str | None, text: str | None) -> dict[str, Json]:
    """The topics of the reference, and the text of one of them."""
    shown = [TopicShape(name=name, about=about) for name, about in topics.items()]
    return shape_to_json(HelpDocument(topics=shown, topic=topic, text=text))


def completion_to_json(shell: str, script: str) -> dict[str, Json]:
    """The script that completes command lines in a shell."""
    return shape_to_json(CompletionDocument(shell=shell, script=script))
