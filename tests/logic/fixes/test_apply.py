"""Safe fixes cause no new finding, change nothing else, and are complete after one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cactions.logic.fixes.apply import FixResult, apply_fixes
from cactions.logic.lint.engine import lint
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import to_json
from cactions.logic.yaml.parser import parse_yaml
from cactions.model import Edit, Finding, Fix, Place
from tests.lint_results import NOW
from tests.reviews import PAGES

HEAD = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  store: {data_type: string, messenger_writable: false}
"""
SHOP = """\
actions:
  loyalty:
    match: user_id  # how they are found
    request:
      http_method: get
      url: https://api.shop.example/customers/{{ person.user_id }}

      query:
        number: "{{ person.phone }}"
    response:
      same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
      mapping:
        store: {path: $.store, max_length: 80}
"""
GOOD = HEAD + SHOP


def look(files: Sequence[SourceFile]) -> LoadedProject:
    return lint(load_project(files), NOW)


def fixed(text: str) -> FixResult:
    """One file after fixing."""
    return apply_fixes([SourceFile("a.yaml", text.encode())], look)


def text_of(state: FixResult) -> str:
    [file] = state.files
    return file.data.decode()


def meaning(text: str) -> Any:
    """The parsed YAML; None if it cannot be parsed."""
    faults = Diagnostics("a.yaml")
    root = parse_yaml(text.encode(), faults)
    return None if faults.found or root is None else to_json(root)


MENDED = {
    "a slip in a key": ("match: user_id  #", "macth: user_id  #"),
    "a letter too many": ("response:", "responses:"),
    "a letter too few": ("identity_verification", "identity_verificaton"),
    "a dash for a line": ("same_person", "same-person"),
    "large letters": ("http_method: get", "http_method: GET"),
    "a template without quotes": ('"{{ person.phone }}"', "{{ person.phone }}"),
    "and with a comment": ('"{{ person.phone }}"', "{{ person.phone }}  # theirs"),
}
"""The correct text, and the mistake."""


