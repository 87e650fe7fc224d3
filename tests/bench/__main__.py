"""``python -m tests.bench``: measures the promised speed; exit code 1 if a limit is exceeded.

Takes about half an hour; names of parts, such as ``starting bulk``, measure only these. With
``--million``, the part ``bulk`` has a run for a million people too. Builds the wheel and installs
it for the three start-up times, which needs the package index.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.bench import (
    bulk,
    clusters,
    linting,
    pages,
    planning,
    reading,
    replaying,
    sending,
    starting,
    suites,
    unsealing,
    validating,
    watching,
)
from tests.bench.measuring import Reading
from tests.bench.table import table

ROUNDS = 25
PARTS = (
    "starting", "planning", "replaying", "suites", "validating", "watching", "reading",
    "linting", "unsealing", "sending", "pages", "bulk", "clusters",
)  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Print the table; 1 if a limit is exceeded."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--million", action="store_true", help="bulk: a million people, too")
    options = parser.parse_args(words)
    if unknown := [part for part in options.parts if part not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], Iterable[Reading]]] = {
            "starting": partial(starting.readings, folder, ROUNDS),
            "planning": partial(planning.readings, folder, ROUNDS),
            "replaying": partial(replaying.readings, folder, ROUNDS),
            "suites": partial(suites.readings, folder, ROUNDS),
            "validating": partial(validating.readings, ROUNDS),
            "watching": partial(watching.readings, folder, ROUNDS),
            "reading": partial(reading.readings, folder, ROUNDS),
            "clusters": partial(clusters.readings, folder, ROUNDS),
            "linting": partial(linting.readings, folder, ROUNDS),
            "unsealing": partial(unsealing.readings, folder, ROUNDS),
            "sending": partial(sending.readings, ROUNDS),
            "pages": partial(pages.readings, folder),
            "bulk": partial(bulk.readings, folder, ROUNDS, million=options.million),
        }
        names = options.parts or PARTS
        readings = [*follow(each for name in names for each in parts[name]())]
    sys.stdout.write(table(readings))
    return 0 if all(reading.holds for reading in readings) else 1


def follow(readings: Iterable[Reading]) -> Iterator[Reading]:
    """The same; each is shown as it is measured: none is lost where a later one fails."""
    for each in readings:
        sys.stderr.write(f"{each.what}: {each.measured:.2f} {each.unit}\n")
        yield each


gc.set_threshold(50_000)  # as the main entry point sets it
sys.exit(main(sys.argv[1:]))
