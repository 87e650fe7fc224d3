"""Generates the test vectors of the vault format: files with one error each, named by its kind.

A vector is a head of ``key: value`` lines, a blank line, and the bytes of a vault (compressed by
zlib if the head says so). A reader opens the vault with the key from the head, then every entry
in the order of the file. Regenerated only on purpose: ``CACTIONS_GOLDEN=1``, like golden files.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cactions.edges.keys.crypto import AesGcmSealer, _derive_single_use
from cactions.logic.vault import associated_data
from cactions.model.secret import Passphrase, VaultKey
from cactions.model.vault import Purpose, VaultHead
from tests.vaults import CHEAP, drawn

FORMAT = "cactions-vault/1"
CREATED = "2026-11-22T12:00:00Z"
PASSPHRASE = "correct horse battery staple"
MIB = 1024 * 1024
LARGE = 16 * 1024

Line = dict[str, Any]


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def dumps(line: Any) -> bytes:
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Maker:
    """A vault as lines that can be modified before they are sealed with a correct MAC."""

    def __init__(self, seed: str = "cactions", epoch: int = 1, generation: int = 7) -> None:
        self.sealing = AesGcmSealer(drawn(seed), cost=CHEAP)
        self.vault = self.sealing.new_vault_id()
        self.epoch = epoch
        self.data_key = self.sealing.new_key("data key")
        self.keys = {name: self.sealing.new_key(name) for name in ("ada", "bob", "ci")}
        self.head: Line = {
            "epoch": epoch, "format": FORMAT, "generation": generation, "vault": self.vault
        }  # fmt: skip
        self.recipients: list[Line] = []
        self.entries: list[Line] = []

    @property
    def place(self) -> VaultHead:
        return VaultHead(self.vault, self.epoch, 1)

    def recipient(self, name: str, kind: str = "key", *, data: bytes | None = None) -> Line:
        line: Line = {"created": CREATED, "key_id": "", "kind": kind, "name": name}
        key = self.keys.get(name)
        if kind == "passphrase":
            how = self.sealing.new_scrypt_params()
            line["scrypt"] = {"n": how.n, "p": how.p, "r": how.r, "salt": b64(how.salt)}
            key = self.sealing.derive_from_passphrase(Passphrase(name, PASSPHRASE), how)
        assert key
        line["key_id"] = self.sealing.compute_key_id(
            key, associated_data.build_key_id_label(self.vault)
        )
        data = self.data_key.reveal() if data is None else data
        sealed = self.sealing.seal(key, self._bound("recipient", name, 1, line), data)
        return line | {"salt": b64(sealed.salt), "wrapped": b64(sealed.data)}

    def entry(
        self, name: str, text: str, *, purpose: str = "secret", version: int = 1, **meta: Any
    ) -> Line:
        whole = {"by": "ada", "created": CREATED, "hosts": ["api.shop.example"]} | meta
        sealed = self.sealing.seal(
            self.purpose_key(purpose), self._bound(purpose, name, version, whole), text.encode()
        )
        return {
            "meta": whole, "name": name, "purpose": purpose, "salt": b64(sealed.salt),
            "sealed": b64(sealed.data), "version": version,
        }  # fmt: skip

    def raw_entry(self, name: str, framed: bytes, key: VaultKey | None = None) -> Line:
        """An entry with the given padding."""
        line = self.entry(name, "")
        key = key or self.purpose_key("secret")
        salt = b64decode(line["salt"])
        once, nonce = _derive_single_use(key, salt)
        bound = self._bound("secret", name, 1, line["meta"])
        return line | {"sealed": b64(AESGCM(once).encrypt(nonce, framed, bound))}

    def purpose_key(self, purpose: str) -> VaultKey:
        return self.sealing.derive_key(
            self.data_key, associated_data.build_purpose_label(self.place, Purpose(purpose))
        )

    def _bound(self, purpose: str, name: str, version: int, meta: Line) -> bytes:
        digest = sha256(dumps(meta)).digest()
        return associated_data.join_fields(
            FORMAT, self.vault, self.epoch, purpose, name, version, digest
        )

    def lines(self) -> list[bytes]:
        return [dumps(line) for line in (self.head, *self.recipients, *self.entries)]

    def closed(self, covered: bytes) -> bytes:
        """The bytes with a correct last line."""
        mac = self.sealing.compute_mac(
            self.sealing.derive_key(self.data_key, associated_data.build_mac_label(self.place)),
            covered,
        )
        return covered + dumps({"mac": b64(mac)}) + b"\n"

    def file(self) -> bytes:
        return self.closed(b"".join(line + b"\n" for line in self.lines()))


def small(seed: str = "cactions", **numbers: int) -> Maker:
    """One recipient, two secrets."""
    vault = Maker(seed, **numbers)
    vault.recipients = [vault.recipient("ada")]
    vault.entries = [
        vault.entry("crm_id", "client-4711-id"),
        vault.entry("shop_token", "shop-token-value", version=3),
    ]
    return vault


def large() -> Maker:
    """Every kind of recipient and of purpose."""
    vault = Maker("everything", epoch=3, generation=40)
    vault.recipients = [
        vault.recipient("ada"),
        vault.recipient("bob", "invitation"),
        vault.recipient("ci", "machine"),
        vault.recipient("paper", "passphrase"),
    ]
    vault.entries = [
        vault.entry(f"{vault.vault}.2", "k" * 32, purpose="journal", hosts=[]),
        vault.entry(f"{vault.vault}.2", "k" * 32, purpose="plan", hosts=[]),
        vault.entry(
            "loyalty", "url: https://api.shop.example/v1" * 9, purpose="request", digest="x1"
        ),
        vault.entry("loyalty", "url: https://api.shop.example/v2", purpose="request", version=2),
        vault.entry("a@b.example", "Zoë wrote this", tags=["a", "b"], number=9007199254740991),
        vault.entry("empty", "", hosts=["a.example", "b.example"]),
        vault.entry("exactly-60", "x" * 60),
        vault.entry("exactly-61", "x" * 61),
    ]
    return vault


def bound() -> Maker:
    """Tokens bound to hosts: fetched ones by their secret, and a user's, which is in no vault."""
    vault = Maker("bound tokens")
    vault.recipients = [vault.recipient("ada")]
    hosts = {"hosts": ["auth.crm.example"], "token_hosts": ["api.crm.example", "eu.crm.example"]}
    vault.entries = [
        vault.entry("crm_secret", "client-secret-value", **hosts),
        vault.entry("jwt", "", version=2, hosts=[], token_hosts=["api.shop.example"]),
        vault.entry("nowhere", "no-token-may-go-anywhere", token_hosts=[]),
    ]
    return vault


