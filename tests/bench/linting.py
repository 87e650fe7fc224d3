"""How long all rules take for a thousand files, compared with two fast linters.

Elapsed time of one process from start to end, since that is what users wait for. zizmor (Rust)
checks as many workflow files with as many lines and characters; yamllint checks our files. The
``bench`` extra installs both; the table says if one is missing.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from functools import partial
from math import inf, log
from pathlib import Path
from statistics import median
from typing import Final

from cactions.logic.lint.engine import lint
from cactions.logic.project import SourceFile, load_project
from tests.bench.measuring import Reading, largest, medians, own, wall
from tests.definitions import NEXT_YEAR

FILES: Final = 1_000
SIZES: Final = (100, 316, 1_000, 3_162, 10_000)
OF_ZIZMOR: Final = 1.2
OF_YAMLLINT: Final = 1 / 6
STEEPEST: Final = 1.1
FIXED_MIB: Final = 60
KB_EACH: Final = 10.0
NOW: Final = 1_800_000_000.0

HEAD: Final = """\
version: 1
workspace: {kind: local, identity_verification: jwt}
servers:
  shop: {production: "https://api.shop.example"}
tokens:
  shop: {type: text, value: {secret: shop_token}, header: X-Token, hosts: [api.shop.example]}
attributes:
  tier: {data_type: string, options: [silver, gold], messenger_writable: false}
  points: {data_type: integer, messenger_writable: false}
allow:
  - {rule: CA208, where: actions.loyalty_0.response.mapping.tier, reason: copies of one action,
     owner: bench, expires: UNTIL}
  - {rule: CA208, where: actions.loyalty_0.response.mapping.points, reason: copies of one action,
     owner: bench, expires: UNTIL}
""".replace("UNTIL", NEXT_YEAR)

ACTION: Final = """\
version: 1
actions:
  loyalty_NUMBER:
    description: Copies the shop's loyalty data onto the person.
    audiences: [users]
    match: user_id
    request:
      http_method: get
      server: shop
      url: /v1/customers/{{ person.user_id }}
      tokens: [shop]
    response:
      success_when: {status: 200}
      same_person:
        path: $.email
        equals: person.email
        verified: the shop confirms e-mail addresses
      mapping:
        tier: $.tier
        points: $.points
    tests:
      - name: a gold member gets her tier
        person: {user_id: u-1}
        expect: {status: 200, attributes: {tier: gold, points: 1280}}
"""

WORKFLOW: Final = """\
name: build NUMBER
on:
  push:
    branches: [main]
permissions:
  contents: read
concurrency:
  group: build
  cancel-in-progress: true
jobs:
  build:
    name: build
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - name: Build what is released, from what stands in this repository
        run: make build TARGET=release REPORT=build/reports/build.xml # kept for a week
        env:
          LEVEL: high
      - name: Test everything that there is to be tested in this repository
        run: make test LEVEL=high REPORT=build/reports/tests.xml # the same as on a desk
"""


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """Speed relative to both linters, growth of time with the number of actions, and memory."""
    yield from beside_zizmor(folder, rounds)
    yield from beside_yamllint(folder)
    yield Reading("lint: time by number of actions", exponent(SIZES), STEEPEST, "fitted exponent")
    for size in (FILES, SIZES[-1]):
        home = ours(folder / f"memory_{size}", size)
        taken = largest(command(folder, home), folder)
        each = (taken - FIXED_MIB * 1024 * 1024) / size / 1000
        what = f"lint: memory of {size:,} actions ({taken / 1024 / 1024:,.0f} MiB)"
        yield Reading(what, each, KB_EACH, f"kB each above {FIXED_MIB} MiB")


def beside_zizmor(folder: Path, rounds: int) -> Iterator[Reading]:
    """By elapsed time, alternating."""
    if not (program := found("zizmor")):
        yield left_out("zizmor")
        return
    home, other = ours(folder / "ours", FILES), theirs(folder / "theirs", FILES)
    works = {
        "ours": partial(wall, command(folder, home), folder),
        "zizmor": partial(wall, [program, "--offline", "--quiet", other], folder),
    }
    taken = medians(works, rounds)
    what = f"lint: {FILES:,} files ({taken['ours']:.2f} s, zizmor {taken['zizmor']:.2f} s)"
    yield Reading(what, taken["ours"] / taken["zizmor"], OF_ZIZMOR, "x zizmor --offline")


def beside_yamllint(folder: Path) -> Iterator[Reading]:
    """On our own files; it is so slow that three rounds must be enough."""
    if not (program := found("yamllint")):
        yield left_out("yamllint")
        return
    home = ours(folder / "ours", FILES)
    works = {
        "ours": partial(wall, command(folder, home), folder),
        "yamllint": partial(wall, [program, "-d", "relaxed", home], folder),
    }
    taken = medians(works, 3)
    yield Reading("lint: our files", taken["ours"] / taken["yamllint"], OF_YAMLLINT, "x yamllint")


def left_out(tool: str) -> Reading:
    """The line of a comparison that is not possible."""
    return Reading(f"lint: not compared with {tool}, which is not installed", 0, inf, "")


def found(tool: str) -> str | None:
    """The program, in this environment or on the path."""
    return shutil.which(tool, path=str(Path(sys.executable).parent)) or shutil.which(tool)


def command(folder: Path, home: Path) -> list[str | Path]:
    """``validate`` of the installed tool, or of this checkout if none is installed."""
    installed = folder / "environment" / "bin" / "cactions"
    start = [installed] if installed.exists() else [sys.executable, "-m", "cactions"]
    return [*start, "validate", home]


def texts(number: int) -> list[str]:
    """The declarations, and this number of actions."""
    return [HEAD, *(ACTION.replace("NUMBER", str(n)) for n in range(number))]


def named(number: int) -> list[SourceFile]:
    """As files."""
    return [SourceFile(f"actions.{n}.yaml", text.encode()) for n, text in enumerate(texts(number))]


def ours(home: Path, number: int) -> Path:
    """A folder with this number of actions, one per file, and their declarations."""
    home.mkdir(exist_ok=True)
    for file in named(number):
        (home / file.name).write_bytes(file.data)
    return home


def theirs(home: Path, number: int) -> Path:
    """A repository with this number of workflows."""
    folder = home / ".github" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(number):
        (folder / f"w{n}.yml").write_text(WORKFLOW.replace("NUMBER", str(n)))
    return home


def exponent(sizes: tuple[int, ...]) -> float:
    """The slope of time over the number of actions, both as logarithms, by least squares."""
    points = [(log(size), log(timed(named(size)))) for size in sizes]
    x = sum(a for a, _ in points) / len(points)
    y = sum(b for _, b in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def timed(files: list[SourceFile]) -> float:
    """CPU seconds to read, load and check with all rules; the median of three."""

    def work() -> None:
        assert () == lint(load_project(files), NOW).findings

    return median(own(work, 1) for _ in range(3))
