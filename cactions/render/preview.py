"""What would change for one person, or why nothing may: the heart of the tool, in words.

Laws: every mapped attribute is accounted for, shown or counted; "no changes" is said as
carefully as a change; colour says nothing that the words do not.
"""

from __future__ import annotations

from typing import Final

from cactions.model import (
    ChangeKind,
    FailureReason,
    Plan,
    PlanFailure,
    Proof,
    ProofStrength,
    SentCall,
    Subject,
    WorkspaceName,
)
from cactions.render import changes, messages
from cactions.render.layout import (
    LabeledValue,
    choose_margin,
    render_labeled_values,
    wrap_paragraph,
)
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, join_spans, span
from cactions.render.values import ValueStyle, render_value
from cactions.render.workspaces import build_where_label

_MOST_REQUEST = 160  # characters of a request line; `cactions request` shows it whole
_UNPROVEN = "no check that the response is about this person"


def render_preview(
    result: Plan | PlanFailure, *, workspace: WorkspaceName | None = None, closing: str = ""
) -> View:
    """The whole picture for one person. ``closing`` is the caller's sentence about what now.

    ``workspace`` is what would be written to; None where nothing is to be written.
    """

    def draw(width: int) -> list[StyledLine]:
        body = (
            _plan(result, closing, width)
            if isinstance(result, Plan)
            else _render_failure(result, closing or "Nothing would be written.", width)
        )
        title = wrap_paragraph(_render_title(result.action, result.subject), width)
        head = [build_where_label(workspace)] if workspace else []
        head += _render_head(result)
        return [*title, BLANK, *render_labeled_values(head, width), BLANK, *body]

    return draw


def _render_title(action: str, subject: Subject) -> StyledLine:
    label = messages.get_display_name(subject.label or str(subject.matched))
    return (Span(action, Style.STRONG), Span(" for "), Span(label, Style.STRONG))


def _render_head(result: Plan | PlanFailure) -> list[LabeledValue]:
    subject = result.subject
    known = (
        (Span("id "), Span(subject.person_id, Style.CODE), Span(", ")) if subject.person_id else ()
    )
    who = (*known, Span("matched by "), Span(str(subject.matched), Style.CODE))
    items = [LabeledValue("Person", (who,))]
    items += (
        _render_call(result.call)
        if result.call
        else [LabeledValue("Request", (span("none sent"),))]
    )
    if isinstance(result, Plan):
        proof = (_NO_PROOF,) if result.has_nothing else render_proof(result.proof)
        items.append(LabeledValue("Same person", proof))
    return items


def _render_call(call: SentCall) -> list[LabeledValue]:
    line = span(call.line[:_MOST_REQUEST], Style.CODE)
    if len(call.line) > _MOST_REQUEST:
        line += dim(f"… ({len(call.line):,} characters)")
    return [LabeledValue("Request", (line,)), LabeledValue("Response", (_render_answer(call),))]


def _render_answer(call: SentCall) -> StyledLine:
    source = Span(call.source, Style.CODE)
    if call.status is None:
        return (Span("none in "), source) if call.source else span("none")
    status = Span(f"{call.status}", Style.CODE)
    if not call.source:
        return (status, Span(" (live)"))
    return (
        status,
        Span(" ("),
        Span("replayed", Style.CAUTION),
        Span(" from "),
        source,
        Span(")"),
    )


_NO_PROOF: Final = (
    Span("no proof:", Style.CAUTION),
    Span(" the service has nothing about this person"),
)
_STRENGTHS: Final = {
    ProofStrength.PROVEN: ("proven", Style.GOOD),
    ProofStrength.MATCHED: ("matched", Style.GOOD),
    ProofStrength.DOUBTFUL: ("compared", Style.CAUTION),
    ProofStrength.UNPROVEN: ("NOT proven", Style.CAUTION),
}


