"""The OS keyring: a real one is used, each faulty one has its own error, no key is shown."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cactions.edges.keys.keyring_errors import KeyringFault
from cactions.edges.keys.keyring_store import MAX_ITEM_UNITS, TRUSTED
from cactions.logic.vault.key_encoding import encode_key
from cactions.logic.vault.keyring_item import format_key, parse_key, parse_mark
from cactions.model.secret import VaultKey
from tests.edges.processes import ROOT

VAULT = "0123456789abcdef"
CANARY = bytes(range(100, 132))
LETTERS = encode_key(CANARY, VAULT, "key").partition(":")[2].replace("-", "")

PROGRAM = """
import json, logging, sys, traceback
from cactions.edges.keys.keyring_store import KeyringStore
from cactions.edges.keys.user_config import read_user_config
from cactions.model.secret import VaultKey

logging.basicConfig(level=logging.DEBUG)
keyring_store = KeyringStore(read_user_config(), deadline=float(sys.argv[1]))
vault = "0123456789abcdef"
def forget(backend):
    for what in ("key", "generation"):
        item = (f"cactions {what} {vault}", vault)
        if backend.get_password(*item) is not None:
            backend.delete_password(*item)
acts = {
    "keep": lambda label="ada": keyring_store.keep(vault, VaultKey(label, bytes(range(100, 132)))),
    "other": lambda: keyring_store.keep(vault, VaultKey("bob", bytes(32))),
    "key": lambda: (lambda key: [key.label, key.reveal() == bytes(range(100, 132))])(
        keyring_store.get_key(vault)),
    "seen": lambda: keyring_store.get_seen_generation(vault),
    "remember": lambda number: keyring_store.remember_generation(vault, int(number)),
    "forget": lambda: forget(keyring_store._get_backend()),
}
for word in sys.argv[2:]:
    act, _, argument = word.partition("=")
    try:
        print(json.dumps(acts[act](*([argument] if argument else []))))
    except Exception as error:
        traceback.print_exc()
        print(json.dumps({
            "type": type(error).__name__, "fault": error.fault.name.lower(),
            "message": str(error), "hint": error.hint,
            "chain": f"{error.__cause__!r} {error.__context__!r}",
        }))
