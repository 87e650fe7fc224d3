"""Secrets are stored, opened for their hosts only, shared with a recipient, and salvaged."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.vault import manage, recipients, rekey, salvage, token_binding
from cactions.app.vault.open_secret import open_secret as open_secret_of
from cactions.app.vault.open_vault import OpenVault, VaultContext, change_vault, open_vault
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.logic.vault import validation
from cactions.logic.vault.key_encoding import decode_key
from cactions.model import CactionsError, DefinitionError, StoreError, UsageError
from cactions.model.secret import Passphrase, Secret, VaultKey
from cactions.model.vault import Entry, Purpose, RecipientKind, VaultError, VaultFault
from tests.vaults import OnlyKey, context_at, new_vault, open_secret

HOST = "api.shop.example"
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cactions.vault"


@pytest.fixture
def ada(path: Path) -> VaultContext:
    """A teammate who created a vault with one secret."""
    context = new_vault(path)
    manage.seal_secret(context, validation.check_secret("shop_token", "the-first-token"), [HOST])
    return context


def joined(ada: VaultContext, name: str = "bob") -> VaultContext:
    """Another teammate on a machine of their own."""
    context = context_at(Path(ada.file.name))
    recipients.join_vault(context, recipients.invite_recipient(ada, name).handout.text.reveal())
    return context


def shop_token(context: VaultContext) -> str:
    return open_secret(context, "shop_token", HOST).reveal()


def fault_of(context: VaultContext) -> VaultFault:
    with pytest.raises(VaultError) as caught:
        manage.verify_vault(context)
    return caught.value.fault


# Sealing and opening


def test_a_sealed_secret_opens_and_cannot_be_read_in_the_file(ada: VaultContext) -> None:
    """Name, host, version, date and sealer are readable; the value and its length are not."""
    assert "the-first-token" == shop_token(ada)
    text = ada.file.read().decode()
    assert "the-first-token" not in text
    manage.rotate_secret(ada, validation.check_secret("shop_token", "8-letter"))
    manage.rotate_secret(ada, validation.check_secret("shop_token", "x" * 60))
    sizes = [len(line) for line in (text, ada.file.read().decode())]
    assert sizes[0] == sizes[1]
    [line] = [json.loads(row) for row in text.splitlines() if "shop_token" in row]
    meta = {"by": "ada", "created": "2026-09-21T14:13:20Z", "hosts": [HOST]}
    assert (meta, "secret", 1) == (line["meta"], line["purpose"], line["version"])


def test_a_secret_opens_for_its_hosts_only(ada: VaultContext) -> None:
    """The hosts are bound to it; the error names them and how to allow another."""
    with pytest.raises(DefinitionError, match="may not be sent to evil") as caught:
        open_secret(ada, "shop_token", "evil.example")
    assert HOST in caught.value.hint
    assert "vault rotate shop_token --host evil.example" in caught.value.hint
    assert isinstance(open_secret(ada, "shop_token", HOST.upper()), Secret)


def test_an_unknown_secret_is_reported_with_similar_names(ada: VaultContext) -> None:
    """With the command that seals it."""
    with pytest.raises(UsageError, match='no secret "shop_tokn"') as caught:
        open_secret(ada, "shop_tokn", HOST)
    seal = f"cactions vault seal shop_tokn --host {HOST}"
    assert f'did you mean "shop_token"? Seal it with `{seal}`.' == caught.value.hint


def test_sealing_never_replaces_and_rotating_never_creates(ada: VaultContext) -> None:
    """Each error names the other command."""
    with pytest.raises(UsageError, match="already sealed") as caught:
        manage.seal_secret(ada, validation.check_secret("shop_token", "another-token"), [HOST])
    assert "vault rotate shop_token" in caught.value.hint
    with pytest.raises(UsageError, match='no secret "crm"') as caught:
        manage.rotate_secret(ada, validation.check_secret("crm", "another-token"))
    assert "vault seal crm" in caught.value.hint
    assert "the-first-token" == shop_token(ada)


def test_rotating_makes_a_new_version_and_drops_the_old_value(ada: VaultContext) -> None:
    """Hosts stay the same unless new ones are given."""
    manage.rotate_secret(ada, validation.check_secret("shop_token", "the-second-token"))
    [entry] = manage.list_entries(ada).secrets
    assert (2, (HOST,)) == (entry.version, entry.hosts)
    manage.rotate_secret(
        ada, validation.check_secret("shop_token", "the-third-token"), ["B.example", "a.example"]
    )
    [entry] = manage.list_entries(ada).secrets
    assert (3, ("a.example", "b.example")) == (entry.version, entry.hosts)


def test_every_write_increases_the_generation(ada: VaultContext) -> None:
    """Two so far: init and seal."""
    assert 2 == manage.verify_vault(ada).head.generation
    assert 3 == rekey.rekey_vault(ada).written.head.generation


@pytest.mark.parametrize(
    ("value", "says", "hint"),
    [
        ("a-good-token\n", "ends with a line break", "--strip-newline"),
        ("a-good-token\r\n", "ends with a line break", "--strip-newline"),
        ("a-good\ntoken", "holds a line break", "one line"),
        ("a-good\ttoken", "control character", "one line"),
        ("a-good\x00token", "control character", "one line"),
        ("a-good\x1b[2Jtoken", "control character", "one line"),
        ("a-good\x7ftoken", "control character", "one line"),
        ("a-good\x85token", "control character", "one line"),
        ("a-good\u2028token", "line break", "one line"),
        ("a-good\ud800token", "control character", "one line"),
        (" a-good-token", "begins or ends with a blank", "Copy the value again"),
        ("a-good-token ", "begins or ends with a blank", "Copy the value again"),
        ("a-good-token\u00a0", "begins or ends with a blank", "Copy the value again"),
        ("7-chars", "fewer than 8 characters", "longer one"),
        ("", "fewer than 8 characters", "longer one"),
        ("x" * 65_537, "longer than 65,536 bytes", "not a file"),
    ],
)
def test_a_value_that_would_fail_later_is_refused_when_sealed(
    value: str, says: str, hint: str
) -> None:
    """And never repeated in the message."""
    with pytest.raises(UsageError, match=says) as caught:
        validation.check_secret("shop_token", value)
    assert hint in caught.value.hint
    assert value not in f"{caught.value}{caught.value.hint}" or not value


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_final_line_break_is_removed_on_request(end: str) -> None:
    """One line break, not two."""
    assert "a-good-token" == (
        validation.check_secret("a", f"a-good-token{end}", strip_newline=True).reveal()
    )
    with pytest.raises(UsageError, match="ends with a line break"):
        validation.check_secret("a", f"a-good-token\n{end}\n", strip_newline=True)


@pytest.mark.parametrize(
    "host", ["https://a.example", "a.example/v1", "*.example", "", "a b", "é.fr"]
)
def test_a_host_must_be_a_host_name(ada: VaultContext, host: str) -> None:
    """Neither a URL nor a pattern; and at least one is needed."""
    with pytest.raises(UsageError, match="host"):
        manage.seal_secret(ada, validation.check_secret("crm", "another-token"), [host])
    with pytest.raises(UsageError, match="at least one host"):
        manage.seal_secret(ada, validation.check_secret("crm", "another-token"), [])


@pytest.mark.parametrize("name", ["", "a b", "a/b", "-a", ".a", "a" * 129, 'a"b', "ä", "a\n"])
def test_a_name_must_fit_the_file_format(path: Path, name: str) -> None:
    """The name of a secret or of a recipient."""
    with pytest.raises(UsageError, match="no valid name"):
        validation.check_secret(name, "a-good-token")
    with pytest.raises(UsageError, match="no valid name"):
        manage.create_vault(context_at(path), name)
    assert not path.exists()


def test_an_existing_vault_is_not_replaced(ada: VaultContext) -> None:
    """An existing file stays unchanged."""
    before = ada.file.read()
    with pytest.raises(UsageError, match="already exists"):
        manage.create_vault(ada, "eve")
    assert before == ada.file.read()


# Rollback


def test_an_older_file_is_refused_until_it_is_accepted(ada: VaultContext, path: Path) -> None:
    """With both numbers; the accepted number must be that of the file."""
    old = path.read_bytes()
    manage.rotate_secret(ada, validation.check_secret("shop_token", "the-second-token"))
    path.write_bytes(old)
    for use in (shop_token, manage.verify_vault, manage.list_entries, rekey.rekey_vault):
        with pytest.raises(VaultError, match="generation 2, but generation 3 was seen") as caught:
            use(ada)
        assert "vault accept-generation 2" in caught.value.hint
    with pytest.raises(UsageError, match="has generation 2, not 1"):
        manage.accept_generation(ada, 1)
    assert 2 == manage.accept_generation(ada, 2).generation
    assert "the-first-token" == shop_token(ada)


def test_a_key_without_a_memory_needs_min_generation(ada: VaultContext, path: Path) -> None:
    """Without stored state only ``--min-generation`` can detect a rollback."""
    text = recipients.add_machine(ada, "ci").handout.text.reveal()
    vault_id = manage.read_unverified(ada.file).head.vault_id
    key = VaultKey("", decode_key(text, vault_id, "key"))
    assert not manage.verify_vault(context_at(path, keys=OnlyKey(key))).rollback_checked
    assert manage.verify_vault(context_at(path, keys=OnlyKey(key, 3))).rollback_checked
    assert VaultFault.ROLLBACK is fault_of(context_at(path, keys=OnlyKey(key, 4)))
    assert "the-first-token" == shop_token(context_at(path, keys=OnlyKey(key)))


# Teammates and machines


def test_a_teammate_joins_by_invitation(ada: VaultContext) -> None:
    """Their key is created on their machine, and the code becomes invalid."""
    admitted = recipients.invite_recipient(ada, "bob")
    code = admitted.handout.text.reveal()
    bob, eve = context_at(Path(ada.file.name)), context_at(Path(ada.file.name))
    assert VaultFault.NO_KEY is fault_of(bob)
    assert "bob" == recipients.join_vault(bob, code).name
    assert "the-first-token" == shop_token(bob) == shop_token(ada)
    with pytest.raises(VaultError, match="no recipient has the key"):
        recipients.join_vault(eve, code)
    kinds = {one.name: one.kind for one in recipients.list_recipients(ada)}
    assert {"ada": RecipientKind.KEY, "bob": RecipientKind.KEY} == kinds
    vault_id = manage.read_unverified(ada.file).head.vault_id
    assert decode_key(code, vault_id, "join") != bob.keys.get_key(vault_id).reveal()


def test_a_lost_invitation_code_can_be_replaced(ada: VaultContext) -> None:
    """The old code becomes invalid; an existing recipient is not invited again."""
    first, second = (
        recipients.invite_recipient(ada, "bob").handout.text.reveal() for _ in range(2)
    )
    bob = context_at(Path(ada.file.name))
    with pytest.raises(VaultError):
        recipients.join_vault(bob, first)
    recipients.join_vault(bob, second)
    with pytest.raises(UsageError, match='"bob" is a recipient already'):
        recipients.invite_recipient(ada, "bob")
    with pytest.raises(UsageError, match='"ada" is a recipient already'):
        recipients.add_machine(ada, "ada")


def test_a_recipient_cannot_join_again(ada: VaultContext) -> None:
    """The key that opens the vault is never replaced."""
    code = recipients.invite_recipient(ada, "bob").handout.text.reveal()
    with pytest.raises(UsageError, match='holds the key of "ada", which is a recipient already'):
        recipients.join_vault(ada, code)
    assert "the-first-token" == shop_token(ada)


@pytest.mark.parametrize(
    "code", ["", "hello", "cactions-key-1:AAAA", "cactions-join-1:" + "A" * 64]
)
def test_a_bad_invitation_code_is_a_usage_error(ada: VaultContext, code: str) -> None:
    """The error says what is wrong with it."""
    with pytest.raises(UsageError, match="nothing was written") as caught:
        recipients.join_vault(context_at(Path(ada.file.name)), code)
    assert caught.value.hint


def test_a_passphrase_opens_the_vault(ada: VaultContext, path: Path) -> None:
    """With or without its name; the error says if it is wrong."""
    recipients.add_passphrase(ada, validation.check_passphrase("paper", PASSPHRASE))
    for label in ("paper", ""):
        assert "the-first-token" == shop_token(
            context_at(path, keys=OnlyKey(Passphrase(label, PASSPHRASE)))
        )
    wrong = context_at(path, keys=OnlyKey(Passphrase("paper", PASSPHRASE.upper())))
    assert VaultFault.WRONG_KEY is fault_of(wrong)
    with pytest.raises(UsageError, match="fewer than 12 characters"):
        validation.check_passphrase("paper", "eleven char")
    assert "twelve chars" == validation.check_passphrase("paper", "twelve chars").reveal()


def test_a_removed_recipient_cannot_open_later_secrets(ada: VaultContext, path: Path) -> None:
    """Neither with the old key nor with any key taken from the old file."""
    bob = joined(ada)
    carol = joined(ada, "carol")
    machine = recipients.add_machine(ada, "ci").handout.text.reveal()
    recipients.add_passphrase(ada, validation.check_passphrase("paper", PASSPHRASE))
    before = open_vault(bob)
    done = rekey.remove_recipient(ada, "bob")
    assert (("shop_token",), "bob", ("paper",)) == (done.known, done.removed, done.dropped)
    assert [("carol", RecipientKind.INVITATION), ("ci", RecipientKind.MACHINE)] == [
        (one.name, one.kind) for one in done.handouts
    ]
    assert VaultFault.UNKNOWN_RECIPIENT is fault_of(bob)
    assert VaultFault.WRONG_KEY is fault_of(carol)
    after = open_vault(ada)
    of_ci = VaultKey("", decode_key(machine, before.head.vault_id, "key"))
    new_keys = [one.key_id for one in after.contents.recipients if one.name != "ada"]
    for key in (before.data_key, before.my_key, of_ci):
        outsider = context_at(path, keys=OnlyKey(VaultKey("", key.reveal())))
        assert VaultFault.UNKNOWN_RECIPIENT is fault_of(outsider)
        for entry in after.contents.entries:
            with pytest.raises(VaultError):
                replace(before, contents=after.contents, data_key=key).unseal(entry)
    assert not set(new_keys) & {one.key_id for one in before.contents.recipients}
    codes = {one.name: one.text.reveal() for one in done.handouts}
    recipients.join_vault(carol, codes["carol"])
    assert "the-first-token" == shop_token(carol)


def test_a_passphrase_recipient_stays_if_the_passphrase_is_given(
    ada: VaultContext, path: Path
) -> None:
    """Rekeying asks for it; without it the recipient is dropped and named."""
    paper = validation.check_passphrase("paper", PASSPHRASE)
    recipients.add_passphrase(ada, paper)
    assert () == rekey.rekey_vault(ada, [paper]).dropped
    by_paper = context_at(path, keys=OnlyKey(paper))
    assert "the-first-token" == shop_token(by_paper)
    assert () == rekey.rekey_vault(by_paper).dropped
    assert "the-first-token" == shop_token(by_paper)
    assert VaultFault.WRONG_KEY is fault_of(ada)


@pytest.mark.parametrize(("name", "says"), [("eve", "no recipient"), ("ada", "is you")])
def test_only_other_recipients_can_be_removed(ada: VaultContext, name: str, says: str) -> None:
    """Nothing is written."""
    before = ada.file.read()
    with pytest.raises(UsageError, match=says):
        rekey.remove_recipient(ada, name)
    assert before == ada.file.read()


# Journals and plans


def test_journal_and_plan_keys_survive_a_new_data_key(ada: VaultContext) -> None:
    """Each is found by the name stored with the sealed data; purposes and epochs differ in keys."""
    first = open_vault(ada)
    old = {p: first.derive_purpose_key(p) for p in (Purpose.JOURNAL, Purpose.PLAN)}
    rekey.rekey_vault(ada)
    rekey.rekey_vault(ada)
    vault = open_vault(ada)
    for purpose, key in old.items():
        again = vault.derive_purpose_key(purpose, key.name)
        assert (key.name, key.key.reveal()) == (again.name, again.key.reveal())
    now = [vault.derive_purpose_key(p).key.reveal() for p in Purpose]
    assert 6 == len({*now, *(key.key.reveal() for key in old.values())})
    with pytest.raises(StoreError, match="a key that the vault does not have"):
        vault.derive_purpose_key(Purpose.JOURNAL, "of-another-vault.1")


# Status and salvage


def test_status_reports_every_state_and_never_fails(ada: VaultContext, path: Path) -> None:
    """Intact, without a key, damaged, missing."""
    whole = manage.get_status(ada)
    assert ("ada", True, None) == (whole.me, whole.rollback_checked, whole.trouble)
    keyless = manage.get_status(context_at(path))
    assert keyless.contents
    assert isinstance(keyless.trouble, VaultError)
    path.write_bytes(path.read_bytes()[:-9])
    assert "cut off at line" in str(manage.get_status(ada).trouble)
    path.unlink()
    assert isinstance(manage.get_status(ada).trouble, UsageError)


def test_salvage_keeps_readable_entries_and_lists_the_rest(ada: VaultContext, path: Path) -> None:
    """Into a new vault with a new id; the damaged file stays."""
    joined(ada)
    for name in ("aaa", "bbb", "ccc"):
        manage.seal_secret(ada, validation.check_secret(name, f"value-of-{name}"), [HOST])
    journal = open_vault(ada).derive_purpose_key(Purpose.JOURNAL)
    rows = path.read_bytes().splitlines(keepends=True)
    damaged = b"".join([*rows[:3], rows[3].replace(b'"version":1', b'"version":2'),
                        rows[4][:-30] + b"\n", *rows[5:-1]])  # fmt: skip
    path.write_bytes(damaged)
    with pytest.raises(VaultError):
        manage.verify_vault(ada)
    new = LocalVaultFile(path.with_name("new.vault"))
    saved = salvage.salvage_vault(ada, new)
    assert ["ccc", "shop_token"] == [one.name for one in saved.kept]
    assert [(4, "aaa"), (5, "")] == [(one.line, one.name) for one in saved.lost]
    assert ("bob",) == saved.outside
    context = context_at(path.with_name("new.vault"), keys=ada.keys)
    assert "value-of-ccc" == open_secret(context, "ccc", HOST).reveal()
    again = open_vault(context).derive_purpose_key(Purpose.JOURNAL, journal.name)
    assert journal.key.reveal() == again.key.reveal()
    assert damaged == path.read_bytes()
    with pytest.raises(UsageError, match="already exists"):
        salvage.salvage_vault(ada, new)


def test_salvage_without_a_head_or_a_key_is_refused(ada: VaultContext, path: Path) -> None:
    """Nothing is invented."""
    whole = path.read_bytes()
    for bad in (whole[100:], b"", whole.replace(b'"wrapped"', b'"wrappde"')):
        path.write_bytes(bad)
        with pytest.raises(CactionsError) as caught:
            salvage.salvage_vault(ada, LocalVaultFile(path.with_name("new.vault")))
        assert caught.value.hint
        assert not path.with_name("new.vault").exists()


def test_many_secrets_open_in_linear_time(tmp_path: Path) -> None:
    """Four times as many take about four times as long."""

    def seconds(number: int) -> float:
        context = new_vault(tmp_path / f"{number}.vault")
        meta = {"by": "ada", "created": context.get_today(), "hosts": (HOST,)}
        unsealed = [Entry(Purpose.SECRET, f"s{n}", 1, meta, manage.UNSEALED) for n in range(number)]

        def edit(vault: OpenVault) -> OpenVault:
            entries = tuple(vault.seal_value(one, b"a-good-token") for one in unsealed)
            return replace(vault, contents=replace(vault.contents, entries=entries))

        change_vault(context, edit)
        before = time.process_time()
        open_secret(context, "s7", HOST)
        assert number == len(manage.list_entries(context).secrets)
        return time.process_time() - before

    small, large = seconds(1000), seconds(4000)
    assert large < small * 8


# Hosts of tokens


def entry_of(context: VaultContext, name: str) -> Entry:
    [found] = [one for one in manage.list_entries(context).secrets if one.name == name]
    return found


def test_a_secret_is_sealed_with_its_token_hosts(ada: VaultContext) -> None:
    """Sorted, in lower case; without token hosts the key is left out."""
    manage.seal_secret(
        ada, validation.check_secret("crm", "a-good-secret"), [HOST], ["B.example", "a.example"]
    )
    assert ("a.example", "b.example") == entry_of(ada, "crm").token_hosts
    assert "token_hosts" not in entry_of(ada, "shop_token").meta


def test_a_secret_that_fetches_tokens_is_never_sent_by_an_action(ada: VaultContext) -> None:
    """The answer could contain a live token, and could be mapped to an attribute."""
    hosts = ["auth.example", "api.example"]
    manage.seal_secret(ada, validation.check_secret("crm", "a-good-secret"), hosts, ["api.example"])
    vault = open_vault(ada)
    for host in hosts:
        with pytest.raises(DefinitionError, match="fetches tokens, so an action may not send it"):
            open_secret_of(vault, "crm", host)
        assert "a-good-secret" == open_secret_of(vault, "crm", host, fetches=True).reveal()


def test_binding_reseals_the_same_value(ada: VaultContext) -> None:
    """No input is needed; its hosts stay, and its version increases."""
    token_binding.bind_fetched_tokens(ada, "shop_token", ["a.example"])
    entry = entry_of(ada, "shop_token")
    assert (2, (HOST,), ("a.example",)) == (entry.version, entry.hosts, entry.token_hosts)
    assert "the-first-token" == shop_token(ada)
    token_binding.bind_fetched_tokens(ada, "shop_token", ["b.example"])
    assert ("b.example",) == entry_of(ada, "shop_token").token_hosts


def test_bindings_survive_every_reseal(ada: VaultContext, path: Path) -> None:
    """A rotation, a new data key, and a salvage into another vault."""
    token_binding.bind_fetched_tokens(ada, "shop_token", ["a.example"])
    token_binding.bind_user_token(ada, "jwt", ["b.example"])
    manage.rotate_secret(
        ada, validation.check_secret("shop_token", "the-second-token"), ["c.example"]
    )
    rekey.rekey_vault(ada)
    saved = replace(ada, file=LocalVaultFile(path.with_name("saved.vault")))
    salvage.salvage_vault(ada, saved.file)
    for context in (ada, saved):
        assert ("a.example",) == entry_of(context, "shop_token").token_hosts
        jwt = entry_of(context, "jwt")
        assert ((), ("b.example",), True) == (jwt.hosts, jwt.token_hosts, jwt.is_binding)
        assert manage.verify_vault(context).entries


def test_rotating_keeps_unknown_fields_of_an_entry(ada: VaultContext) -> None:
    """A newer version of this tool may have added them."""

    def edit(vault: OpenVault) -> OpenVault:
        old = manage.find_entry(vault, "shop_token")
        extended = replace(old, meta={**old.meta, "note": "of a newer version"})
        return manage.put_entry(vault, extended, vault.unseal(old))

    change_vault(ada, edit)
    manage.rotate_secret(ada, validation.check_secret("shop_token", "the-second-token"))
    token_binding.bind_fetched_tokens(ada, "shop_token", ["a.example"])
    assert "of a newer version" == entry_of(ada, "shop_token").meta["note"]


def test_a_binding_of_a_users_token_is_not_a_secret(ada: VaultContext) -> None:
    """It opens for no host, has no value to rotate, and a removed recipient has not known one."""
    token_binding.bind_user_token(ada, "jwt", [HOST])
    for act in (
        lambda: open_secret(ada, "jwt", HOST),
        lambda: manage.rotate_secret(ada, validation.check_secret("jwt", "a-good-secret"), [HOST]),
        lambda: token_binding.bind_fetched_tokens(ada, "jwt", [HOST]),
    ):
        with pytest.raises(UsageError, match="holds no value"):
            act()
    with pytest.raises(UsageError, match="binds the end user's token"):
        manage.seal_secret(ada, validation.check_secret("jwt", "a-good-secret"), [HOST])
    with pytest.raises(UsageError, match="is a secret of the vault"):
        token_binding.bind_user_token(ada, "shop_token", [HOST])
    recipients.invite_recipient(ada, "bob")
    assert ("shop_token",) == rekey.remove_recipient(ada, "bob").known
    assert b"" == open_vault(ada).unseal(entry_of(ada, "jwt"))


@pytest.mark.parametrize("host", ["https://a.example", "a/b", "*.example", "", "a b", "é.fr"])
def test_a_token_host_must_be_a_host_name(ada: VaultContext, host: str) -> None:
    """The hint names the option that was used."""
    for act in (
        lambda: token_binding.bind_fetched_tokens(ada, "shop_token", [host]),
        lambda: token_binding.bind_user_token(ada, "jwt", [host]),
        lambda: manage.seal_secret(
            ada, validation.check_secret("crm", "a-good-secret"), [HOST], [host]
        ),
    ):
        with pytest.raises(UsageError, match="is no host name") as caught:
            act()
        assert "--token-host api" in caught.value.hint
