"""Decompresses bodies: one coding only, and never to more bytes than the limit allows."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from cactions.edges.http.errors import NetworkFault, build_failure
from cactions.model import Limits

_GZIP: Final = 16 + zlib.MAX_WBITS
_ZLIB: Final = zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_ZLIB_HEAD_BYTES: Final = 2
_CODINGS: Final[Mapping[str, int]] = MappingProxyType(
    {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
)


def decompress(pieces: Iterable[bytes], codings: str, host: str, limits: Limits) -> bytes:
    """The whole body. ``codings``: all values of Content-Encoding, separated by commas.

    Raises RequestFailed for codings other than gzip, deflate and identity, for more than one, for
    data that cannot be decoded to its end, and for more bytes than ``limits.decoded``.
    """
    names = [name for part in codings.lower().split(",") if (name := part.strip(" \t"))]
    if len(names) > 1:
        raise build_failure(NetworkFault.STACKED_CODINGS, host)
    if not names or names == ["identity"]:
        return _join(pieces, host, limits)
    if names[0] not in _CODINGS:
        raise build_failure(NetworkFault.UNKNOWN_CODING, host)
    return _inflate(pieces, _CODINGS[names[0]], host, limits)


def _join(pieces: Iterable[bytes], host: str, limits: Limits) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limits.decoded:
            raise build_failure(NetworkFault.TOO_LONG_DECODED, host, limits=limits)
    return bytes(body)


def _inflate(pieces: Iterable[bytes], window_bits: int, host: str, limits: Limits) -> bytes:
    body = bytearray()
    unread, stream = b"", None
    for piece in pieces:
        unread += piece
        if stream is None and len(unread) >= _ZLIB_HEAD_BYTES:
            is_raw = window_bits == _ZLIB and not _has_zlib_head(unread)
            stream = zlib.decompressobj(_RAW if is_raw else window_bits)
        if stream is None:
            continue
        if stream.eof:
            break
        try:
            body += stream.decompress(unread, limits.decoded + 1 - len(body))
        except zlib.error:
            raise build_failure(NetworkFault.NOT_DECODABLE, host) from None
        if len(body) > limits.decoded:
            raise build_failure(NetworkFault.TOO_LONG_DECODED, host, limits=limits)
        unread = b""
    if unread or (stream and (not stream.eof or stream.unused_data)):
        raise build_failure(NetworkFault.NOT_DECODABLE, host)
    return bytes(body)  # an empty body is valid, as in a 204


def _has_zlib_head(data: bytes) -> bool:
    """RFC 1950, 2.2: many servers send deflate without the head of zlib."""
    return data[0] & 0x0F == zlib.DEFLATED and int.from_bytes(data[:2]) % 31 == 0
