"""After each of many random edits, ``watch`` says what a fresh ``validate`` and fresh tests say.

The edits are those of people at work, finished or not: lines that are taken out, doubled, moved or
cut, words that are exchanged, files that go, come back and are written by other programs.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.cli.commands.validate_report import ValidateOptions, build_validated_report
from cactions.cli.commands.watch_session import WatchSession
from cactions.edges.files.file_watch import read_stamps
from cactions.model import CactionsError, Severity
from tests.case_counts import choose_number
from tests.run_report import REPORT

EDITS = choose_number(150, 1500)
WORDS = (
    "loyalty", "billing", "delivery", "tier", "nickname", "person.user_id", "person.email",
    "inputs.order_id", "$.email", "$.tier", "user_id", "email", "true", "false", "test", "url",
    "path", "equals", "mapping", "same_person", "redacted: true", "messenger_writable: true",
    "secret", "hosts", "get", "post", "gold", "silver", "version", "actions", "workspace", "kind",
)  # fmt: skip

RESTORED = 0.25
"""How often all files are as they were at the beginning, as a checkout makes them."""

Edit = Callable[[random.Random, Path], None]


def change_lines(rng: random.Random, path: Path) -> None:
    """Take a line out, double it, cut it, move it, or indent it."""
    lines = path.read_text(errors="replace").splitlines()
    at = rng.randrange(len(lines)) if lines else 0
    line = lines[at] if lines else ""
    new = rng.choice(
        ([], [line, line], [line[: rng.randrange(len(line) + 1)]], [f"  {line}"], [line.lstrip()])
    )
    lines[at : at + 1] = new
    if lines and rng.random() < 0.2:
        lines.insert(rng.randrange(len(lines)), lines.pop())
    path.write_text("\n".join(lines) + "\n")


def exchange_words(rng: random.Random, path: Path) -> None:
    """A word that stands there becomes another one, once or everywhere."""
    text = path.read_text(errors="replace")
    known = [word for word in WORDS if word in text]
    if known:
        count = rng.choice((1, 1, -1))
        path.write_text(text.replace(rng.choice(known), rng.choice(WORDS), count))


def add_comment(rng: random.Random, path: Path) -> None:
    """What stands below moves, and means the same."""
    lines = path.read_text(errors="replace").splitlines()
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(("# a note", "", "# allow CA206: x")))
    path.write_text("\n".join(lines) + "\n")


def loosen(rng: random.Random, path: Path) -> None:
    """Take a declaration away on which rules rely, or turn it round."""
    pattern, new = rng.choice(
        (
            (r"\n +verified: .*", ""),
            (r", verified: [^}]*", ""),
            ("messenger_writable: false", "messenger_writable: true"),
            ("identity_verification: .*", "identity_verification: off"),
        )
    )
    path.write_text(re.sub(pattern, new, path.read_text(errors="replace")))


def write_otherwise(rng: random.Random, path: Path) -> None:
    """As another editor or another program would write it."""
    text = path.read_text(errors="replace")
    path.write_bytes(
        rng.choice(
            (text.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + text.encode(), b"",
             text.encode("utf-16"), b"name: x\ntoken-of-others: {a: 1}\n", text.encode())
        )
    )  # fmt: skip


def remove_file(rng: random.Random, path: Path) -> None:
    """It may come back later: see ``restore``."""
    path.unlink()


def split_actions(home: Path) -> dict[Path, str]:
    """The example with each action in a file of its own, and its recordings."""
    text = (home / "actions.yaml").read_text()
    head, _, rest = text.partition("actions:\n")
    files = {home / "actions.yaml": head}
    blocks = ("\n" + rest).split("\n  loyalty:\n")[1]
    loyalty, _, rest = blocks.partition("\n  billing:\n")
    billing, _, delivery = rest.partition("\n  delivery:\n")
    for name, body in (("loyalty", loyalty), ("billing", billing), ("delivery", delivery)):
        files[home / f"actions.{name}.yaml"] = f"version: 1\nactions:\n  {name}:\n{body}\n"
    return files | {path: path.read_text() for path in home.glob("cassettes/*.json")}


def look(session: WatchSession) -> tuple[Any, ...]:
    """All that is told, without the times that tests took and which of them ran now."""
    try:
        report = session.check_files(read_stamps(session.folders))
    except CactionsError as error:
        return (type(error), str(error))
    suite = [replace(each, seconds=0.0) for each in report.suite.reports]
    return report.lint, suite, report.suite.unused, report.waiting, str(report.error)


@pytest.mark.parametrize(("seed", "edits"), [(1, EDITS), (2, EDITS)])
def test_watch_says_what_a_fresh_validate_says(home: Path, seed: int, edits: int) -> None:
    """Findings with their places, suppressed ones, texts, tests, what waits, and errors."""
    rng = random.Random(seed)
    originals = split_actions(home)
    for path, text in originals.items():
        path.write_text(text)
    session = WatchSession([], None)
    kinds: list[Edit] = [
        change_lines, exchange_words, loosen, add_comment, write_otherwise, remove_file,
    ]  # fmt: skip
    made: Counter[str] = Counter()
    states: Counter[str] = Counter()
    for _ in range(edits):
        path = rng.choice([*originals])
        if rng.random() < RESTORED:
            for path, text in originals.items():
                path.write_text(text)
            made["restore"] += 1
        elif not path.exists():
            path.write_text(originals[path])
            made["bring_back"] += 1
        else:
            [edit] = rng.choices(kinds, weights=(6, 8, 6, 4, 2, 1))
            edit(rng, path)
            made[edit.__name__] += 1
        watched = look(session)
        assert look(WatchSession([], None)) == watched
        states[describe_state(watched)] += 1
        check_findings(watched)
    assert min(states[state] for state in ("clean", "findings", "error")) >= 2, states
    counted = ", ".join(f"{count} {name}" for name, count in sorted(made.items()))
    found = ", ".join(f"{count} {name}" for name, count in sorted(states.items()))
    REPORT.append(f"watch after {edits} random edits is a fresh validate: {counted}; {found}")


def check_findings(watched: tuple[Any, ...]) -> None:
    """They are those of the command itself, too."""
    if len(watched) > 2:
        assert build_validated_report(ValidateOptions([])) == watched[0]


def describe_state(watched: tuple[Any, ...]) -> str:
    if len(watched) == 2:
        return "unreadable"
    severities = {finding.severity for finding in watched[0].findings}
    return "error" if Severity.ERROR in severities else "findings" if severities else "clean"
