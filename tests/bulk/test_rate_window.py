"""A run for many people at Intercom uses the whole rate limit, with a search index that is old.

Three windows of 10 s in the normal run, twelve with ``-m hostile``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bulk.remote import add_attributes, call, write_remote_home
from tests.bulk.scene import FOREIGN, get_after, get_before
from tests.bulk.shop import Shop, open_shop
from tests.case_counts import choose_number
from tests.run_report import REPORT
from tests.workspace import WorkspaceServer
from tests.workspace.settings import Settings

LIMIT, WINDOW = 60, 10
USED = 0.98
LAG = 3600
EACH_FOREIGN = 9
"""So many people, one is changed by another program, which the index does not know."""

pytestmark = pytest.mark.hostile


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Shop, Any]]:
    settings = Settings(limit=LIMIT, window=WINDOW, index_lag=LAG)
    with open_shop() as shop, WorkspaceServer(settings, tls=True) as intercom:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "ada.key"))
        add_attributes(intercom)
        yield shop, intercom


def add_people(intercom: WorkspaceServer, people: int) -> list[str]:
    """The people of the run, and so many others that to list everyone takes more calls."""
    keys = [
        intercom.add_contact(
            external_id=f"u-{n}", email=f"p{n}@example.com", role="user",
            custom_attributes=get_before(n),
        )
        for n in range(people)
    ]  # fmt: skip
    for number in range(4 * people + 600):
        intercom.add_contact(external_id=f"other-{number}", role="user")
    for number in range(0, people, EACH_FOREIGN):
        intercom.update_contact(keys[number], custom_attributes={"tier": FOREIGN})
    return keys


def get_expected(number: int) -> dict[str, Any]:
    """The attributes after the run, without empty ones."""
    is_foreign = number % EACH_FOREIGN == 0
    found = {**get_before(number), "tier": FOREIGN} if is_foreign else get_after(number)
    return {name: value for name, value in found.items() if value is not None}


def count_wrong(intercom: WorkspaceServer, keys: list[str]) -> int:
    found = (intercom.get_contact(key)["custom_attributes"] for key in keys)
    shown = [{name: value for name, value in each.items() if value is not None} for each in found]
    return sum(get_expected(number) != each for number, each in enumerate(shown))


def test_each_window_is_used_and_an_old_index_decides_nothing(
    tmp_path: Path, scene: tuple[Shop, WorkspaceServer]
) -> None:
    """Each full window has 98 % of its calls, none is refused, and no write is wrong or lost."""
    shop, intercom = scene
    people = choose_number(90, 360)
    keys = add_people(intercom, people)
    home = write_remote_home(tmp_path / "home", shop, intercom, people)
    since = len(intercom.log)
    done = call(home, "run loyalty --people people.csv --yes")
    assert 1 == done.returncode, done.stderr + done.stdout  # some rows are bad
    requests = intercom.log[since:]
    moments = Counter(int(request.time // WINDOW) for request in requests)
    full = [moments[window] for window in sorted(moments)[1:-1]]
    REPORT.append(
        f"rate limit, {people} people, an index of an hour ago: {full} of {LIMIT} calls in each"
        f" window, {sum(r.status == 429 for r in requests)} refused,"
        f" {count_wrong(intercom, keys)} wrong or lost"
    )
    assert "conflict" in done.stdout
    assert 0 == count_wrong(intercom, keys)
    assert 0 == sum(request.status == 429 for request in requests)
    assert max(moments) - min(moments) == len(moments) - 1, "no window is left out"
    assert len(full) >= people // 90
    assert min(full) >= USED * LIMIT