"""

EASY = "0.5"
PATIENT = "15"


@dataclass(frozen=True, slots=True)
class Machine:
    """An empty home folder, and the environment of its user."""

    home: Path
    environment: dict[str, str]

    def with_(self, **environment: str) -> Machine:
        return Machine(self.home, {**self.environment, **environment})

    def configured(self, text: str) -> Machine:
        path = self.home / ".config" / "cactions" / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        path.chmod(0o600)
        return self

    def choosing(self, backend: str) -> Machine:
        return self.configured(f'keyring_backend = "{backend}"\n')

    def answers(self, *acts: str, seconds: str = PATIENT, under: tuple[str, ...] = ()) -> list[Any]:
        """The result of each action, in one process; its output never holds the key."""
        done = subprocess.run(
            [*under, sys.executable, "-c", PROGRAM, seconds, *acts],
            cwd=ROOT, env=self.environment,
            capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip
        output = (done.stdout + done.stderr).upper().replace("-", "")
        assert not any(LETTERS[at : at + 8] in output for at in range(len(LETTERS) - 8))
        assert CANARY.hex().upper() not in output
        assert 0 == done.returncode, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    return Machine(
        tmp_path,
        {
            "HOME": str(tmp_path),
            "XDG_RUNTIME_DIR": str(runtime),
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error",
        },
    )


def refusal(machine: Machine, *acts: str, seconds: str = PATIENT) -> dict[str, str]:
    """The error of the last action."""
    *_, last = machine.answers(*acts, seconds=seconds)
    assert "KeyringRefusal" == last["type"]
    assert "None None" == last["chain"], "a foreign exception may hold anything"
    assert last["hint"].endswith(".")
    return dict(last)


# Which keyring is chosen


bare = pytest.mark.skipif(
    sys.platform in {"darwin", "win32"}, reason="this system always has a keyring of its own"
)

NAMED = "tests.edges.bad_keyrings."
UNTRUSTED = [
    ("keyring.backends.null.Keyring", "null", "silently stores nothing"),
    ("keyring.backends.fail.Keyring", "fail", "refuses every call"),
    ("keyring.backends.chainer.ChainerBackend", "chainer", "hides which keyring"),
    ("keyrings.alt.file.PlaintextKeyring", "plaintext", "in plain text or barely protected"),
    ("keyrings.alt.file.EncryptedKeyring", "plaintext", "in plain text or barely protected"),
    (NAMED + "PlaintextMemory", "plaintext", "in plain text or barely protected"),
    (NAMED + "Memory", "unknown_backend", "not a keyring that cactions trusts"),
    ("keyring.backends.kwallet.DBusKeyringKWallet4", "unknown_backend", "not a keyring"),
    ("no.such.Class", "unknown_backend", "not a keyring"),
    ("nonsense", "unknown_backend", "not a keyring"),
]


@pytest.mark.parametrize(("backend", "fault", "words"), UNTRUSTED)
def test_the_environment_cannot_choose_an_untrusted_keyring(
    machine: Machine, backend: str, fault: str, words: str
) -> None:
    """Each with its own message, and no other keyring is used instead."""
    refused = refusal(machine.with_(PYTHON_KEYRING_BACKEND=backend), "keep")
    assert fault == refused["fault"]
    assert f"PYTHON_KEYRING_BACKEND selects {backend}, which " in refused["message"]
    assert words in refused["message"]
    assert "CACTIONS_VAULT_KEY" in refused["hint"]


@pytest.mark.parametrize(("backend", "fault", "words"), UNTRUSTED)
def test_the_librarys_own_file_cannot_choose_an_untrusted_keyring(
    machine: Machine, backend: str, fault: str, words: str
) -> None:
    """``keyringrc.cfg`` is also written by other programs."""
    path = library_settings(machine, f"[backend]\ndefault-keyring={backend}\n")
    refused = refusal(machine, "keep")
    assert fault == refused["fault"]
    assert f"{path} selects {backend}, which " in refused["message"]
    assert words in refused["message"]


def library_settings(machine: Machine, text: str) -> Path:
    folder = ".config" if sys.platform != "darwin" else ".local/share"
    path = machine.home / folder / "python_keyring" / "keyringrc.cfg"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text", ["nonsense", "[backend]\n[backend]", "[backend]\nx", "\x00[", "é["]
)
def test_an_invalid_configuration_file_of_the_library_is_refused(
    machine: Machine, text: str
) -> None:
    """It may choose a keyring, but which one is unknown."""
    path = library_settings(machine, text)
    refused = refusal(machine, "keep")
    assert "bad_settings" == refused["fault"]
    assert str(path) in refused["message"]


def test_a_backend_named_by_the_environment_is_not_imported(
    machine: Machine, tmp_path: Path
) -> None:
    """Reading a key must not run foreign code."""
    (tmp_path / "trap.py").write_text("raise SystemExit('the trap was imported')\n")
    library_settings(machine, f"[backend]\nkeyring-path={tmp_path}\n")
    refused = refusal(
        machine.with_(PYTHON_KEYRING_BACKEND="trap.Keyring", PYTHONPATH=f"{ROOT}:{tmp_path}"), "key"
    )
    assert "unknown_backend" == refused["fault"]


@bare
def test_an_installed_plaintext_backend_is_not_chosen(machine: Machine, tmp_path: Path) -> None:
    """The library itself would choose it silently, by its priority."""
    plant_plaintext(tmp_path)
    paths = machine.with_(PYTHONPATH=f"{ROOT}:{tmp_path}")
    chosen = subprocess.run(
        [sys.executable, "-c", "import keyring; print(keyring.get_keyring().name)"],
        env=paths.environment, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    assert "file PlaintextKeyring\n" == chosen.stdout
    refused = refusal(paths, "keep")
    assert ("plaintext", True) == (refused["fault"], "no keyring is running" in refused["message"])
    assert "keyrings.alt.file is installed, but not trusted with keys" in refused["hint"]


def plant_plaintext(folder: Path) -> None:
    """A package that registers itself like ``keyrings.alt``."""
    package = folder / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 0.5\n"
        "    def get_password(self, service, username): ...\n"
        "    def set_password(self, service, username, password): ...\n"
    )
    facts = folder / "keyrings.alt-5.0.2.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: keyrings.alt\nVersion: 5.0.2\n")
    (facts / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")


@bare
def test_without_a_keyring_the_alternatives_are_listed(machine: Machine) -> None:
    """A server has none, but still needs a key."""
    refused = refusal(machine, "key")
    assert "no_backend" == refused["fault"]
    for way in ("--key-fd", "--key-file", "key_command", "CACTIONS_VAULT_KEY"):
        assert way in refused["hint"]


@pytest.mark.parametrize("chosen", ["", min(TRUSTED)])
@pytest.mark.parametrize("name", ["KEYRING_PROPERTY_PREFERRED_COLLECTION", "KEYRING_PROPERTY_X"])
def test_the_environment_cannot_configure_a_keyring(
    machine: Machine, name: str, chosen: str
) -> None:
    """The library would set any attribute from it, even a collection that ends with the session.

    Nor one that is trusted, and that the environment has chosen.
    """
    choice = {"PYTHON_KEYRING_BACKEND": chosen} if chosen else {}
    session = "/org/freedesktop/secrets/collection/session"
    refused = refusal(machine.with_(**{name: session, **choice}), "key")
    assert ("properties", True) == (refused["fault"], refused["message"].startswith(name))


def test_the_users_configuration_may_choose_any_keyring(machine: Machine) -> None:
    """The user knows it; the environment is then ignored."""
    chosen = machine.choosing(NAMED + "Memory").with_(
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring", KEYRING_PROPERTY_X="1"
    )
    assert [None, ["ada", True]] == chosen.answers("keep", "key")


@pytest.mark.parametrize(("backend", "fault", "words"), UNTRUSTED[:3])
def test_the_users_configuration_cannot_choose_a_null_or_chain_keyring(
    machine: Machine, backend: str, fault: str, words: str
) -> None:
    """Such a backend would store nothing, or choose any other one."""
    refused = refusal(machine.choosing(backend), "key")
    assert fault == refused["fault"]
    assert "config.toml selects" in refused["message"]
    assert words in refused["message"]


@pytest.mark.parametrize(
    ("backend", "why"),
    [
        ("no.such.Class", "ModuleNotFoundError"),
        (NAMED + "Nobody", "AttributeError"),
        (NAMED + "Unfit", "RuntimeError"),
        (NAMED + "Alias", "ImportError"),
        ("os.path.join", "AttributeError"),
        ("keyring.backends.macOS.Keyring", "RuntimeError"),
    ],
)
def test_only_the_keyring_chosen_by_the_user_is_used(
    machine: Machine, backend: str, why: str
) -> None:
    """No silent fallback; and exactly the class with that name."""
    if backend in TRUSTED and sys.platform == "darwin":
        pytest.skip("it is there")
    refused = refusal(machine.choosing(backend), "keep")
    assert "not_loaded" == refused["fault"]
    assert f"({why})" in refused["message"]


# How a keyring behaves


@pytest.mark.parametrize(
    ("backend", "fault", "words"),
    [
        ("HangingAtStart", "hanging", "within 0.5 seconds when it was asked to start"),
        ("Hanging", "hanging", "when it was asked to read the key that is there"),
        ("HangingWrite", "hanging", "when it was asked to write the key"),
        ("Locked", "locked", "the keyring is locked"),
        ("LockedByItsOwnWord", "locked", "the keyring is locked"),
        ("WithoutACollection", "closed", "has no place to store keys"),
        ("NullByAnotherName", "read_back", "returns nothing"),
        ("Forgetful", "read_back", "returns nothing"),
        ("Cutting", "read_back", "returns something else"),
        ("Stubborn", "read_back", "returns something else"),
        ("Talkative", "failed", "when it was asked to write the key: PasswordSetError"),
        ("Exiting", "failed", "SystemExit"),
    ],
)  # fmt: skip
def test_a_faulty_keyring_is_refused_with_its_own_message(
    machine: Machine, backend: str, fault: str, words: str
) -> None:
    """With the backend class, so that it is clear which one is meant."""
    seconds = EASY if "Hanging" in backend else PATIENT
    refused = refusal(machine.choosing(NAMED + backend), "keep", seconds=seconds)
    assert fault == refused["fault"]
    assert words in refused["message"]
    assert NAMED + backend in refused["message"]


def test_a_failed_write_restores_the_old_key(machine: Machine) -> None:
    """The keyring cut off the new key; the old one still opens the vault."""
    known = format_key(VaultKey("ada", CANARY), VAULT)
    cutting = machine.choosing(NAMED + "Cutting").with_(KNOWN=known)
    _, refused, key = cutting.answers("keep", "other", "key")
    assert "read_back" == refused["fault"]
    assert refused["message"].endswith("The earlier content was restored.")
    assert ["ada", True] == key


@pytest.mark.parametrize(
    ("backend", "end"),
    [
        ("Cutting", "Nothing of it was left there."),
        ("Stubborn", "Its content is unknown now."),
        ("Forgetful", "Nothing of it was left there."),
    ],
)
def test_a_failed_first_write_is_removed_or_reported(
    machine: Machine, backend: str, end: str
) -> None:
    """A first key that was not stored correctly is deleted, if possible."""
    assert refusal(machine.choosing(NAMED + backend), "keep")["message"].endswith(end)


def test_an_item_fits_the_strictest_keyring(machine: Machine) -> None:
    """Windows would refuse a longer one; so a vault works on every system. Nothing is stored."""
    width = MAX_ITEM_UNITS - len(format_key(VaultKey("", CANARY), VAULT))
    chosen = machine.choosing(NAMED + "Memory")
    assert [None, ["a" * width, True]] == chosen.answers("keep=" + "a" * width, "key")
    for label in ("a" * (width + 1), "\N{KEY}" * (width // 2 + 1)):
        refused, missing = chosen.answers("keep=" + label, "key")
        units = MAX_ITEM_UNITS - width + len(label.encode("utf-16-le")) // 2
        assert "too_long" == refused["fault"]
        assert f"has {units:,} characters" in refused["message"]
        assert "no_key" == missing["fault"]


HELD = [
    "",
    "nonsense",
    "[]",
    "{}",
    '{"format":"cactions.key/1","recipient":"ada","key":1}',
    '{"format":"cactions.key/2","recipient":"ada","key":"x"}',
    '{"format":"cactions.key/1","recipient":"ada","key":"x"}',
    format_key(VaultKey("ada", CANARY), "another vault"),
    format_key(VaultKey("ada", CANARY), VAULT)[:-2] + "}",
    format_key(VaultKey("ada", CANARY), VAULT).replace("}", ',"more":1}'),
]


@pytest.mark.parametrize("held", HELD)
def test_an_item_that_is_not_a_key_of_this_vault_is_refused(held: str) -> None:
    """After any manual edit: it never becomes a key."""
    assert parse_key(held, VAULT) is None


@pytest.mark.parametrize("held", ["", "-1", "+1", "01", "1.0", "1 ", "٣", "1" * 20, "null"])
def test_a_generation_that_is_not_a_number_is_refused(held: str) -> None:
    """It must not count as an unknown generation, which would detect no rollback."""
    assert parse_mark(held) is None


@pytest.mark.parametrize(("act", "what"), [("key", "not a key"), ("seen", "not a mark")])
@pytest.mark.parametrize("backend", ["Strange", "NotText"])
def test_a_damaged_item_is_reported(machine: Machine, act: str, what: str, backend: str) -> None:
    """With the way to restore it, and without showing its content."""
    strange = machine.choosing(NAMED + backend).with_(HELD=HELD[-1])
    refused = refusal(strange, act)
    assert ("damaged", True) == (refused["fault"], what in refused["message"])


def test_a_missing_key_is_reported(machine: Machine) -> None:
    """With the way to get access."""
    [refused] = machine.choosing(NAMED + "Memory").answers("key")
    assert ("VaultError", "no_key") == (refused["type"], refused["fault"])
    assert "cactions vault join" in refused["hint"]


def test_the_tests_cover_every_fault() -> None:
    """The tests above cover every error message."""
    source = Path(__file__).read_text(encoding="utf-8")
    assert [] == [fault for fault in KeyringFault if f'"{fault.name.lower()}"' not in source]


# A real keyring

NEEDED = ("dbus-run-session", "dbus-send", "gnome-keyring-daemon")
MISSING = [program for program in NEEDED if shutil.which(program) is None]
real = pytest.mark.skipif(
    bool(MISSING), reason=f"no real keyring here: {', '.join(MISSING)} not installed"
)

SESSION = """
if [ "$1" = unlocked ]; then printf password | gnome-keyring-daemon --foreground --unlock \\
--components=secrets >/dev/null 2>&1 &
else gnome-keyring-daemon --foreground --components=secrets </dev/null >/dev/null 2>&1 &
fi
daemon=$!; shift
for turn in $(seq 100); do
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true && break
  sleep 0.05
