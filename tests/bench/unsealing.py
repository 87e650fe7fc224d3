"""The cost of a vault: opening one secret, and storing ten thousand of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from cactions.app.vault import manage
from cactions.app.vault.open_vault import OpenVault, VaultContext, change_vault
from cactions.model.vault import Ciphertext, Entry, Purpose
from tests.bench.measuring import Reading, medians, own, process
from tests.vaults import new_vault

ROOT: Final = Path(__file__).parents[2]
FEW: Final = 1_000
MANY: Final = 10_000
HOST: Final = "api.shop.example"

COMMAND: Final = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from cactions.cli.commands import diff
from cactions.cli import main
from cactions.edges.cassette import reader
from cactions.edges.store import journal, people
"""
"""The modules that a command with a secret has loaded."""

OPEN: Final = f"""{COMMAND}
from cactions.app.vault.open_secret import open_secret
from cactions.app.vault.open_vault import open_vault
from cactions.cli.vault_wiring import VaultDeps, VaultOptions, open_vault_context
options = VaultOptions(Path("cactions.vault"), key_file=Path("key"))
here = open_vault_context(options, VaultDeps(print, print))
open_secret(open_vault(here), "s0", {HOST!r})
"""


MAKE: Final = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from cactions.app.vault.manage import create_vault, seal_secret
from cactions.cli.vault_wiring import VaultDeps, VaultOptions, open_vault_context
from cactions.model.secret import Secret
options = VaultOptions(Path("cactions.vault"), key_file=Path("key"))
here = open_vault_context(options, VaultDeps(print, print))
create_vault(here, "ada")
seal_secret(here, Secret("s0", "tok-7d1f-e02a"), [{HOST!r}])
"""


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """The extra time of opening in a command, in bare start-ups; then the cost of each of many."""
    home = folder / "vault"
    home.mkdir()
    process([sys.executable, "-I", "-c", MAKE], home)
    works = {
        "bare": partial(process, [sys.executable, "-I", "-c", "pass"], home),
        "command": partial(process, [sys.executable, "-I", "-c", COMMAND], home),
        "open": partial(process, [sys.executable, "-I", "-c", OPEN], home),
    }
    taken = medians(works, rounds)
    added = (taken["open"] - taken["command"]) / taken["bare"]
    yield Reading("opening one secret adds", added, 5.0, "x bare Python")
    few, many = (listed(folder / f"{number}.vault", number) for number in (FEW, MANY))
    ratio = own(many, 3) / own(few, 3)
    yield Reading("10,000 secrets opened, to 1,000", ratio, 15.0, "times")


def listed(path: Path, number: int) -> Callable[[], object]:
    """Lists and opens every secret of a new vault with this number of them."""
    desk = new_vault(path)
    change_vault(desk, partial(_filled, number=number))
    return partial(_all, desk)


def _all(desk: VaultContext) -> int:
    assert manage.list_entries(desk).secrets
    return manage.verify_vault(desk).entries


def _filled(vault: OpenVault, *, number: int) -> OpenVault:
    meta = {"by": vault.me, "created": "2026-01-01T00:00:00Z", "hosts": (HOST,)}
    entries = tuple(
        vault.seal_value(
            Entry(Purpose.SECRET, f"s{n}", 1, meta, Ciphertext(b"", b"")), b"tok-7d1f-e02a"
        )
        for n in range(number)
    )
    return replace(vault, contents=replace(vault.contents, entries=entries))
