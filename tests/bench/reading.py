"""Whether a file of a million people is read quickly, and in the memory of a small one."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from cactions.edges.files.job_file import open_job_rows
from cactions.model import Action, DataInput, InputType, JobRow, PersonQuery, Role
from tests.bench.measuring import Reading, largest, medians, own
from tests.builders import action

FEW: Final = 10_000
MANY: Final = 1_000_000
SLOWER: Final = 10.0
"""Than the least that is possible: the standard library's rows as the same values, unchecked."""
LARGER: Final = 1.1

READ: Final = """
import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])
from tests.bench import reading
assert reading.read(Path(sys.argv[1]))
"""


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """CPU of a row in multiples of the standard library's, and memory in those of a small file."""
    few, many = people(folder, FEW), people(folder, MANY)
    works = {"ours": lambda: own(lambda: read(few), 1), "csv": lambda: own(lambda: bare(few), 1)}
    taken = medians(works, rounds)
    each = taken["ours"] / FEW
    what = f"people: a row of CSV ({each * 1e6:,.1f} us of CPU, {1 / each:,.0f} rows a second)"
    yield Reading(what, taken["ours"] / taken["csv"], SLOWER, "x the csv module")
    ratio = memory(folder, many) / memory(folder, few)
    yield Reading(f"people: peak memory of {MANY:,} rows", ratio, LARGER, f"x of {FEW:,}")


def people(folder: Path, rows: int) -> Path:
    """A file with this number of people, and one input for each."""
    path = folder / f"{rows}.csv"
    with path.open("w") as file:
        file.write("user_id,points\n")
        file.writelines(f"u-{number},{number}\n" for number in range(rows))
    return path


def an_action() -> Action:
    """One with a typed input."""
    return replace(action(), inputs=(DataInput("points", InputType.INTEGER),))


def read(path: Path) -> int:
    """The number of rows."""
    return sum(1 for _ in open_job_rows(path, an_action()))


def bare(path: Path) -> int:
    """The number of rows as the standard library reads them, made into the same values."""
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return sum(
            1
            for line, (key, points) in enumerate(rows, start=2)
            if JobRow(line, PersonQuery("user_id", key, Role.USER), {"points": int(points)})
        )


def memory(folder: Path, path: Path) -> int:
    """The peak of a process that reads the file, in bytes."""
    root = Path(__file__).parents[2]
    return largest([sys.executable, "-c", READ, path, root], folder)