@dataclass
class Vector:
    """The bytes of a vault, and the key that opens it."""

    data: bytes
    recipient: str = "ada"
    key: bytes = b""
    passphrase: str = ""
    seen: int = 0
    line: int = 0
    entry: str = ""
    values: tuple[str, ...] = field(default=())

    def text(self, expect: str) -> bytes:
        head = {"expect": expect, "recipient": self.recipient}
        head |= {"passphrase": self.passphrase} if self.passphrase else {"key": self.key.hex()}
        head |= {k: str(v) for k, v in (("seen", self.seen), ("line", self.line)) if v}
        head |= {"entry": self.entry} if self.entry else {}
        body = self.data
        if len(body) > LARGE:
            head["compressed"] = "zlib"
            body = zlib.compress(body, 9)
        rows = [f"{k}: {v}" if v else f"{k}:" for k, v in head.items()]
        rows += [f"plaintext: {sha256(v.encode()).hexdigest()}" for v in self.values]
        return "\n".join([*rows, "", ""]).encode() + body


def vector(vault: Maker, data: bytes | None = None, **more: Any) -> Vector:
    return Vector(vault.file() if data is None else data, key=vault.keys["ada"].reveal(), **more)


def bent(change: Callable[[Maker], object], **more: Any) -> Vector:
    """A small vault, changed by an attacker who can compute the correct MAC."""
    vault = small()
    change(vault)
    return vector(vault, **more)


def swapped(number: int, old: bytes, new: bytes, **more: Any) -> Vector:
    """A small vault in which the bytes of a line (from 1) were changed, with a correct MAC."""
    vault = small()
    lines = vault.lines()
    assert lines[number - 1].count(old) >= 1, (number, old)
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    return vector(vault, vault.closed(b"".join(x + b"\n" for x in lines)), **more)


def forged(change: Callable[[bytes], bytes], **more: Any) -> Vector:
    """A small vault whose bytes were changed by an attacker without a key."""
    vault = small()
    return vector(vault, change(vault.file()), **more)


def flipped(text: str, at: int = 10) -> str:
    data = bytearray(b64decode(text))
    data[at] ^= 1
    return b64(bytes(data))


def of(number: int, **news: Any) -> Callable[[Maker], None]:
    """Set keys of an entry (by its number from 0); None removes a key."""
    return lambda vault: _set(vault.entries[number], news)


