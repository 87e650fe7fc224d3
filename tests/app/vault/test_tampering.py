"""No change made to a vault without a key is accepted, and every refusal has its kind."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import pytest

from cactions.app.vault import open_vault
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.logic.vault import file_format
from cactions.model.secret import Passphrase, VaultKey
from cactions.model.vault import ScryptParams, VaultError, VaultFault
from tests.run_report import REPORT
from tests.vaults import FixedClock, OnlyKey
from tests.vectors.vault_vectors import PASSPHRASE, Maker, bound, dumps, large, small

FLIP_EVERY = 11
"""The number of bits that the normal run skips between two flipped bits."""

pytestmark = pytest.mark.hostile


class Remembering(AesGcmSealer):
    """Derives each passphrase once: thousands of files have the same one."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, ScryptParams], VaultKey] = {}

    def derive_from_passphrase(self, passphrase: Passphrase, how: ScryptParams) -> VaultKey:
        wanted = (passphrase.reveal(), how)
        if wanted not in self._known:
            self._known[wanted] = super().derive_from_passphrase(passphrase, how)
        return self._known[wanted]


SEALING = Remembering()


class Case:
    """A complete vault, and the key of a recipient."""

    def __init__(self, name: str, vault: Maker, key: VaultKey | Passphrase) -> None:
        self.name = name
        self.data = vault.file()
        self.key = key

    def verdict(self, data: bytes, seen: int | None = None) -> VaultFault | None:
        """The error kind for these bytes; None if every entry opens."""
        try:
            vault = open_vault.unlock_vault(file_format.parse_vault(data), self.key, SEALING)
            open_vault.check_generation(_desk(seen), vault.head)
            for entry in vault.contents.entries:
                vault.unseal(entry)
        except VaultError as error:
            return error.fault if str(error) and error.hint else None
        return None


def _desk(seen: int | None) -> open_vault.VaultContext:
    keys = OnlyKey(Passphrase("", "none"), seen)
    return open_vault.VaultContext(None, keys, SEALING, FixedClock())  # type: ignore[arg-type]


def _cases() -> list[Case]:
    two, many, paper = small(), small("two"), small("paper")
    many.recipients.append(many.recipient("bob", "invitation"))
    paper.recipients = [paper.recipient("paper", "passphrase")]
    return [
        Case("one key", two, two.keys["ada"]),
        Case("a key of two, by its id", many, VaultKey("", many.keys["ada"].reveal())),
        Case("a passphrase", paper, Passphrase("paper", PASSPHRASE)),
    ]


