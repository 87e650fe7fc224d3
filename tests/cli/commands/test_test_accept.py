"""``cactions test --accept``: what it writes, what it leaves, and that nothing else changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from cactions.cli.commands import test_accept as acceptance
from cactions.cli.exit_codes import Exit
from tests.cli.commands.test_test import GOLD, PLATINUM, TAGGED
from tests.cli.conftest import Cli

FILE = Path("actions.yaml")
ACCEPT = ("test", "--accept", "--yes")


def change(*pairs: tuple[str, str]) -> str:
    """The action file with texts replaced, each once; its new text."""
    text = FILE.read_text()
    for old, new in pairs:
        assert 1 == text.count(old), old
        text = text.replace(old, new)
    FILE.write_text(text)
    return text


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ, where their number is the same."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [(old.strip(), new.strip()) for old, new in pairs if old != new]


@pytest.mark.parametrize(
    ("old", "wrong", "accepted"),
    [
        (GOLD, "expect: {status: 201, attributes: {tier: gold}}",
         "expect: {status: 200, attributes: {tier: gold}}"),
        (GOLD, "expect: {attributes: {tier: silver, loyalty_points: 1}} # why",
         "expect: {attributes: {tier: gold, loyalty_points: 1280}} # why"),
        (GOLD, "expect: {attributes: {favourite_store: 'St. John'}}",
         "expect: {attributes: {favourite_store: Marylebone}}"),
        (GOLD, "expect: {attributes: {coupon: SPRING24, nickname: Ada}}",
         "expect: {attributes: {coupon: null, nickname: Countess}}"),
        (GOLD, "expect: {changes: {tier: add, coupon: same, nickname: {refused: too_long}}}",
         "expect: {changes: {tier: overwrite, coupon: clear, nickname: {kept: not_empty}}}"),
        (PLATINUM, "expect: {attributes: {loyalty_points: 325}}",
         "expect: {refused: [tier], attributes: {loyalty_points: 325}}"),
        (PLATINUM, "expect: {refused: [coupon], attributes: {loyalty_points: 325}}",
         "expect: {refused: [tier], attributes: {loyalty_points: 325}}"),
        (PLATINUM, "expect: {refused: [coupon, tier]}", "expect: {refused: [tier]}"),
        (PLATINUM, "expect: {changes: {tier: kept}}", "expect: {changes: {tier: refused}}"),
    ],
)  # fmt: skip
def test_found_values_replace_the_expected_ones(
    cli: Cli, home: Path, old: str, wrong: str, accepted: str
) -> None:
    """One line changes, the tests hold afterwards, and a second time there is nothing to do."""
    before = change((old, wrong))
    assert Exit.FINDINGS == cli("test").code
    done = cli(*ACCEPT)
    assert Exit.CLEAN == done.code
    assert [(wrong, accepted)] == changed_lines(before, FILE.read_text())
    assert f"-        {wrong}\n" in done.out
    assert f"+        {accepted}\n" in done.out
    assert "1 test accepted in actions.yaml" in done.err
    assert Exit.CLEAN == cli("test").code
    after = FILE.read_bytes()
    assert Exit.CLEAN == cli(*ACCEPT).code
    assert after == FILE.read_bytes()


def test_block_layout_comments_and_line_ends_stay(cli: Cli, home: Path) -> None:
    """Lists and maps over several lines, in a file with Windows line ends and a byte order mark."""
    block = (
        "expect: # what holds\n          # first\n          attributes:\n"
        "            tier: gold # not silver\n            loyalty_points: 3\n"
        "          refused:\n            # these\n            - coupon # old\n"
        "            - favourite_store\n            - tier\n          status: 500"
    )
    wanted = (
        block.replace("tier: gold", "tier: silver").replace("points: 3", "points: 325")
        .replace("            - coupon # old\n", "").replace("            - favourite_store\n", "")
        .replace("status: 500", "status: 200")
    )  # fmt: skip
    text = FILE.read_text().replace(PLATINUM, block)
    FILE.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert Exit.CLEAN == cli(*ACCEPT).code
    expected = FILE.read_bytes()
    assert b"\xef\xbb\xbf" + text.replace(block, wanted).replace("\n", "\r\n").encode() == expected


def test_new_refusals_follow_a_block_list(cli: Cli, home: Path) -> None:
    """With the indentation and the dash of the items above."""
    text = FILE.read_text()
    block = "expect:\n          refused:\n            -   tier\n          status: 200"
    FILE.write_text(
        text.replace(PLATINUM, block)
        .replace("nickname: {path: $.nickname,", "nickname: {path: $.tier,")
        .replace("max_length: 40", "max_length: 5")
    )
    assert Exit.CLEAN == cli(*ACCEPT, "loyalty", "--name", "does not know").code
    assert "            -   tier\n            -   nickname\n          status: 200" in (
        FILE.read_text()
    )


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("status: 200, failure: not_same_person", "attributes: {tier: gold}")],
         "its identity check failed, which is never accepted"),
        ([("status: 200, failure: not_same_person", "failure: no_row")],
         "its identity check failed, which is never accepted"),
        ([(GOLD, "expect: {failure: not_same_person}")],
         "it expects not_same_person, and nothing stops its plan"),
        ([("failure: many_rows", "failure: no_row")], "no plan was made (many_rows)"),
        ([(GOLD, "expect: {request: {method: post}, status: 201}")], "its request is another one"),
        ([(GOLD, "expect: {attributes: {coupon: X}}"),
          ("  coupon: {data_type: string,", "  coupon: {data_type: string, redacted: true,")], ""),
        ([(GOLD, "expect: {attributes: {tier: silver}}"),
          ("  tier: {data_type: string,", "  tier: {data_type: string, redacted: true,")],
         "a value of it is redacted"),
        ([(GOLD, "expect:\n          attributes:\n            tier:")],
         "its layout leaves no small edit"),
        ([("/v1/customers/", "/v2/customers/")], "no plan was made (not_recorded)"),
    ],
)  # fmt: skip
def test_what_is_not_accepted_stays_and_says_why(
    cli: Cli, home: Path, pairs: list[tuple[str, str]], reason: str
) -> None:
    """A refusal of the identity check above all; the exit code stays that of the tests."""
    before = change(*pairs)
    done = cli(*ACCEPT)
    if not reason:  # the found value is empty, which tells nothing
        assert (Exit.CLEAN, "coupon: null") == (done.code, "coupon: null")
        assert "{coupon: null}" in FILE.read_text()
        return
    assert Exit.FINDINGS == done.code
    assert reason in " ".join(done.err.split())
    assert before == FILE.read_text()


def test_tests_of_several_files_are_accepted_together(cli: Cli, home: Path) -> None:
    """Each file as a whole; what cannot be accepted does not keep the others from it."""
    text = FILE.read_text()
    start = text.index("  billing:\n")
    Path("actions.more.yaml").write_text(f"version: 1\nactions:\n{text[start:]}")
    FILE.write_text(text[:start].replace("points: 1280", "points: 1"))
    more = Path("actions.more.yaml")
    more.write_text(
        more.read_text().replace("{plan_active: false}", "{plan_active: true}")
        .replace("failure: many_rows", "failure: no_row")
    )  # fmt: skip
    done = cli(*ACCEPT)
    assert Exit.FINDINGS == done.code
    assert "2 tests accepted" in done.err
    assert 2 == done.out.count("\n--- a/")
    assert [False, True] == [test["passed"] for test in cli("test", "billing", "--json").json[
        "tests"][1::-1]]  # fmt: skip


def test_a_file_that_was_changed_meanwhile_is_left_alone(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the tests and the writing; the error says so."""
    change((GOLD, "expect: {status: 201}"))
    find: Callable[..., object] = acceptance.accept_tests

    def accept_late(*words: object) -> object:
        found = find(*words)
        FILE.write_text(FILE.read_text() + "# mine\n")
        return found

    monkeypatch.setattr(acceptance, "accept_tests", accept_late)
    done = cli(*ACCEPT)
    assert Exit.MISUSE == done.code
    assert "was changed while it was being checked, and was left alone" in (
        " ".join(done.err.split())
    )
    assert FILE.read_text().endswith("# mine\n")
    assert "expect: {status: 201}" in FILE.read_text()


