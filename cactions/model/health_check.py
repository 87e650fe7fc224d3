"""What ``doctor`` has looked at, and how it is."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Health(Enum):
    """The result of a check. UNKNOWN: it could not be checked, which is not a problem itself."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


class HealthCheck(Struct, frozen=True):
    """One thing that was looked at.

    ``topic`` is one of a few words (``files``, ``vault``, ``certificate``, ``trust``, ``proxy``,
    ``name``, ``connection``, ``clock``, ``workspace``, ``permission``, ``snapshot``, ``limit``),
    ``subject`` what of it (``api.shop.example:443``). ``hint`` is the next step.
    """

    topic: str
    subject: str
    health: Health
    message: str
    hint: str = ""
