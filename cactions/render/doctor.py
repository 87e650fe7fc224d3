"""What ``doctor`` found: one line a check, and under a problem the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cactions.model import Check, Health
from cactions.render.layout import flow, gap, margin
from cactions.render.messages import count, sentence
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, quiet

_MARKS: Final = {
    Health.OK: Ink("ok", Tone.GOOD),
    Health.PROBLEM: Ink("problem", Tone.BAD),
    Health.UNKNOWN: Ink("unknown", Tone.CAUTION),
}
_WIDEST: Final = max(mark.cells for mark in _MARKS.values())
_TOPICS: Final = {
    "files": "Action files", "vault": "Vault", "trust": "Trusted authorities", "proxy": "Proxy",
    "name": "Name", "connection": "Connection", "clock": "Clock",
}  # fmt: skip


def checks(found: Sequence[Check]) -> Sheet:
    """All of them, and how many are problems."""

    def draw(room: int) -> list[Line]:
        lines = [line for check in found for line in _lines(check, room)]
        return [*lines, BLANK, *flow(_verdict(found), room)]

    return draw


def _lines(check: Check, room: int) -> list[Line]:
    mark = _MARKS[check.health]
    head = (mark, *gap(_WIDEST - mark.cells + 2))
    title: Line = ink(_TOPICS.get(check.topic, check.topic), Tone.STRONG)
    if check.subject:
        title += (Ink(" "), Ink(check.subject, Tone.CODE))
    told = flow((*title, Ink(f": {check.message}")), room, hang=head)
    if not check.hint:
        return told
    indent = gap(_WIDEST + 2 if margin(room) else 0)
    return [
        *told,
        *flow((Ink("Next: ", Tone.STRONG), Ink(sentence(check.hint))), room, hang=indent),
    ]


def _verdict(found: Sequence[Check]) -> Line:
    bad = sum(check.health is Health.PROBLEM for check in found)
    unknown = sum(check.health is Health.UNKNOWN for check in found)
    rest = quiet(f" {count(unknown, 'check')} could not be made.") if unknown else ()
    if bad:
        return (Ink(f"{count(bad, 'problem')}.", Tone.BAD), *rest)
    return (Ink("No problem was found.", Tone.GOOD), *rest)
