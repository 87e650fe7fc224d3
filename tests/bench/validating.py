"""Whether validating an action takes the same time in a large file as in a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from cactions.logic.project import SourceFile, load_project
from tests.bench.measuring import Reading, medians, own
from tests.bench.planning import YAML

SMALL: Final = 100
LARGE: Final = 1_000
LIMIT: Final = 1.3


def readings(rounds: int) -> Iterator[Reading]:
    """The time of one action in the large file, in multiples of the small one's."""
    small, large = validator(SMALL), validator(LARGE)
    taken = medians({"small": lambda: own(small, 10), "large": lambda: own(large, 1)}, rounds)
    each = {"small": taken["small"] / SMALL, "large": taken["large"] / LARGE}
    what = f"validate: one of {LARGE:,} actions ({each['large'] * 1e6:,.0f} us of CPU)"
    yield Reading(what, each["large"] / each["small"], LIMIT, f"x one of {SMALL}")


def validator(actions: int) -> Callable[[], None]:
    """A function that validates a file with this number of actions."""
    head, _, body = YAML.partition("actions:\n")
    copies = "".join(body.replace("loyalty:", f"loyalty_{n}:", 1) for n in range(actions))
    file = SourceFile("actions.yaml", f"{head}actions:\n{copies}".encode())

    def work() -> None:
        shaped = load_project([file])
        assert shaped.project, shaped.findings
        assert actions == len(shaped.project.actions)

    return work
