"""The shapes of what checks find: findings, tests, probes, audits, checks of the machine."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from cactions.logic.documents.shapes.commands import ErrorDocument
from cactions.logic.documents.shapes.parts import Document, FindingShape, Part, SuppressedShape
from cactions.logic.documents.shapes.plans import FailedDocument, PlanDocument
from cactions.model import (
    FailureReason,
    Health,
    ProbeVariant,
    ProbeVerdict,
    Severity,
)


class FindingsDocument(Document, frozen=True, kw_only=True, tag="cactions.findings/2"):
    """`validate`: what is wrong with the action files, and what was suppressed."""

    findings: list[FindingShape]
    suppressed: list[SuppressedShape]


class RulePageShape(Part, frozen=True, kw_only=True):
    """The page of a rule; ``bad`` and ``good`` are whole action files."""

    rule: str
    name: str
    severity: Severity
    summary: str
    about: str
    why: str
    bad: str
    good: str
    fix: str
    suppress: str


class RulesDocument(Document, frozen=True, kw_only=True, tag="cactions.rules/1"):
    """`explain`: the pages of rules."""

    rules: list[RulePageShape]


class TestShape(Part, frozen=True, kw_only=True):
    """How one test went."""

    action: str
    test: str
    passed: bool
    problems: list[str]
    hint: str
    result: PlanDocument | FailedDocument


class UnusedShape(Part, frozen=True, kw_only=True):
    """An interaction of a recording that no test has asked for."""

    action: str
    source: str
    number: int
    request: str


class SlowTestShape(Part, frozen=True, kw_only=True):
    """How long a test took."""

    action: str
    test: str
    seconds: float


class CoveragePointShape(Part, frozen=True, kw_only=True):
    """Something that a test can meet."""

    name: str
    met: bool


class ActionCoverageShape(Part, frozen=True, kw_only=True):
    """What the tests of an action have met."""

    action: str
    points: list[CoveragePointShape]


class CoverageShape(Part, frozen=True, kw_only=True):
    """What the tests have met."""

    percent: float
    actions: list[ActionCoverageShape]


class TestDocument(Document, frozen=True, kw_only=True, tag="cactions.test/1"):
    """`test`: how each test went."""

    tests: list[TestShape]
    untested: list[str]
    unused: list[UnusedShape]
    slowest: list[SlowTestShape] | UnsetType = UNSET
    coverage: CoverageShape | UnsetType = UNSET


class WatchDocument(Document, frozen=True, kw_only=True, tag="cactions.watch/1"):
    """`watch`, a line each time: what `validate` finds, and how all tests went last.

    ``findings`` is null where the files could not be read, and ``error`` says why then. ``changed``
    are the files that were changed before, ``replayed`` the actions whose tests were replayed now,
    ``waiting`` those whose tests wait for an error to be fixed.
    """

    changed: list[str]
    findings: FindingsDocument | None
    tests: TestDocument
    replayed: list[str]
    waiting: list[str]
    error: ErrorDocument | None


class ObservationShape(Part, frozen=True, kw_only=True):
    """What a call has shown, as digests."""

    status: int | None
    failure: FailureReason | UnsetType = UNSET
    digests: dict[str, str]
    shown: str


class BaselineShape(Part, frozen=True, kw_only=True):
    """What both people get for their own keys."""

    attacker: ObservationShape
    victim: ObservationShape
    has_user_token: bool


class ProbeCaseShape(Part, frozen=True, kw_only=True):
    """One attack and what it came to."""

    key: str
    variant: ProbeVariant
    chosen: bool
    named: bool
    skipped: bool
    verdict: ProbeVerdict
    attributes: list[str]
    seen: ObservationShape


class ProbeDocument(Document, frozen=True, kw_only=True, tag="cactions.probe/1"):
    """`probe`: what each attack came to; ``made_at`` is in Unix seconds."""

    action: str
    passed: bool
    problem: str
    compared: list[str]
    not_compared: list[str]
    check: str
    definition: str
    made_at: float
    baseline: BaselineShape
    cases: list[ProbeCaseShape]


class AuditedWorkspaceShape(Part, frozen=True, kw_only=True):
    """The workspace that was audited."""

    app_id: str
    name: str
    region: str
    version: str
    identity_verification: bool | None


class AuditedConnectorShape(Part, frozen=True, kw_only=True):
    """A connector of it."""

    id: str
    name: str
    state: str


class AuditFindingShape(FindingShape, frozen=True, kw_only=True):
    """A finding, with its connector; null for one of the workspace."""

    connector: AuditedConnectorShape | None


class UnreadShape(Part, frozen=True, kw_only=True):
    """A connector that could not be read."""

    connector: str
    reason: str


class AuditDocument(Document, frozen=True, kw_only=True, tag="cactions.audit/1"):
    """`audit`: the leaks of live connectors; ``unknown`` counts what could not be judged."""

    workspace: AuditedWorkspaceShape
    connectors: list[AuditedConnectorShape]
    unread: list[UnreadShape]
    findings: list[AuditFindingShape]
    unknown: dict[str, int]


class CheckShape(Part, frozen=True, kw_only=True):
    """One thing that was looked at."""

    topic: str
    subject: str
    health: Health
    message: str
    hint: str


class DoctorDocument(Document, frozen=True, kw_only=True, tag="cactions.doctor/1"):
    """`doctor`: every check, in order."""

    checks: list[CheckShape]
