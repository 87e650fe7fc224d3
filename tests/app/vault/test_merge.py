"""Two vaults that went apart, joined: no entry is lost, and nothing is decided by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.app.vault import manage, recipients
from cactions.app.vault.definitions import find_live, list_versions, seal_definition
from cactions.app.vault.merge import Choose, MergedVault, merge_vaults
from cactions.app.vault.merge_entries import Dispute, MergeSide
from cactions.app.vault.open_vault import OpenVault, VaultContext, change_vault, open_vault
from cactions.app.vault.rekey import rekey_vault, remove_recipient
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.vault import validation
from cactions.model import PublishedDefinition, UsageError, WorkspaceName
from cactions.model.vault import Entry, Purpose, RecipientKind, VaultError, VaultFault
from tests.vaults import context_at, new_vault, open_secret

HOST = "api.shop.example"
OURS, THEIRS = MergeSide.OURS, MergeSide.THEIRS


class Fork:
    """A vault with one secret, and two copies of it that go their own ways."""

    def __init__(self, folder: Path) -> None:
        self.base = new_vault(folder / "base.vault")
        self.seal("base", "old")
        self.ours, self.theirs = self.copy("ours"), self.copy("theirs")
        self.disputes: list[str] = []

    def copy(self, name: str) -> VaultContext:
        path = Path(self.base.file.name)
        path.with_name(f"{name}.vault").write_bytes(path.read_bytes())
        path.with_name(f"{name}.vault").chmod(0o600)
        return context_at(path.with_name(f"{name}.vault"), keys=self.base.keys)

    def __getitem__(self, side: str) -> VaultContext:
        side_context: VaultContext = getattr(self, side)
        return side_context

    def seal(self, side: str, name: str, value: str = "value-one") -> None:
        secret = validation.check_secret(name, value)
        manage.seal_secret(self._forget(side), secret, [HOST])

    def rotate(self, side: str, name: str, value: str = "value-two") -> None:
        manage.rotate_secret(self._forget(side), validation.check_secret(name, value))

    def _forget(self, side: str) -> VaultContext:
        """Each side has a machine of its own, which has not seen the other one."""
        vault = open_vault(self[side], older=True)
        self[side].keys.remember_generation(vault.head.vault_id, vault.head.generation)
        return self[side]

    def choose(self, side: MergeSide | None) -> Choose:
        def choose(disputes: Sequence[Dispute]) -> Mapping[str, MergeSide]:
            self.disputes = [f"{each.kind} {each.name}" for each in disputes]
            if disputes and side is None:
                raise UsageError("both sides", hint="Choose.")
            return dict.fromkeys(self.disputes, side or OURS)

        return choose

    def merge(
        self, side: MergeSide | None = None, *, base: bool = False, into: str = "merged"
    ) -> MergedVault:
        self._forget("ours")
        target = LocalVaultFile(Path(self.base.file.name).with_name(f"{into}.vault"))
        context = replace(self.ours, file=target)
        files = (self.ours.file, self.theirs.file)
        done = merge_vaults(context, *files, self.choose(side), self.base.file if base else None)
        self.merged = context
        return done

    def read(self) -> dict[str, tuple[int, str]]:
        vault = open_vault(self.merged)
        return {
            entry.name: (entry.version, open_secret(self.merged, entry.name, HOST).reveal())
            for entry in vault.contents.secrets
        }


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    return Fork(tmp_path)


def test_what_one_side_has_or_changed_is_kept(fork: Fork) -> None:
    """New secrets of both, and the newer value of one; it can be read as a vault."""
    fork.seal("ours", "mine")
    fork.seal("theirs", "yours")
    fork.rotate("theirs", "old")
    done = fork.merge()
    assert {"mine": (1, "value-one"), "yours": (1, "value-one"), "old": (2, "value-two")} == (
        fork.read()
    )
    assert ("old", "yours") == tuple(sorted(done.taken))
    assert ({}, (), []) == (done.chosen, done.outside, fork.disputes)
    generations = [
        open_vault(fork[each], older=True).head.generation for each in ("ours", "theirs")
    ]
    assert max(generations) + 1 == done.written.head.generation
    assert 3 == manage.verify_vault(fork.merged).entries


@pytest.mark.parametrize("side", [OURS, THEIRS])
def test_what_both_sides_changed_is_chosen(fork: Fork, side: MergeSide) -> None:
    """Its version is new, so that no saved plan takes it for the one that it knew."""
    fork.rotate("ours", "old", "value-of-ours")
    fork.rotate("theirs", "old", "value-of-theirs")
    done = fork.merge(side)
    assert ["secret old"] == fork.disputes
    assert {"old": (3, f"value-of-{side.value}")} == fork.read()
    assert {"secret old": side} == done.chosen
    assert (("old",) if side is THEIRS else ()) == done.taken


def test_without_a_choice_nothing_is_written(fork: Fork) -> None:
    """Not even a file."""
    fork.rotate("ours", "old", "value-of-ours")
    fork.rotate("theirs", "old", "value-of-theirs")
    before = Path(fork.ours.file.name).read_bytes()
    with pytest.raises(UsageError, match="both sides"):
        fork.merge()
    with pytest.raises(UsageError, match="both sides"):
        fork.merge(into="ours")
    assert before == Path(fork.ours.file.name).read_bytes()
    assert not Path(fork.base.file.name).with_name("merged.vault").exists()


def test_the_same_value_on_both_sides_is_no_dispute(fork: Fork) -> None:
    """It was sealed twice, with other salts; other hosts are a dispute."""
    fork.rotate("ours", "old", "value-new")
    fork.rotate("theirs", "old", "value-new")
    fork.merge()
    assert {"old": (2, "value-new")} == fork.read()
    manage.rotate_secret(
        fork._forget("theirs"), validation.check_secret("old", "value-new"), ["b.example"]
    )
    manage.rotate_secret(fork._forget("ours"), validation.check_secret("old", "value-new"))
    fork.merge(OURS, into="again")
    assert ["secret old"] == fork.disputes


def test_a_lower_version_that_was_sealed_later_is_a_dispute(fork: Fork) -> None:
    """Without a base; with one, a side that is as it was gives way to the other."""
    fork.rotate("ours", "old")
    fork.rotate("ours", "old", "value-three")

    def date(side: str, created: str) -> None:
        def edit(vault: OpenVault) -> OpenVault:
            [entry] = vault.contents.secrets
            dated = replace(entry, meta={**entry.meta, "created": created})
            return manage.put_entry(vault, dated, vault.unseal(entry))

        change_vault(fork._forget(side), edit)

    date("theirs", "2099-01-01T00:00:00Z")
    fork.merge(THEIRS)
    assert ["secret old"] == fork.disputes
    fork.merge(THEIRS, base=True, into="based")
    assert [] == fork.disputes
    assert {"old": (3, "value-three")} == fork.read()


def publish(fork: Fork, side: str, text: str) -> None:
    definition = PublishedDefinition(
        "loyalty", "", WorkspaceName(), digest="", text=text, published_at=1.0, operator="", tool=""
    )
    context = fork._forget(side)
    seal_definition(context, lambda _: definition, find_live(open_vault(context), "loyalty", ""))


@pytest.mark.parametrize("side", [OURS, THEIRS])
def test_published_versions_of_both_sides_stay(fork: Fork, side: MergeSide) -> None:
    """Those of the chosen side come last, so that its newest is live; each says its number."""
    publish(fork, "base", "base")
    fork.ours, fork.theirs = fork.copy("ours"), fork.copy("theirs")
    for text in ("ours 2", "ours 3"):
        publish(fork, "ours", text)
    publish(fork, "theirs", "theirs 2")
    fork.merge(side)
    assert ["definition loyalty"] == fork.disputes
    versions = list_versions(open_vault(fork.merged), "loyalty", "")
    found = [(each.version, each.text) for each in versions]
    first, second = ["theirs 2"], ["ours 2", "ours 3"]
    texts = ["base", *((first + second) if side is OURS else (second + first))]
    assert sorted(texts) == sorted(text for _, text in found)
    assert texts[-1] == found[0][1]
    assert len(found) == len({version for version, _ in found})


@pytest.mark.parametrize("side", [OURS, THEIRS])
def test_a_secret_and_a_definition_of_one_name_are_chosen_apart(
    fork: Fork, side: MergeSide
) -> None:
    """Whatever was chosen for the other one."""
    fork.seal("base", "loyalty", "value-base")
    fork.ours, fork.theirs = fork.copy("ours"), fork.copy("theirs")
    for name in ("ours", "theirs"):
        publish(fork, name, name)
        fork.rotate(name, "loyalty", f"value-{name}")
    other = THEIRS if side is OURS else OURS
    sides = {"secret loyalty": side, "definition loyalty": other}
    context = replace(fork.ours, file=LocalVaultFile(Path(f"{fork.base.file.name}.merged")))
    fork._forget("ours")
    done = merge_vaults(context, fork.ours.file, fork.theirs.file, lambda _: sides)
    assert sides == done.chosen
    assert f"value-{side.value}" == open_secret(context, "loyalty", HOST).reveal()
    assert other.value == next(iter(list_versions(open_vault(context), "loyalty", ""))).text


def test_versions_that_one_side_published_are_taken(fork: Fork) -> None:
    """Without a question."""
    publish(fork, "base", "base")
    fork.ours, fork.theirs = fork.copy("ours"), fork.copy("theirs")
    publish(fork, "theirs", "theirs 2")
    done = fork.merge()
    live = find_live(open_vault(fork.merged), "loyalty", "")
    assert live
    assert ("theirs 2", ("loyalty",), []) == (live.text, done.taken, fork.disputes)


def test_recipients_of_both_sides_open_the_result(fork: Fork) -> None:
    """Those who were added on one side; of an invitation and who took it, the latter."""
    recipients.add_machine(fork._forget("ours"), "bob")
    recipients.invite_recipient(fork._forget("theirs"), "eve")
    fork.merge()
    people = {each.name: each.kind for each in open_vault(fork.merged).contents.recipients}
    assert {
        "ada": RecipientKind.KEY, "bob": RecipientKind.MACHINE, "eve": RecipientKind.INVITATION
    } == people  # fmt: skip


def test_the_same_name_invited_twice_is_chosen(fork: Fork) -> None:
    """Each has a code of its own, and one of them works."""
    for side in ("ours", "theirs"):
        recipients.invite_recipient(fork._forget(side), "bob")
    fork.merge(THEIRS)
    assert ["recipient bob"] == fork.disputes
    theirs = open_vault(fork.theirs, older=True).contents.recipients
    assert sorted(theirs, key=str) == sorted(open_vault(fork.merged).contents.recipients, key=str)


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_new_data_key_of_one_side_counts(fork: Fork, side: str) -> None:
    """What the other side sealed comes under it; who was taken out stays out."""
    other = "theirs" if side == "ours" else "ours"
    recipients.add_machine(fork._forget("base"), "bob")
    fork.ours, fork.theirs = fork.copy("ours"), fork.copy("theirs")
    journal = open_vault(fork.ours, older=True).derive_purpose_key(Purpose.JOURNAL)
    remove_recipient(fork._forget(side), "bob")
    fork.seal(other, "late", "value-late")
    done = fork.merge()
    assert {"late": (1, "value-late"), "old": (1, "value-one")} == fork.read()
    vault = open_vault(fork.merged)
    assert ("bob",) == done.outside
    assert ["ada"] == [each.name for each in vault.contents.recipients]
    assert (
        journal.key.reveal() == vault.derive_purpose_key(Purpose.JOURNAL, journal.name).key.reveal()
    )


def test_two_new_data_keys_are_not_joined(fork: Fork) -> None:
    """Runs of each are sealed with another key of the same name."""
    for side in ("ours", "theirs"):
        rekey_vault(fork._forget(side))
    with pytest.raises(UsageError, match="both sides have made a new data key"):
        fork.merge(OURS)
    rekey_vault(fork._forget("theirs"))
    with pytest.raises(UsageError, match="both sides have made a new data key"):
        fork.merge(OURS)


def test_another_vault_is_not_joined(fork: Fork, tmp_path: Path) -> None:
    """Its id is another; a key that does not open a side is told with the side."""
    other = new_vault(tmp_path / "other.vault")
    both = replace(fork.ours, keys=Both(fork.ours.keys, other.keys))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="different vaults"):
        merge_vaults(both, fork.ours.file, other.file, fork.choose(OURS))
    whole = Path(fork.theirs.file.name).read_bytes()
    Path(fork.theirs.file.name).write_bytes(whole[:-9] + b'AAAAAA"}\n')
    with pytest.raises(VaultError, match=r"theirs\.vault: ") as caught:
        fork.merge()
    assert caught.value.fault in (VaultFault.TAMPERED, VaultFault.NOT_CANONICAL)


class Both:
    """The keys of two vaults."""

    remembers = True

    def __init__(self, *holders: object) -> None:
        self.holders = holders

    def get_key(self, vault_id: str) -> object:
        for holder in self.holders:
            try:
                return holder.get_key(vault_id)  # type: ignore[attr-defined]
            except (VaultError, KeyError):
                continue
        raise KeyError(vault_id)


def test_only_one_of_the_two_is_replaced(fork: Fork) -> None:
    """Or the file with the marks of the merge; any other vault stays."""
    fork.seal("theirs", "yours")
    path = Path(fork.base.file.name)
    before = path.read_bytes()
    fork.seal("ours", "mine")
    with pytest.raises(UsageError, match="neither of the two"):
        fork.merge(into="base")
    assert before == path.read_bytes()
    path.write_bytes(b"<<<<<<< HEAD\n" + before + b"=======\n" + before + b">>>>>>> x\n")
    fork.merge(into="base")
    assert {"mine", "yours", "old"} == fork.read().keys()
    fork.merge(into="ours")


def test_an_old_file_does_not_come_back(fork: Fork) -> None:
    """Where a newer one than both was seen."""
    fork.seal("ours", "mine")
    vault = open_vault(fork.ours, older=True)
    context = replace(
        fork.ours, file=LocalVaultFile(Path(fork.base.file.name).with_name("m.vault"))
    )
    fork.ours.keys.remember_generation(vault.head.vault_id, 99)
    with pytest.raises(VaultError) as caught:
        merge_vaults(context, fork.ours.file, fork.theirs.file, fork.choose(OURS))
    assert VaultFault.ROLLBACK is caught.value.fault


ACTS = st.lists(
    st.tuples(st.sampled_from(["ours", "theirs"]), st.sampled_from(["seal", "rotate"]),
              st.sampled_from(["old", "a", "b"])),
    max_size=6,
)  # fmt: skip


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(ACTS, st.sampled_from([OURS, THEIRS]), st.booleans())
def test_no_entry_is_lost_whatever_happened(
    tmp_path_factory: pytest.TempPathFactory,
    acts: list[tuple[str, str, str]],
    side: MergeSide,
    base: bool,
) -> None:
    """Each name of either side is there, with a value of either side, and no lower version."""
    fork = Fork(tmp_path_factory.mktemp("fork"))
    for number, (where, act, name) in enumerate(acts):
        held = {entry.name for entry in open_vault(fork[where], older=True).contents.secrets}
        if (act == "seal") == (name in held):
            continue
        (fork.seal if act == "seal" else fork.rotate)(where, name, f"value-{number}-long")
    sides = [open_vault(fork[each], older=True) for each in ("ours", "theirs")]
    held_entries: dict[str, list[Entry]] = {}
    values: dict[str, set[bytes]] = {}
    for vault in sides:
        for entry in vault.contents.secrets:
            held_entries.setdefault(entry.name, []).append(entry)
            values.setdefault(entry.name, set()).add(vault.unseal(entry))
    fork.merge(side, base=base)
    merged = open_vault(fork.merged)
    assert held_entries.keys() == {entry.name for entry in merged.contents.secrets}
    for entry in merged.contents.secrets:
        assert merged.unseal(entry) in values[entry.name]
        assert entry.version >= max(each.version for each in held_entries[entry.name])
