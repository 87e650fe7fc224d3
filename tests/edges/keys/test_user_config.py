"""The user's configuration file must be private, and is parsed completely or refused."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

import pytest

from cactions.edges.keys.user_config import UserConfig, get_config_path, read_user_config
from cactions.model import UsageError
from tests.edges.processes import finished


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def refusal(path: Path) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_user_config(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_a_missing_file_is_an_empty_configuration(tmp_path: Path) -> None:
    """The file is optional."""
    path = tmp_path / "nowhere" / "config.toml"
    assert UserConfig(path) == read_user_config(path)


def test_an_empty_file_is_an_empty_configuration(tmp_path: Path) -> None:
    """Also a file with only comments."""
    path = written(tmp_path, "# later\n")
    assert UserConfig(path) == read_user_config(path)


def test_all_keys_are_read(tmp_path: Path) -> None:
    """All four keys."""
    path = written(
        tmp_path,
        'keyring_backend = "keyring.backends.kwallet.DBusKeyring"\n'
        'key_file = "/keys/cactions.key"\n'
        'key_command = ["pass", "show", "cactions/key"]\n'
        'database_file = "/keys/cactions.database"\n',
    )
    assert UserConfig(
        path,
        "keyring.backends.kwallet.DBusKeyring",
        Path("/keys/cactions.key"),
        ("pass", "show", "cactions/key"),
        Path("/keys/cactions.database"),
    ) == read_user_config(path)  # fmt: skip


def test_a_tilde_means_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a shell."""
    monkeypatch.setenv("HOME", "/home/ada")
    path = written(tmp_path, 'key_file = "~/cactions.key"\ndatabase_file = "~/db"\n')
    assert Path("/home/ada/cactions.key") == read_user_config(path).key_file
    assert Path("/home/ada/db") == read_user_config(path).database_file


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ('keyfile = "/k"', 'has an unknown key "keyfile"', 'did you mean "key_file"?'),
        ("[vault]", 'has an unknown key "vault"', "known: database_file, key_command, key_file"),
        ('database = "x"', 'unknown key "database"', 'did you mean "database_file"?'),
        ('database_file = "x"', '"database_file" has an invalid value', "cactions.database"),
        ("keyring_backend = 1", '"keyring_backend" has an invalid value', "It must be a class"),
        ('keyring_backend = "Keyring"', 'keyring_backend" has an invalid', "It must be a class"),
        ('keyring_backend = "a b.C"', 'keyring_backend" has an invalid', "It must be a class"),
        ('key_file = "cactions.key"', '"key_file" has an invalid value', "an absolute path"),
        ('key_file = ""', '"key_file" has an invalid value', "an absolute path"),
        ('key_file = "/a\\u0000"', '"key_file" has an invalid value', "an absolute path"),
        ("key_file = []", '"key_file" has an invalid value', "an absolute path"),
        ('key_command = "pass show key"', '"key_command" has an invalid value', "a list"),
        ("key_command = []", '"key_command" has an invalid value', "a list"),
        ('key_command = [""]', '"key_command" has an invalid value', "a list"),
        ('key_command = ["./key.sh"]', '"key_command" has an invalid value', "an absolute path"),
        ('key_command = ["bin/key"]', '"key_command" has an invalid value', "an absolute path"),
        ('key_command = ["pass", 1]', '"key_command" has an invalid value', "a list"),
        ('key_command = ["a", "\\u0000"]', '"key_command" has an invalid value', "a list"),
    ],
)
def test_an_invalid_key_or_value_is_reported_with_a_suggestion(
    tmp_path: Path, text: str, words: str, hint: str
) -> None:
    """Unknown keys with the nearest name, values with an example."""
    error = refusal(written(tmp_path, text))
    assert words in str(error)
    assert hint in error.hint


def test_invalid_toml_is_reported_with_its_place(tmp_path: Path) -> None:
    """Line and column, from 1."""
    error = refusal(written(tmp_path, "\nkey_file = nonsense\n"))
    assert error.place
    assert (2, 12) == (error.place.line, error.place.column)
    assert "is not TOML: invalid value" in str(error)


@pytest.mark.parametrize("text", ["key_file = ", 'key_file = "', "=", "[", "a = 1\na = 2"])
def test_every_syntax_error_has_a_next_step(tmp_path: Path, text: str) -> None:
    """Also if the file ends too early."""
    assert "is not TOML: " in str(refusal(written(tmp_path, text)))


def test_a_large_file_and_invalid_bytes_are_refused(tmp_path: Path) -> None:
    """Every read has a size limit."""
    assert "is larger than" in str(refusal(written(tmp_path, "#" * 65537)))
    path = written(tmp_path, "")
    path.write_bytes(b"\xff")
    assert "not UTF-8" in str(refusal(path))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_writable_by_others_is_refused(tmp_path: Path, mode: int) -> None:
    """It names commands and code."""
    path = written(tmp_path, "")
    path.chmod(mode)
    error = refusal(path)
    assert "can be written by other users" in str(error)
    assert f"chmod go-w {path}" in error.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    """Whatever its mode is."""
    path = written(tmp_path, "")
    os.chown(path, 65534, 65534)
    assert "belongs to another user" in str(refusal(path))


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    """No OSError is raised."""
    path = tmp_path / "config.toml"
    path.mkdir(0o700)
    assert "cannot be read: is a directory" in str(refusal(path))


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG folders are Linux's")
@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.config/cactions/config.toml"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "/elsewhere"}, "/elsewhere/cactions/config.toml"),
        ({"HOME": "/h", "XDG_CONFIG_HOME": "."}, "/h/.config/cactions/config.toml"),
    ],
)
def test_the_file_is_in_the_users_configuration_folder(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], path: str
) -> None:
    """And never beside the project: a relative path is ignored."""
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Path(path) == get_config_path()


def test_reading_the_configuration_loads_no_keyring() -> None:
    """Using a key file must not cost the time of a keyring."""
    done = finished(
        "import sys; from cactions.edges.keys import user_config\nprint('keyring' in sys.modules)"
    )
    assert ("False\n", "") == (done.stdout, done.stderr)


def test_without_a_home_folder_the_error_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container a uid may have no account entry and no HOME."""

    def unknown(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(UsageError, match="HOME is not set") as caught:
        get_config_path()
    assert "Set HOME" in caught.value.hint
