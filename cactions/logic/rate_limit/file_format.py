"""The bytes in which processes share a state.

- A block: length, checksum, MessagePack. A database keeps one.
- A file: where the block in use begins, and blocks. A process that is killed may have written the
  first pages of a block only, so that a new one is written beside the one in use, and then named.
"""

from __future__ import annotations

import zlib
from typing import Final

import msgspec

from cactions.logic.rate_limit.state import SET_BACK, PacerState, is_usable

LARGEST: Final = 1024 * 1024  # bytes
PLACE: Final = 4
"""The bytes at the beginning of a file that name the block in use."""

_LENGTH: Final = 4
_HEAD: Final = 8

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(PacerState)


def dump_state(state: PacerState) -> bytes:
    """The block; what stands behind it in a file has no meaning."""
    body = _ENCODER.encode(state)
    return len(body).to_bytes(_LENGTH, "big") + zlib.crc32(body).to_bytes(_LENGTH, "big") + body


def load_state(data: bytes, now: float) -> PacerState:
    """The state; a new one for bytes that are damaged, old or impossible."""
    state = _decode_state(data)
    return state if state and is_usable(state, now) else PacerState()


def load_state_and_time(data: bytes, now: float) -> tuple[PacerState, float]:
    """The same for a clock that may be set, and the time that counts.

    Where it was set back a bit, that of the state counts until the clock has come up to it.
    """
    state = _decode_state(data)
    if state is None:
        return PacerState(), now
    if now < state.updated_at <= now + SET_BACK:
        now = state.updated_at
    return (state if is_usable(state, now) else PacerState()), now


def _decode_state(data: bytes) -> PacerState | None:
    size = int.from_bytes(data[:_LENGTH], "big")
    body = data[_HEAD : _HEAD + size]
    if len(body) != size or zlib.crc32(body) != int.from_bytes(data[_LENGTH:_HEAD], "big"):
        return None
    try:
        return _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError):
        return None


def name_block(begin: int) -> bytes:
    """The beginning of a file whose block in use begins here."""
    return begin.to_bytes(PLACE, "big")


def find_block(data: bytes) -> int:
    """Where the block in use begins; the bytes there may be none."""
    return int.from_bytes(data[:PLACE], "big")


def choose_place(data: bytes, size: int) -> int:
    """Where a block of this size leaves the one in use whole, if there is one."""
    begin = find_block(data)
    end = begin + _HEAD + int.from_bytes(data[begin : begin + _LENGTH], "big")
    is_free = begin >= PLACE + size or not PLACE <= begin < end <= len(data)
    return PLACE if is_free or end + size > LARGEST else end
