"""Keys survive every complete way of copying them, and every copying mistake is detected."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.vault.key_encoding import (
    KINDS,
    KeyTextError,
    OtherVaultError,
    decode_key,
    encode_key,
    find_key,
)

KEY = bytes(range(32))
VAULT = "vault-1"
TEXT = encode_key(KEY, VAULT, "key")
HEAD = "cactions-key-1:"
BODY = TEXT.removeprefix(HEAD)
STRANGE = "the vault key has an invalid character at position {} after the colon"

keys = st.binary(min_size=32, max_size=32)
kinds = st.sampled_from(sorted(KINDS))


def refusal(text: str, vault_id: str = VAULT, kind: str = "key") -> str:
    with pytest.raises(KeyTextError) as caught:
        decode_key(text, vault_id, kind)
    assert caught.value.hint.endswith(".")
    assert str(caught.value) == caught.value.message
    return caught.value.message


@given(keys, st.text(max_size=40), kinds)
def test_an_encoded_key_decodes_to_itself(key: bytes, vault_id: str, kind: str) -> None:
    """For every key, vault and kind."""
    assert key == decode_key(encode_key(key, vault_id, kind), vault_id, kind)


def test_the_key_encoding_does_not_change() -> None:
    """A key written on paper must open the vault in ten years."""
    assert (
        "cactions-key-1:AAAQEAYE-AUDAOCAJ-BIFQYDIO-B4IBCEQT-C"
        "QKRMFYY-DENBWHA5-DYPUBFXX-7YCDCSLB"
    ) == TEXT  # fmt: skip


@pytest.mark.parametrize(
    "copy",
    [
        TEXT.lower(),
        TEXT.upper(),
        f"  {TEXT}\r\n",
        TEXT.replace("-", " - "),
        HEAD + BODY.replace("-", ""),
        HEAD + "\n" + "\n  ".join(BODY.split("-")),
        TEXT.replace("cactions", "cac\ntions"),
    ],
)
def test_case_and_white_space_of_a_key_do_not_matter(copy: str) -> None:
    """Case, spaces, line breaks and hyphens are ignored."""
    assert KEY == decode_key(copy, VAULT, "key")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the vault key is empty"),
        (" \n", "the vault key is empty"),
        (TEXT[:-1], "the vault key is too short: it has 63 of 64 letters"),
        (HEAD, "the vault key is too short: it has 0 of 64 letters"),
        (TEXT + "A", "the vault key is too long: it has 65 letters instead of 64"),
        (HEAD + BODY + BODY, "the vault key is too long: it has 128 letters instead of 64"),
        (TEXT + TEXT, STRANGE.format(85)),
        (BODY, "this is no vault key: those begin with cactions-key-1:"),
        (TEXT[1:], "this is no vault key: those begin with cactions-key-1:"),
        ("cactions-key-1", "this is no vault key: those begin with cactions-key-1:"),
        ("cactions-key-:" + BODY, "this is no vault key: those begin with cactions-key-1:"),
        (encode_key(KEY, VAULT, "join"), "this is a join code, not a vault key"),
        (encode_key(KEY, "vault-2", "key"), "the vault key belongs to another vault"),
        ("cactions-key-2:" + BODY, "this vault key is from another version of cactions"),
        (HEAD + "!" + BODY, STRANGE.format(1)),
        (HEAD + "0" + BODY[1:], STRANGE.format(1)),
        (HEAD + "A\0" + BODY, STRANGE.format(2)),
        (HEAD + "\u0131" + BODY[1:], STRANGE.format(1)),
        (HEAD + "\uff21" + BODY[1:], STRANGE.format(1)),
        (HEAD + "ß" * 64, STRANGE.format(1)),
        (HEAD + "B" + BODY[1:], "the vault key has a wrong checksum: at least one letter is wrong"),
    ],
)  # fmt: skip
def test_an_invalid_key_says_what_is_wrong_with_it(text: str, message: str) -> None:
    """Each with its own message and a next step."""
    assert message == refusal(text)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_key_of_one_kind_is_never_valid_as_another(kind: str) -> None:
    """Also if its first letters were changed: the checksum includes the kind."""
    [other] = set(KINDS) - {kind}
    text = encode_key(KEY, VAULT, kind)
    assert f"this is a {KINDS[kind]}, not a {KINDS[other]}" == refusal(text, kind=other)
    assert "wrong checksum" in refusal(text.replace(kind, other, 1), kind=other)


def test_every_single_letter_change_is_detected() -> None:
    """All 64 places, all 31 other letters."""
    letters = BODY.replace("-", "")
    for at, there in enumerate(letters):
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".replace(there, ""):
            changed = HEAD + letters[:at] + letter + letters[at + 1 :]
            assert "wrong checksum" in refusal(changed)


def test_truncation_and_swapped_letters_are_detected() -> None:
    """Typical mistakes when typing or displaying long texts."""
    for end in range(len(TEXT)):
        refusal(TEXT[:end])
    letters = BODY.replace("-", "")
    for at in range(63):
        swapped = letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :]
        assert swapped == letters or "wrong checksum" in refusal(HEAD + swapped)


@given(st.text(), kinds)
def test_any_text_gives_a_key_or_an_error_with_a_next_step(text: str, kind: str) -> None:
    """No other exception is raised, and the message holds no part of the input."""
    words = re.findall(r"\w+", refusal(text, kind=kind))
    assert set() == {word for word in words if word not in OURS and not word.isdecimal()}


OURS = set(
    re.findall(
        r"\w+",
        """the vault key, join code is empty, too short, long: it has 1 of instead letters,
        an invalid character at position after colon, a wrong checksum: letter not right
        this no those begin with cactions, belongs to another version""",
    )
)


def test_an_error_message_contains_no_part_of_the_key() -> None:
    """For any copying mistake; the message may end up in a log."""
    chance = random.Random(4)
    letters = BODY.replace("-", "")
    for _ in range(2000):
        text = list(TEXT)
        for _ in range(chance.randint(1, 4)):
            text[chance.randrange(len(text))] = chance.choice("Aa7!0:- é\x1b")
        try:
            decode_key("".join(text), VAULT, "key")
        except KeyTextError as error:
            content = (error.message + error.hint).upper()
            assert not any(letters[at : at + 6] in content for at in range(59))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_only_a_key_of_full_length_is_encoded(length: int) -> None:
    """A shorter one would be a programming error."""
    with pytest.raises(ValueError, match="a key has 32 bytes"):
        encode_key(bytes(length), VAULT, "key")


OTHER = encode_key(bytes(32), "vault-2", "key")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"{OTHER}\n{TEXT}\n",
        f"{TEXT}\n{OTHER}",
        f"# mine\n  {TEXT.lower()}\r\n# hers\n{OTHER}\n",
        OTHER + "\n" + HEAD + BODY.replace("-", "-\n"),
        OTHER.replace(":", ":\n") + "\n" + TEXT,
    ],
)
def test_the_key_of_the_vault_is_found_among_several(text: str) -> None:
    """A teammate with two vaults stores both keys in one place."""
    assert KEY == find_key(text, VAULT, "key")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("# nothing yet\n", "is empty"),
        (OTHER, "belongs to another vault"),
        (f"{OTHER}\n{OTHER}", "belongs to another vault"),
        (f"{OTHER}\n{TEXT[:-1]}", "too short"),
        (f"{OTHER[:-1]}\n{TEXT}", "too short"),
        (f"nonsense\n{TEXT}", "this is no vault key"),
    ],
)
def test_an_invalid_key_among_several_is_an_error(text: str, words: str) -> None:
    """It may be the intended one."""
    with pytest.raises(KeyTextError, match=words) as caught:
        find_key(text, VAULT, "key")
    assert isinstance(caught.value, OtherVaultError) == ("another vault" in words)
