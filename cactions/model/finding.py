"""What a reader of the YAML should know: where, how bad, what, and what to do about it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """How bad a finding is; only errors stop the other commands."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(Struct, frozen=True):
    """A span of a file. Lines and columns count from 1, in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Label(Struct, frozen=True):
    """A second span that a finding speaks of, with what is to be seen there."""

    message: str
    place: Place | None = None
    route: str = ""


class Edit(Struct, frozen=True):
    """The text that stands at a place is replaced by another; an empty span inserts."""

    place: Place
    text: str


class Fix(Struct, frozen=True):
    """The smallest change of the files that fixes a finding.

    ``safe``: it changes nothing that the author could have meant otherwise, so that ``--fix`` may
    apply it unasked.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


class LeakStep(Struct, frozen=True):
    """A station of a leak: a value of a person or an input, or the action that it goes through."""

    name: str
    is_action: bool = False


LeakPath = tuple[LeakStep, ...]
"""From where a value can be chosen to where another person's data arrives."""


class Finding(Struct, frozen=True):
    """One thing that is wrong, or worth knowing, about a definition.

    ``rule`` is the stable identifier (``CA…``), ``hint`` the fix or the nearest valid name in
    words, ``route`` the keys that lead to the spot (``actions.loyalty.request.url``). ``labels``
    are the other spans of the story, in its order; ``notes`` are sentences beneath it. ``paths``
    are the ways that the data can go, one for each place where it arrives.
    """

    rule: str
    message: str
    hint: str = ""
    place: Place | None = None
    route: str = ""
    severity: Severity = Severity.ERROR
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    paths: tuple[LeakPath, ...] = ()
