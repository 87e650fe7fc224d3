"""Combines a vault file with the source of its key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from cactions.app.vault.key_holders import MinGeneration, SplitKeyHolder
from cactions.app.vault.open_vault import VaultContext
from cactions.app.vault.ports import KeyHolder
from cactions.cli import progress
from cactions.cli.secret_input import TypedKey
from cactions.cli.vault_choice import VaultOptions
from cactions.edges.clock import SystemClock
from cactions.edges.core_dumps import forbid_core_dumps
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.edges.keys.key_sources import FD, GivenKey, GivenKeyOptions, choose_key_holder
from cactions.edges.keys.user_config import UserConfig, read_user_config
from cactions.edges.keys.vault_file import LocalVaultFile

_holders: Final[dict[tuple[str, object], KeyHolder]] = {}
"""Of this command: a passphrase is asked for once, and a descriptor can be read only once."""


class VaultDeps(Struct, frozen=True):
    """What lies around: how the keyring is opened, and where a caution is said."""

    keyring: Callable[[UserConfig], KeyHolder]
    say: Callable[[str], None]


def open_vault_context(
    options: VaultOptions, around: VaultDeps, *, keep: Path | None = None
) -> VaultContext:
    """The vault; ``keep`` is a new file for a new key. From here on there are no core dumps."""
    forbid_core_dumps()
    holder = _choose_holder(options, around)
    if options.min_generation:
        holder = MinGeneration(holder, options.min_generation)
    if keep or (options.recipient and options.key_file):
        holder = SplitKeyHolder(holder, _choose_given_key(None, keep or options.key_file, around))
    return VaultContext(LocalVaultFile(options.vault), holder, AesGcmSealer(), SystemClock())


def _choose_holder(options: VaultOptions, around: VaultDeps) -> KeyHolder:
    if options.recipient:
        return _reuse(("--as", options.recipient), lambda: TypedKey(options.recipient))
    is_named = options.key_fd is not None or options.key_file is not None
    number = options.key_fd if is_named else os.environ.get(FD)

    def choose() -> KeyHolder:
        return _choose_given_key(options.key_fd, options.key_file, around)

    return choose() if number is None else _reuse((FD, number), choose)


def _reuse(name: tuple[str, object], create: Callable[[], KeyHolder]) -> KeyHolder:
    if name not in _holders:
        _holders[name] = create()
        progress.add_exit_hook(_holders.clear)
    return _holders[name]


def _choose_given_key(fd: int | None, file: Path | None, around: VaultDeps) -> KeyHolder:
    holder = choose_key_holder(
        GivenKeyOptions(os.environ, read_user_config, fd, file), around.keyring
    )
    if isinstance(holder, GivenKey) and holder.caution:
        around.say(holder.caution)
    return holder
