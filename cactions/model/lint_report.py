"""All that a look at action files has brought to light: what every format tells."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.model.finding import Finding
from cactions.model.frozen import frozen
from cactions.model.trust import SuppressedFinding


@frozen
class LintReport:
    """Findings, those that somebody answers for, and what was looked at.

    ``sources`` are the texts of all files by the name that is shown; ``actions`` is how many
    definitions were understood.
    """

    findings: tuple[Finding, ...]
    suppressed: tuple[SuppressedFinding, ...]
    sources: Mapping[str, str]
    actions: int = 0
