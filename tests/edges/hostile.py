"""Misbehaving servers, each with the error that a support engineer should see."""

from __future__ import annotations

import gzip
import select
import socket
import ssl
import time
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cactions.model import FailureReason
from tests.servers import HOST, Behaviour, Talk, answering, authority, tls_for, tls_with

GOOD = b'{"email": "ada@example.com", "tier": "gold"}'
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PAUSE = 0.05
KIB = b"x" * 1024

NONE, UNUSABLE = FailureReason.NO_ANSWER, FailureReason.UNUSABLE_ANSWER


@dataclass(frozen=True)
class Case:
    """``reason`` is None if the answer can be used; ``words`` is a pattern."""

    behaviour: Behaviour
    reason: FailureReason | None
    words: str = ""
    status: int | None = None
    sent: bool = True
    secure: bool = True
    context: Callable[[], ssl.SSLContext] = lambda: tls_for(HOST)
    body: str | None = None


# Server behaviours


def says(*parts: bytes, ragged: bool = False) -> Behaviour:
    """Reads the request, sends this, and closes; ``ragged``: without closing TLS properly."""

    def behave(talk: Talk) -> None:
        talk.request()
        for part in parts:
            talk.send(part)
        if ragged:
            talk.socket.close()

    return behave


def drips(start: bytes, drop: bytes) -> Behaviour:
    """Keeps sending slowly, and never finishes."""

    def behave(talk: Talk) -> None:
        talk.request()
        talk.send(start)
        while True:
            talk.send(drop)
            time.sleep(PAUSE)

    return behave


def pours(start: bytes, more: bytes) -> Behaviour:
    """Sends without end, as fast as possible."""

    def behave(talk: Talk) -> None:
        talk.request()
        talk.send(start)
        while True:
            talk.send(more)

    return behave


def resets(*parts: bytes) -> Behaviour:
    """Reads the request, sends this, and resets the connection.

    A reset takes back what was not yet read, so that a client gets a second for that.
    """

    def behave(talk: Talk) -> None:
        talk.request()
        for part in parts:
            talk.send(part)
        time.sleep(len(parts))
        talk.reset()

    return behave


def greeted(*parts: bytes, then: Callable[[Talk], object] = lambda _: None) -> Behaviour:
    """Reads the first bytes of the client, and sends this instead of a TLS handshake."""

    def behave(talk: Talk) -> None:
        talk.socket.recv(4096)
        for part in parts:
            talk.send(part)
        then(talk)

    return behave


def silent(talk: Talk) -> None:
    """Waits until the client closes."""
    while talk.socket.recv(4096):
        pass


def deaf(talk: Talk) -> None:
    """Does not even read, until one of both has ended the connection."""
    talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    ends = select.poll()
    ends.register(talk.socket, select.POLLHUP)
    ends.poll(60_000)


def sipping(talk: Talk) -> None:
    """Reads slowly, so that sending never stops and never ends."""
    while talk.socket.recv(1024):
        time.sleep(PAUSE)