done >/dev/null 2>&1
"$@" </dev/null
status=$?
kill $daemon; wait $daemon 2>/dev/null
exit $status
"""


@pytest.fixture
def session(machine: Machine) -> Machine:
    """A home whose keyring daemon has been unlocked once, so that it has a collection."""
    [unknown] = machine.answers("key", under=under("unlocked"))
    assert "no_key" == unknown["fault"]
    assert "keyring.backends.SecretService.Keyring" in unknown["message"]
    return machine


def under(state: str) -> tuple[str, ...]:
    """A separate session bus, with a keyring daemon that is unlocked or not."""
    return ("dbus-run-session", "--", "bash", "-c", SESSION, "session", state)


@real
def test_a_real_keyring_stores_the_key_and_the_generation(session: Machine) -> None:
    """After the end of the process and of the daemon."""
    acts = ("keep", "key", "seen", "remember=7", "seen", "remember=5", "seen")
    assert [None, ["ada", True], None, None, 7, None, 5] == session.answers(
        *acts, under=under("unlocked")
    )
    assert [["ada", True], 5] == session.answers("key", "seen", under=under("unlocked"))


@real
def test_a_real_keyring_replaces_and_deletes_a_key(session: Machine) -> None:
    """One key per vault; after deletion nothing remains."""
    acts = ("keep", "other", "key", "remember=3", "forget", "seen", "forget", "key")
    *given, refused = session.answers(*acts, under=under("unlocked"))
    assert [None, None, ["bob", False], None, None, None, None] == given
    assert "no_key" == refused["fault"]


@real
def test_a_locked_real_keyring_is_an_error(session: Machine) -> None:
    """No user can unlock it; the key is neither returned nor replaced."""
    session.answers("keep", under=under("unlocked"))
    refusals = session.answers("key", "other", "seen", "remember=9", under=under("locked"))
    assert {"locked"} == {refused["fault"] for refused in refusals}
    assert [["ada", True], None] == session.answers("key", "seen", under=under("unlocked"))


@real
def test_a_real_keyring_without_a_collection_is_an_error(machine: Machine) -> None:
    """A daemon that was never unlocked cannot store anything."""
    [refused] = machine.answers("keep", under=under("locked"))
    assert "closed" == refused["fault"]


@real
def test_the_files_of_a_real_keyring_hold_no_readable_key(session: Machine) -> None:
    """Nor does any other file of the home."""
    session.answers("keep", under=under("unlocked"))
    files = [path for path in session.home.rglob("*") if path.is_file()]
    assert any(path.name == "login.keyring" for path in files)
    assert not any(LETTERS[:8].encode() in path.read_bytes() for path in files)
