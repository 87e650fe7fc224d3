"""A file of many rows, good and bad: the counts add up, and the memory does not grow with them.

2,000 rows in the normal run, 100,000 and 300,000 with ``-m hostile``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import open_shop
from tests.case_counts import COUNTS
from tests.edges.processes import ROOT
from tests.run_report import REPORT

LIMIT = 40 * 1024
"""KiB that ten times as many rows may need more: caches that fill up."""

pytestmark = pytest.mark.hostile


def run_rows(folder: Path, people: int, rows: int) -> dict[str, Any]:
    with open_shop() as shop:
        home = write_home(folder, build_document(shop, 1), 1)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bulk.many_rows", str(home), str(people), str(rows)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=1500,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def list_expected(people: int, rows: int) -> dict[str, int]:
    """What becomes of the rows of ``write_rows``."""
    odd = Counter(number % 3 for number in range(people, rows))
    unchanged = len(range(3, people, 10))
    expected = {
        "applied": people - unchanged,
        "unchanged": unchanged,
        "held": odd[0],
        "failed": odd[1] + odd[2],
    }
    return {name: number for name, number in expected.items() if number}


def test_every_row_is_counted_in_bounded_memory(tmp_path: Path) -> None:
    """Repeated rows are held, bad ones and those of unknown people have failed."""
    few = (1_000, 10_000) if COUNTS.factor > 1 else (60, 200)
    sizes = [few, tuple(10 * number for number in few)]
    memory = []
    for people, rows in [*sizes, *([(10_000, 300_000)] if COUNTS.factor > 1 else [])]:
        answer = run_rows(tmp_path / str(rows), people, rows)
        assert rows == answer["total"] == sum(answer["outcomes"].values())
        assert list_expected(people, rows) == answer["outcomes"]
        memory.append(answer["memory"])
        REPORT.append(f"{rows:,} rows: {answer['memory'] // 1024} MiB at most")
    assert max(memory) - memory[0] < LIMIT, memory
