"""A run of tests as GitHub's workflow commands, drawn as annotations beside the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from cactions.model import SuiteResult, TestReport
from cactions.render.escape import escape_terminal
from cactions.render.github import MOST_SHOWN, build_annotation
from cactions.render.messages import count_noun

_Relative = Callable[[str], str | None]


def render_suite_github(
    suite: SuiteResult, relative: _Relative, *, summarized: bool = False
) -> str:
    """The lines for stdout: the first failures as annotations, then how many there are.

    ``relative`` gives a file's name from the root of the repository on, or None; ``summarized``
    tells whether all of them stand in the job's summary.
    """
    lines = [*islice(_list_annotations(suite, relative), MOST_SHOWN)]
    failed = sum(not report.passed for report in suite.reports)
    wrong = failed + (len(suite.unused) if suite.strict else 0)
    counts = f"{count_noun(len(suite.reports), 'test')}, {failed:,} failed"
    if suite.unused:
        counts += f", {count_noun(len(suite.unused), 'recorded interaction')} not used"
    if suite.coverage is not None:
        counts += f", coverage {suite.coverage_percent:.1f} %"
    where = "the job summary" if summarized else "`cactions test`"
    more = f" The first {MOST_SHOWN} are annotations; {where} lists all."
    return "\n".join([*lines, f"cactions: {counts}.{more if wrong > len(lines) else ''}", ""])


def _list_annotations(suite: SuiteResult, relative: _Relative) -> Iterator[str]:
    for report in suite.reports:
        if not report.passed:
            yield _annotate_failure(report, relative)
    for item in suite.unused if suite.strict else ():
        text = f"no test asks for interaction {item.number} of {item.source}: {item.request}"
        title = f"unused recording of {item.action}"
        yield build_annotation("error", escape_terminal(text), title, None, relative)


def _annotate_failure(report: TestReport, relative: _Relative) -> str:
    lines = [*report.problems, *([f"hint: {report.hint}"] if report.hint else [])]
    text = "\n".join(map(escape_terminal, lines))
    title = f"{report.action}: {report.test}"
    return build_annotation("error", text, title, report.place, relative)
