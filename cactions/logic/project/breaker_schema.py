"""The keys of ``breakers:``, and the limits that they become."""

from __future__ import annotations

from typing import Final

from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.schema import (
    BooleanSchema,
    FieldSchema,
    ListSchema,
    NumberSchema,
    RecordSchema,
    TextSchema,
)
from cactions.model import BreakerLimits

_PERCENT: Final = NumberSchema(0, 100)

BREAKERS: Final = RecordSchema(
    {
        "overwritten": FieldSchema(
            _PERCENT, "percent of the values there that may be overwritten; default 20"
        ),
        "cleared": FieldSchema(
            _PERCENT, "percent of the values there that may be cleared; default 1"
        ),
        "identity_failures": FieldSchema(
            _PERCENT, "percent of people for whom same_person may fail; default 0.5"
        ),
        "repeated_records": FieldSchema(
            _PERCENT, "percent of people who may get the record of another one; default 0.5"
        ),
        "other_people": FieldSchema(
            _PERCENT,
            "percent of people whose response may show an identifier of another one; default 1",
        ),
        "failed_writes": FieldSchema(
            _PERCENT, "percent of the last 50 calls, or writes, that may fail; default 20"
        ),
        "shared_records": FieldSchema(
            BooleanSchema(), "whether people share records by design, such as that of their company"
        ),
        "ignored_paths": FieldSchema(
            ListSchema(TextSchema(), least=1), "paths that do not tell whose response it is"
        ),
    }
)


def build_breakers(at: LocatedValue | None, scope: Scope) -> BreakerLimits:
    """The limits of an action; the defaults where nothing is stated."""
    usual = BreakerLimits()
    if at is None:
        return usual
    ignored_at = at.get("ignored_paths")
    paths = [scope.parse_path(item, rows=True) for item in ignored_at.value] if ignored_at else []
    return BreakerLimits(
        overwritten=at.scalar("overwritten", usual.overwritten),
        cleared=at.scalar("cleared", usual.cleared),
        identity_failures=at.scalar("identity_failures", usual.identity_failures),
        repeated_records=at.scalar("repeated_records", usual.repeated_records),
        other_people=at.scalar("other_people", usual.other_people),
        failed_writes=at.scalar("failed_writes", usual.failed_writes),
        shared_records=at.scalar("shared_records", usual.shared_records),
        ignored_paths=tuple(path for path in paths if path),
    )