def who(**news: Any) -> Callable[[Maker], None]:
    """Set keys of the recipient."""
    return lambda vault: _set(vault.recipients[0], news)


def top(**news: Any) -> Callable[[Maker], None]:
    """Set keys of the head."""
    return lambda vault: _set(vault.head, news)


def meta(**news: Any) -> Callable[[Maker], None]:
    """Set keys of the first entry's metadata."""
    return lambda vault: _set(vault.entries[0]["meta"], news)


def _set(line: Line, news: Line) -> None:
    for key, value in news.items():
        if value is None:
            del line[key]
        else:
            line[key] = value


def vectors() -> dict[str, bytes]:
    """Every vector by its file name."""
    found: dict[str, bytes] = {}
    for kinds in (_ok, _form, _canonical, _stretching, _keys, _tampered, _rollback, _entries):
        for name, one in kinds():
            expect, _, _ = name.partition("-")
            assert name not in found, name
            found[name] = one.text(expect)
    return found


def _ok() -> Iterator[tuple[str, Vector]]:
    plain = ("client-4711-id", "shop-token-value")
    yield "ok-small", vector(small(), values=plain)
    yield "ok-by-key-id", vector(small(), recipient="", values=plain)
    yield "ok-seen-the-same", vector(small(), seen=7, values=plain)
    yield "ok-seen-older", vector(small(), seen=6, values=plain)
    yield "ok-no-entries", bent(lambda v: v.entries.clear())
    vault = large()
    urls = ("url: https://api.shop.example/v1" * 9, "url: https://api.shop.example/v2")
    values = ("k" * 32, "k" * 32, *urls, "Zoë wrote this", "", "x" * 60, "x" * 61)
    yield "ok-everything", vector(vault, values=values)
    yield "ok-machine", Vector(vault.file(), "ci", vault.keys["ci"].reveal(), values=values)
    yield "ok-passphrase", Vector(vault.file(), "paper", passphrase=PASSPHRASE, values=values)
    yield "ok-the-only-passphrase", Vector(vault.file(), "", passphrase=PASSPHRASE, values=values)
    values = ("client-secret-value", "", "no-token-may-go-anywhere")
    yield "ok-token-hosts", vector(bound(), values=values)
    vault = small(epoch=2**53 - 1, generation=2**53 - 1)
    yield "ok-highest-numbers", vector(vault, values=plain)


def _form() -> Iterator[tuple[str, Vector]]:
    data = small().file()
    lines = data.splitlines(keepends=True)
    for name, text in {
        "text": b"this is no vault\n",
        "yaml": b"version: 1\nactions: {}\n",
        "line-feed": b"\n",
        "text-without-end": b"secret",
        "other-format": data.replace(b"cactions-vault/1", b"other-vault/1", 1),
        "format-zero": data.replace(b"vault/1", b"vault/0", 1),
        "format-leading-zero": data.replace(b"vault/1", b"vault/01", 1),
        "format-too-long": data.replace(b"vault/1", b"vault/1234567890", 1),
        "head-gone": b"".join(lines[1:]),
        "binary": bytes(range(256)) + b"\n",
        "utf-16": data.decode().encode("utf-16"),
    }.items():
        yield f"not_a_vault-{name}", forged(lambda _, text=text: text, line=1)
    for version in ("2", "10", "999999999"):
        changed = data.replace(b"vault/1", b"vault/" + version.encode(), 1)
        yield f"newer_version-{version}", forged(lambda _, d=changed: d, line=1)
    yield (
        "newer_version-of-another-form",
        forged(lambda _: b'{"format":"cactions-vault/2","new":[1.5]}\nand more', line=1),
    )
    yield "too_big-file", forged(lambda d: d + b" " * (32 * MIB + 1 - len(d)))
    yield (
        "too_big-line",
        forged(lambda _: lines[0] + b"x" * MIB + b"\n" + b"".join(lines[1:]), line=2),
    )
    cuts = {
        "empty": 0, "first-byte": 1, "in-the-head": 40, "after-the-head": len(lines[0]),
        "in-a-recipient": len(lines[0]) + 9, "after-recipients": len(lines[0] + lines[1]),
        "in-an-entry": len(b"".join(lines[:3])) - 20, "after-an-entry": len(b"".join(lines[:3])),
        "no-end": len(b"".join(lines[:4])), "in-the-end": len(data) - 9, "last-byte": len(data) - 1,
    }  # fmt: skip
    for name, size in cuts.items():
        number = max(1, data[:size].count(b"\n") + (not data[:size].endswith(b"\n") and size > 0))
        yield f"truncated-{name}", forged(lambda d, n=size: d[:n], line=number)