@pytest.mark.parametrize("case", MENDED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_clear_mistake_is_fixed(case: str, end: str, mark: str) -> None:
    """As the author would: comments, blank lines, line ends and the byte order mark stay."""
    right, wrong = MENDED[case]
    right += wrong.partition("  # theirs")[1]
    good = (mark + GOOD.replace(MENDED[case][0], right)).replace("\n", end)
    bad = (mark + GOOD.replace(MENDED[case][0], wrong)).replace("\n", end)
    assert good != bad
    state = fixed(bad)
    assert (good, {"a.yaml": 1}, ()) == (text_of(state), state.applied, state.shaped.findings)


LEFT_ALONE = {
    "it stands there already": ("match: user_id", "matsh: id\n    match: user_id"),
    "more than a slip": ("same_person", "some_persons"),
    "a short name": ("url:", "urls:"),
    "quotes around it": ("http_method: get", 'http_method: "GET"'),
    "plain http": ("https:", "http:"),
    "braces in braces": ("{path: $.email", "{path: {{ inputs.x }}"),
}


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_an_ambiguous_mistake_is_not_fixed(case: str) -> None:
    """It is reported, and stays."""
    bad = GOOD.replace(*LEFT_ALONE[case], 1)
    state = fixed(bad)
    assert (bad, {}) == (text_of(state), state.applied)
    assert state.shaped.findings


def test_an_unquoted_template_in_a_block_is_not_fixed() -> None:
    """Only the line that the parser reports is examined."""
    bad = GOOD.replace("      query:", "      text: |\n        {{ person.phone }}\n      query:")
    state = fixed(bad.replace('"{{ person.phone }}"', "[{{ person.phone }}"))
    assert {} == state.applied


ALLOWED = """\
allow:
  - rule: CA101
    where: actions.loyalty.request.url
    reason: because
    owner: me
    expires: 2099-01-01
"""
IDLE = {
    "a comment": ("    request:", "    # cactions: ignore[CA101] x\n    request:"),
    "the only suppression": ("actions:", f"{ALLOWED}actions:"),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("case", IDLE)
def test_an_unused_suppression_is_removed_completely(case: str, end: str) -> None:
    """With its list, if it was the only entry."""
    bad = GOOD.replace(*IDLE[case], 1).replace("\n", end)
    state = fixed(bad)
    assert GOOD.replace("\n", end) == text_of(state)
    assert () == state.shaped.findings


def test_only_the_unused_rule_of_a_comment_is_removed() -> None:
    """The other one is needed."""
    unproven = GOOD.replace("{path: $.store, max_length: 80}", "$.store  # cactions: ignore[{}] x")
    state = fixed(unproven.replace("{}", "CA101, CA207"))
    assert unproven.replace("{}", "CA207") == text_of(state)


def test_a_misplaced_suppression_is_not_removed() -> None:
    """Its rule still has findings: the author wanted to suppress them."""
    bad = GOOD.replace("{path: $.store, max_length: 80}", '"$.store"').replace(
        "match: user_id  # how", "match: user_id  # cactions: ignore[CA207] how"
    )
    state = apply_fixes([SourceFile("a.yaml", bad.encode())], look, lambda one: one.rule == "CA503")
    assert bad == text_of(state)


def test_text_that_looks_like_a_comment_is_not_removed() -> None:
    """It is part of a text, and removing it would change the content of the file."""
    said = 'verified: "the shop # cactions: ignore[CA101] confirms e-mails"'
    bad = GOOD.replace("verified: the shop confirms e-mails", said)
    assert bad == text_of(fixed(bad))


def slips(text: str) -> Iterator[tuple[str, str]]:
    """Every key mistake that a file can have: the text with and without it."""
    for line in text.splitlines():
        key, mark, _ = line.strip().removeprefix("- ").partition(":")
        if mark and len(key) > 4 and key.isidentifier():
            yield key, key[0] + key[2] + key[1] + key[3:]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_fixes_cause_no_new_findings(data: st.DataObject) -> None:
    """For every page's examples with mistakes on any line; and one run is enough.

    A finding hidden by a mistake is not new: the file without the mistake has it, too.
    """
    page = data.draw(st.sampled_from(PAGES))
    text = data.draw(st.sampled_from([page.good, page.bad]))
    wrong = text
    pairs = sorted(set(slips(text)))
    for right, slip in data.draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else []:
        wrong = wrong.replace(right, slip, 1)
    wrong = wrong.replace("\n", data.draw(st.sampled_from(["\n", "\r\n"])))
    state = fixed(wrong)
    if state.before.draft:
        new = Counter(about(state.shaped.findings)) - Counter(about(state.before.findings))
        assert not new
    again = fixed(text_of(state))
    assert (text_of(state), {}) == (text_of(again), again.applied)


def about(findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    return ((one.rule, one.message) for one in findings)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.rule)
def test_a_fix_changes_only_its_span(page: Any) -> None:
    """All other lines stay the same; the finding is gone; a good file is unchanged."""
    assert page.good == text_of(fixed(page.good))
    state = fixed(page.bad)
    safe = [one for one in state.before.findings if one.fix and one.fix.safe]
    touched = {
        n
        for one in safe
        for edit in (one.fix.edits if one.fix else ())
        for n in range(edit.place.line, edit.place.end_line + 1)
    }
    after = Counter(text_of(state).splitlines())
    kept = [line for n, line in enumerate(page.bad.splitlines(), 1) if n not in touched]
    assert Counter(kept) <= after
    assert not {one.fix for one in safe} & {one.fix for one in state.shaped.findings}


def broken(*edits: Edit, rule: str = "CA207") -> Finding:
    return Finding(rule, "x", fix=Fix("do", edits, safe=True), place=edits[0].place)


@pytest.mark.parametrize(
    "edit",
    [
        Edit(Place("a.yaml", 1, 1, 1, 1), "- "),
        Edit(Place("a.yaml", 99, 1, 99, 1), "x"),
        Edit(Place("b.yaml", 1, 1, 1, 1), "x"),
    ],
    ids=["it breaks the file", "it lies outside", "it is of another file"],
)
def test_a_harmful_fix_is_skipped(edit: Edit) -> None:
    """All other fixes are made."""

    def look_and_lie(files: Sequence[SourceFile]) -> LoadedProject:
        shaped = look(files)
        first = () if "- " in files[0].text[:2] else (broken(edit),)
        return LoadedProject(
            shaped.project, (*first, *shaped.findings), shaped.sources, shaped.draft, shaped.homes
        )

    bad = GOOD.replace("{path: $.store, max_length: 80}", "$.store")
    state = apply_fixes([SourceFile("a.yaml", bad.encode())], look_and_lie)
    assert "{path: $.store, max_length: 255}" in text_of(state)
    assert state.applied == {"a.yaml": 1}


def test_fixes_do_not_change_other_content() -> None:
    """Compared as YAML, without the added key."""
    bad = GOOD.replace("{path: $.store, max_length: 80}", "{path: $.store}")
    said = meaning(text_of(fixed(bad)))
    assert said["actions"]["loyalty"]["response"]["mapping"]["store"].pop("max_length") == 255
    assert said == meaning(bad)
