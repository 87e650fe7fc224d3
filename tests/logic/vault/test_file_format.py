"""Lines are read only in the form in which they are written; damaged files are read in part."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.vault import file_format
from cactions.logic.vault.canonical_json import end_line
from cactions.logic.vault.errors import Problem, build_error
from cactions.model.vault import (
    Ciphertext,
    Entry,
    Purpose,
    Recipient,
    RecipientKind,
    ScryptParams,
    VaultContents,
    VaultError,
    VaultFault,
    VaultHead,
)
from tests.strategies import builds

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
numbers = st.integers(1, 2**53 - 1)
names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,12}", fullmatch=True)
dates = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", fullmatch=True)
hexes = st.text("0123456789abcdef", min_size=32, max_size=32)
salts = st.binary(min_size=32, max_size=32)
hosts = st.lists(st.from_regex(r"[a-z0-9][a-z0-9.-]{0,9}", fullmatch=True), unique=True).map(
    lambda found: tuple(sorted(found))
)
texts = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\'))
metas = builds(
    lambda by, created, hosts, more: more | {"by": by, "created": created, "hosts": hosts},
    names, dates, hosts,
    st.dictionaries(
        st.from_regex("[a-z_]{1,9}", fullmatch=True),
        st.one_of(texts, numbers, st.lists(texts).map(tuple)),
        max_size=2,
    ),
)  # fmt: skip
sealed = builds(
    lambda salt, blocks, tag: Ciphertext(salt, b"x" * 64 * blocks + tag),
    salts, st.integers(1, 3), st.binary(min_size=16, max_size=16),
)  # fmt: skip
entries = builds(Entry, st.sampled_from(Purpose), names, numbers, metas, sealed)
wraps = builds(Ciphertext, salts, st.binary(min_size=80, max_size=80))
costs = st.sampled_from([2**n for n in range(15, 19)])
stretchings = builds(ScryptParams, costs, st.just(8), st.just(1), salts)
kinds = st.sampled_from([kind for kind in RecipientKind if kind is not RecipientKind.PASSPHRASE])
typed = st.just(RecipientKind.PASSPHRASE)
people = st.one_of(
    builds(Recipient, names, kinds, hexes, dates, wraps),
    builds(Recipient, names, typed, hexes, dates, wraps, stretchings),
)
vaults = builds(
    VaultContents,
    builds(VaultHead, hexes, numbers, numbers),
    st.lists(people, min_size=1, max_size=4, unique_by=lambda one: one.name).map(
        lambda found: tuple(sorted(found, key=lambda one: one.name))
    ),
    st.lists(entries, max_size=4, unique_by=lambda one: (one.purpose, one.name, one.version)).map(
        lambda found: tuple(sorted(found, key=lambda e: (e.purpose.value, e.name, e.version)))
    ),
)


@few
@given(vaults, salts)
def test_a_written_vault_reads_back_unchanged(vault: VaultContents, mac: bytes) -> None:
    """For every vault that the format allows, in any order of its entries."""
    shuffled = replace(vault, recipients=vault.recipients[::-1], entries=vault.entries[::-1])
    covered = file_format.format_vault(shuffled)
    text = file_format.parse_vault(covered + end_line(mac))
    assert (vault, covered, mac) == (text.contents, text.covered, text.mac)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_vault_or_a_vault_error(data: bytes) -> None:
    """No other exception is raised."""
    with pytest.raises(VaultError) as caught:
        file_format.parse_vault(data)
    assert caught.value.fault in {VaultFault.NOT_A_VAULT, VaultFault.TRUNCATED}


HEAD = b'{"epoch":1,"format":"cactions-vault/1","generation":1,"vault":"' + b"0" * 32 + b'"}\n'


@given(st.binary(max_size=200))
def test_any_bytes_after_a_head_give_a_vault_error(data: bytes) -> None:
    """Also if the first line is valid."""
    with pytest.raises(VaultError) as caught:
        file_format.parse_vault(HEAD + data + b"\n")
    assert VaultFault.NOT_CANONICAL is caught.value.fault
    assert 2 == caught.value.line


@pytest.mark.parametrize(
    ("before", "fault"), [(b"", VaultFault.NOT_A_VAULT), (HEAD, VaultFault.NOT_CANONICAL)]
)
def test_a_mark_of_a_merge_hides_what_a_file_is_only_in_its_first_line(
    before: bytes, fault: VaultFault
) -> None:
    """Else it is a vault that git has merged as text."""
    with pytest.raises(VaultError, match="merge") as caught:
        file_format.parse_vault(before + b"<<<<<<< ours\n" + HEAD + b"=======\n>>>>>>> theirs\n")
    assert (fault, before.count(b"\n") + 1) == (caught.value.fault, caught.value.line)


@pytest.mark.parametrize("sign", ["é", "\u2028", "\x7f", "\t", "\r", "\u00a0"])
def test_a_line_has_only_plain_characters(sign: str) -> None:
    """Whatever JSON allows: a vault looks the same in every editor."""
    line = f'{{"mac":"{sign}"}}'.encode()
    with pytest.raises(VaultError, match="it is empty, or has a character") as caught:
        file_format.parse_vault(HEAD + line + b"\n")
    assert VaultFault.NOT_CANONICAL is caught.value.fault


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (HEAD + b"x" * (file_format.MAX_LINE - 1) + b"\n", VaultFault.NOT_CANONICAL),
        (HEAD + b"x" * file_format.MAX_LINE + b"\n", VaultFault.TOO_BIG),
        (b"x" * file_format.MAX_FILE, VaultFault.NOT_A_VAULT),
        (b"x" * (file_format.MAX_FILE + 1), VaultFault.TOO_BIG),
    ],
    ids=["longest line", "longer line", "largest file", "larger file"],
)
def test_a_line_and_a_file_have_a_largest_size(data: bytes, fault: VaultFault) -> None:
    """Of exactly this size they are read; a line counts with its end."""
    with pytest.raises(VaultError) as caught:
        file_format.parse_vault(data)
    assert fault is caught.value.fault


@few
@given(vaults, salts, st.data())
def test_intact_lines_of_a_damaged_file_are_found(
    vault: VaultContents, mac: bytes, data: st.DataObject
) -> None:
    """Every intact line, with its number; the others are counted."""
    rows = (file_format.format_vault(vault) + end_line(mac)).splitlines(keepends=True)
    broken = data.draw(st.integers(1, len(rows) - 2))
    rows[broken] = rows[broken][:-9] + b"\n"
    wanted = [*vault.recipients, *vault.entries]
    found = list(file_format.parse_fragments(b"".join(rows)))
    assert [(n + 2, None if n + 1 == broken else w) for n, w in enumerate(wanted)] == found
    head = file_format.find_head(b"".join(rows))
    assert (vault.head.vault_id, vault.head.epoch) == (head.vault_id, head.epoch)


VALUES: dict[str, str | int] = {
    "version": 2, "limit": 9999, "why": "n is 1", "memory": 1024, "name": "eve", "have": 2,
    "seen": "a" * 32, "wanted": "b" * 32, "command": "cactions vault rotate eve",
    "where": "the keyring", "path": "x.vault", "quoted_path": "'x.vault'",
    "what": "a symbolic link",
}  # fmt: skip


@pytest.mark.parametrize(
    ("problem", "says", "way_out"),
    [
        (Problem.NOT_A_VAULT, "is no vault", "vault init"),
        (
            Problem.NEWER_VERSION,
            "format 2, this cactions reads format 1",
            "Install a newer cactions",
        ),
        (Problem.TOO_BIG, "the vault is longer than 9,999 bytes", "vault salvage"),
        (Problem.LINE_TOO_BIG, "line 3 of the vault is longer than 9,999 bytes", "vault salvage"),
        (Problem.TRUNCATED, "cut off at line 3", "vault salvage"),
        (Problem.NOT_CANONICAL, "line 3 .* n is 1", "vault verify"),
        (Problem.BAD_PARAMETERS, "line 3 .* n is 1", "vault verify"),
        (Problem.NOT_DERIVED, "it takes 1,024 bytes of memory", "with a key"),
        (Problem.NO_KEY, "no key to this vault in the keyring", "vault join"),
        (Problem.UNKNOWN_RECIPIENT, '"eve" is no recipient', "vault recipients add"),
        (Problem.UNKNOWN_KEY, "no recipient has the key", "vault recipients add"),
        (Problem.WRONG_KEY, "a{8}, .* b{8};", "rekeyed.*vault join"),
        (Problem.WRONG_PASSPHRASE, 'not the passphrase of "eve"', "Type it again"),
        (Problem.TAMPERED, "changed without its key", "vault verify"),
        (Problem.ROLLBACK, "generation 2, .* a{32} was seen", "vault accept-generation 2"),
        (Problem.BAD_ENTRY, '"eve" was not sealed for the place', "vault rotate eve"),
        (Problem.OPEN_TO_ALL, "everybody may write x.vault", "chmod 644 'x.vault'"),
        (Problem.LINKED, "x.vault is a symbolic link", "vault verify"),
    ],
)
def test_every_error_says_what_was_not_done_and_the_next_step(
    problem: Problem, says: str, way_out: str
) -> None:
    """A kind for programs, a message for people."""
    error = build_error(problem, line=3, **VALUES)
    with pytest.raises(VaultError, match=says):
        raise error
    assert any(words in str(error) for words in NOT_DONE)
    with pytest.raises(ValueError, match=way_out):
        raise ValueError(error.hint)


NOT_DONE = (
    "nothing of it was opened",
    "was not opened",
    "was not used",
    "neither read nor written",
)
