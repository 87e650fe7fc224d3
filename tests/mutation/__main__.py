"""``python -m tests.mutation``: makes small changes of meaning, and lists those no test notices.

The changes are made in a copy of the project; it takes an hour where nothing else runs. Options:

- ``--only NAME``: one part (vault, journal, ...); ``--number N``: so many changes of each part;
- ``--seed N``: other changes; ``--match TEXT``: those whose name contains it;
- ``--again FILE``: those that survived in an earlier output, with all tests of their modules;
- ``--records FOLDER``: keeps there which test calls which function, which is recorded first.

Exit code 1 if a change survives that ``argued.txt`` does not name.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.mutation.forked import pass_tests, record_tests
from tests.mutation.mutants import Mutant, list_mutants
from tests.mutation.selection import Selection
from tests.mutation.targets import ROOT, TARGETS, Target

ARGUED = Path(__file__).with_name("argued.txt")
WORDS = ("killed", "argued", "survived")


def main() -> int:
    """Run the chosen parts; print the survivors as they are found, and a table at the end."""
    options = _read_options()
    rows: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        copy = Path(name) / "project"
        ignored = shutil.ignore_patterns(".venv*", ".git", ".*_cache", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=ignored)
        for target in TARGETS:
            if options.only in ("", target.name):
                rows[target.name] = _try_all(target, copy, options)
    for part, counts in rows.items():
        sys.stdout.write(f"{part:14}" + "".join(f"{w} {counts[w]:3}  " for w in WORDS) + "\n")
    return int(any(counts["survived"] for counts in rows.values()))


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("--only", default="", choices=["", *(target.name for target in TARGETS)])
    parser.add_argument("--number", type=int)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--match", default="")
    parser.add_argument("--records", type=Path, default=None)
    parser.add_argument("--again", type=Path, default=None)
    return parser.parse_args()


def read_argued() -> dict[str, str]:
    """The changes that may survive, each with its reason."""
    argued: dict[str, str] = {}
    key = ""
    for line in ARGUED.read_text().splitlines():
        if line.startswith(" "):
            argued[key] += line.strip() + " "
        elif line and not line.startswith("#"):
            key = line
            argued[key] = ""
    return argued


def _try_all(target: Target, copy: Path, options: argparse.Namespace) -> Counter[str]:
    folder = options.records or copy.parent
    folder.mkdir(exist_ok=True)
    records = folder / f"{target.name.replace(' ', '-')}.json"
    if not records.exists():
        record_tests(target.list_tests(), copy, records)
    selection, argued, counts = Selection(records), read_argued(), Counter[str]()
    control = selection.choose_tests("", "")
    if not (control and pass_tests(control, target.whole, copy)):
        raise SystemExit(f"The tests of {target.name} do not pass without a change.")
    for mutant in _choose(target, options):
        chosen = selection.choose_tests(mutant.path, mutant.place)
        own = _list_own_tests(mutant.path) if options.again or not chosen else ()
        if not (chosen or own):  # such as a module without functions
            chosen = control
        survives = _survives(mutant, chosen, (*own, *target.whole), copy)
        word = ("argued" if mutant.key in argued else "survived") if survives else "killed"
        counts[word] += 1
        if survives:
            sys.stdout.write(f"{word} {mutant.key}  [line {mutant.line}, {len(chosen)} tests]\n")
            sys.stdout.flush()
    return counts


def _choose(target: Target, options: argparse.Namespace) -> list[Mutant]:
    every = [mutant for file in target.list_files() for mutant in list_mutants(file, ROOT)]
    every = [mutant for mutant in every if options.match in mutant.key]
    if options.again:
        lines = options.again.read_text().splitlines()
        keys = {line.removeprefix("survived ").partition("  [line ")[0] for line in lines}
        return [mutant for mutant in every if mutant.key in keys]
    number = min(len(every), options.number or target.number)
    chosen = random.Random(options.seed).sample(every, number)
    return sorted(chosen, key=lambda each: (each.path, each.line))


def _survives(mutant: Mutant, chosen: dict[str, float], whole: tuple[str, ...], copy: Path) -> bool:
    path = copy / mutant.path
    before = path.read_text()
    path.write_text(mutant.text)
    try:
        return pass_tests(chosen, whole, copy)
    finally:
        path.write_text(before)


def _list_own_tests(path: str) -> tuple[str, ...]:
    """The tests in the mirror of a module."""
    place = Path(path).relative_to("cactions")
    own = Path("tests") / place.parent / f"test_{place.name}"
    return (str(own),) if (ROOT / own).exists() else ()


if __name__ == "__main__":
    sys.exit(main())