def test_the_difference_hides_redacted_values(cli: Cli, home: Path) -> None:
    """Also those that stand in the lines around it."""
    block = "expect:\n          attributes:\n            tier: silver\n            coupon: SPRING24"
    change(
        ("  coupon: {data_type: string,", "  coupon: {data_type: string, redacted: true,"),
        (GOLD, block),
        (TAGGED, f"{TAGGED}        # SPRING24 is there\n"),
        ("on_null: clear, max_length: 20", "on_null: keep"),
    )
    done = cli(*ACCEPT)
    assert Exit.CLEAN == done.code
    assert "tier: gold" in done.out
    assert "SPRING24" not in done.out + done.err
    assert 1 == done.out.count("(not shown: this line holds a secret)")


@pytest.mark.parametrize(
    "words",
    [
        "--json",
        "--format markdown",
        "--live",
        "--record",
        "--accept-nothing",
        "-f actions.yaml -f other/actions.yaml",
        "-f other/actions.yaml",
    ],
)
def test_what_does_not_go_together_is_refused(cli: Cli, home: Path, words: str) -> None:
    """Before any test runs."""
    before = FILE.read_bytes()
    if "-f actions.yaml" in words:
        Path("other").mkdir()
        Path("other/actions.yaml").write_bytes(before)
    done = cli(*ACCEPT, *words.split())
    assert (Exit.MISUSE, words == "--json") == (done.code, bool(done.out))
    assert before == FILE.read_bytes()


def test_without_a_terminal_nothing_is_asked_and_nothing_written(cli: Cli, home: Path) -> None:
    """--yes is for scripts."""
    before = change((GOLD, "expect: {status: 201}"))
    assert Exit.MISUSE == cli("test", "--accept").code
    assert before == FILE.read_text()


@pytest.mark.parametrize(("answer", "code"), [("n", Exit.FINDINGS), ("y", Exit.CLEAN)])
def test_the_question_stands_below_the_difference(home: Path, answer: str, code: Exit) -> None:
    """On a terminal; a no writes nothing."""
    before = change((GOLD, "expect: {status: 201}"))
    child = pexpect.spawn(
        sys.executable, ["-m", "cactions", "test", "loyalty", "--accept"],
        cwd=str(home), encoding="utf-8", timeout=30, dimensions=(60, 80),
    )  # fmt: skip
    child.expect(r"\+        expect: \{status: 200\}")
    child.expect(r"Write what was found for 1 test into actions.yaml\? \[y/N\] ")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert code == child.exitstatus
    assert (before == FILE.read_text()) is (answer == "n")
