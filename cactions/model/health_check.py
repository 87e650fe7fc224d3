"""What ``doctor`` has looked at, and how it is."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Health(Enum):
    """How something is. UNKNOWN: nobody could look, and that is no fault of its own."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


class HealthCheck(Struct, frozen=True):
    """One thing that was looked at.

    ``topic`` is one of a few words (``files``, ``vault``, ``trust``, ``proxy``, ``name``,
    ``connection``, ``clock``), ``subject`` what of it (``api.shop.example:443``). ``hint`` is the
    next step.
    """

    topic: str
    subject: str
    health: Health
    message: str
    hint: str = ""
