"""The bytes in which processes share a state: length, checksum, MessagePack."""

from __future__ import annotations

import zlib
from typing import Final

import msgspec

from cactions.logic.rate_limit.state import PacerState, is_usable

LARGEST: Final = 1024 * 1024  # bytes
_LENGTH: Final = 4
_HEAD: Final = 8

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(PacerState)


def dump_state(state: PacerState) -> bytes:
    """The bytes; what stands behind them in a file has no meaning."""
    body = _ENCODER.encode(state)
    return len(body).to_bytes(_LENGTH, "big") + zlib.crc32(body).to_bytes(_LENGTH, "big") + body


def load_state(data: bytes, now: float) -> PacerState:
    """The state; a new one for bytes that are damaged, old or impossible."""
    size = int.from_bytes(data[:_LENGTH], "big")
    body = data[_HEAD : _HEAD + size]
    if len(body) != size or zlib.crc32(body) != int.from_bytes(data[_LENGTH:_HEAD], "big"):
        return PacerState()
    try:
        state = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, OverflowError):
        return PacerState()
    return state if is_usable(state, now) else PacerState()