CASES = _cases()
cases = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether the test run uses the long form."""
    return request.config.option.markexpr == "hostile"


def refused(case: Case, attempts: Iterable[bytes]) -> Counter[str]:
    """The kind of each attempt; fails if one is accepted."""
    counts: Counter[str] = Counter()
    for data in attempts:
        if data != case.data:
            fault = case.verdict(data)
            assert fault, data
            counts[fault.value] += 1
    return counts


def report(what: str, counts: Counter[str]) -> None:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in counts.most_common())
    REPORT.append(f"vault: {counts.total():,} {what}: 0 accepted ({kinds})")


@cases
def test_the_unchanged_vault_opens(case: Case) -> None:
    """Control test for all tests below."""
    assert case.verdict(case.data) is None


@cases
def test_a_flipped_bit_is_refused(case: Case, is_long: bool) -> None:
    """Every single bit of the file."""
    step = 1 if is_long else FLIP_EVERY
    report(f"flipped bits ({case.name})", refused(case, _flips(case.data, step)))


def _flips(data: bytes, step: int) -> Iterator[bytes]:
    for bit in range(0, len(data) * 8, step):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


@cases
def test_a_truncated_file_is_refused(case: Case) -> None:
    """Wherever the file ends."""
    counts = refused(case, (case.data[:end] for end in range(len(case.data))))
    report(f"truncations ({case.name})", counts)
    assert {VaultFault.TRUNCATED.value} == set(counts)


@cases
def test_a_mutated_file_is_refused(case: Case, is_long: bool) -> None:
    """Bytes randomly changed, removed, doubled or moved, and lines shuffled."""
    chance = random.Random(case.name)
    number = 6_700 if is_long else 600
    mutations = (_mutated(case.data, chance) for _ in range(number))
    report(f"random mutations ({case.name})", refused(case, mutations))


def _mutated(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(MUTATIONS)(data, chance)
    return data


def _overwritten(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.randbytes(chance.randint(1, 8)) + data[at + chance.randint(0, 8) :]


def _plausible(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(b'AZaz09+/="{}[],:\n\\ -.').to_bytes() + data[at + 1 :]


def _cut_out(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:start] + data[end:]


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:end] + data[end:]


def _shuffled(data: bytes, chance: random.Random) -> bytes:
    rows = data.splitlines(keepends=True)
    chance.shuffle(rows)
    return b"".join(rows)


def _counted_on(data: bytes, chance: random.Random) -> bytes:
    digits = [at for at, byte in enumerate(data) if chr(byte).isdigit()] or [0]
    at = chance.choice(digits)
    return data[:at] + str(chance.randint(0, 99)).encode() + data[at + 1 :]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _overwritten, _plausible, _cut_out, _doubled, _shuffled, _counted_on,
)  # fmt: skip


def test_swapped_and_replayed_lines_are_refused() -> None:
    """Lines of other vaults, epochs, versions and names in every place; without a key."""
    case = CASES[0]
    own = case.data.splitlines(keepends=True)
    attempts = set(_reordered(own)) | set(_spliced(own)) | set(_edited(case.data))
    counts = refused(case, sorted(attempts))
    report("swaps, replays and edits", counts)
    assert 200 <= counts.total()


def _reordered(own: list[bytes]) -> Iterator[bytes]:
    """Lines in another order, doubled, or left out."""
    yield from (b"".join(order) for order in itertools.permutations(own))
    for number in range(len(own)):
        for at in range(len(own) + 1):
            yield b"".join([*own[:at], own[number], *own[at:]])
        yield b"".join(own[:number] + own[number + 1 :])


def _spliced(own: list[bytes]) -> Iterator[bytes]:
    """Each line replaced by each other one, from a file that is valid by itself."""
    for other in (
        small("another"), small(generation=6), small(generation=8), small(epoch=2), large(),
    ):  # fmt: skip
        theirs = other.file().splitlines(keepends=True)
        for at, line in itertools.product(range(len(own)), theirs):
            yield b"".join([*own[:at], line, *own[at + 1 :]])
            yield b"".join([*own[:at], line, *own[at:]])


def _edited(data: bytes) -> Iterator[bytes]:
    """One readable field changed."""
    for old, new in (
        (b'"crm_id"', b'"crm_ie"'), (b'"shop_token"', b'"shop_tokens"'),
        (b'"version":3', b'"version":4'), (b'"version":3', b'"version":2'),
        (b'"generation":7', b'"generation":8'), (b'"generation":7', b'"generation":70'),
        (b'"epoch":1', b'"epoch":2'), (b'"name":"ada"', b'"name":"adb"'),
        (b'"kind":"key"', b'"kind":"machine"'), (b'"kind":"key"', b'"kind":"invitation"'),
        (b'"by":"ada"', b'"by":"eve"'), (b"12:00:00Z", b"12:00:01Z"),
        (b'"api.shop.example"', b'"api.shop.example","evil.example"'),
        (b'"api.shop.example"', b'"evil.example"'), (b'"api.shop.example"', b""),
    ):  # fmt: skip
        for count in range(1, data.count(old) + 1):
            yield data.replace(old, new, count)
        yield new.join(data.rsplit(old, 1))


def test_an_attacker_with_the_mac_key_cannot_move_an_entry() -> None:
    """Each entry is bound to name, version, purpose, vault, epoch and hosts."""
    others = [small("another"), small(epoch=2), large()]
    counts: Counter[str] = Counter()
    for change in _moves(others):
        vault = small()
        change(vault)
        vault.entries.sort(key=lambda one: (one["purpose"], one["name"], one["version"]))
        case = Case("moved", vault, vault.keys["ada"])
        fault = case.verdict(case.data)
        assert fault is VaultFault.ENTRY
        counts[fault.value] += 1
    report("moves under a right MAC", counts)
    assert 60 <= counts.total()


def test_an_attacker_without_a_key_cannot_change_token_hosts() -> None:
    """Whatever token hosts the file states: with the old MAC, and with a correct one."""
    case = Case("bound tokens", bound(), bound().keys["ada"])
    assert case.verdict(case.data) is None
    mac = case.data.splitlines(keepends=True)[-1]
    counts: Counter[str] = Counter()
    for number, hosts, token_hosts in itertools.product(range(3), PLACES, PLACES):
        vault = bound()
        meta = vault.entries[number]["meta"]
        before = dict(meta)
        meta |= {"hosts": hosts, "token_hosts": token_hosts}
        if token_hosts is None:
            del meta["token_hosts"]
        if hosts is None or meta == before:
            continue
        data = vault.file()
        with_old_mac = b"".join([*data.splitlines(keepends=True)[:-1], mac])
        faults = (case.verdict(with_old_mac), case.verdict(data))
        assert (VaultFault.TAMPERED, VaultFault.ENTRY) == faults
        counts.update(fault.value for fault in faults if fault)
    report("token hosts changed", counts)
    assert 100 <= counts.total()


PLACES: tuple[list[str] | None, ...] = (
    None, [], ["evil.example"], ["api.crm.example"], ["api.crm.example", "eu.crm.example"],
    ["api.crm.example", "evil.example"], ["api.shop.example"], ["auth.crm.example"],
)  # fmt: skip


def _moves(others: list[Maker]) -> Iterator[Callable[[Maker], None]]:
    facts = (
        [("name", name) for name in ("aaa", "zzz", "crm_id2", "a@b", "CRM_ID")]
        + [("version", number) for number in (2, 4, 9, 2**53 - 1)]
        + [("purpose", word) for word in ("request", "journal", "plan")]
    )
    for at, (key, value) in itertools.product((0, 1), facts):
        yield lambda v, at=at, key=key, value=value: v.entries[at].__setitem__(key, value)
    hosts = (
        [],
        ["evil.example"],
        ["api.shop.example", "evil.example"],
        ["a.b", "api.shop.example"],
    )
    metas = [(key, one) for key in ("hosts", "token_hosts") for one in hosts] + [
        ("by", "eve"),
        ("more", 1),
        ("created", DATE),
    ]
    for at, (key, value) in itertools.product((0, 1), metas):
        yield lambda v, at=at, key=key, value=value: v.entries[at]["meta"].__setitem__(key, value)
    for at, other in itertools.product((0, 1), others):
        for entry in other.entries:
            yield lambda v, at=at, entry=entry: v.entries[at].update(
                salt=entry["salt"], sealed=entry["sealed"]
            )


DATE = "2027-01-01T00:00:00Z"


def test_an_older_file_is_refused_after_a_newer_one() -> None:
    """A complete older file is valid except for its number; 60 pairs of files."""
    counts: Counter[str] = Counter()
    for have, seen in itertools.combinations(
        (1, 2, 3, 7, 8, 99, 100, 101, 2**31, 2**32, 2**53 - 1), 2
    ):
        vault = small(generation=have)
        case = Case("old", vault, vault.keys["ada"])
        assert case.verdict(case.data, have) is None
        fault = case.verdict(case.data, seen)
        assert fault is VaultFault.ROLLBACK
        counts[fault.value] += 1
    report("older files", counts)


def test_a_complete_vault_made_by_an_attacker_is_refused() -> None:
    """An attacker who knows all of the file except a key can build one, but it does not open."""
    vault = small()
    counts: Counter[str] = Counter()
    for number in range(20):
        forger = small(f"forger {number}")
        forger.vault = forger.head["vault"] = vault.vault
        forger.recipients = [forger.recipient("ada")]
        forger.entries = [forger.entry("shop_token", "the-attackers-token")]
        stolen = dict(vault.recipients[0])
        for line in (
            forger.recipients[0],
            forger.recipients[0] | {"key_id": stolen["key_id"]},
            stolen,
        ):
            rows = [dumps(forger.head), dumps(line), *(dumps(e) for e in forger.entries)]
            data = forger.closed(b"".join(row + b"\n" for row in rows))
            fault = Case("forged", vault, vault.keys["ada"]).verdict(data)
            assert fault in {VaultFault.WRONG_KEY, VaultFault.TAMPERED}
            counts[fault.value] += 1
    report("forged vaults", counts)
