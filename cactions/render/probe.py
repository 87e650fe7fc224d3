"""How an action stood an attack: one line for each attack, and what the leaks mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from cactions.logic.shell import join_command
from cactions.model import FailureReason, ProbeCase, ProbeReport, ProbeVariant, ProbeVerdict
from cactions.render.layout import add_gap, wrap, wrap_paragraph
from cactions.render.messages import count_noun
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span

_WORD: Final = 7
"""Cells of "stopped"."""

_VARIANTS: Final = {
    ProbeVariant.VICTIM_KEY: "the victim's key",
    ProbeVariant.RANDOM_KEY: "a random key",
    ProbeVariant.EMPTY_KEY: "an empty key",
    ProbeVariant.OTHER_CASE: "the victim's key in other case",
    ProbeVariant.SPACES: "the victim's key with a space",
    ProbeVariant.PREFIX: "the beginning of the victim's key",
    ProbeVariant.WILDCARD: "a wildcard",
    ProbeVariant.TWO_RECORDS: "a response with the records of both",
}
_VERDICTS: Final = {
    ProbeVerdict.STOPPED: ("stopped", Style.GOOD, ""),
    ProbeVerdict.OWN_DATA: ("own", Style.GOOD, "only the attacker's own data"),
    ProbeVerdict.VERIFIED_KEY: (
        "fine", Style.GOOD, "the victim's data, for a key that only the victim can have"
    ),
    ProbeVerdict.VICTIM_DATA: ("LEAK", Style.BAD, "the attacker gets the victim's data"),
    ProbeVerdict.OTHER_DATA: ("LEAK", Style.BAD, "the attacker gets the data of someone else"),
    ProbeVerdict.ANSWERED: (
        "LEAK", Style.BAD, "the service returns a record for a key that no record has"
    ),
    ProbeVerdict.IGNORED_KEY: (
        "LEAK", Style.BAD, "the service returns the attacker's record, whatever the key is"
    ),
    ProbeVerdict.UNDECIDED: ("?", Style.CAUTION, "there was no response"),
}  # fmt: skip
_REMEDY: Final = (
    "An identity check (`same_person`) by what no end user can choose keeps such data back:"
)
_CHECKS: Final = {
    FailureReason.NOT_SAME_PERSON: "by the identity check",
    FailureReason.NOT_SUCCESS: "by the service",
    FailureReason.NO_ROW: "by the choice of the row",
    FailureReason.MANY_ROWS: "because several rows fit",
    FailureReason.UNFIT_VALUE: "before it was sent",
    FailureReason.NO_VALUE: "before it was sent",
}


def render_probe(report: ProbeReport) -> View:
    """Every attack by key, each leak with its request, and the verdict."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for key, group in groupby(report.cases, key=lambda case: case.key):
            cases = list(group)
            lines += [_render_heading(key, cases)]
            for _, alike in groupby(cases, key=lambda case: (case.variant, case.verdict)):
                lines += _render_cases(list(alike), width)
            lines += [BLANK]
        lines += wrap_paragraph(_describe_verdict(report), width)
        if report.leaks:
            explain = join_command(("explain",), "CA201")
            next_step = (Span("Next: "), Span(_REMEDY), *span(f" {explain}", Style.CODE))
            lines += wrap_paragraph(next_step, width)
        return lines

    return draw


def _render_heading(key: str, cases: Sequence[ProbeCase]) -> StyledLine:
    if not key:
        return span("Both records", Style.STRONG)
    chosen = "  end users can choose it" if cases[0].is_chosen else "  end users cannot choose it"
    return (Span(key, Style.STRONG), *dim(chosen))


def _render_cases(cases: Sequence[ProbeCase], width: int) -> list[StyledLine]:
    """Attacks of one kind with one verdict, each leak with its request."""
    case = cases[0]
    word, style, meaning = _VERDICTS[case.verdict]
    hang = (*add_gap(2), Span(f"{word:<{_WORD}}", style), *add_gap(2))
    text = _VARIANTS[case.variant] + (f" ({len(cases)} ways)" if cases[1:] else "")
    if meaning := meaning or _explain_stop(cases):
        text += f": {meaning}"
    lines = wrap(span(text), width, hang=hang)
    for each in cases:
        if each.verdict.is_leak and each.observation.line:
            lines += wrap(span(each.observation.line, Style.CODE), width, hang=add_gap(_WORD + 4))
    return lines


def _explain_stop(cases: Sequence[ProbeCase]) -> str:
    """What stopped the attacks; each reason once."""
    return " or ".join(dict.fromkeys(map(_find_stop, cases)))


def _find_stop(case: ProbeCase) -> str:
    failure = case.observation.failure
    if failure is None:
        return "no data came back"
    return _CHECKS.get(failure, case.observation.message or failure.value.replace("_", " "))


def _describe_verdict(report: ProbeReport) -> StyledLine:
    name = Span(report.action, Style.STRONG)
    if report.problem:
        return (name, Span(" was not probed: ", Style.BAD), Span(f"{report.problem}."))
    if report.passed:
        number = count_noun(len(report.cases), "attack")
        return (name, Span(" passed", Style.GOOD), Span(f": {number}, none got through."))
    return (name, Span(" FAILED", Style.BAD), Span(f": {', '.join(_count_bad(report))}."))


def _count_bad(report: ProbeReport) -> Iterator[str]:
    if report.leaks:
        yield f"{count_noun(len(report.leaks), 'attack')} of {len(report.cases):,} got through"
    if report.undecided:
        yield f"{count_noun(len(report.undecided), 'attack')} without a response"
