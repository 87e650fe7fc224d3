"""Looks at a folder from outside: what the stores hold, against what the journal says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cactions.cli.journal_wiring import open_journal
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import PersonQuery, Run, RunKind, UsageError
from tests.bulk.scene import FOREIGN, ODD_ROWS, get_after, get_before


def read_run(folder: Path, kind: RunKind = RunKind.APPLY, run_id: str = "") -> Run | None:
    """The newest run of this kind, or that of the id, with all entries."""
    journal = open_journal(folder)
    assert [] == journal.list_damaged()
    runs = (run for run in journal.list_runs() if run.head.kind is kind)
    return next((run for run in runs if run_id in ("", run.head.id)), None)


def read_local(folder: Path, people: int) -> list[dict[str, Any]]:
    """The attributes of everyone, as the local store has them."""
    store = LocalPeopleStore(folder / ".cactions")
    held = []
    for number in range(people):
        try:
            found = store.find(PersonQuery("user_id", f"u-{number}"))
            held.append(dict(found.attributes))
        except UsageError:  # only the action file has them
            held.append(get_before(number))
    store.close()
    return held


def write_foreign(folder: Path, numbers: list[int]) -> None:
    """Another program changes the tier of some people, whatever they have now."""
    store = LocalPeopleStore(folder / ".cactions")
    for number in numbers:
        try:
            person = store.find(PersonQuery("user_id", f"u-{number}"))
        except UsageError:
            continue  # only the action file has them
        changed = replace(person, attributes={**person.attributes, "tier": FOREIGN})
        store.import_people([changed], update=True)
    store.close()


def list_unjournaled(run: Run | None, held: list[dict[str, Any]]) -> list[int]:
    """The people who were written to without a before-image, or half."""
    images = {}
    for entry in run.entries if run else ():
        changes = {c.attribute: (c.before, c.after) for c in entry.plan.effective}
        if changes:
            images[entry.plan.subject.matched.value] = changes
    bad = []
    for number, attributes in enumerate(held):
        before, after = get_before(number), get_after(number)
        if attributes == before or (attributes == after and _fits(number, images)):
            continue
        bad.append(number)
    return bad


def _fits(number: int, images: Mapping[str, Any]) -> bool:
    """Whether the journal has all that was there before."""
    changes = images.get(f"u-{number}", {})
    before = get_before(number)
    return all(
        changes.get(name, ("", ""))[0] == value
        for name, value in before.items()
        if get_after(number).get(name) != value
    )


def check_counts(run: Run, people: int) -> Counter[str]:
    """Every row of the file is in exactly one state; the outcomes, counted."""
    counts = run.counts
    outcomes = Counter(
        {outcome.value: number for outcome, number in counts.outcomes.items() if number}
    )
    assert people + ODD_ROWS == counts.total
    assert counts.total == counts.waiting + counts.open + outcomes.total()
    entries = [*run.entries]
    assert len(entries) == len({entry.number for entry in entries})
    assert counts.total == len(entries) + counts.waiting
    assert outcomes == Counter(e.receipt.outcome.value for e in entries if e.receipt)
    return outcomes
