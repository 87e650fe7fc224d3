"""A definition that was published: the action, sealed, with the evidence that it was tested."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from cactions.model.template import Reference
from cactions.model.trust import ProofStrength, Snapshot
from cactions.model.workspace import WorkspaceName


class Gate(Enum):
    """What a definition must pass before it goes live."""

    TEST = "test"
    PROBE = "probe"
    CONNECTOR = "connector"
    """At Intercom: the data connector says what the file says, its mapping included."""


class Waiver(Struct, frozen=True):
    """A gate that was left out, and why."""

    gate: Gate
    reason: str


class TestEvidence(Struct, frozen=True):
    """The tests that passed. ``live``: the service answered, no recording.

    ``people`` are keyed hashes of the test people.
    """

    cases: int
    live: bool
    people: tuple[str, ...] = ()


class ProbeEvidence(Struct, frozen=True):
    """The probe that passed: when (Unix seconds), with how many attacks.

    ``live``: it was made when the definition was published.
    """

    made_at: float
    cases: int
    live: bool


class PublicationEvidence(Struct, frozen=True):
    """What was known of a definition when it was published; a waiver stands for what was not."""

    tests: TestEvidence | None = None
    probe: ProbeEvidence | None = None
    waivers: tuple[Waiver, ...] = ()


class LiveConnector(Struct, frozen=True):
    """The data connector that was set live. ``fields`` has a digest of each of its fields there.

    ``revision`` is Intercom's id of the version; empty where it has none.
    """

    id: str
    fields: Mapping[str, str]
    revision: str = ""


class PublishedDefinition(Struct, frozen=True):
    """One version of a definition, as it is sealed.

    ``text`` is an action file with this one action and all that it needs; ``snapshot`` are the
    attributes of the workspace that it touches, ``redacted`` what is hidden elsewhere.
    ``workspace`` names where its people live. ``version`` counts from 1, 0 before it is sealed;
    ``restored`` is the version that a rollback took it from. ``strength`` and ``basis`` are those
    of its proof, by the leak analysis of the day.
    """

    action: str
    environment: str
    workspace: WorkspaceName
    digest: str
    text: str
    published_at: float
    operator: str
    tool: str
    evidence: PublicationEvidence = field(default_factory=PublicationEvidence)
    snapshot: Snapshot | None = None
    redacted: tuple[Reference, ...] = ()
    connector: LiveConnector | None = None
    version: int = 0
    restored: int = 0
    strength: ProofStrength = ProofStrength.PROVEN
    basis: str = ""

    @property
    def label(self) -> str:
        """Name, version and environment, as messages show them."""
        where = f" ({self.environment})" if self.environment else ""
        return f"{self.action} version {self.version}{where}"
