"""What would change for one person, or why nothing may: the heart of the tool, in words.

Laws: every mapped attribute is accounted for, shown or counted; "no changes" is said as
carefully as a change; colour says nothing that the words do not.
"""

from __future__ import annotations

from cactions.model import Call, Failed, Kind, Plan, Proof, Reason, Subject
from cactions.render import changes, messages
from cactions.render.layout import Fact, facts, margin, prose
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, joined, quiet
from cactions.render.values import Look, show

_MOST_REQUEST = 160  # characters of a request line; `cactions request` shows it whole
_UNPROVEN = "nothing proves that the answer is about this person"


def preview(result: Plan | Failed, *, closing: str = "") -> Sheet:
    """The whole picture for one person. ``closing`` is the caller's sentence about what now."""

    def draw(room: int) -> list[Line]:
        body = (
            _plan(result, closing, room)
            if isinstance(result, Plan)
            else _failed(result, closing or "Nothing would be written.", room)
        )
        title = prose(_title(result.action, result.subject), room)
        return [*title, BLANK, *facts(_head(result), room), BLANK, *body]

    return draw


def _title(action: str, subject: Subject) -> Line:
    label = messages.called(subject.label or str(subject.matched))
    return (Ink(action, Tone.STRONG), Ink(" for "), Ink(label, Tone.STRONG))


def _head(result: Plan | Failed) -> list[Fact]:
    subject = result.subject
    known = (Ink("id "), Ink(subject.person_id, Tone.CODE), Ink(", ")) if subject.person_id else ()
    who = (*known, Ink("matched by "), Ink(str(subject.matched), Tone.CODE))
    items = [Fact("Person", (who,))]
    items += _asked(result.call) if result.call else [Fact("Request", (ink("none was sent"),))]
    if isinstance(result, Plan):
        items.append(Fact("Same person", _proof(result.proof)))
    return items


def _asked(call: Call) -> list[Fact]:
    line = ink(call.line[:_MOST_REQUEST], Tone.CODE)
    if len(call.line) > _MOST_REQUEST:
        line += quiet(f"… ({len(call.line):,} characters)")
    return [Fact("Request", (line,)), Fact("Answer", (_answer(call),))]


def _answer(call: Call) -> Line:
    source = Ink(call.source, Tone.CODE)
    if call.status is None:
        return (Ink("none in "), source) if call.source else ink("none")
    status = Ink(f"{call.status}", Tone.CODE)
    if not call.source:
        return (status, Ink(", live"))
    return (
        status,
        Ink(", "),
        Ink("replayed", Tone.CAUTION),
        Ink(" from "),
        source,
        Ink(", not live"),
    )


def _proof(proof: Proof | None) -> tuple[Line, ...]:
    if proof is None:
        return ((Ink("not proven:", Tone.CAUTION), Ink(f" {_UNPROVEN}")),)
    look = Look(redacted=proof.redacted)
    found, expected = show(proof.found, look), show(proof.expected, look)
    path, equals = Ink(proof.path, Tone.PATH), Ink(proof.equals, Tone.PATH)
    proven = Ink("proven:", Tone.GOOD)
    line = (proven, Ink(" "), path, Ink(" is "), *found, Ink(", "), equals, Ink(" is "), *expected)
    if found == expected:
        line = (proven, Ink(" "), path, Ink(" and "), equals, Ink(" are both "), *found)
    return (line, ink(f"verified: {proof.verified}")) if proof.verified else (line,)


def _plan(plan: Plan, closing: str, room: int) -> list[Line]:
    rows = changes.drawn(plan, room)
    lines = [*rows, *([BLANK] if rows else []), *prose(summary(plan), room, indent=margin(room))]
    return [*lines, *(prose(ink(closing), room, indent=margin(room)) if closing else [])]


def summary(plan: Plan) -> Line:
    """The counts: ``1 to add, 1 to overwrite · 1 refused · 1 kept · 2 unchanged``."""
    kinds = [change.kind for change in plan.changes]
    news = [
        ink(f"{kinds.count(kind):,} to {kind.value}", messages.TONES[kind])
        for kind in (Kind.ADD, Kind.OVERWRITE, Kind.CLEAR)
        if kind in kinds
    ]
    rest = [
        (len(plan.refused), "refused", Tone.REFUSED),
        (len(plan.left) - len(plan.refused), "kept", Tone.KEPT),
        (kinds.count(Kind.SAME), "unchanged", Tone.SAME),
    ]
    counts = [ink(f"{number:,} {word}", tone) for number, word, tone in rest if number]
    first = joined(", ", news) if news else ink(_nothing(plan), Tone.STRONG)
    return joined(" · ", [first, *counts])


def _nothing(plan: Plan) -> str:
    if not plan.changes and not plan.left:
        return "No changes: the action maps no attribute"
    if not plan.left:
        return "No changes: the person already holds what the answer says"
    return "No changes"


def _failed(failed: Failed, closing: str, room: int) -> list[Line]:
    lines = prose(_verdict(failed), room, indent=margin(room))
    lines += prose(ink(messages.sentence(failed.message)), room, indent=margin(room))
    if failed.proof:
        lines += [BLANK, *facts(_sides(failed.proof), room, indent=margin(room) + 2)]
    lines += [BLANK, *prose(ink(closing, Tone.STRONG), room, indent=margin(room))]
    if failed.hint:
        hint = (Ink("Next: ", Tone.STRONG), Ink(messages.sentence(failed.hint)))
        lines += prose(hint, room, indent=margin(room))
    return lines


def _verdict(failed: Failed) -> Line:
    in_doubt = failed.reason is Reason.IN_DOUBT
    return (
        Ink("? in doubt:", Tone.CAUTION) if in_doubt else Ink("x refused:", Tone.REFUSED),
        Ink(" "),
        Ink(messages.REASONS[failed.reason], Tone.STRONG),
        *quiet(f" ({failed.reason.error_type})"),
    )


def _sides(proof: Proof) -> list[Fact]:
    look = Look(redacted=proof.redacted)
    sides = (("expected", proof.expected, proof.equals), ("found", proof.found, proof.path))
    return [
        Fact(label, ((*show(value, look), Ink(" ("), Ink(place, Tone.PATH), Ink(")")),))
        for label, value, place in sides
    ]
