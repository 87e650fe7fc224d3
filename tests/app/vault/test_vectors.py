"""The implementation follows its specification: two decoders agree on every test vector."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zlib
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from cactions.app.vault.open_vault import VaultContext, open_vault
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.model.secret import Passphrase, VaultKey
from cactions.model.vault import VaultError, VaultFault
from tests.vaults import FixedClock, OnlyKey
from tests.vectors.vault_vectors import vectors

HERE = Path(__file__).parents[2] / "vectors"
FOLDER = HERE / "vault"
NAMES = sorted(file.name for file in FOLDER.iterdir())


@dataclass(frozen=True)
class Vector:
    """A vector as stored in its file."""

    head: dict[str, str]
    plaintexts: tuple[str, ...]
    data: bytes


@dataclass(frozen=True)
class Verdict:
    """The result of a decoder; ``plaintexts`` are SHA-256."""

    verdict: str
    line: int = 0
    entry: str = ""
    plaintexts: tuple[str, ...] = ()


class Bytes:
    """A vault file in memory."""

    name = "cactions.vault"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        return self._data

    def lock_for_change(self) -> None:
        raise AssertionError("vectors are not written")


def vector(name: str) -> Vector:
    head, _, body = (FOLDER / name).read_bytes().partition(b"\n\n")
    rows = [row.partition(":") for row in head.decode().split("\n")]
    fields = {key: value.strip() for key, _, value in rows}
    plaintexts = tuple(value.strip() for key, _, value in rows if key == "plaintext")
    data = zlib.decompress(body) if "compressed" in fields else body
    return Vector(fields, plaintexts, data)


def expected(name: str) -> Verdict:
    one = vector(name)
    head = one.head
    line = int(head.get("line", 0))
    return Verdict(head["expect"], line, head.get("entry", ""), one.plaintexts)


def ours(name: str) -> Verdict:
    one = vector(name)
    seen = int(one.head["seen"]) if "seen" in one.head else None
    label = one.head["recipient"]
    if "passphrase" in one.head:
        key: VaultKey | Passphrase = Passphrase(label, one.head["passphrase"])
    else:
        key = VaultKey(label, bytes.fromhex(one.head["key"]))
    context = VaultContext(Bytes(one.data), OnlyKey(key, seen), AesGcmSealer(), FixedClock())  # type: ignore[arg-type]
    entry = ""
    try:
        vault = open_vault(context)
        values = []
        for found in vault.contents.entries:
            entry = found.name
            values.append(sha256(vault.unseal(found)).hexdigest())
    except VaultError as error:
        inside = error.fault is VaultFault.ENTRY
        return Verdict(error.fault.value, error.line, entry if inside else "")
    return Verdict("ok", plaintexts=tuple(values))


@pytest.mark.parametrize("name", NAMES)
def test_every_vector_has_its_expected_verdict(name: str) -> None:
    """The kind, the line, and every value of valid files."""
    assert expected(name) == ours(name)
    assert name.partition("-")[0] == expected(name).verdict


def test_a_decoder_in_another_language_gives_the_same_verdicts() -> None:
    """Written from the specification, with the cryptography of another library."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the second decoder cannot run")
    done = subprocess.run(
        [node, str(HERE / "decoder.mjs"), str(FOLDER)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    said = {
        name: Verdict(**one | {"plaintexts": tuple(one["plaintexts"])})
        for name, one in json.loads(done.stdout).items()
    }
    assert {name: expected(name) for name in NAMES} == said


def test_the_vectors_match_their_generator() -> None:
    """They are rewritten only on purpose (``CACTIONS_GOLDEN=1``)."""
    made = vectors()
    if os.environ.get("CACTIONS_GOLDEN"):
        for file in FOLDER.iterdir():
            file.unlink()
        for name, data in made.items():
            (FOLDER / name).write_bytes(data)
        return
    kept = {name: (FOLDER / name).read_bytes() for name in NAMES}
    assert sorted(made) == sorted(kept)
    assert [] == [name for name in NAMES if made[name] != kept[name]]


def test_every_error_kind_of_a_vault_file_has_vectors() -> None:
    """At least three of each; the other kinds are about files and key stores."""
    outside = {VaultFault.NO_KEY, VaultFault.MODE, VaultFault.SYMLINK}
    counts = Counter(name.partition("-")[0] for name in NAMES)
    assert {"ok", *(f.value for f in VaultFault if f not in outside)} == set(counts)
    assert 60 <= len(NAMES)
    assert min(counts.values()) >= 2, counts