def _canonical() -> Iterator[tuple[str, Vector]]:  # noqa: PLR0915 (a table, one row a failure)
    def no(name: str, line: int, one: Vector) -> tuple[str, Vector]:
        one.line = line
        return f"not_canonical-{name}", one

    yield no("byte-order-mark", 1, forged(lambda d: b"\xef\xbb\xbf" + d))
    yield no("carriage-returns", 1, forged(lambda d: d.replace(b"\n", b"\r\n")))
    yield no(
        "blank-line", 3, forged(lambda d: d.replace(b"\n", b"\n\n").replace(b"\n\n", b"\n", 1))
    )
    yield no("blank-at-the-beginning", 2, swapped(2, b"{", b" {"))
    yield no("blank-at-the-end", 2, swapped(2, b'"}', b'"} '))
    yield no("blank-after-colon", 3, swapped(3, b'"version":1', b'"version": 1'))
    yield no(
        "keys-unsorted",
        1,
        swapped(
            1, b'"epoch":1,"format":"cactions-vault/1"', b'"format":"cactions-vault/1","epoch":1'
        ),
    )
    yield no("key-twice", 3, swapped(3, b'"version":1', b'"version":1,"version":1'))
    yield no("escape", 3, swapped(3, b"crm_id", rb"crm\u005fid"))
    yield no("escaped-slash", 3, swapped(3, b"crm_id", rb"crm\/id"))
    yield no("not-ascii", 3, swapped(3, b'"by":"ada"', '"by":"adä"'.encode()))
    yield no("delete-character", 3, swapped(3, b'"by":"ada"', b'"by":"a\x7fda"'))
    yield no("tab", 3, swapped(3, b'"by":"ada"', b'"by":"a\tda"'))
    yield no("null-byte", 3, swapped(3, b'"by":"ada"', b'"by":"a\x00da"'))
    yield no("more-after-the-object", 3, swapped(3, b'"version":1}', b'"version":1}{}'))
    yield no("array", 3, forged(lambda d: _insert(d, 3, b"[1,2]")))
    yield no("number", 3, forged(lambda d: _insert(d, 3, b"17")))
    yield no("null", 3, forged(lambda d: _insert(d, 3, b"null")))
    yield no("no-json", 3, forged(lambda d: _insert(d, 3, b"{broken")))
    yield no("unknown-line", 3, forged(lambda d: _insert(d, 3, b'{"comment":"hello"}')))
    yield no("empty-object", 3, forged(lambda d: _insert(d, 3, b"{}")))
    yield no("deep", 3, forged(lambda d: _insert(d, 3, b"[" * 100_000)))
    yield no("more-after-the-end", 6, forged(lambda d: d + d.splitlines()[3] + b"\n"))
    yield no("two-ends", 6, forged(lambda d: d + d.splitlines()[4] + b"\n"))
    yield no("end-too-early", 4, forged(lambda d: _insert(d, 3, d.splitlines()[4])))
    yield no("two-heads", 2, forged(lambda d: _insert(d, 2, d.splitlines()[0])))
    yield no("no-recipients", 2, bent(lambda v: v.recipients.clear()))
    yield no("recipients-unsorted", 3, bent(lambda v: v.recipients.append(_named(v, "Ada"))))
    yield no("recipient-twice", 3, bent(lambda v: v.recipients.append(v.recipients[0])))
    yield no("recipient-after-entry", 4, forged(lambda d: _insert(d, 4, d.splitlines()[1])))
    yield no("entries-unsorted", 4, bent(lambda v: v.entries.reverse()))
    yield no("entry-twice", 4, bent(lambda v: v.entries.insert(0, v.entries[0])))
    yield no("entry-first", 2, forged(lambda d: _insert(d, 2, d.splitlines()[2])))
    yield no("head-key-more", 1, bent(top(note="hi")))
    yield no("head-key-less", 1, bent(top(generation=None)))
    yield no("blank-before-comma", 1, swapped(1, b'"cactions-vault/1"', b'"cactions-vault/1" '))
    yield no("recipient-key-more", 2, bent(who(note="hi")))
    yield no("recipient-key-less", 2, bent(who(created=None)))
    yield no("entry-key-more", 3, bent(of(0, note="hi")))
    yield no("entry-key-less", 3, bent(of(0, meta=None)))
    yield no("end-key-more", 5, forged(lambda d: d.replace(b'{"mac"', b'{"a":1,"mac"')))
    yield no("scrypt-key-more", 2, bent(lambda v: _scrypt(v, extra=1)))
    yield no("scrypt-is-text", 2, bent(lambda v: _set(_paper(v), {"scrypt": "none"})))
    yield no("scrypt-on-a-key", 2, bent(lambda v: _set(_paper(v), {"kind": "key"})))
    yield no("scrypt-missing", 2, bent(lambda v: _set(_paper(v), {"scrypt": None})))
    yield no("scrypt-salt-short", 2, bent(lambda v: _scrypt(v, salt=b64(bytes(31)))))
    yield no("scrypt-n-zero", 2, bent(lambda v: _scrypt(v, n=0)))
    yield no("scrypt-n-text", 2, bent(lambda v: _scrypt(v, n="32768")))
    yield no("vault-id-in-capitals", 1, bent(top(vault="A" * 32)))
    yield no("vault-id-short", 1, bent(top(vault="a" * 31)))
    for name, old, new in (
        ("zero", b'"epoch":1', b'"epoch":0'), ("negative", b'"epoch":1', b'"epoch":-1'),
        ("fraction", b'"epoch":1', b'"epoch":1.0'), ("exponent", b'"epoch":1', b'"epoch":1e0'),
        ("text", b'"epoch":1', b'"epoch":"1"'), ("true", b'"epoch":1', b'"epoch":true'),
        ("null", b'"epoch":1', b'"epoch":null'), ("nan", b'"epoch":1', b'"epoch":NaN'),
        ("leading-zero", b'"epoch":1', b'"epoch":01'), ("plus", b'"epoch":1', b'"epoch":+1'),
        ("two-to-53", b'"epoch":1', b'"epoch":9007199254740992'),
        ("huge", b'"epoch":1', b'"epoch":' + b"9" * 700),
    ):  # fmt: skip
        yield no(f"epoch-{name}", 1, swapped(1, old, new))
    yield no("generation-zero", 1, swapped(1, b'"generation":7', b'"generation":0'))
    yield no("version-zero", 3, bent(of(0, version=0)))
    yield no("kind-unknown", 2, bent(who(kind="friend")))
    yield no("kind-number", 2, bent(who(kind=1)))
    yield no("key-id-short", 2, bent(who(key_id="abc")))
    yield no("recipient-name-blank", 2, bent(who(name="a da")))
    yield no("recipient-salt-short", 2, bent(who(salt=b64(bytes(31)))))
    yield no("wrapped-short", 2, bent(who(wrapped=b64(bytes(64)))))
    yield no("recipient-date", 2, bent(who(created="2026-11-22 12:00:00Z")))
    yield no("purpose-unknown", 3, bent(of(0, purpose="fun")))
    for name, bad in {
        "slash": "a/b",
        "empty": "",
        "long": "a" * 129,
        "dash-first": "-a",
        "dot-first": ".a",
    }.items():
        yield no(f"name-{name}", 3, bent(of(0, name=bad)))
    yield no("salt-long", 3, bent(of(0, salt=b64(bytes(33)))))
    yield no("salt-unpadded", 3, bent(of(0, salt=b64(bytes(32)).rstrip("="))))
    yield no("salt-spare-bits", 3, bent(of(0, salt="A" * 42 + "B=")))
    yield no("salt-url-alphabet", 3, bent(of(0, salt=b64(b"\xff" * 32).replace("/", "_"))))
    yield no("salt-blank-inside", 3, bent(of(0, salt=" " + b64(bytes(32)))))
    yield no("salt-number", 3, bent(of(0, salt=5)))
    for size in (0, 16, 64, 79, 81, 128):
        yield no(f"sealed-{size}-bytes", 3, bent(of(0, sealed=b64(bytes(size)))))
    yield no(
        "mac-short",
        5,
        forged(
            lambda d: _insert(d[: d.rindex(b"\n", 0, -1) + 1], 5, dumps({"mac": b64(bytes(31))}))
        ),
    )
    yield no("meta-by-missing", 3, bent(meta(by=None)))
    yield no("meta-hosts-missing", 3, bent(meta(hosts=None)))
    yield no("meta-created-missing", 3, bent(meta(created=None)))
    yield no("meta-by-number", 3, bent(meta(by=3)))
    yield no("meta-date", 3, bent(meta(created="yesterday")))
    yield no("meta-key-capital", 3, bent(meta(Note="hi")))
    yield no("meta-key-long", 3, bent(meta(**{"n" * 33: "hi"})))
    yield no("meta-value-object", 3, bent(meta(note={"a": 1})))
    yield no("meta-value-true", 3, bent(meta(note=True)))
    yield no("meta-value-fraction", 3, bent(meta(note=1.5)))
    yield no("meta-value-zero", 3, bent(meta(note=0)))
    yield no("meta-list-of-lists", 3, bent(meta(note=[["a"]])))
    yield no("hosts-unsorted", 3, bent(meta(hosts=["b.example", "a.example"])))
    yield no("host-twice", 3, bent(meta(hosts=["a.example", "a.example"])))
    yield no("host-capital", 3, bent(meta(hosts=["A.example"])))
    yield no("host-wildcard", 3, bent(meta(hosts=["*.example"])))
    yield no("host-number", 3, bent(meta(hosts=[1])))
    yield no("hosts-text", 3, bent(meta(hosts="a.example")))
    for name, hosts in {
        "unsorted": ["b.example", "a.example"], "twice": ["a.example", "a.example"],
        "capital": ["A.example"], "wildcard": ["*"], "url": ["https://a.example"],
        "empty-text": [""], "number": [1], "text": "a.example", "integer": 1,
        "of-lists": [["a.example"]],
    }.items():  # fmt: skip
        yield no(f"token-hosts-{name}", 3, bent(meta(token_hosts=hosts)))


