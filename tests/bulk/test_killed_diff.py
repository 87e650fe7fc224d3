"""A diff for many people is killed: the values of people do not stay behind."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.bulk.attack import KILLED, Attack
from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import Shop

PEOPLE = 20
DIFF = "diff loyalty --people people.csv --live"


def find_values(folder: Path) -> list[Path]:
    """The files that hold a value of a person, without those that the test wrote."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in found if b"SPRING" in path.read_bytes()]


@pytest.mark.parametrize("words", [DIFF, "runs prune --keep 5 --yes",
                                   "runs forget --person id=p1 --yes"])  # fmt: skip
def test_what_a_killed_diff_left_is_deleted(
    process: subprocess.Popen[str],
    shop: Shop,
    tmp_path: Path,
    words: str,
) -> None:
    """By the next diff, and by the commands that erase."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE), PEOPLE)
    attack = Attack(process, home, PEOPLE, Counter())
    assert KILLED == attack.call(DIFF, point="after advance", count=2)["code"]
    left = find_values(home / ".cactions")
    assert left, "the kill came too early to test anything"
    assert {"scratch"} == {path.relative_to(home / ".cactions").parts[0] for path in left}
    attack.call(words)
    assert [] == find_values(home / ".cactions")
    assert [] == [*(home / ".cactions" / "scratch").iterdir()]
