"""Every way in which the network fails, in words for whoever has to find out why.

A message names the host and the cause. It holds nothing that the server sent and nothing of the
request but its host: both may hold what nobody should see.
"""

from __future__ import annotations

from typing import Final

from cactions.model import MAX_LIMITS, MIB, FailureReason, Limits, RequestFailed

HEAD_LIMIT: Final = 64 * 1024
"""Bytes of an answer's status line and headers."""

LOOKING_UP: Final = "its address was being looked up"
CONNECTING: Final = "the connection was being made"
TO_PROXY: Final = "the connection to the proxy was being made"
TUNNELLING: Final = "the proxy was being asked for it"
SHAKING: Final = "the TLS handshake was going on"
SENDING: Final = "the request was being sent"
WAITING: Final = "no answer had begun"
ANSWERING: Final = "its answer was still coming in"
_BEFORE: Final = (LOOKING_UP, CONNECTING, TO_PROXY, TUNNELLING, SHAKING)

_LOOK: Final = "`cactions doctor` shows what works from here."
_OTHERS: Final = "Ask whoever runs the service: what it sends cannot be read."


def late(host: str, limits: Limits, doing: str, *, in_all: bool) -> RequestFailed:
    """The time was over while ``doing`` went on."""
    if in_all:
        seconds, key, most = limits.total, "limits.total_seconds", MAX_LIMITS.total
    else:
        seconds, key, most = limits.connect, "limits.connect_seconds", MAX_LIMITS.connect
    return RequestFailed(
        f"{host} took longer than {seconds:g} s: {doing} when the time was over",
        reason=FailureReason.NO_ANSWER,
        hint=f"Try again; if it is always this slow, raise `{key}` (at most {most:g}).",
        again=doing in _BEFORE,
    )


def too_long(host: str, limits: Limits) -> RequestFailed:
    """More bytes came over the wire than the request allows."""
    return _unusable(
        f"the answer of {host} is longer than {limits.wire:,} bytes",
        f"Ask for less, or raise `limits.wire_mib` (at most {MAX_LIMITS.wire // MIB}).",
    )


def too_long_decoded(host: str, limits: Limits) -> RequestFailed:
    """Decompressing was stopped: a few bytes can stand for a great many."""
    return _unusable(
        f"the answer of {host} is longer than {limits.decoded:,} bytes once it is decompressed",
        f"Ask for less, or raise `limits.decoded_mib` (at most {MAX_LIMITS.decoded // MIB}).",
    )


def long_head(host: str) -> RequestFailed:
    """Headers without end."""
    return _unusable(f"the headers of {host}'s answer are longer than {HEAD_LIMIT:,} bytes")


def not_http(host: str) -> RequestFailed:
    """Garbage, HTTP/2, or an answer without a head."""
    return _unusable(f"what {host} sends is no HTTP/1.1 answer")


def bad_framing(host: str) -> RequestFailed:
    """A broken chunk."""
    return _unusable(f"the answer of {host} is broken: its chunks are not as HTTP/1.1 writes them")


def two_lengths(host: str) -> RequestFailed:
    """A way to slip a second answer in, which would be taken for somebody else's."""
    return _unusable(
        f"the answer of {host} tells its length in two ways (Content-Length, Transfer-Encoding)"
    )


def old_chunks(host: str) -> RequestFailed:
    """RFC 9112, 6.1: an HTTP/1.0 message with Transfer-Encoding has faulty framing."""
    return _unusable(f"{host} answers in chunks, and in HTTP/1.0, which has none")


def switching(host: str) -> RequestFailed:
    """A 101, for which nobody asked."""
    return _unusable(f"{host} switches to another protocol, which nobody asked for")


def stacked(host: str) -> RequestFailed:
    """Each layer can make a thousand bytes of one."""
    return _unusable(f"the answer of {host} is compressed more than once (Content-Encoding)")


def unknown_coding(host: str) -> RequestFailed:
    """A Content-Encoding that was not asked for."""
    return _unusable(
        f"the answer of {host} is compressed in a way that cactions does not read",
        "Ask whoever runs the service: gzip alone is asked for.",
    )


def not_decodable(host: str) -> RequestFailed:
    """What says that it is compressed, and is not, or not to the end."""
    return _unusable(
        f"the answer of {host} cannot be decompressed: it is damaged, cut off, or goes on "
        "behind its end"
    )


def _unusable(message: str, hint: str = _OTHERS) -> RequestFailed:
    return RequestFailed(message, reason=FailureReason.UNUSABLE_ANSWER, hint=hint)


def cut_off(host: str) -> RequestFailed:
    """The head came, the body only in part."""
    return RequestFailed(
        f"the answer of {host} is cut off: the connection ended before it was complete",
        reason=FailureReason.UNUSABLE_ANSWER,
        hint="Try again; if it happens each time, ask whoever runs the service.",
        again=True,
    )


def half_a_head(host: str) -> RequestFailed:
    """Not even the status is known."""
    return _none(f"{host} closed the connection in the middle of its answer's headers")


def unanswered(host: str, *, kept: bool, sent: bool) -> RequestFailed:
    """Not one byte came."""
    if kept:
        return _none(f"{host} closed the connection, kept from an earlier request, unanswered")
    when = "without an answer" if sent else "before the request was sent"
    return _none(f"{host} closed the connection {when}")


def no_handshake(host: str) -> RequestFailed:
    """Before any key was agreed on."""
    return _none(f"{host} closed the connection in the TLS handshake")


def no_address(host: str) -> RequestFailed:
    """The name server says that there is none."""
    return RequestFailed(
        f"no address is known for {host}",
        reason=FailureReason.NO_ANSWER,
        hint=f"Look for a misspelling in the host. {_LOOK}",
    )


def no_name_server(host: str) -> RequestFailed:
    """Nobody said anything."""
    return _none(f"no name server told the address of {host}", _LOOK)


def refused(host: str) -> RequestFailed:
    """Somebody is there, and does not listen on this port."""
    return _none(f"{host} refuses the connection", f"Look at host and port. {_LOOK}")


def unreachable(host: str) -> RequestFailed:
    """No way leads there."""
    return _none(f"{host} cannot be reached from here", _LOOK)


def no_tunnel(host: str, status: int | None) -> RequestFailed:
    """The proxy said no, or something that is no answer."""
    said = "does not answer as a proxy does" if status is None else f"answers {status}"
    return _none(f"the proxy {said} when asked for {host}", f"Look at `--proxy`. {_LOOK}")


def _none(message: str, hint: str = "Try again.") -> RequestFailed:
    return RequestFailed(message, reason=FailureReason.NO_ANSWER, hint=hint, again=True)


def forbidden(host: str, why: str, hint: str = "") -> RequestFailed:
    """The request would go where no third party is."""
    return RequestFailed(
        f"{host} is not called: {why}",
        reason=FailureReason.FORBIDDEN_ADDRESS,
        hint=hint or "If that is meant, give it an entry under `network.allow`.",
    )


def unfit(message: str, hint: str = "") -> RequestFailed:
    """The request cannot be written down as HTTP/1.1."""
    return RequestFailed(message, reason=FailureReason.UNFIT_VALUE, hint=hint)


def sealed() -> RequestFailed:
    """A secret of the request was not opened."""
    return RequestFailed(
        "a secret of the request was not opened, so that it cannot be sent",
        reason=FailureReason.NO_TOKEN,
        hint="`cactions vault status` tells whether the vault can be opened.",
    )