def _insert(data: bytes, number: int, line: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[: number - 1], line + b"\n", *lines[number - 1 :]])


def _named(vault: Maker, name: str) -> Line:
    vault.keys[name] = vault.sealing.new_key(name)
    return vault.recipient(name)


def _paper(vault: Maker) -> Line:
    """The vault with a passphrase for its only recipient."""
    vault.recipients = [vault.recipient("ada", "passphrase")]
    return vault.recipients[0]


def _scrypt(vault: Maker, **news: Any) -> None:
    _set(_paper(vault)["scrypt"], news)


def _stretching() -> Iterator[tuple[str, Vector]]:
    for name, news in {
        "n-1": {"n": 1}, "n-2-to-14": {"n": 2**14}, "n-2-to-19": {"n": 2**19},
        "n-2-to-20": {"n": 2**20}, "n-2-to-21": {"n": 2**21},
        "n-no-power": {"n": 2**16 + 2**15}, "n-odd": {"n": 2**17 - 1},
        "n-highest": {"n": 2**53 - 1}, "r-1": {"r": 1}, "r-huge": {"r": 2**30},
        "p-2": {"p": 2}, "p-huge": {"p": 2**40},
    }.items():  # fmt: skip
        one = bent(lambda v, n=news: _scrypt(v, **n), line=2, passphrase=PASSPHRASE)
        yield f"bad_parameters-{name}", one


