"""Every way in which a request can fail on the network, as a message, a hint and a reason.

A message names the host and the cause. It holds nothing that the server sent, and of the request
only the host: everything else may be secret or personal.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Final, NamedTuple

from cactions.model import MAX_LIMITS, MIB, FailureReason, Limits, RequestFailed

MAX_HEAD_BYTES: Final = 64 * 1024
"""Of a response's status line and headers together."""

_DOCTOR: Final = "`cactions doctor` shows what works from here."
_CONTACT: Final = "Contact the service owner: the response is malformed."
_RETRY: Final = "Try again."


class Phase(StrEnum):
    """What an exchange is doing; the texts complete "... when the time was over"."""

    LOOKING_UP = "its address was being looked up"
    CONNECTING = "the connection was being made"
    CONNECTING_TO_PROXY = "the connection to the proxy was being made"
    OPENING_TUNNEL = "the proxy was being asked for a tunnel"
    TLS_HANDSHAKE = "the TLS handshake was going on"
    SENDING = "the request was being sent"
    WAITING = "no response had begun"
    RECEIVING = "the response was still coming in"


_NOTHING_SENT: Final = {
    Phase.LOOKING_UP,
    Phase.CONNECTING,
    Phase.CONNECTING_TO_PROXY,
    Phase.OPENING_TUNNEL,
    Phase.TLS_HANDSHAKE,
}


class _Entry(NamedTuple):
    message: str
    hint: str = _CONTACT
    reason: FailureReason = FailureReason.UNUSABLE_ANSWER
    again: bool = False


def _build_no_response(message: str, hint: str = _RETRY, *, again: bool = True) -> _Entry:
    return _Entry(message, hint, FailureReason.NO_ANSWER, again)


class NetworkFault(Enum):
    """The catalogue. ``{host}`` and other names in braces are filled in by ``build_failure``."""

    # The response came, and cannot be used.
    TOO_LONG = _Entry(
        "the response of {host} is longer than {limits.wire:,} bytes",
        f"Request less data, or raise `limits.wire_mib` (at most {MAX_LIMITS.wire // MIB}).",
    )
    TOO_LONG_DECODED = _Entry(
        "the response of {host} is longer than {limits.decoded:,} bytes once it is decompressed",
        f"Request less data, or raise `limits.decoded_mib` (at most {MAX_LIMITS.decoded // MIB}).",
    )
    LONG_HEAD = _Entry(
        f"the headers of {{host}}'s response are longer than {MAX_HEAD_BYTES:,} bytes"
    )
    NOT_HTTP = _Entry("{host} did not send an HTTP/1.1 response")
    BAD_FRAMING = _Entry("the response of {host} is broken: its chunks are not valid HTTP/1.1")
    TWO_LENGTHS = _Entry(
        "the response of {host} states its length twice (Content-Length, Transfer-Encoding)"
    )
    HTTP_1_0_CHUNKS = _Entry(
        "the response of {host} is HTTP/1.0 and in chunks, which HTTP/1.0 does not have"
    )
    SWITCHED_PROTOCOL = _Entry("{host} switched to another protocol without being asked")
    STACKED_CODINGS = _Entry(
        "the response of {host} is compressed more than once (Content-Encoding)"
    )
    UNKNOWN_CODING = _Entry(
        "the response of {host} is compressed in a way that cactions does not read",
        "Contact the service owner: cactions accepts only gzip.",
    )
    NOT_DECODABLE = _Entry(
        "the response of {host} cannot be decompressed: it is damaged, cut off, or has data after"
        " its end"
    )
    CUT_OFF = _Entry(
        "the response of {host} is cut off: the connection ended before it was complete",
        "Try again; if it happens each time, contact the service owner.",
        again=True,
    )
    # No response came.
    HEAD_CUT_OFF = _build_no_response(
        "{host} closed the connection in the middle of its response's headers"
    )
    REUSED_CONNECTION_CLOSED = _build_no_response(
        "{host} closed a connection, reused from an earlier request, without a response"
    )
    CLOSED_UNANSWERED = _build_no_response("{host} closed the connection without a response")
    CLOSED_UNSENT = _build_no_response("{host} closed the connection before the request was sent")
    HANDSHAKE_CLOSED = _build_no_response("{host} closed the connection in the TLS handshake")
    NO_ADDRESS = _build_no_response(
        "no address is known for {host}",
        f"Check the spelling of the host. {_DOCTOR}",
        again=False,
    )
    NO_NAME_SERVER = _build_no_response("no name server gave the address of {host}", _DOCTOR)
    CONNECTION_REFUSED = _build_no_response(
        "{host} refuses the connection on port {port}", f"Check host and port. {_DOCTOR}"
    )
    UNREACHABLE = _build_no_response("{host} cannot be reached from here", _DOCTOR)
    PROXY_DENIED = _build_no_response(
        "the proxy returned status {status} when asked for {host}", f"Check `--proxy`. {_DOCTOR}"
    )
    NOT_A_PROXY = _build_no_response(
        "the proxy did not respond as a proxy does when asked for {host}",
        f"Check `--proxy`. {_DOCTOR}",
    )
    # Nothing was sent.
    SECRET_NOT_OPENED = _Entry(
        "a secret of the request was not opened, so it cannot be sent",
        "`cactions vault status` shows whether the vault can be opened.",
        FailureReason.NO_TOKEN,
    )


def build_failure(fault: NetworkFault, host: str = "", **details: object) -> RequestFailed:
    """The error of a catalogue entry; ``details`` are what its message names besides the host."""
    entry = fault.value
    message = entry.message.format(host=host, **details)
    return RequestFailed(message, reason=entry.reason, hint=entry.hint, again=entry.again)


def build_timeout(host: str, limits: Limits, phase: Phase, *, in_all: bool) -> RequestFailed:
    """The time was over in this phase: the total time, or the time to connect."""
    if in_all:
        seconds, key, maximum = limits.total, "limits.total_seconds", MAX_LIMITS.total
    else:
        seconds, key, maximum = limits.connect, "limits.connect_seconds", MAX_LIMITS.connect
    return RequestFailed(
        f"{host} took longer than {seconds:g} s: {phase} when the time was over",
        reason=FailureReason.NO_ANSWER,
        hint=f"Try again; if it is always this slow, raise `{key}` (at most {maximum:g}).",
        again=phase in _NOTHING_SENT,
    )


def build_blocked(host: str, why: str, hint: str = "") -> RequestFailed:
    """The request would go to an address that is not allowed."""
    return RequestFailed(
        f"blocked request to {host}: {why}",
        reason=FailureReason.FORBIDDEN_ADDRESS,
        hint=hint or "If this is intended, add an entry under `network.allow`.",
    )


def build_unsendable(message: str, hint: str = "") -> RequestFailed:
    """The request cannot be written as HTTP/1.1."""
    return RequestFailed(message, reason=FailureReason.UNFIT_VALUE, hint=hint)
