"""Published definitions in the vault: each version an entry of its own; the newest one is live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from cactions.app.vault.manage import UNSEALED
from cactions.app.vault.open_vault import OpenVault, VaultContext, WrittenVault, change_vault
from cactions.logic.documents.definitions import dump_definition, parse_definition
from cactions.logic.vault.errors import build_bad_entry
from cactions.model import PublishedDefinition, StoreError, UsageError
from cactions.model.vault import Entry, Meta, Purpose

KEPT_VERSIONS: Final = 20
"""How many versions of a definition are kept; the oldest goes first."""
_LONGEST: Final = 700_000
"""Bytes of a definition: a line of the vault holds no more."""


def build_entry_name(action: str, environment: str) -> str:
    """The name of the entry: no action and no environment has an ``@``."""
    return f"{action}@{environment}" if environment else action


def list_live(vault: OpenVault) -> Iterator[PublishedDefinition]:
    """The live version of every definition, by name. Raises VaultError."""
    names = sorted({e.name for e in vault.contents.entries if e.purpose is Purpose.REQUEST})
    for name in names:
        entry = vault.find(Purpose.REQUEST, name)
        assert entry, "the name is that of an entry"
        yield _open(vault, entry)


def list_versions(vault: OpenVault, action: str, environment: str) -> Iterator[PublishedDefinition]:
    """The versions of a definition, the newest first. Raises VaultError."""
    name = build_entry_name(action, environment)
    entries = (
        entry
        for entry in vault.contents.entries
        if (entry.purpose, entry.name) == (Purpose.REQUEST, name)
    )
    for entry in sorted(entries, key=lambda entry: entry.version, reverse=True):
        yield _open(vault, entry)


def find_live(vault: OpenVault, action: str, environment: str) -> PublishedDefinition | None:
    """The live version; None where it was never published. Raises VaultError."""
    entry = vault.find(Purpose.REQUEST, build_entry_name(action, environment))
    return _open(vault, entry) if entry else None


def hash_people(vault: OpenVault, people: Iterable[str]) -> tuple[str, ...]:
    """A keyed hash of each of these people, sorted: who has the vault can tell a person again."""
    key = vault.derive_purpose_key(Purpose.REQUEST).key
    return tuple(sorted({vault.sealer.compute_mac(key, who.encode()).hex()[:32] for who in people}))


def seal_definition(
    context: VaultContext,
    build: Callable[[OpenVault], PublishedDefinition],
    seen: PublishedDefinition | None,
) -> tuple[WrittenVault, PublishedDefinition]:
    """Seal what ``build`` makes as the next version; ``seen`` is the one that was live so far.

    Raises UsageError where another version is live by now, StoreError where it is too long.
    """
    sealed: list[PublishedDefinition] = []

    def edit(vault: OpenVault) -> OpenVault:
        published = build(vault)
        live = vault.find(
            Purpose.REQUEST, build_entry_name(published.action, published.environment)
        )
        if (live.version if live else 0) != (seen.version if seen else 0):
            raise UsageError(
                f'another version of "{published.action}" was published meanwhile; nothing was'
                " sealed",
                hint="Look at `cactions live list`, and publish again.",
            )
        numbered = replace(published, version=live.version + 1 if live else 1)
        sealed.append(numbered)
        return _add_version(vault, numbered, context.get_today())

    written = change_vault(context, edit)
    return written, sealed[0]


def change_version(data: bytes, version: int) -> bytes:
    """What is sealed, as another version. Raises VaultError."""
    return dump_definition(replace(parse_definition(data), version=version))


def check_size(published: PublishedDefinition) -> bytes:
    """What is sealed. Raises StoreError where it does not fit into a line of the vault."""
    data = dump_definition(published)
    if len(data) > _LONGEST:
        raise StoreError(
            f'the definition of "{published.action}" is too long to be sealed: {len(data):,} bytes',
            hint=f"At most {_LONGEST:,} bytes fit.",
        )
    return data


def _add_version(vault: OpenVault, published: PublishedDefinition, today: str) -> OpenVault:
    data = check_size(published)
    name = build_entry_name(published.action, published.environment)
    meta: Meta = {"by": vault.me, "created": today, "hosts": ()}
    entry = Entry(Purpose.REQUEST, name, published.version, meta, UNSEALED)
    oldest = published.version - KEPT_VERSIONS
    others = (
        other
        for other in vault.contents.entries
        if (other.purpose, other.name) != (Purpose.REQUEST, name) or other.version > oldest
    )
    entries = (*others, vault.seal_value(entry, data))
    return replace(vault, contents=replace(vault.contents, entries=entries))


def _open(vault: OpenVault, entry: Entry) -> PublishedDefinition:
    """Raises VaultError where the entry does not open, or holds another definition."""
    published = parse_definition(vault.unseal(entry))
    name = build_entry_name(published.action, published.environment)
    if (name, published.version) != (entry.name, entry.version):
        raise build_bad_entry(entry.name)
    return published
