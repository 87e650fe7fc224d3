"""The rules: one a file, whose docstring is its page; here in the order of their identifiers."""

from __future__ import annotations

from typing import Final

from cactions.rules import (
    ca101,
    ca102,
    ca103,
    ca104,
    ca106,
    ca107,
    ca108,
    ca201,
    ca205,
    ca206,
    ca207,
    ca208,
    ca209,
    ca301,
    ca302,
    ca304,
    ca405,
    ca407,
    ca408,
    ca503,
)
from cactions.rules.rule import ERROR, WARNING, Rule

RULES: Final[tuple[Rule, ...]] = tuple(
    module.RULE
    for module in (
        ca101, ca102, ca103, ca104, ca106, ca107, ca108, ca201, ca205, ca206, ca207, ca208, ca209,
        ca301, ca302, ca304, ca405, ca407, ca408,
    )
)  # fmt: skip
"""All but the last."""

LAST: Final[Rule] = ca503.RULE
"""What it says can only be known when all others have looked."""

ANSWERABLE: Final = tuple(rule.id for rule in RULES)
"""Those that somebody may answer for; what belongs to the file format is never suppressed."""

OF_THE_FORMAT: Final = (
    "CA001", "CA002", "CA003", "CA004", "CA005", "CA006", "CA007", "CA008", "CA009", "CA011",
    "CA202", "CA303", "CA305", "CA401", "CA402", "CA403",
)  # fmt: skip
"""Found while files are read and held against a vault; their files are pages only."""

SEVERITIES: Final = {
    **dict.fromkeys(OF_THE_FORMAT, ERROR),
    "CA305": WARNING,
    **{rule.id: rule.severity for rule in (*RULES, LAST)},
}
"""How bad each is, for every identifier that can be printed; each is a file of this folder."""
