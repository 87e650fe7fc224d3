"""Comments that suppress, comments that were meant to, and prose."""

from __future__ import annotations

import pytest

from cactions.logic.lint.line_comments import collect_comments, guess_rule
from cactions.model import Place
from cactions.rules import RULES, SUPPRESSIBLE

NEAR = (
    "#cactions:ignore[CA207] why", "# cactions:  ignore[CA207] why",
    "# cactions: ignore [CA207] why", "# cactions ignore[CA207] why",
    "# cactions: ignore CA207 why", "# cactions: ignore", "# Cactions: ignore[CA207] why",
    "# CACTIONS: IGNORE[CA207] WHY", "# cactions: ignores[CA207] why",
    "# cactions: ignore(CA207) why", "# caction: ignore[CA207] why", "# cactions - ignore CA207",
    "# cactions: disable=CA207", "# cactions: noqa: CA207", "# cactions: suppress CA2O7 why",
    "# cactions: ignore[CA207 why",
)  # fmt: skip
PROSE = (
    "# cactions ignores this key", "# see cactions", "# ignored by cactions: it is a note",
    "# the action: ignore it", "# cactions: the tool", "#", "# cactionsx: ignore[CA207] why",
    "# cactions: run it", "a#cactions:ignore[CA207]",
)  # fmt: skip


@pytest.mark.parametrize("text", NEAR)
def test_what_is_nearly_a_suppression_is_found_where_it_stands(text: str) -> None:
    """With how it is written."""
    comments = collect_comments({"a.yaml": f"version: 1\nkey: value  {text}\n"})
    [idle] = comments.idle
    assert () == comments.sound
    assert Place("a.yaml", 2, 13, 2, 13 + len(text)) == idle.suppression.place
    rule = "CA207" if "207" in text or "2O7" in text else "RULE"
    assert f"write `# cactions: ignore[{rule}] REASON`, or remove it" == idle.hint


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_nothing(text: str) -> None:
    """Also where it speaks of the tool."""
    comments = collect_comments({"a.yaml": f"version: 1\n{text}\n"})
    assert ((), ()) == (comments.sound, comments.idle)


@pytest.mark.parametrize(
    ("rule", "meant"),
    [("ca207", "CA207"), ("CA2O7", "CA207"), ("CAl07", "CA107"), ("unbounded-text", "CA207"),
     ("unbound-text", "CA207"), ("CA999", ""), ("*", ""), ("x", "")],
)  # fmt: skip
def test_a_rule_that_is_none_is_told_with_the_one_that_was_meant(rule: str, meant: str) -> None:
    """Among others that are good."""
    text = f"k: v # cactions: ignore[CA101, {rule}] it is one word\n"
    comments = collect_comments({"a.yaml": text})
    [idle] = comments.idle
    assert ["CA101"] == [suppression.rule for suppression in comments.sound]
    assert "names no rule, and holds nothing back" == idle.why
    assert f'"{meant}"' in idle.hint if meant else "by its id" in idle.hint


def test_every_rule_is_guessed_by_its_id_and_its_name() -> None:
    """In small letters, too; one that cannot be suppressed is said to be one."""
    for rule in RULES:
        if rule.id in SUPPRESSIBLE:
            assert {rule.id} == {guess_rule(rule.id.lower()), guess_rule(rule.name.upper())}
            continue
        [idle] = collect_comments({"a": f"k: v # cactions: ignore[{rule.id}] why\n"}).idle
        assert "that rule cannot be suppressed" in idle.why


@pytest.mark.parametrize(
    "piece", [" ", "#", "# cactions", "# cactions:", "# cactions: ignore ", "\t"]
)
def test_long_lines_take_no_longer_than_they_are(piece: str) -> None:
    """A line may be a megabyte."""
    text = piece * (500_000 // len(piece))
    assert () == collect_comments({"a": f"# cactions\n{text}\nx # {text}"}).sound
