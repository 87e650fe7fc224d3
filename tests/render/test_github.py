"""Workflow commands: for any finding, the runner reads exactly one command."""

from __future__ import annotations

import re

from hypothesis import given

from cactions.model import Finding, LintReport, Place, Severity
from cactions.render.escape import escape_terminal
from cactions.render.github import MOST_SHOWN, render_github
from cactions.rules import NAMES
from tests.reviews import REVIEWS, relative


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Parses a line like the runner does: ``ActionCommand.TryParseV2``."""
    found = re.fullmatch(r"::([a-z]+) (.*?)::(.*)", line, re.DOTALL)
    assert found, line
    pairs = (pair.split("=", 1) for pair in found[2].split(","))
    return found[1], {key: unescaped(value) for key, value in pairs}, unescaped(found[3])


def unescaped(text: str) -> str:
    for sign, code in ((",", "%2C"), (":", "%3A"), ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


@given(REVIEWS)
def test_the_runner_parses_the_message(review: LintReport) -> None:
    """One line for each of the first findings, with its whole message; the last is no command."""
    *commands, last = render_github(review, relative).removesuffix("\n").split("\n")
    assert min(MOST_SHOWN, len(review.findings)) == len(commands)
    assert last.startswith("cactions: ")
    parsed = [read(line) for line in commands]
    messages = {escape_terminal(one.message) for one in review.findings}
    assert all(message.split("\n")[0] in messages for _, _, message in parsed)
    assert {about["title"] for _, about, _ in parsed} <= {
        f"{rule} {name}" for rule, name in NAMES.items()
    }


def test_a_command_has_the_documented_form() -> None:
    """GitHub's own names and escapes."""
    place = Place("a,b:c%.yaml", 3, 5, 3, 9)
    finding = Finding("CA101", "50 %", "do: a, b", place, notes=("why",))
    lines = render_github(LintReport((finding,), (), {}), relative).split("\n")
    about = "file=a%2Cb%3Ac%25.yaml,line=3,endLine=3,col=5,endColumn=9"
    about += ",title=CA101 user-controlled-lookup"
    assert f"::error {about}::50 %25%0Awhy%0Ahint: do: a, b" == lines[0]
    assert ["cactions: 1 error.", ""] == lines[1:]


def test_a_span_of_several_lines_has_no_columns() -> None:
    """The runner would drop them with a warning."""
    finding = Finding("CA101", "x", place=Place("a", 3, 5, 4, 2), severity=Severity.INFO)
    [line, _, _] = render_github(LintReport((finding,), (), {}), relative).split("\n")
    assert "::notice file=a,line=3,endLine=4,title=CA101 user-controlled-lookup::x" == line


def test_the_most_severe_come_first_and_the_rest_is_counted() -> None:
    """Ten per step are shown, and a line says where to find all of them."""
    infos = [Finding("CA207", f"i{n}", severity=Severity.INFO) for n in range(9)]
    errors = [Finding("CA101", f"e{n}") for n in range(3)]
    review = LintReport((*infos, *errors), (), {})
    lines = render_github(review, relative, summarized=True).splitlines()
    assert ["e0", "e1", "e2", "i0"] == [line.rpartition(":")[2] for line in lines[:4]]
    more = "The 10 most severe are annotations; the job summary lists all."
    assert f"cactions: 3 errors and 9 notes. {more}" == lines[-1]
    assert "`cactions validate` lists all." in render_github(review, relative)
