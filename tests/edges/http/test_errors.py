"""Which failures of the network allow another try, and what each one says was sent."""

from __future__ import annotations

import pytest

from cactions.edges.http.budget import ExchangeBudget
from cactions.edges.http.errors import NetworkFault, Phase, build_failure, build_timeout
from cactions.model import FailureReason, Limits

AGAIN = {
    NetworkFault.CUT_OFF,
    NetworkFault.HEAD_CUT_OFF,
    NetworkFault.REUSED_CONNECTION_CLOSED,
    NetworkFault.CLOSED_UNANSWERED,
    NetworkFault.CLOSED_UNSENT,
    NetworkFault.HANDSHAKE_CLOSED,
    NetworkFault.NO_NAME_SERVER,
    NetworkFault.CONNECTION_REFUSED,
    NetworkFault.UNREACHABLE,
    NetworkFault.PROXY_DENIED,
    NetworkFault.NOT_A_PROXY,
}
"""The connection failed, which may be better the next time; all others would fail again."""

REASONS = {
    **dict.fromkeys(AGAIN - {NetworkFault.CUT_OFF}, FailureReason.NO_ANSWER),
    NetworkFault.NO_ADDRESS: FailureReason.NO_ANSWER,
    NetworkFault.SECRET_NOT_OPENED: FailureReason.NO_TOKEN,
}
DETAILS = {"limits": Limits(), "port": 443, "status": 407}


@pytest.mark.parametrize("fault", NetworkFault)
def test_only_a_failed_connection_allows_another_try(fault: NetworkFault) -> None:
    """A response that was complete, and broken, comes again as it is."""
    error = build_failure(fault, "a.example", **DETAILS)
    assert (fault in AGAIN) is error.again
    assert REASONS.get(fault, FailureReason.UNUSABLE_ANSWER) is error.reason
    assert error.hint


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("in_all", [True, False])
def test_a_time_that_is_over_allows_another_try_if_nothing_was_sent(
    phase: Phase, in_all: bool
) -> None:
    """Else the service may be at work on the request."""
    nothing_sent = phase not in {Phase.SENDING, Phase.WAITING, Phase.RECEIVING}
    assert nothing_sent is build_timeout("a.example", Limits(), phase, in_all=in_all).again


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ({"phase": Phase.TLS_HANDSHAKE}, NetworkFault.HANDSHAKE_CLOSED),
        ({"received": 9, "status": 200, "sent": True}, NetworkFault.CUT_OFF),
        ({"received": 9, "sent": True}, NetworkFault.HEAD_CUT_OFF),
        ({"received": 9, "sent": True, "reused": True}, NetworkFault.HEAD_CUT_OFF),
        ({"reused": True, "sent": True}, NetworkFault.REUSED_CONNECTION_CLOSED),
        ({"sent": True}, NetworkFault.CLOSED_UNANSWERED),
        ({}, NetworkFault.CLOSED_UNSENT),
    ],
)
@pytest.mark.parametrize("ended", [True, False])
def test_a_server_that_ended_is_told_from_one_that_is_wrong(
    state: dict[str, object], fault: NetworkFault, ended: bool
) -> None:
    """What came of the response says which; only the first one may be asked again."""
    budget = ExchangeBudget(Limits(), "a.example")
    budget.phase = Phase.RECEIVING
    for name, value in {**state, "ended": ended}.items():
        setattr(budget, name, value)
    wrong = NetworkFault.BAD_FRAMING if budget.status else NetworkFault.NOT_HTTP
    expected = build_failure(fault if ended else wrong, "a.example")
    found = budget.build_malformed()
    assert (str(expected), expected.again) == (str(found), found.again)
    assert str(build_failure(fault, "a.example")) == str(budget.build_connection_lost())
    told = budget.annotate(found)
    assert (expected.again, bool(state.get("sent")), budget.status) == (
        told.again, told.sent, told.status
    )  # fmt: skip
