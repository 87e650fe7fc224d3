"""Whether replaying a request takes the same time with a large recording as with a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Final

from cactions.edges.cassette.reader import CassetteSender
from cactions.model import MaskedText, Request, Response
from tests.bench.measuring import Reading, medians, own
from tests.recordings import write_cassette

SMALL: Final = 10
LARGE: Final = 10_000
REQUESTS: Final = 1_000
LIMIT: Final = 1.3


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """The time of one request from the large recording, in multiples of the small one's."""
    small, large = replayer(folder, SMALL), replayer(folder, LARGE)
    taken = medians(
        {"small": lambda: own(small, REQUESTS), "large": lambda: own(large, REQUESTS)}, rounds
    )
    what = f"replay: one of {LARGE:,} interactions"
    yield Reading(what, taken["large"] / taken["small"], LIMIT, f"x one of {SMALL}")


def replayer(folder: Path, size: int) -> Callable[[], Response]:
    """A function that replays the next of some requests, spread over the whole recording."""
    requests = [
        Request("GET", MaskedText.of_plain(f"https://api.shop.example/v1/customers/u-{number}"))
        for number in range(size)
    ]
    path = folder / f"{size}.json"
    write_cassette(path, ((one, Response(200, (), b'{"ok": true}')) for one in requests))
    replay = CassetteSender(path)
    turns = cycle(requests[:: max(1, size // REQUESTS)])
    return lambda: replay.send(next(turns))