def _keys() -> Iterator[tuple[str, Vector]]:
    vault = large()
    data, other = vault.file(), small("another")
    other_key = other.keys["ada"].reveal()
    yield "unknown_recipient-name", Vector(data, "eve", vault.keys["ada"].reveal())
    yield "unknown_recipient-name-in-capitals", Vector(data, "Ada", vault.keys["ada"].reveal())
    yield "unknown_recipient-key-id", Vector(data, "", other_key)
    yield "unknown_recipient-passphrase", Vector(data, "eve", passphrase=PASSPHRASE)
    yield "unknown_recipient-no-passphrase", Vector(small().file(), "", passphrase=PASSPHRASE)
    yield "wrong_key-of-another-vault", Vector(data, "ada", other_key)
    yield "wrong_key-of-another-recipient", Vector(data, "ada", vault.keys["bob"].reveal())
    yield "wrong_key-one-bit", Vector(data, "ada", _one_bit(vault.keys["ada"].reveal()))
    yield "wrong_key-key-for-a-passphrase", Vector(data, "paper", vault.keys["ada"].reveal())
    yield "wrong_key-passphrase-for-a-key", Vector(data, "ada", passphrase=PASSPHRASE)
    yield "wrong_key-passphrase", Vector(data, "paper", passphrase=PASSPHRASE + "s")
    yield "wrong_key-key-id-changed", bent(who(key_id="0" * 32))
    yield "wrong_key-vault-id-changed", bent(top(vault="0" * 32))
    yield (
        "wrong_key-scrypt-salt-changed",
        bent(lambda v: _scrypt(v, salt=b64(bytes(32))), passphrase=PASSPHRASE),
    )


