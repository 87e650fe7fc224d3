"""What a push would send for an action, and what came of it."""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.connectors.body import WRITABLE, build_body, build_connector
from cactions.logic.connectors.diff import (
    ConnectorComparison,
    FieldDifference,
    compare_connector,
)
from cactions.logic.connectors.drift import ConnectorDrift
from cactions.logic.connectors.faults import find_push_error
from cactions.logic.connectors.match import ConnectorMatch
from cactions.logic.secrets.leak_check import Known
from cactions.model import (
    Action,
    CactionsError,
    Connector,
    ConnectorBody,
    DefinitionError,
    Project,
)

PROBE_MARK: Final = " (cactions is about to change the draft)"
"""Follows the description for the time of a probe, where the description itself stays."""


class PushOutcome(Enum):
    """What came of one action."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "in_doubt"


class PushPlan(Struct, frozen=True):
    """What would be sent for one action. ``fields`` is empty where nothing differs.

    ``fault`` is why the action cannot be sent.
    """

    drift: ConnectorDrift
    wanted: Connector
    fields: tuple[str, ...] = ()
    fault: DefinitionError | None = None

    @property
    def action(self) -> Action:
        """The action."""
        return self.drift.match.action

    @property
    def creates(self) -> bool:
        """Whether there is no connector yet."""
        return self.drift.match.connector is None

    @property
    def additions(self) -> tuple[FieldDifference, ...]:
        """What a new connector would have: all fields that are sent."""
        return compare_connector(self.wanted, Connector("", "", "")).fields

    @property
    def comparison(self) -> ConnectorComparison | None:
        """How the version that would change differs; None where there is none yet."""
        return self.drift.draft or self.drift.live

    @property
    def body(self) -> ConnectorBody:
        """What is sent; it holds no key that cannot be written."""
        return build_body(self.wanted, self.fields)


class PushResult(Struct, frozen=True):
    """What came of it. ``comparison`` compares what was read back; ``error`` says what failed.

    ``changed_live``: the live version was changed, as ``--allow-live`` allows.
    """

    action: str
    outcome: PushOutcome
    connector: Connector | None = None
    comparison: ConnectorComparison | None = None
    error: CactionsError | None = None
    changed_live: bool = False

    @property
    def is_verified(self) -> bool:
        """Whether a read shows every field as the file has it."""
        return self.comparison is not None and not self.comparison.fields


def plan_push(
    drift: ConnectorDrift, project: Project, known: Known, *, headers: bool = False
) -> PushPlan:
    """What a push would send; ``headers``: their values too, which cannot be compared.

    ``known`` are the secrets that must not be in it.
    """
    match = drift.match
    wanted, marked = _remove_mark(build_connector(match.action, project.attributes), drift)
    plan = PushPlan(drift, wanted)
    if fault := find_push_error(match.action, build_body(wanted), known):
        return PushPlan(drift, wanted, fault=fault)
    if plan.comparison is None:
        if not match.is_open:
            return PushPlan(drift, wanted, fault=_build_match_fault(match))
        return PushPlan(drift, wanted, WRITABLE)
    fields = {*plan.comparison.writable, *(("headers",) if headers else ()), *marked}
    return PushPlan(drift, wanted, tuple(name for name in WRITABLE if name in fields))


def _remove_mark(wanted: Connector, drift: ConnectorDrift) -> tuple[Connector, tuple[str, ...]]:
    """The connector without the mark that a probe may have left, and the field that it stands in.

    A file that states no description leaves Intercom's alone, but not the mark.
    """
    found = drift.versions.latest
    if wanted.description or found is None or not found.description.endswith(PROBE_MARK):
        return wanted, ()
    restored = found.description.removesuffix(PROBE_MARK)
    return replace(wanted, description=restored), ("description",)


def _build_match_fault(match: ConnectorMatch) -> DefinitionError:
    if match.action.connector_id:
        hint = "Take `connector_id` out to create a new connector, or write the right id."
    else:
        hint = "Write the id of the right one as `connector_id` of the action."
    return DefinitionError(match.reason, hint=hint, place=match.action.place)
