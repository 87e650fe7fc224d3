"""The address of the shared database: from where it comes, and that its password stays hidden."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions.cli import streams
from cactions.cli.database_address import read_database_address, require_cluster
from cactions.cli.output_scrubber import forget_secrets
from cactions.model import UsageError
from tests.edges.processes import finished

ADDRESS = "postgresql://ada:CANARY-%40-1234@db.example/cactions"
OTHER = "host=other.example password=CANARY-5678"


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """What was registered."""
    yield
    forget_secrets()


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that the configuration names."""
    folder = tmp_path / "config" / "cactions"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    (folder / "config.toml").write_text('database_file = "~/cactions.database"\n')
    path = tmp_path / "cactions.database"
    path.write_text(f"{OTHER}\n")
    path.chmod(0o600)
    return path


def refuse(environment: dict[str, str] | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_database_address(environment or {})
    assert caught.value.hint
    assert "CANARY" not in str(caught.value) + caught.value.hint
    return caught.value


def test_without_a_setting_there_is_no_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And nothing is registered."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert "" == read_database_address({})
    assert "CANARY" == streams.mask_text("CANARY")


def test_the_variable_decides_before_the_file(file: Path) -> None:
    """The file is not read then."""
    assert OTHER == read_database_address({})
    file.unlink()
    assert ADDRESS == read_database_address({"CACTIONS_DATABASE": f" {ADDRESS}\n"})
    assert "is set, and empty" in str(refuse({"CACTIONS_DATABASE": " "}))


def test_no_output_shows_a_password_that_was_read(
    file: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """In the form of the address, and as it is meant; by each stream."""
    read_database_address({})
    read_database_address({"CACTIONS_DATABASE": ADDRESS})
    for text in ("CANARY-%40-1234", "CANARY-@-1234", "CANARY-5678"):
        for stream in (sys.stdout, sys.stderr):
            stream.write(f"<{text}>\n")
        assert "CANARY" not in streams.mask_text(f"<{text}>")
    forget_secrets()
    for data in capsysbinary.readouterr():
        assert b"CANARY" not in data
        assert 3 == data.count(b"<")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(file: Path, mode: int) -> None:
    """It holds a password."""
    file.chmod(mode)
    error = refuse()
    assert "can be read by other users" in str(error)
    assert f"`chmod 600 {file}`." in error.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_refused(file: Path) -> None:
    """They could change where everything is written to."""
    os.chown(file, 65534, 65534)
    assert "belongs to another user" in str(refuse())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"), (b" \n\n", "is empty"), (b"CANARY\nCANARY\n", "more than one line"),
        (b"CANARY\xff", "is not UTF-8"), (b"CANARY" * 20_000, "is larger than"),
    ],
)  # fmt: skip
def test_a_file_without_an_address_is_refused(file: Path, data: bytes, words: str) -> None:
    """Nothing of it is repeated."""
    file.write_bytes(data)
    assert words in str(refuse())


@pytest.mark.parametrize("kind", ["missing", "link", "folder"])
def test_what_is_no_file_is_refused(file: Path, kind: str) -> None:
    """A run that should be shared must not go on alone."""
    file.rename(file.with_name("kept"))
    if kind == "link":
        file.symlink_to(file.with_name("kept"))
    if kind == "folder":
        file.mkdir(0o700)
    assert str(file) in str(refuse())


@pytest.mark.parametrize("library", ["psycopg", "procrastinate"])
def test_without_the_extra_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    """And where the address that needs it comes from."""
    require_cluster({})
    monkeypatch.setitem(sys.modules, library, None)
    for environment, source in (
        ({"CACTIONS_DATABASE": ADDRESS}, "CACTIONS_DATABASE"),
        ({}, "your configuration"),
    ):
        with pytest.raises(UsageError) as caught:
            require_cluster(environment)
        assert f'the database of {source} needs the extra "cluster"' == str(caught.value)
        assert 'pip install "procrastinate' in caught.value.hint


def test_nothing_of_the_extra_is_loaded() -> None:
    """Neither for reading an address nor for the question whether the extra is there."""
    done = finished(
        "import sys; from cactions.cli.database_address import *\n"
        "require_cluster({})\n"
        "read_database_address({'CACTIONS_DATABASE': 'postgresql://a:b@c/d'})\n"
        "print([name for name in ('psycopg', 'procrastinate', 'keyring', 'rich', 'cryptography')"
        " if name in sys.modules])"
    )
    assert ("[]\n", "") == (done.stdout, done.stderr)