def render_proof(proof: Proof | None) -> tuple[StyledLine, ...]:
    """How sure it is that the response is about this person, and then why."""
    if proof is None:
        return ((Span("not proven:", Style.CAUTION), Span(f" {_UNPROVEN}")),)
    value_style = ValueStyle(redacted=proof.redacted)
    found, expected = (
        render_value(proof.found, value_style),
        render_value(proof.expected, value_style),
    )
    path, equals = Span(proof.path, Style.PATH), Span(proof.equals, Style.PATH)
    words, style = _STRENGTHS[proof.strength]
    proven = Span(f"{words}:", style)
    line = (
        proven,
        Span(" "),
        path,
        Span(" is "),
        *found,
        Span(", "),
        equals,
        Span(" is "),
        *expected,
    )
    if found == expected:
        line = (proven, Span(" "), path, Span(" and "), equals, Span(" are both "), *found)
    notes = [span(proof.basis)] if proof.basis else []
    notes += [span(f"verified: {proof.verified}")] if proof.verified else []
    return (line, *notes)


def _plan(plan: Plan, closing: str, width: int) -> list[StyledLine]:
    rows = changes.render_changes(plan, width)
    lines = [
        *rows,
        *([BLANK] if rows else []),
        *wrap_paragraph(render_summary(plan), width, indent=choose_margin(width)),
    ]
    return [
        *lines,
        *(wrap_paragraph(span(closing), width, indent=choose_margin(width)) if closing else []),
    ]


def render_summary(plan: Plan) -> StyledLine:
    """The counts: ``1 to add, 1 to overwrite · 1 refused · 1 kept · 2 unchanged``."""
    kinds = [change.kind for change in plan.changes]
    news = [
        span(f"{kinds.count(kind):,} to {kind.value}", messages.TONES[kind])
        for kind in (ChangeKind.ADD, ChangeKind.OVERWRITE, ChangeKind.CLEAR)
        if kind in kinds
    ]
    rest = [
        (len(plan.refused), "refused", Style.REFUSED),
        (len(plan.left) - len(plan.refused), "kept", Style.KEPT),
        (kinds.count(ChangeKind.SAME), "unchanged", Style.SAME),
    ]
    counts = [span(f"{number:,} {word}", style) for number, word, style in rest if number]
    first = join_spans(", ", news) if news else span(_describe_no_change(plan), Style.STRONG)
    return join_spans(" · ", [first, *counts])


def _describe_no_change(plan: Plan) -> str:
    if not plan.changes and not plan.left:
        return "No changes: the action maps no attribute"
    if not plan.left:
        return "No changes: the person already has the values of the response"
    return "No changes"


def _render_failure(failed: PlanFailure, closing: str, width: int) -> list[StyledLine]:
    lines = wrap_paragraph(_render_verdict(failed), width, indent=choose_margin(width))
    lines += wrap_paragraph(
        span(messages.to_sentence(failed.message)), width, indent=choose_margin(width)
    )
    if failed.proof:
        lines += [
            BLANK,
            *render_labeled_values(
                _render_sides(failed.proof), width, indent=choose_margin(width) + 2
            ),
        ]
    lines += [
        BLANK,
        *wrap_paragraph(span(closing, Style.STRONG), width, indent=choose_margin(width)),
    ]
    if failed.hint:
        hint = (Span("Next: ", Style.STRONG), Span(messages.to_sentence(failed.hint)))
        lines += wrap_paragraph(hint, width, indent=choose_margin(width))
    return lines


def _render_verdict(failed: PlanFailure) -> StyledLine:
    if failed.reason is FailureReason.OUTCOME_UNKNOWN:
        heading = Span("? outcome unknown:", Style.CAUTION)
    else:
        word = "refused" if failed.reason in messages.REFUSALS else "failed"
        heading = Span(f"x {word}:", Style.REFUSED)
    return (
        heading,
        Span(" "),
        Span(messages.REASONS[failed.reason], Style.STRONG),
        *dim(f" ({failed.reason.error_type})"),
    )


def _render_sides(proof: Proof) -> list[LabeledValue]:
    value_style = ValueStyle(redacted=proof.redacted)
    sides = (("expected", proof.expected, proof.equals), ("found", proof.found, proof.path))
    return [
        LabeledValue(
            label,
            ((*render_value(value, value_style), Span(" ("), Span(place, Style.PATH), Span(")")),),
        )
        for label, value, place in sides
    ]
