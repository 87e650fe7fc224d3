"""What a definition must pass before it goes live, and what stands in for a gate left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.shell import join_command
from cactions.model import (
    Gate,
    ProbeEvidence,
    ProbeReport,
    PublicationEvidence,
    TestEvidence,
    TestReport,
    UsageError,
    Waiver,
)
from cactions.rules.credentials import looks_like_secret

_LONGEST_REASON: Final = 1000
_SURROGATES: Final = range(0xD800, 0xE000)


class GateProblem(Struct, frozen=True):
    """A gate that is not passed: why, and the command that helps."""

    gate: Gate
    reason: str
    hint: str


Passed: TypeAlias = "TestEvidence | ProbeEvidence | GateProblem | None"


class GateResult(Struct, frozen=True):
    """What is known, and what stands in the way."""

    evidence: PublicationEvidence
    problems: tuple[GateProblem, ...] = ()


def build_waivers(gates: Sequence[Gate], reason: str | None) -> tuple[Waiver, ...]:
    """A waiver for each gate. Raises UsageError without a reason, or without a gate."""
    text = (reason or "").strip()
    if gates:
        _check_reason(text)
    if text and not gates:
        raise UsageError("--because explains nothing", hint="Say --without test, or leave it out.")
    return tuple(Waiver(gate, text) for gate in dict.fromkeys(gates))


def _check_reason(text: str) -> None:
    """Raises UsageError for what tells a reader nothing, or what no reader may see."""
    if not any(character.isalnum() for character in text):
        raise UsageError(
            "--without needs a reason in words, which is sealed with the definition",
            hint="Say why: --because TEXT.",
        )
    if len(text) > _LONGEST_REASON:
        raise UsageError(
            f"the reason of --because has {len(text):,} characters",
            hint=f"Say it in at most {_LONGEST_REASON:,}.",
        )
    if any(ord(character) in _SURROGATES for character in text):
        raise UsageError("the reason of --because is not UTF-8 text", hint="Type it again.")
    if looks_like_secret(text):
        raise UsageError(
            "the reason of --because looks like a credential, and would be shown ever after",
            hint="Say it without one.",
        )


def judge_tests(action: str, reports: Sequence[TestReport], *, live: bool) -> Passed:
    """The evidence of tests that all passed; the people are added by who can hash them."""
    if not reports:
        return GateProblem(
            Gate.TEST,
            "it has no tests",
            "Write one under `tests:` of the action, with what it must give for a test person"
            " (`cactions help tests`), then record it:"
            f" `{join_command(('test',), action, options=('--record',))}`.",
        )
    failed = [report for report in reports if not report.passed]
    if failed:
        first = failed[0]
        number = f"{len(failed)} of {len(reports)} tests fail"
        look = join_command(("test",), action, options=("--live",) if live else ())
        return GateProblem(
            Gate.TEST,
            f'{number}: "{first.test}": {first.problems[0]}',
            first.hint or f"`{look}` shows all of them.",
        )
    return TestEvidence(len(reports), live)


def judge_probe(report: ProbeReport, *, live: bool) -> Passed:
    """The evidence of a probe that let nothing through."""
    if report.passed:
        return ProbeEvidence(report.made_at, len(report.attacks), live)
    if report.problem:
        why = f"the probe proves nothing: {report.problem}"
    elif report.leaks:
        why = f"{len(report.leaks)} of {len(report.attacks)} attacks got through"
    else:
        why = f"{len(report.undecided)} of {len(report.attacks)} attacks had no response"
    look = join_command(("probe",), report.action, options=("--as", "A", "--victim", "B"))
    return GateProblem(Gate.PROBE, why, f"`{look}` shows them.")


def collect_evidence(found: Iterable[Passed], waivers: tuple[Waiver, ...]) -> GateResult:
    """All of it together."""
    evidence, problems = PublicationEvidence(waivers=waivers), []
    for passed in found:
        match passed:
            case TestEvidence():
                evidence = replace(evidence, tests=passed)
            case ProbeEvidence():
                evidence = replace(evidence, probe=passed)
            case GateProblem():
                problems.append(passed)
    return GateResult(evidence, tuple(problems))
