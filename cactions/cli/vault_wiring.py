"""A vault put together with whoever holds a key to it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from cactions.app.vault.key_holders import AtLeast, KeepsElsewhere
from cactions.app.vault.open_vault import VaultDesk
from cactions.app.vault.ports import KeyHolder
from cactions.edges.clock import SystemClock
from cactions.edges.core_dumps import forbid_core_dumps
from cactions.edges.keys.crypto import Sealing
from cactions.edges.keys.key_sources import Given, GivenKey, key_holder
from cactions.edges.keys.user_config import UserConfig, read_user_config
from cactions.edges.keys.vault_file import VaultFileLocal
from cactions.model import noun


@noun
class Ways:
    """A vault and the ways to its key; ``typed`` asks for a passphrase."""

    vault: Path
    key_fd: int | None = None
    key_file: Path | None = None
    min_generation: int | None = None
    typed: KeyHolder | None = None


@noun
class Around:
    """What lies around: how the keyring is opened, and where a caution is said."""

    keyring: Callable[[UserConfig], KeyHolder]
    say: Callable[[str], None]


def desk(ways: Ways, around: Around, *, keep: Path | None = None) -> VaultDesk:
    """The vault; ``keep`` is a new file for a new key. From here on there are no core dumps."""
    forbid_core_dumps()
    holder = ways.typed or _given(ways.key_fd, ways.key_file, around)
    if ways.min_generation:
        holder = AtLeast(holder, ways.min_generation)
    if keep or (ways.typed and ways.key_file):
        holder = KeepsElsewhere(holder, _given(None, keep or ways.key_file, around))
    return VaultDesk(VaultFileLocal(ways.vault), holder, Sealing(), SystemClock())


def _given(fd: int | None, file: Path | None, around: Around) -> KeyHolder:
    holder = key_holder(Given(os.environ, read_user_config, fd, file), around.keyring)
    if isinstance(holder, GivenKey) and holder.caution:
        around.say(holder.caution)
    return holder
