"""Combines a vault file with the source of its key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from cactions.app.vault.key_holders import MinGeneration, SplitKeyHolder
from cactions.app.vault.open_vault import VaultContext
from cactions.app.vault.ports import KeyHolder
from cactions.edges.clock import SystemClock
from cactions.edges.core_dumps import forbid_core_dumps
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.edges.keys.key_sources import GivenKey, GivenKeyOptions, choose_key_holder
from cactions.edges.keys.user_config import UserConfig, read_user_config
from cactions.edges.keys.vault_file import LocalVaultFile


class VaultOptions(Struct, frozen=True):
    """A vault and the ways to its key; ``typed`` asks for a passphrase."""

    vault: Path
    key_fd: int | None = None
    key_file: Path | None = None
    min_generation: int | None = None
    typed: KeyHolder | None = None


class VaultDeps(Struct, frozen=True):
    """What lies around: how the keyring is opened, and where a caution is said."""

    keyring: Callable[[UserConfig], KeyHolder]
    say: Callable[[str], None]


def open_vault_context(
    options: VaultOptions, around: VaultDeps, *, keep: Path | None = None
) -> VaultContext:
    """The vault; ``keep`` is a new file for a new key. From here on there are no core dumps."""
    forbid_core_dumps()
    holder = options.typed or _choose_given_key(options.key_fd, options.key_file, around)
    if options.min_generation:
        holder = MinGeneration(holder, options.min_generation)
    if keep or (options.typed and options.key_file):
        holder = SplitKeyHolder(holder, _choose_given_key(None, keep or options.key_file, around))
    return VaultContext(LocalVaultFile(options.vault), holder, AesGcmSealer(), SystemClock())


def _choose_given_key(fd: int | None, file: Path | None, around: VaultDeps) -> KeyHolder:
    holder = choose_key_holder(
        GivenKeyOptions(os.environ, read_user_config, fd, file), around.keyring
    )
    if isinstance(holder, GivenKey) and holder.caution:
        around.say(holder.caution)
    return holder
