"""The review page by the number of people: how long it is written, and used in a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

from msgspec.structs import replace

from cactions.model import RunEntry
from cactions.render.page.run_page import RunPage, write_run_page
from tests.bench.measuring import Reading
from tests.browser import MISSING, BrowserPage, open_browser
from tests.render.bulk_samples import SUMMARY, build_plan
from tests.render.samples import ACME

FEW: Final = 1_000
MANY: Final = 100_000
ROUNDS: Final = 3
TIMES: Final = 10.0
"""How much longer everything may take with a hundred times the people."""
MIB: Final = 1024 * 1024
DEBOUNCE: Final = 120
"""Milliseconds that the script waits for the next key."""

FILTER: Final = """(async () => {{
  const form = document.getElementById("filter");
  form.elements.{field}.value = "{text}";
  const started = performance.now();
  form.dispatchEvent(new Event("input"));
  await new Promise(done => setTimeout(done, {wait}));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started - {wait};
}})()"""
TURN: Final = """(async () => {
  const started = performance.now();
  document.querySelector("[data-step=last]").click();
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
})()"""


def list_people(number: int) -> Iterator[RunEntry]:
    """Everyone has four changes, an attribute that is kept, and one that stays."""
    return (
        RunEntry(build_plan(at, f"Person {at}"), number=at, started=False)
        for at in range(1, number + 1)
    )


def write_file(path: Path, number: int) -> float:
    """Write a page; the CPU seconds."""
    page = RunPage(replace(SUMMARY, people=number), ACME, "loyalty")
    started = time.process_time()
    with path.open("w") as file:
        file.writelines(write_run_page(list_people(number), page))
    return time.process_time() - started


def use(browser: BrowserPage, path: Path) -> dict[str, float]:
    """The seconds of each step of a reviewer."""
    steps: dict[str, Callable[[], float]] = {
        "open": lambda: browser.open(path.as_uri()),
        "first search": lambda: run_filter(browser, "search", "person 99"),
        "search": lambda: run_filter(browser, "search", "u-77 gold"),
        "filter": lambda: run_filter(browser, "kind", "refused"),
        "last page": lambda: browser.run(TURN) / 1000,
    }
    return {name: step() for name, step in steps.items()}


def run_filter(browser: BrowserPage, field: str, text: str) -> float:
    script = FILTER.format(field=field, text=text, wait=DEBOUNCE + 1)
    return max(0.0, float(browser.run(script)) / 1000)


def readings(folder: Path, numbers: tuple[int, int] = (FEW, MANY)) -> Iterator[Reading]:
    """One line for each step, and all of them with many people beside few."""
    few, many = numbers
    paths = {number: folder / f"page_{number}.html" for number in numbers}
    for number, path in paths.items():
        each = write_file(path, number) / number * 1e6
        size = path.stat().st_size / MIB
        yield Reading(
            f"page: {number:,} people, written ({size:.1f} MiB)", each, inf, "us of CPU a person"
        )
    if MISSING:
        yield Reading("page: not opened, there is no chromium", 0, inf, "")
        return
    taken: dict[int, list[dict[str, float]]] = {number: [] for number in numbers}
    with open_browser(folder) as browser:
        browser.show()
        for turn in range(ROUNDS + 1):  # the first one starts the browser
            for number, path in paths.items():
                steps = use(browser, path)
                taken[number] += [steps] if turn else []
    for name in taken[many][0]:
        seconds = median(steps[name] for steps in taken[many])
        yield Reading(f"page: {many:,} people, {name}", seconds, inf, "s")
    whole = {n: median(sum(steps.values()) for steps in rounds) for n, rounds in taken.items()}
    what = f"page: {many:,} people, opened, searched and filtered ({whole[many]:.1f} s)"
    yield Reading(what, whole[many] / whole[few], TIMES, f"x with {few:,}")