def dripping_handshake(talk: Talk) -> None:
    """A record of 16 KiB, byte by byte."""
    talk.socket.recv(4096)
    talk.send(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xf0")
    while True:
        talk.send(b"\x00")
        time.sleep(PAUSE)


def body(data: bytes, *headers: str) -> bytes:
    """A complete answer."""
    lines = [f"Content-Length: {len(data)}", *headers]
    return OK + "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + data


def coded(data: bytes, *codings: str) -> Behaviour:
    return says(body(data, *(f"Content-Encoding: {coding}" for coding in codings)))


def dropped(data: bytes, coding: str) -> Behaviour:
    """One byte per record."""
    whole = body(data, f"Content-Encoding: {coding}")
    start = len(whole) - len(data)
    return says(whole[:start], *(whole[at : at + 1] for at in range(start, len(whole))))


@cache
def bomb(bits: int) -> bytes:
    """A MiB that decompresses to more than a GiB; its end should never be reached."""
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    mib = packer.compress(bytes(1024**2)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + mib * 900


def packed(bits: int, data: bytes = GOOD) -> bytes:
    packer = zlib.compressobj(wbits=bits)
    return packer.compress(data) + packer.flush()


def deep(levels: int) -> bytes:
    """Ada's answer, nested to this depth in total."""
    return GOOD[:-1] + b', "x": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


# Certificates of the servers


def certified(*names: str, days: tuple[int, int]) -> Callable[[], ssl.SSLContext]:
    return lambda: tls_with(authority().certify(*names, days=days))


def unknown_authority() -> ssl.SSLContext:
    return tls_with(authority("Another authority").certify(HOST))


def common_name_only() -> ssl.SSLContext:
    return tls_with(authority().certify(HOST, alternatives=False))


def self_signed() -> ssl.SSLContext:
    return tls_with(authority(HOST).ca_file)


def old_tls() -> ssl.SSLContext:
    context = tls_with(authority().certify(HOST))
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore"):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def asking() -> ssl.SSLContext:
    context = tls_with(authority().certify(HOST))
    context.load_verify_locations(authority().ca_file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


SHAKE = "closed the connection in the TLS handshake"
LATE = "took longer than 1 s: "
CUT = "the response of api.test is cut off"
HEAD_CUT = "closed the connection in the middle of its response's headers"
NO_HTTP = "api.test did not send an HTTP/1.1 response"
NO_TLS = "does not speak TLS on this port"
CHUNKS = "its chunks are not valid HTTP/1.1"
INFLATE = "cannot be decompressed"
STRICT = "the answer is not strict JSON: "
UNPROVEN = "is missing or empty in the answer, so nothing proves whose it is"
"""What is strange stands where nothing is read."""

CONNECTING = {
    "resets when accepting": Case(Talk.reset, NONE, SHAKE, sent=False, secure=False),
    "closes when accepting": Case(lambda _: None, NONE, SHAKE, sent=False, secure=False),
    "never shakes hands": Case(
        silent, NONE, LATE + "the TLS handshake was going on", sent=False, secure=False
    ),
    "drips its handshake": Case(
        dripping_handshake, NONE, LATE + "the TLS handshake was going on", sent=False, secure=False
    ),
    "resets in the handshake": Case(
        greeted(then=Talk.reset), NONE, SHAKE, sent=False, secure=False
    ),
    "closes in the handshake": Case(greeted(), NONE, SHAKE, sent=False, secure=False),
    "half a handshake": Case(
        greeted(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76"), NONE, SHAKE, sent=False, secure=False
    ),
    "garbage records": Case(
        greeted(b"\x16\x03\x03\x00\x04abcd"), NONE, "TLS with api.test failed", sent=False,
        secure=False,
    ),
    "an alert": Case(
        greeted(b"\x15\x03\x03\x00\x02\x02\x28"), NONE, "TLS with api.test failed", sent=False,
        secure=False,
    ),
    "plain HTTP": Case(
        greeted(body(GOOD)), NONE, NO_TLS, sent=False, secure=False
    ),
    "plain HTTP that refuses": Case(
        greeted(b"HTTP/1.1 400 Bad Request\r\n\r\n"), NONE, NO_TLS, sent=False, secure=False
    ),
    "another protocol": Case(
        lambda talk: talk.send(b"SSH-2.0-OpenSSH_9.2\r\n"), NONE, NO_TLS, sent=False, secure=False
    ),
    "expired": Case(
        silent, NONE, "the certificate of api.test has expired", sent=False,
        context=certified(HOST, days=(-60, -1)),
    ),
    "not yet valid": Case(
        silent, NONE, "the certificate of api.test is not valid yet", sent=False,
        context=certified(HOST, days=(1, 60)),
    ),
    "wrong name": Case(
        silent, NONE, "the certificate of api.test is for another name", sent=False,
        context=certified("other.test", days=(-1, 1)),
    ),
    "name of a parent": Case(
        silent, NONE, "the certificate of api.test is for another name", sent=False,
        context=certified("*.api.test", "test", days=(-1, 1)),
    ),
    "its name as a common name only": Case(
        silent, NONE, "the certificate of api.test is for another name", sent=False,
        context=common_name_only,
    ),
    "self-signed": Case(
        silent, NONE, "the certificate of api.test is self-signed", sent=False, context=self_signed
    ),
    "unknown authority": Case(
        silent, NONE, "the certificate of api.test comes from an unknown authority", sent=False,
        context=unknown_authority,
    ),
    "old TLS": Case(
        silent, NONE, "api.test supports only TLS versions older than 1.2", sent=False,
        context=old_tls,
    ),
    "asks for our certificate": Case(
        silent, NONE, "api.test requires a client certificate", context=asking
    ),
}  # fmt: skip

HEADS = {
    "never answers": Case(silent, NONE, LATE + "no response had begun"),
    "never reads": Case(deaf, NONE, LATE + "the request was being sent", body="x" * 9_000_000),
    "reads in drops": Case(sipping, NONE, LATE + "the request was being sent", body="x" * 9**7),
    "resets after the request": Case(resets(), NONE, "closed the connection without a response"),
    "closes after the request": Case(says(), NONE, "closed the connection without a response"),
    "breaks off after the request": Case(
        says(ragged=True), NONE, "closed the connection without a response"
    ),
    "drips its status": Case(drips(b"HTTP/1.1 200 ", b"O"), NONE, LATE + "the response was still"),
    "drips headers": Case(drips(OK, b"x: y\r\n"), NONE, LATE + "the response was still coming in"),
    "endless headers": Case(pours(OK, b"x: y\r\n" * 200), UNUSABLE, "the headers of api.test's"),
    "endless header": Case(pours(OK + b"x: ", KIB), UNUSABLE, "response are longer than 65,536 b"),
    "a huge header": Case(
        says(OK + b"x: " + KIB * 200 + b"\r\n\r\n"), UNUSABLE, "response are longer than 65,536 b"
    ),
    "endless 1xx": Case(
        pours(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 40), UNUSABLE, "the headers of api.test's"
    ),
    "dripping 1xx": Case(
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        NONE, LATE + "the response was still coming in"
    ),
    "one 1xx": Case(says(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + body(GOOD)), None),
    "resets in the head": Case(resets(OK + b"Content-"), NONE, HEAD_CUT),
    "closes in the head": Case(says(OK + b"Content-"), NONE, HEAD_CUT),
    "breaks off in the head": Case(says(OK + b"Content-", ragged=True), NONE, HEAD_CUT),
    "closes in the status": Case(says(b"HTTP/1.1 2"), NONE, HEAD_CUT),
    "HTTP/0.9": Case(says(GOOD), NONE, "did not send an HTTP/1.1 response|in the middle of its"),
    "garbage": Case(says(bytes(range(256)) * 9), UNUSABLE, NO_HTTP),
    "HTTP/2": Case(
        says(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\r\n\r\n" + bytes(99)), UNUSABLE, NO_HTTP
    ),
    "the HTTP/2 preface": Case(says(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), UNUSABLE, NO_HTTP),
    "another version": Case(says(b"HTTP/7.0 200 OK\r\n\r\n"), UNUSABLE, NO_HTTP, 200),
    "a strange status": Case(says(b"HTTP/1.1 9999 OK\r\n\r\n"), UNUSABLE, NO_HTTP),
    "a low status": Case(says(b"HTTP/1.1 42 OK\r\n\r\n"), UNUSABLE, NO_HTTP),
    "a header without colon": Case(says(OK + b"x y\r\n\r\n"), UNUSABLE, NO_HTTP),
    "a space before the colon": Case(
        says(OK + b"Content-Length : 3\r\n\r\n"), UNUSABLE, NO_HTTP
    ),
    "switches protocols": Case(
        says(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        UNUSABLE, NO_HTTP,
    ),
}  # fmt: skip

LENGTHS = {
    "drips its body": Case(
        drips(OK + b"Content-Length: 4444\r\n\r\n", b"x"),
        NONE, LATE + "the response was still", 200
    ),
    "drips chunks": Case(drips(CHUNKED, b"1\r\nx\r\n"), NONE, LATE + "the response was still", 200),
    "drips chunk extensions": Case(
        drips(CHUNKED + b"1;", b"x"), NONE, LATE + "the response was still", 200
    ),
    "stops in the body": Case(
        says(OK + b"Content-Length: 99\r\n\r\nx"), UNUSABLE, CUT, 200
    ),
    "breaks off in the body": Case(
        says(OK + b"Content-Length: 99\r\n\r\nx", ragged=True), UNUSABLE, CUT, 200
    ),
    "resets in the body": Case(
        resets(OK + b"Content-Length: 99\r\n\r\nx"), UNUSABLE, CUT, 200
    ),
    "a length too short": Case(
        says(OK + b"Content-Length: 44\r\n\r\n" + GOOD + b"HTTP/1.1 200 OK\r\n"), None
    ),
    "a negative length": Case(says(OK + b"Content-Length: -1\r\n\r\n" + GOOD), UNUSABLE, NO_HTTP),
    "a length with a sign": Case(
        says(OK + b"Content-Length: +44\r\n\r\n" + GOOD), UNUSABLE, NO_HTTP
    ),
    "a length in hex": Case(says(OK + b"Content-Length: 0x2c\r\n\r\n" + GOOD), UNUSABLE, NO_HTTP),
    "two lengths": Case(
        says(OK + b"Content-Length: 44\r\nContent-Length: 4\r\n\r\n" + GOOD), UNUSABLE, NO_HTTP
    ),
    "two lengths in one": Case(
        says(OK + b"Content-Length: 44, 4\r\n\r\n" + GOOD), UNUSABLE, NO_HTTP
    ),
    "a length twice": Case(
        says(OK + b"Content-Length: 44\r\nContent-Length: 44\r\n\r\n" + GOOD), None
    ),
    "an endless length": Case(
        pours(OK + b"Content-Length: 99999999999999999999\r\n\r\n", KIB), UNUSABLE,
        "longer than 1,048,576 bytes|did not send an HTTP/1.1 response", 200,
    ),
    "length and chunks": Case(
        says(OK + b"Content-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GOOD),
        UNUSABLE, "states its length twice", 200,
    ),
    "chunks of HTTP/1.0": Case(
        says(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), UNUSABLE,
        "is HTTP/1.0 and in chunks", 200,
    ),
    "another transfer coding": Case(
        says(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), UNUSABLE, NO_HTTP
    ),
    "a hidden transfer coding": Case(
        says(OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), UNUSABLE, NO_HTTP
    ),
    "chunks": Case(says(CHUNKED + b"2c\r\n" + GOOD + b"\r\n0\r\n\r\n"), None),
    "endless chunks": Case(
        pours(CHUNKED, b"400\r\n" + KIB + b"\r\n"), UNUSABLE, "longer than 1,048,576 bytes", 200
    ),
    "endless small chunks": Case(
        pours(CHUNKED, (b"40\r\n" + KIB[:64] + b"\r\n") * 99), UNUSABLE,
        "longer than 1,048,576 bytes", 200,
    ),
    "endless trailers": Case(pours(CHUNKED + b"0\r\n", b"x: y\r\n" * 99), UNUSABLE, CHUNKS, 200),
    "an endless chunk extension": Case(pours(CHUNKED + b"1;", KIB), UNUSABLE, CHUNKS, 200),
    "no chunk size": Case(says(CHUNKED + b"zz\r\n" + GOOD), UNUSABLE, CHUNKS, 200),
    "a negative chunk": Case(says(CHUNKED + b"-1\r\n" + GOOD), UNUSABLE, CHUNKS, 200),
    "an enormous chunk": Case(
        says(CHUNKED + b"f" * 40 + b"\r\n" + GOOD), UNUSABLE, CHUNKS, 200
    ),
    "chunks cut off": Case(says(CHUNKED + b"2c\r\n" + GOOD), UNUSABLE, CUT, 200),
    "chunks without end": Case(says(CHUNKED + b"2c\r\n" + GOOD + b"\r\n"), UNUSABLE, CUT, 200),
    "endless": Case(pours(OK + b"\r\n", KIB), UNUSABLE, "longer than 1,048,576 bytes", 200),
    "ended by closing": Case(says(OK + b"\r\n" + GOOD), None),
    "ended by breaking off": Case(says(OK + b"\r\n" + GOOD, ragged=True), UNUSABLE, CUT, 200),
}  # fmt: skip

CODINGS = {
    "gzip": Case(coded(gzip.compress(GOOD), "gzip"), None),
    "gzip in capitals": Case(coded(gzip.compress(GOOD), "GZip"), None),
    "zlib": Case(coded(packed(15), "deflate"), None),
    "raw deflate": Case(coded(packed(-15), "deflate"), None),
    "gzip in drops": Case(dropped(gzip.compress(GOOD), "gzip"), None),
    "zlib in drops": Case(dropped(packed(15), "deflate"), None),
    "raw deflate in drops": Case(dropped(packed(-15), "deflate"), None),
    "a byte of gzip": Case(coded(b"\x1f", "gzip"), UNUSABLE, INFLATE, 200),
    "nothing of gzip": Case(coded(b"", "gzip"), FailureReason.NOT_JSON, "the text is empty"),
    "stacked gzip": Case(
        coded(gzip.compress(gzip.compress(GOOD)), "gzip, gzip"), UNUSABLE, "more than once", 200
    ),
    "stacked in two headers": Case(
        coded(gzip.compress(gzip.compress(GOOD)), "gzip", "gzip"), UNUSABLE, "more than once", 200
    ),
    "a gzip bomb": Case(
        coded(bomb(31), "gzip"), UNUSABLE, "longer than 2,097,152 bytes once", 200
    ),
    "a deflate bomb": Case(
        coded(bomb(15), "deflate"), UNUSABLE, "longer than 2,097,152 bytes", 200
    ),
    "a raw bomb": Case(
        coded(bomb(-15), "deflate"), UNUSABLE, "longer than 2,097,152 bytes", 200
    ),
    "gzip cut off": Case(coded(gzip.compress(GOOD)[:-9], "gzip"), UNUSABLE, INFLATE, 200),
    "gzip without its sum": Case(coded(gzip.compress(GOOD)[:-1], "gzip"), UNUSABLE, INFLATE, 200),
    "a wrong sum": Case(
        coded(gzip.compress(GOOD)[:-8] + bytes(8), "gzip"), UNUSABLE, INFLATE, 200
    ),
    "two gzips": Case(coded(gzip.compress(GOOD) * 2, "gzip"), UNUSABLE, INFLATE, 200),
    "no gzip": Case(coded(GOOD, "gzip"), UNUSABLE, INFLATE, 200),
    "no deflate": Case(coded(GOOD, "deflate"), UNUSABLE, INFLATE, 200),
    "brotli": Case(coded(GOOD, "br"), UNUSABLE, "in a way that cactions does not read", 200),
    "no coding's name": Case(coded(GOOD, "gizp"), UNUSABLE, "does not read", 200),
}  # fmt: skip

TEXTS = {
    "good": Case(answering(GOOD), None),
    "64 deep": Case(answering(deep(64)), None),
    "65 deep": Case(answering(deep(65)), FailureReason.NOT_JSON, "deeper than 64 levels"),
    "100,000 deep": Case(answering(deep(100_000)), FailureReason.NOT_JSON, "deeper than 64 levels"),
    "a key twice": Case(answering(b'{"a": 1, "a": 2}'), FailureReason.NOT_JSON, STRICT),
    "infinite": Case(answering(b'{"a": 1e999}'), FailureReason.NOT_SAME_PERSON, UNPROVEN),
    "a number of 100,000 digits": Case(
        answering(b'{"a": ' + b"9" * 100_000 + b"}"), FailureReason.NOT_SAME_PERSON, UNPROVEN
    ),
    "NaN": Case(answering(b'{"a": NaN}'), FailureReason.NOT_SAME_PERSON, UNPROVEN),
    "Infinity": Case(answering(b'{"a": -Infinity}'), FailureReason.NOT_SAME_PERSON, UNPROVEN),
    "Latin-1": Case(answering(b'{"a": "\xe9"}'), FailureReason.NOT_JSON, "not UTF-8"),
    "UTF-16": Case(answering(GOOD.decode().encode("utf-16")), FailureReason.NOT_JSON, STRICT),
    "a byte order mark": Case(answering(b"\xef\xbb\xbf" + GOOD), None),
    "half a pair": Case(answering(b'{"a": "\\ud800"}'), FailureReason.NOT_SAME_PERSON, UNPROVEN),
    "nothing": Case(answering(b""), FailureReason.NOT_JSON, "the text is empty"),
    "a page": Case(answering(b"<!doctype html>"), FailureReason.NOT_JSON, STRICT),
    "two answers": Case(answering(GOOD * 2), FailureReason.NOT_JSON, STRICT),
    "204 with a body": Case(
        says(b"HTTP/1.1 204 No\r\nContent-Length: 44\r\n\r\n" + GOOD), FailureReason.NOT_SUCCESS,
        "status 204",
    ),
    "304 with a body": Case(
        says(b"HTTP/1.1 304 No\r\nContent-Length: 44\r\n\r\n" + GOOD), FailureReason.NOT_SUCCESS,
        "status 304",
    ),
    "a redirect": Case(
        answering(b"", "302 Found", ["Location: https://evil.test/x?token=SECRET"]),
        FailureReason.NOT_SUCCESS, "status 302",
    ),
    "an error": Case(answering(b"{}", "503 Busy"), FailureReason.NOT_SUCCESS, "status 503"),
    "somebody else": Case(
        answering(b'{"email": "bob@example.com", "tier": "gold"}'), FailureReason.NOT_SAME_PERSON,
        "about another person",
    ),
}  # fmt: skip

CASES = {**CONNECTING, **HEADS, **LENGTHS, **CODINGS, **TEXTS}

FLOODS = ("a huge header", "endless headers", "endless header", "endless 1xx", "endless",
          "endless chunks", "endless small chunks", "endless trailers", "an endless length",
          "an endless chunk extension", "a gzip bomb", "a deflate bomb", "a raw bomb",
          "100,000 deep", "a number of 100,000 digits")  # fmt: skip
"""Cases that would fill the memory."""