def _one_bit(key: bytes) -> bytes:
    return bytes([key[0] ^ 1]) + key[1:]


def _tampered() -> Iterator[tuple[str, Vector]]:
    other = small("another")
    yield "tampered-wrapped", bent(lambda v: who(wrapped=flipped(v.recipients[0]["wrapped"]))(v))
    yield (
        "tampered-wrapped-tag",
        bent(lambda v: who(wrapped=flipped(v.recipients[0]["wrapped"], 79))(v)),
    )
    yield "tampered-wrapped-salt", bent(lambda v: who(salt=flipped(v.recipients[0]["salt"]))(v))
    yield (
        "tampered-wrapped-of-another-vault",
        bent(who(wrapped=other.recipients[0]["wrapped"], salt=other.recipients[0]["salt"])),
    )
    yield "tampered-recipient-renamed", bent(who(name="eve"), recipient="")
    yield "tampered-recipient-date", bent(who(created="2026-11-22T12:00:01Z"))
    yield "tampered-invitation-made-a-key", _bob_made_a_key()
    yield "tampered-epoch", bent(top(epoch=2))
    yield (
        "tampered-data-key-short",
        bent(lambda v: setattr(v, "recipients", [v.recipient("ada", data=bytes(31))])),
    )
    yield (
        "tampered-data-key-long",
        bent(
            lambda v: setattr(
                v, "recipients", [v.recipient("ada", data=v.data_key.reveal() + b"\0")]
            )
        ),
    )
    yield (
        "tampered-data-key-another",
        bent(lambda v: setattr(v, "recipients", [v.recipient("ada", data=bytes(32))])),
    )
    for name, change in {
        "mac": lambda d: _with_mac(d, bytes(32)),
        "mac-one-bit": lambda d: _with_mac(d, _one_bit(_mac_of(d))),
        "mac-of-another-vault": lambda d: _with_mac(d, _mac_of(other.file())),
        "mac-of-an-older-file": lambda d: _with_mac(d, _mac_of(small(generation=6).file())),
        "generation": lambda d: d.replace(b'"generation":7', b'"generation":8'),
        "hosts-widened": lambda d: d.replace(
            b'shop.example"]', b'shop.example","evil.example"]', 1
        ),
        "entry-deleted": lambda d: _without(d, 4),
        "all-entries-deleted": lambda d: _without(_without(d, 4), 3),
        "version": lambda d: d.replace(b'"version":3', b'"version":4'),
        "name": lambda d: d.replace(b'"crm_id"', b'"crm_ie"'),
        "purpose": lambda d: d.replace(b'"purpose":"secret"', b'"purpose":"request"', 1),
        "sealed": lambda d: _changed_line(
            d, 3, lambda one: one | {"sealed": flipped(one["sealed"])}
        ),
        "values-swapped": _values_swapped,
        "entry-of-another-vault": lambda d: _insert(_without(d, 3), 3, other.lines()[2]),
        "entry-of-an-older-file": lambda d: _insert(_without(d, 4), 4, _older_token()),
        "entry-added": lambda d: _insert(d, 4, dumps(other.entry("evil", "attackers-value"))),
        "recipient-added": lambda d: _insert(d, 3, dumps(_eve(other))),
    }.items():
        yield f"tampered-file-{name}", forged(change)
    for name, news in {
        "added": (2, ["evil.example"]), "widened": (0, ["api.crm.example", "evil.example"]),
        "narrowed": (0, ["api.crm.example"]), "taken-away": (0, None),
        "of-a-users-token": (1, ["evil.example"]),
    }.items():  # fmt: skip
        yield f"tampered-file-token-hosts-{name}", _bound_elsewhere(*news)
    yield "tampered-whole-file-forged", _forged_whole()


def _bound_elsewhere(number: int, hosts: list[str] | None) -> Vector:
    """The token hosts of an entry (by its number from 0), changed by an attacker without a key."""
    vault = bound()
    *_, end = vault.file().splitlines(keepends=True)
    _set(vault.entries[number]["meta"], {"token_hosts": hosts})
    *covered, _ = vault.file().splitlines(keepends=True)
    return vector(vault, b"".join([*covered, end]))


def _bob_made_a_key() -> Vector:
    vault = large()
    vault.recipients[1]["kind"] = "key"
    return Vector(vault.file(), "bob", vault.keys["bob"].reveal())


def _forged_whole() -> Vector:
    """Another vault with this one's id: the attacker knows everything but a key."""
    vault, forger = small(), small("forger")
    forger.head["vault"] = vault.vault
    forger.recipients[0]["key_id"] = vault.recipients[0]["key_id"]
    return vector(vault, forger.file())


