"""Which vault a command opens, and the way to its key that the command line says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

VAULT: Final = "cactions.vault"
"""The name of the vault, beside the YAML."""

KEY_OPTIONS: Final = ("--key-fd", "--key-file", "--as", "--recipient", "--min-generation")
"""What ``VaultOptions`` are made of, beside the vault."""


class VaultOptions(Struct, frozen=True):
    """A vault and the ways to its key; the passphrase of a ``recipient`` is asked for."""

    vault: Path
    key_fd: int | None = None
    key_file: Path | None = None
    min_generation: int | None = None
    recipient: str = ""


_chosen: Final[list[VaultOptions]] = []
"""None or one: what the command says. Threads of the command read it, too."""


@contextmanager
def choose_key(options: VaultOptions) -> Iterator[None]:
    """Within the block every vault is opened with the key of these options."""
    _chosen.append(options)
    try:
        yield
    finally:
        _chosen.clear()


def choose_vault(path: Path) -> VaultOptions:
    """The vault, with the way to its key that the command says."""
    return replace(_chosen[-1], vault=path) if _chosen else VaultOptions(path)


def list_key_words(options: VaultOptions | None = None) -> Iterator[tuple[str, str]]:
    """The options that lead another command to the same key; a descriptor is read only once."""
    for chosen in [options] if options else _chosen:
        if chosen.key_file:
            yield "--key-file", str(chosen.key_file)
        if chosen.recipient:
            yield "--recipient", chosen.recipient
