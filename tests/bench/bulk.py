"""Runs for many people: memory, size and rate by their number, and throughput beside bare loops.

Whole commands of the tool are measured, each in its own process, with a third party on loopback.
``--million`` measures a million people too, without the network, which takes half an hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from math import inf
from pathlib import Path
from statistics import median
from typing import Final

from cactions.app.commit import WINDOW
from tests.bench.crowd import (
    TWENTIETH,
    Shop,
    Usage,
    begin,
    call,
    command,
    finish,
    make_home,
    open_shop,
    reset_people,
)
from tests.bench.measuring import Reading
from tests.bench.platform import open_platform

FEW: Final = 100
MANY: Final = 100_000
MILLION: Final = 1_000_000
MIB: Final = 1024 * 1024
PEAK: Final = 150.0
GROWTH: Final = 1.1
JOURNAL: Final = 1_000.0
SCAN: Final = 10.0
PEOPLE: Final = 5_000
"""Of one run whose throughput is compared."""
AT_PLATFORM: Final = 2_000
AT_LOOP: Final = 300
"""Of each loop beside it, which takes as long for each; together they stay below the rate limit."""
OF_BARE: Final = 1 / 0.7
CPU_ADDED: Final = 250.0
OF_SDK: Final = 1 / 8
OF_ONE: Final = 2 / 1.6
"""How much longer two processes may take together than one."""


def readings(folder: Path, rounds: int, *, million: bool = False) -> Iterator[Reading]:
    """One line for each promise about runs for many people."""
    with open_shop() as shop:
        yield from by_number(folder, shop, (MANY // 10, MANY))
        if million:
            yield from by_number(folder, shop, (MANY, MILLION), "none")
        yield from when_all_change(folder, shop)
        yield from beside_loop(folder, shop, rounds)
        yield from beside_another(folder, shop, rounds)
    yield from beside_sdk(folder)


def by_number(
    folder: Path, shop: Shop, numbers: tuple[int, ...], network: str = "live"
) -> Iterator[Reading]:
    """Peak memory, size of the journal and rate; each number of people beside the first one."""
    base = measure_run(folder / f"bulk_{network}_{FEW}", shop, FEW, network)[0]
    first, smallest = 0.0, base["resume"]
    for number in numbers:
        used, size = measure_run(folder / f"bulk_{network}_{number}", shop, number, network)
        what = f"bulk: {number:,} people" + (", no network" if network == "none" else "")
        step, peak = max(((name, each.memory) for name, each in used.items()), key=lambda s: s[1])
        yield Reading(f"{what}, peak memory ({step})", peak / MIB, PEAK, "MiB")
        yield Reading(f"{what}, journal, 5 % changed", size / number, JOURNAL, "bytes a person")
        if number > numbers[0]:  # what is written again is the same in both: one window
            scan = (used["resume"].cpu - smallest.cpu) / (number - numbers[0]) * 1e6
            yield Reading(f"{what}, scan of a resume", scan, SCAN, "us of CPU a person")
        else:
            smallest = used["resume"]
        for name in used:
            each = used[name].seconds / number * 1e6
            added = (used[name].cpu - base[name].cpu) / (number - FEW) * 1e6
            unit = f"us a person ({added:,.0f} of CPU; {used[name].memory / MIB:,.0f} MiB)"
            yield Reading(f"{what}, {name}", each, inf, unit)
        rate = (used["plan"].cpu + used["write"].cpu) / number
        first = first or rate
        yield Reading(f"{what}, CPU a person", rate / first, GROWTH, f"x with {numbers[0]:,}")


def measure_run(
    home: Path, shop: Shop, number: int, network: str
) -> tuple[Mapping[str, Usage], int]:
    """Each step of a run, by name, and the bytes of its journal.

    Planned once: the saved plan is carried out, undone, and carried out again until it is cut off.
    """
    make_home(home, shop, number)

    def tool(text: str, windows: int = 0) -> list[str | Path]:
        return ["-m", "tests.bench.altered", str(windows), network, *text.split()]

    used = {"plan": call(tool("diff loyalty --people people.csv --out p.plan"), home, shop)}
    (home / "again.plan").write_bytes((home / "p.plan").read_bytes())
    used["write"] = call(tool("run loyalty --plan p.plan --yes"), home, shop)
    runs = home / ".cactions" / "runs"
    [run] = runs.glob("*.db")
    size = run.stat().st_size
    used["show"] = call(tool("runs show last"), home, shop)
    used["undo"] = call(tool("runs undo last --yes"), home, shop)
    for old in runs.glob("*.db*"):
        old.unlink()
    (home / "again.plan").chmod(0o600)
    windows = number // TWENTIETH // WINDOW + 1
    call(tool("run loyalty --plan again.plan --yes", windows), home, shop, -9)
    used["resume"] = call(tool("runs resume last --yes"), home, shop)
    return used, size


def when_all_change(folder: Path, shop: Shop) -> Iterator[Reading]:
    """The largest journal: everyone has old and new values."""
    home, number = folder / "bulk_all", MANY // 10
    make_home(home, shop, number, 1)
    used = call(command("run loyalty --people people.csv --yes"), home, shop)
    [run] = (home / ".cactions" / "runs").glob("*.db")
    size = run.stat().st_size / number
    what = f"bulk: {number:,} people, all changed"
    yield Reading(f"{what}, journal", size, JOURNAL, "bytes a person")
    yield Reading(f"{what}, run", used.seconds / number * 1e6, inf, "us a person")


def beside_loop(folder: Path, shop: Shop, rounds: int) -> Iterator[Reading]:
    """A run, beside a pool of threads that makes the same calls with the same sender."""
    home = make_home(folder / "bulk_loop", shop, PEOPLE)
    loop = ["-m", "tests.bench.loops", "bare", str(shop.port), shop.ca_file]
    run = command("run loyalty --people people.csv --yes")
    start = call(run, make_home(folder / "bulk_start", shop, FEW), shop).cpu
    times: dict[str, list[Usage]] = {"run": [], "loop": [], "no loop": []}
    for _ in range(max(3, rounds // 5)):
        times["loop"].append(call([*loop, str(PEOPLE)], home, shop))
        times["no loop"].append(call([*loop, "0"], home, shop))
        reset_people(home, PEOPLE)
        times["run"].append(call(run, home, shop))
    wall = {name: median(each.seconds for each in used) for name, used in times.items()}
    cpu = {name: median(each.cpu for each in used) / PEOPLE * 1e6 for name, used in times.items()}
    what = f"bulk: a run ({PEOPLE / wall['run']:,.0f} people/s, bare {PEOPLE / wall['loop']:,.0f})"
    yield Reading(what, wall["run"] / wall["loop"], OF_BARE, "x a bare loop")
    guarded = cpu["loop"] - cpu["no loop"]
    ours = cpu["run"] - start / PEOPLE * 1e6
    what = f"bulk: CPU of a run ({ours:,.0f} us, a guarded call {guarded:,.0f})"
    yield Reading(what, ours - guarded, CPU_ADDED, "us a person above a call")


def beside_another(folder: Path, shop: Shop, rounds: int) -> Iterator[Reading]:
    """Two processes of two workspaces, beside one of them; each has a third party of its own."""
    with open_shop() as other:
        homes = [
            (make_home(folder / f"bulk_pair_{name}", each, PEOPLE), each)
            for name, each in (("a", shop), ("b", other))
        ]
        run = command("run loyalty --people people.csv --yes")
        times: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(max(3, rounds // 5)):
            for number, used in times.items():
                begun = []
                for home, _ in homes[:number]:
                    reset_people(home, PEOPLE)
                for home, each in homes[:number]:
                    begun.append((begin(run, home, each.ca_file), home))
                used.append(max(finish(process, home).seconds for process, home in begun))
    ratio = median(times[2]) / median(times[1])
    what = f"bulk: two processes ({2 / ratio:.2f} times the rate of one)"
    yield Reading(what, ratio, OF_ONE, "x the time of one")


def beside_sdk(folder: Path) -> Iterator[Reading]:
    """A run for people at Intercom, beside loops over the official library.

    One loop searches and updates, the other does the whole job: it asks the third party first.
    """
    if find_spec("intercom") is None:
        yield Reading("bulk: not compared with python-intercom, not installed", 0, inf, "")
        return
    with open_platform(folder, AT_PLATFORM) as platform:
        home, shop = platform.make_home(folder / "bulk_sdk", AT_PLATFORM), platform.shop
        ours = call(command("run loyalty --people people.csv --yes"), home, shop).seconds
        for name, others in (("sdk", ()), ("job", (platform.plain_shop,))):
            loop = ["-m", "tests.bench.loops", name, platform.plain_url, platform.token]
            theirs = call([*loop, str(AT_LOOP), *others], home, shop).seconds
            each, theirs_each = ours / AT_PLATFORM, theirs / AT_LOOP
            rates = f"{1 / each:,.0f} people/s, {1 / theirs_each:,.0f} with python-intercom"
            what = "its loop" if name == "sdk" else "its loop that asks the third party too"
            yield Reading(
                f"bulk: a run at Intercom ({rates})", each / theirs_each, OF_SDK, f"x {what}"
            )
