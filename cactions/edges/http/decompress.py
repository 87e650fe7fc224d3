"""Bodies are decompressed by ourselves: one coding only, and never beyond what may come out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from cactions.edges.http import errors
from cactions.model import Limits

_GZIP: Final = 16 + zlib.MAX_WBITS
_ZLIB: Final = zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_CODINGS: Final[Mapping[str, int]] = MappingProxyType(
    {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
)


def decompress(pieces: Iterable[bytes], codings: str, host: str, limits: Limits) -> bytes:
    """The whole body. ``codings``: all values of Content-Encoding, with commas.

    Raises RequestFailed for codings other than none, gzip and deflate, for more than one, for what
    cannot be decoded to its very end, and for more bytes than ``limits.decoded``.
    """
    named = [coding for one in codings.lower().split(",") if (coding := one.strip(" \t"))]
    if len(named) > 1:
        raise errors.stacked(host)
    if not named or named == ["identity"]:
        return _plain(pieces, host, limits)
    if named[0] not in _CODINGS:
        raise errors.unknown_coding(host)
    return _decoded(pieces, _CODINGS[named[0]], host, limits)


def _plain(pieces: Iterable[bytes], host: str, limits: Limits) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limits.decoded:
            raise errors.too_long_decoded(host, limits)
    return bytes(body)


def _decoded(pieces: Iterable[bytes], bits: int, host: str, limits: Limits) -> bytes:
    body = bytearray()
    unread, stream = b"", None
    for piece in pieces:
        unread += piece
        if stream is None and len(unread) >= _HEAD_SIZE:
            stream = zlib.decompressobj(_RAW if bits == _ZLIB and not _has_head(unread) else bits)
        if stream is None:
            continue
        if stream.eof:
            break
        try:
            body += stream.decompress(unread, limits.decoded + 1 - len(body))
        except zlib.error:
            raise errors.not_decodable(host) from None
        if len(body) > limits.decoded:
            raise errors.too_long_decoded(host, limits)
        unread = b""
    if unread or (stream and (not stream.eof or stream.unused_data)):
        raise errors.not_decodable(host)
    return bytes(body)  # nothing at all stands for nothing, as in a 204


_HEAD_SIZE: Final = 2


def _has_head(data: bytes) -> bool:
    """RFC 1950, 2.2: many servers say deflate and leave the head of zlib out."""
    return data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
