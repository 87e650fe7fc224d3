"""How an action stood an attack: one line for each attack, and what the leaks mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from cactions.logic.shell import join_command
from cactions.model import (
    EVERY_KEY,
    FailureReason,
    ProbeCase,
    ProbeReport,
    ProbeVariant,
    ProbeVerdict,
)
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
    ProbeVariant.LOOKALIKE: "the victim's key with a letter that looks alike",
    ProbeVariant.OTHER_FORM: "the victim's number or address in another form",
    ProbeVariant.PREFIX: "the beginning or the end of the victim's key",
    ProbeVariant.PART: "the victim's key, a character shorter or longer",
    ProbeVariant.LONGER: "the victim's key with more behind it",
    ProbeVariant.WILDCARD: "a wildcard",
    ProbeVariant.BOTH_KEYS: "two keys with a comma",
    ProbeVariant.ALL_KEYS: "the victim's, for all keys that end users can choose",
    ProbeVariant.ALL_RANDOM: "random ones",
    ProbeVariant.OWN_AGAIN: "the attacker's own call again, after one of the victim",
    ProbeVariant.TWO_RECORDS: "a response with the records of both",
}
_VERDICTS: Final = {
    ProbeVerdict.STOPPED: ("stopped", Style.GOOD, ""),
    ProbeVerdict.OWN_DATA: ("own", Style.GOOD, "only the attacker's own data"),
    ProbeVerdict.VERIFIED_KEY: (
        "fine", Style.GOOD, "the victim's data, for a key that only the victim can have"
    ),
    ProbeVerdict.OPEN_DATA: ("fine", Style.GOOD, "what everyone finds who asks for it"),
    ProbeVerdict.UNRELATED: ("fine", Style.GOOD, "a record that may have this key"),
    ProbeVerdict.SKIPPED: ("skipped", Style.QUIET, "both have the same key"),
    ProbeVerdict.VICTIM_DATA: ("LEAK", Style.BAD, "the attacker gets the victim's data"),
    ProbeVerdict.OTHER_DATA: ("LEAK", Style.BAD, "the attacker gets the data of someone else"),
    ProbeVerdict.ANSWERED: (
        "LEAK", Style.BAD, "the service returns a record for a key that no record has"
    ),
    ProbeVerdict.IGNORED_KEY: (
        "LEAK", Style.BAD, "the service returns the attacker's record, whatever the key is"
    ),
    ProbeVerdict.MIXED_UP: (
        "LEAK", Style.BAD, "the service returns another record than at the first call"
    ),
    ProbeVerdict.TOO_LATE: (
        "LEAK", Style.BAD, "the service changes another record; the identity check comes too late"
    ),
    ProbeVerdict.UNDECIDED: ("?", Style.CAUTION, "there was no response"),
}  # fmt: skip
_KEPT_BACK: Final = "; the identity check keeps it back"
_REMEDIES: Final = {
    "CA201": "An identity check (`same_person`) by what no end user can choose keeps such data"
    " back:",
    "CA205": "The identity check does not stop it: it compares what the attacker chose, or what"
    " was sent in the request.",
    "CA101": "A request that changes something has to name the record by what no end user can"
    " choose:",
    "CA107": "A row that is chosen by what is the person's own (`rows`) keeps the records of others"
    " out:",
}
"""By the rule that explains it."""
_SERVICE_FAULT: Final = (
    "The action keeps the data back, but the service answers for keys that no record has. It has to"
    " be corrected there."
)
_CHECKS: Final = {
    FailureReason.NOT_SAME_PERSON: "by the identity check",
    FailureReason.NOT_SUCCESS: "by the service",
    FailureReason.NO_ROW: "by the choice of the row",
    FailureReason.MANY_ROWS: "because several rows fit",
    FailureReason.UNFIT_VALUE: "before it was sent",
    FailureReason.NO_VALUE: "before it was sent",
}


def render_probe(report: ProbeReport, source: str = "") -> View:
    """Every attack by key, each leak with its request, and the verdict.

    ``source`` is the file in which it was recorded; empty for live calls.
    """

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for key, cases in _group_cases(report).items():
            lines += [_render_heading(key, cases)]
            for _, alike in groupby(cases, key=lambda case: (case.variant, case.verdict)):
                lines += _render_cases(list(alike), report, width)
            lines += [BLANK]
        lines += wrap_paragraph(_describe_verdict(report), width)
        origin = _describe_origin(report, source)
        for part in (origin, _describe_comparison(report), _suggest_next(report)):
            lines += wrap_paragraph(part, width) if part else ()
        return lines

    return draw


def _group_cases(report: ProbeReport) -> dict[str, list[ProbeCase]]:
    """What is shown, by key."""
    groups: dict[str, list[ProbeCase]] = {}
    for case in filter(_is_shown, report.cases):
        groups.setdefault(_get_group(case), []).append(case)
    return groups


def _is_shown(case: ProbeCase) -> bool:
    """An attack for which a key has no form is left out; that a key has no attack is not."""
    return not case.is_skipped or case.variant is ProbeVariant.VICTIM_KEY


def _get_group(case: ProbeCase) -> str:
    own = case.variant is ProbeVariant.OWN_AGAIN
    return "Without an attack" if own else case.key or "Both records"


def _render_heading(key: str, cases: Sequence[ProbeCase]) -> StyledLine:
    if key == EVERY_KEY:
        return span("All keys at the same time", Style.STRONG)
    if not cases[0].key:
        return span(key, Style.STRONG)
    chosen = "  end users can choose it" if cases[0].is_chosen else "  end users cannot choose it"
    return (Span(key, Style.STRONG), *dim(chosen))


def _render_cases(cases: Sequence[ProbeCase], report: ProbeReport, width: int) -> list[StyledLine]:
    """Attacks of one kind with one verdict, each leak with its request."""
    case = cases[0]
    word, style, meaning = _VERDICTS[case.verdict]
    if _is_kept_back(case):
        word = "FAULT"
    hang = (*add_gap(2), Span(f"{word:<{_WORD}}", style), *add_gap(2))
    times = "times" if case.variant is ProbeVariant.OWN_AGAIN else "ways"
    text = _VARIANTS[case.variant] + (f" ({len(cases)} {times})" if cases[1:] else "")
    text += f": {_explain_leak(case, meaning) if meaning else _explain_stop(cases, report)}"
    lines = wrap(span(text), width, hang=hang)
    for each in cases:
        if each.verdict.is_leak and each.observation.line:
            lines += wrap(span(each.observation.line, Style.CODE), width, hang=add_gap(_WORD + 4))
    return lines


def _explain_leak(case: ProbeCase, meaning: str) -> str:
    """With the attributes that hand the data over, or the check that did not let them."""
    if case.attributes:
        return f"{meaning} ({', '.join(case.attributes)})"
    return meaning + (_KEPT_BACK if _is_kept_back(case) else "")


def _is_kept_back(case: ProbeCase) -> bool:
    """Whether a check of the action stopped what the service should not have answered."""
    is_late = case.verdict is ProbeVerdict.TOO_LATE
    return case.verdict.is_leak and not is_late and case.observation.failure is not None


def _explain_stop(cases: Sequence[ProbeCase], report: ProbeReport) -> str:
    """What stopped the attacks; each reason once."""
    return " or ".join(dict.fromkeys(_find_stop(case, report) for case in cases))


def _find_stop(case: ProbeCase, report: ProbeReport) -> str:
    failure, status = case.observation.failure, case.observation.status
    if failure is None:
        return "no data came back"
    if failure is FailureReason.NOT_SAME_PERSON and report.check:
        return f"by the identity check ({report.check})"
    if failure is FailureReason.NOT_SUCCESS and status:
        return f"by the service (status {status})"
    return _CHECKS.get(failure, case.observation.message or failure.value.replace("_", " "))


def _describe_verdict(report: ProbeReport) -> StyledLine:
    name = Span(report.action, Style.STRONG)
    if report.problem:
        return (name, Span(" was not probed: ", Style.BAD), Span(f"{report.problem}."))
    if report.passed:
        number = count_noun(len(report.attacks), "attack")
        return (name, Span(" passed", Style.GOOD), Span(f": {number}, none got through."))
    return (name, Span(" FAILED", Style.BAD), Span(f": {', '.join(_count_bad(report))}."))


def _count_bad(report: ProbeReport) -> Iterator[str]:
    taken = [case for case in report.leaks if not _is_kept_back(case)]
    kept = len(report.leaks) - len(taken)
    of_all = f"of {len(report.attacks):,}"
    if taken:
        yield f"{count_noun(len(taken), 'attack')} {of_all} got through"
    if kept:
        yield f"{count_noun(kept, 'attack')} {of_all} found a record that was kept back"
    if report.undecided:
        yield f"{count_noun(len(report.undecided), 'attack')} without a response"


def _describe_origin(report: ProbeReport, source: str) -> StyledLine:
    """When it was recorded."""
    if not source:
        return ()
    day = datetime.fromtimestamp(report.made_at, UTC).strftime("%Y-%m-%d")
    return dim(f"Replayed from {source}, of {day}.")


def _describe_comparison(report: ProbeReport) -> StyledLine:
    """What the verdict says nothing of."""
    if report.problem or not report.untold:
        return ()
    names = ", ".join(report.untold)
    return dim(f"Not compared, since both have the same value, none, or a changing one: {names}.")


def _suggest_next(report: ProbeReport) -> StyledLine:
    """What keeps back what got through; or what shows why nothing was probed."""
    if report.problem:
        diff = join_command(("diff",), report.action, options=("--person", "PERSON"))
        both = "Both need a record with values of their own. What the action gets for one of them:"
        return (Span("Next: "), Span(both), *span(f" {diff}", Style.CODE))
    taken = [case for case in report.leaks if not _is_kept_back(case)]
    if not report.leaks:
        return ()
    if not taken:
        return (Span("Next: "), Span(_SERVICE_FAULT))
    rule = "CA205" if report.check else "CA201"
    if all(case.variant is ProbeVariant.TWO_RECORDS for case in taken):
        rule = "CA107"
    elif any(case.verdict is ProbeVerdict.TOO_LATE for case in taken):
        rule = "CA101"
    explain = join_command(("explain",), rule)
    return (Span("Next: "), Span(_REMEDIES[rule]), *span(f" {explain}", Style.CODE))