def _older_token() -> bytes:
    vault = small()
    return dumps(vault.entry("shop_token", "the-value-of-last-year", version=2))


def _eve(vault: Maker) -> Line:
    vault.keys["eve"] = vault.sealing.new_key("eve")
    return vault.recipient("eve")


def _mac_of(data: bytes) -> bytes:
    return b64decode(json.loads(data.splitlines()[-1])["mac"])


def _with_mac(data: bytes, mac: bytes) -> bytes:
    return _insert(_without(data, 5), 5, dumps({"mac": b64(mac)}))


def _without(data: bytes, number: int) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[: number - 1], *lines[number:]])


def _changed_line(data: bytes, number: int, change: Callable[[Line], Line]) -> bytes:
    line = change(json.loads(data.splitlines()[number - 1]))
    return _insert(_without(data, number), number, dumps(line))


def _values_swapped(data: bytes) -> bytes:
    third, fourth = (json.loads(line) for line in data.splitlines()[2:4])
    data = _changed_line(data, 3, lambda one: one | {k: fourth[k] for k in ("salt", "sealed")})
    return _changed_line(data, 4, lambda one: one | {k: third[k] for k in ("salt", "sealed")})


def _rollback() -> Iterator[tuple[str, Vector]]:
    yield "rollback-by-one", vector(small(), seen=8)
    yield "rollback-by-many", vector(small(), seen=4000)
    yield "rollback-from-the-highest", vector(small(generation=1), seen=2**53 - 1)


def _entries() -> Iterator[tuple[str, Vector]]:
    """By an attacker who can compute the MAC, but not seal: each entry is protected separately."""
    other, later = small("another"), small(epoch=2)
    later.data_key = small().data_key
    first = "crm_id"

    def bad(name: str, change: Callable[[Maker], object], entry: str = first) -> tuple[str, Vector]:
        return f"entry-{name}", bent(change, entry=entry)

    yield bad("renamed", of(0, name="aaa"), "aaa")
    yield bad("values-swapped", _swap)
    yield bad("version", of(0, version=2))
    yield bad("purpose", of(0, purpose="request"))
    yield bad("hosts-widened", meta(hosts=["api.shop.example", "evil.example"]))
    yield bad("hosts-emptied", meta(hosts=[]))
    yield bad("token-hosts-added", meta(token_hosts=["evil.example"]))
    yield bad("made-a-binding", meta(hosts=[], token_hosts=["evil.example"]))
    yield bad("date", meta(created="2026-11-22T12:00:01Z"))
    yield bad("by", meta(by="eve"))
    yield bad("meta-more", meta(note="hi"))
    yield bad("sealed-one-bit", lambda v: of(0, sealed=flipped(v.entries[0]["sealed"]))(v))
    yield bad("tag-one-bit", lambda v: of(0, sealed=flipped(v.entries[0]["sealed"], 79))(v))
    yield bad("salt", lambda v: of(0, salt=flipped(v.entries[0]["salt"]))(v))
    yield bad("of-another-vault", lambda v: v.entries.__setitem__(0, deepcopy(other.entries[0])))
    yield bad("of-another-epoch", lambda v: v.entries.__setitem__(0, later.entry(first, "x" * 9)))
    yield bad("second", of(1, version=4), "shop_token")
    for name, framed in {
        "padding-not-zero": b"\0\0\0\1a" + b"\0" * 58 + b"\1",
        "padding-a-block-more": b"\0\0\0\1a" + bytes(59 + 64),
        "padding-length-beyond": b"\0\0\0\x3d" + b"a" * 60,
        "padding-length-huge": b"\xff\xff\xff\xff" + b"a" * 60,
        "padding-length-less": b"\0\0\0\1ab" + bytes(58),
    }.items():
        yield bad(name, lambda v, f=framed: v.entries.__setitem__(0, v.raw_entry(first, f)))
    framed = associated_data.pad(b"abcdefgh")
    yield bad("key-of-another-purpose", lambda v: v.entries.__setitem__(
        0, v.raw_entry(first, framed, v.purpose_key("request"))))  # fmt: skip
    yield bad("data-key-itself", lambda v: v.entries.__setitem__(
        0, v.raw_entry(first, framed, v.data_key)))  # fmt: skip


def _swap(vault: Maker) -> None:
    one, two = vault.entries
    for key in ("salt", "sealed"):
        one[key], two[key] = two[key], one[key]
