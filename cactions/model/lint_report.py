"""All that a look at action files has brought to light: what every format tells."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from cactions.model.finding import Finding
from cactions.model.trust import SuppressedFinding


class LintReport(Struct, frozen=True):
    """Findings, suppressed findings, and what was checked.

    ``sources`` are the texts of all files by the name that is shown; ``actions`` is how many
    definitions were understood.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...]
    sources: Mapping[str, str]
    actions: int = 0
