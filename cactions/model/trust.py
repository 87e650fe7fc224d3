"""What is believed of a value, who answers for it, and what was known of the workspace when."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct, field

from cactions.model.finding import Finding, Label, Place
from cactions.model.person import Attribute
from cactions.model.workspace import WorkspaceIdentity

SNAPSHOT_FILE: Final = "attributes.lock.json"
"""The workspace's attributes, beside the action files."""

SNAPSHOT_DAYS: Final = 7
"""How long a snapshot of the workspace's attributes is taken at its word."""


class Trust(Enum):
    """Who decides what a value is, the most trusted first (security.md, section 6)."""

    SYSTEM = "system"
    """The platform assigns it."""
    VERIFIED = "verified"
    """An identity that the platform has verified, of a user."""
    OPERATOR = "operator"
    """Teammates and the customer's own servers; end users cannot write it."""
    DERIVED = "derived"
    """Another action maps it: as good as that action's own check."""
    USER_WRITABLE = "user_writable"
    """End users can write it, or this is unknown."""
    ANONYMOUS = "anonymous"
    """Entered by a person whose identity is not verified."""

    @property
    def tainted(self) -> bool:
        """Whether an attacker may choose the value."""
        return self in (Trust.USER_WRITABLE, Trust.ANONYMOUS)


class ProofStrength(Enum):
    """What an identity check that holds is worth, by the leak analysis of its action."""

    PROVEN = "proven"
    MATCHED = "matched"
    """The record carries the identifier that was sent, and that no one else can choose."""
    DOUBTFUL = "doubtful"
    """There is a warning: a value is compared or mapped that the service may not verify."""
    UNPROVEN = "unproven"
    """It proves nothing; an error that says so is suppressed."""


class Suppression(Struct, frozen=True):
    """A suppression of a rule at a location until a day, or trust in the location.

    ``rule`` is empty for trust. ``expires`` is a day (``2026-12-31``), included; empty, as
    ``owner`` is, for a suppression that stands as a comment on a line.
    """

    where: str
    reason: str
    owner: str = ""
    expires: str = ""
    rule: str = ""
    route: str = ""
    place: Place | None = None


class SuppressedFinding(Struct, frozen=True):
    """A suppressed finding: not reported, but counted."""

    finding: Finding
    by: Suppression


class Snapshot(Struct, frozen=True):
    """The workspace's own word on its attributes, as it was at ``taken`` (Unix seconds).

    ``identity_verification`` None means that it was not asked for; ``workspace`` tells which it
    was, with its region and the API version that answered. ``unknown_types`` names attributes of a
    data type that this version of cactions does not know.
    """

    file: str
    taken: float
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    identity_verification: bool | None = None
    workspace: WorkspaceIdentity | None = None
    unknown_types: tuple[str, ...] = ()


Flow = tuple[Label, ...]
"""The path of an unproven value from its source to a location; each step is a label."""
