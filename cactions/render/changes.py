"""What a plan does to each attribute, from what to what, and why not, in words."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from cactions.model import ABSENT, Change, Conflict, DataType, Kind, Left, Plan, is_empty
from cactions.render import messages
from cactions.render.change_table import Row, laid_out
from cactions.render.layout import NARROW, flow, gap, margin
from cactions.render.text import Ink, Line, Tone, ink, joined, quiet, toned
from cactions.render.values import Look, pair, show

EFFECTIVE = (Kind.ADD, Kind.OVERWRITE, Kind.CLEAR)
_MOST_VALUE = 72
_FRAME = 23  # cells beside a value that is named: margin, word, "before"
_NARROW_FRAME = 12


class Tense(Enum):
    """Whether the rows tell what would happen, what happened, or how that is taken back."""

    PLANNED = "planned"
    DONE = "done"
    IN_DOUBT = "in doubt"
    TAKE_BACK = "take back"
    TAKEN_BACK = "taken back"


def drawn(
    plan: Plan,
    room: int,
    tense: Tense = Tense.PLANNED,
    conflicts: Sequence[Conflict] = (),
) -> list[Line]:
    """The changes by kind, then what is refused, what is kept, and what is the same."""
    most = min(_MOST_VALUE, room - (_NARROW_FRAME if room < NARROW else _FRAME))
    rows = [_changed(c, most, tense) for k in EFFECTIVE for c in plan.changes if c.kind is k]
    rows += [_conflict(each, plan, tense) for each in conflicts]
    for refused in (True, False):
        rows += [_left(each, most) for each in plan.left if each.refused is refused]
    return laid_out(rows, room) + _same(plan, room)


def in_the_way(plan: Plan, conflicts: Sequence[Conflict], room: int, tense: Tense) -> list[Line]:
    """The conflicts alone, where nothing of the plan was written."""
    return laid_out([_conflict(each, plan, tense) for each in conflicts], room)


def _changed(change: Change, room: int, tense: Tense) -> Row:
    look = Look(change.data_type, redacted=change.redacted, room=room, raw=False)
    before, after = pair(change.before, change.after, look)
    cautions = change.cautions if tense is Tense.PLANNED else ()
    word = {
        Tense.DONE: messages.DONE[change.kind],
        Tense.TAKE_BACK: "restore",
        Tense.TAKEN_BACK: "restored",
    }.get(tense, change.kind.value)
    return Row(
        mark=change.kind.symbol,
        word=word,
        tone=messages.TONES[change.kind],
        name=change.attribute,
        before=before,
        after=toned(after, Tone.VALUE, Tone.NEW),
        source=change.source,
        note=_seconds(change),
        cautions=tuple(messages.CAUTIONS[caution] for caution in cautions),
    )


def _conflict(conflict: Conflict, plan: Plan, tense: Tense) -> Row:
    types = {change.attribute: change.data_type for change in plan.changes}
    look = Look(types.get(conflict.attribute, DataType.STRING), redacted=conflict.redacted)
    undoing = tense in (Tense.TAKE_BACK, Tense.TAKEN_BACK)
    said = "The run wrote " if undoing else "The plan promised "
    expected = show(conflict.expected, look)
    if is_empty(conflict.expected):
        said, expected = ("The run left" if undoing else "The plan promised"), ink(" nothing")
    return Row(
        mark="." if undoing else "x",
        word="kept" if undoing else "conflict",
        tone=Tone.KEPT if undoing else Tone.REFUSED,
        name=conflict.attribute,
        before=show(conflict.found, look),
        why=(Ink(said), *expected, Ink(" here, and somebody has changed it since.")),
    )


def _seconds(change: Change) -> Line:
    """The numbers behind a date, which are what is really written."""
    if change.data_type is not DataType.DATE or change.redacted:
        return ()
    both = [show(value) for value in (change.before, change.after) if not is_empty(value)]
    return (*quiet("Unix seconds "), *(Ink(p.text, Tone.QUIET) for p in joined(" → ", both)))


def _left(left: Left, room: int) -> Row:
    return Row(
        mark="x" if left.refused else ".",
        word="refused" if left.refused else "kept",
        tone=Tone.REFUSED if left.refused else Tone.KEPT,
        name=left.attribute,
        before=show(left.before, Look(left.data_type, redacted=left.redacted, room=room)),
        source=left.source,
        why=_why(left),
    )


def _why(left: Left) -> Line:
    detail = left.detail.strip().rstrip(".")
    end = f": {detail}." if detail else "."
    if left.why in messages.WITHOUT_VALUE:
        verdict = "and the action does not accept that" if left.refused else "so nothing changes"
        return ink(f"{messages.WITHOUT_VALUE[left.why]}, {verdict}{end}")
    clause = messages.WITH_VALUE[left.why]
    if left.got is not ABSENT:
        got = show(left.got, Look(redacted=left.redacted, room=40))
        return (Ink("The answer says "), *got, Ink(f", {clause}{end}"))
    has = "no value" if left.why in messages.POLICIES else "a value"  # too large to be kept
    return ink(f"The answer has {has} here, {clause}{end}")


def _same(plan: Plan, room: int) -> list[Line]:
    same = [change.attribute for change in plan.changes if change.kind is Kind.SAME]
    if not same:
        return []
    names = joined(", ", (ink(name, Tone.CODE) for name in same))
    line = (Ink(f"{len(same):,} unchanged"), Ink(": "), *names)
    hang = (*gap(margin(room)), Ink("=", Tone.SAME), Ink(" "))
    return flow(line, room, hang=hang)
