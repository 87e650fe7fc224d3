"""Whatever a server does, a request ends in time, within limits, and with a clear cause."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.exchange.verify import verify_response
from cactions.model import Limits, MaskedText, PlanningError, Request, RequestFailed, Response
from tests.builders import mapping, person, response
from tests.edges.hostile import CASES, FLOODS, GOOD, LATE, Case
from tests.run_report import REPORT
from tests.servers import HOST, Server, answering, serving

SECONDS = (1.0, 4.0, 16.0)
"""The limits for servers that never come to an end: a busy machine may need more to get there."""

PATIENCE = (30.0,)
"""The limit for the others, which a busy machine does not reach."""

AT_ONCE = 8
MOST_ADDED = 32 * 1024
"""KiB."""

SECRET = "s3cr3t-c4n4ry"
TOKEN = (("X-Token", MaskedText("••", SECRET)),)


@dataclass(frozen=True)
class Ending:
    """``what`` is the input of a plan, or the reason why there is none; ``limit`` in seconds."""

    what: Response | PlanningError
    seconds: float
    limit: float

    def came_as_far(self, case: Case) -> bool:
        """Whether the time was over in the step that the case is about."""
        return (
            isinstance(self.what, RequestFailed)
            and case.words.removeprefix(LATE) in str(self.what)
            and (case.status, case.sent) == (self.what.status, self.what.sent)
        )


def request(server: Server, case: Case, seconds: float) -> Request:
    body = None if case.body is None else MaskedText.of_plain(case.body)
    url = MaskedText("https://••", server.url(f"/v1?key={SECRET}"))
    limits = Limits(connect=seconds, total=seconds)
    return Request("GET" if body is None else "POST", url, TOKEN, body, limits)


def plan_response(live: HttpSender, asked: Request) -> Response:
    """All processing of an answer up to the plan."""
    answer = live.send(asked)
    verify_response(response(mapping()), ReferenceValues(person(), {}), answer)
    return answer


def ending(case: Case, context: ssl.SSLContext) -> Ending:
    """With the first limit in which the case comes as far as it should."""
    for limit in SECONDS if LATE in case.words else PATIENCE:
        end = ending_within(case, context, limit)
        if end.came_as_far(case):
            break
    return end


def ending_within(case: Case, context: ssl.SSLContext, limit: float) -> Ending:
    with serving(case.behaviour, context, secure=case.secure) as server:
        live = HttpSender(NetworkRules((server.allowed(),), ca_file=server.ca_file))
        start = time.monotonic()
        what: Response | PlanningError
        try:
            what = plan_response(live, request(server, case, limit))
        except PlanningError as error:
            what = error
        seconds = time.monotonic() - start
        live.close()
    return Ending(what, seconds, limit)


@pytest.fixture(scope="module")
def endings() -> Iterator[dict[str, Ending]]:
    """All cases, some in parallel: most of them wait."""
    contexts = [case.context() for case in CASES.values()]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield dict(zip(CASES, pool.map(ending, CASES.values(), contexts), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_every_hostile_server_gives_the_expected_error(
    name: str, endings: dict[str, Ending]
) -> None:
    """In time, with the right kind of failure, and with its cause in the message."""
    case, end = CASES[name], endings[name]
    assert end.seconds < end.limit + 10
    if case.reason is None:
        assert isinstance(end.what, Response)
        assert end.what.body.endswith(GOOD) or b'"tier": "gold"' in end.what.body
        return
    assert isinstance(end.what, PlanningError), end.what
    error = end.what
    words = case.words.replace(LATE, f"took longer than {end.limit:g} s: ")
    assert re.search(words, str(error)), error
    assert (case.reason, case.reason.error_type) == (error.reason, error.reason.error_type)
    assert error.hint
    if isinstance(error, RequestFailed):
        assert HOST in str(error)
        assert (case.status, case.sent) == (error.status, error.sent)


def test_no_failure_contains_the_sent_request(endings: dict[str, Ending]) -> None:
    """Nor do its cause exceptions and stack frames."""
    errors = [end.what for end in endings.values() if isinstance(end.what, RequestFailed)]
    for error in errors:
        assert SECRET not in f"{error} {error.hint} {error.args}"
        assert (None, None) == (error.__cause__, error.__context__)
        frame = error.__traceback__
        while frame is not None:
            assert SECRET not in str(frame.tb_frame.f_locals)
            frame = frame.tb_next
    kinds = Counter(error.reason.error_type for error in errors)
    slowest = max(end.seconds for end in endings.values())
    summary = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    REPORT.append(f"hostile servers: {len(CASES)}, the slowest took {slowest:.2f} s; {summary}")


CHILD = """
import sys
from pathlib import Path
from cactions.edges.http.address_guard import NetworkRules
from cactions.edges.http.client import HttpSender
from cactions.model import AllowedAddress, Limits, PlanningError, MaskedText, Request
from tests.edges.http.test_hostile_servers import plan_response

def peak():
    [line] = [one for one in open("/proc/self/status") if one.startswith("VmHWM")]
    open("/proc/self/clear_refs", "w").write("5")
    return int(line.split()[1])

warm, *ports = map(int, sys.argv[2:])
allowed = [AllowedAddress("api.test", "127.0.0.1", port, "") for port in (warm, *ports)]
live = HttpSender(NetworkRules(tuple(allowed), ca_file=Path(sys.argv[1])))
limits = Limits(connect=1, total=5)
def ask(port):
    try:
        url = MaskedText.of_plain(f"https://api.test:{port}/")
        plan_response(live, Request("GET", url, limits=limits))
    except PlanningError:
        pass
    return peak()
start = ask(warm)
print(*(ask(port) - start for port in ports))
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux tells the peak")
def test_floods_and_bombs_use_at_most_32_mib() -> None:
    """Each of them in turn, in its own process, by its peak memory."""
    with ExitStack() as stack:
        warm = stack.enter_context(serving(answering(GOOD)))
        servers = [stack.enter_context(serving(CASES[name].behaviour)) for name in FLOODS]
        ports = [str(server.port) for server in (warm, *servers)]
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(warm.ca_file), *ports],
            cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
    peaks = list(map(int, done.stdout.split()))
    assert len(FLOODS) == len(peaks)
    assert all(1 == server.connections for server in servers)
    REPORT.append(
        f"hostile servers: {len(FLOODS)} floods and bombs added {max(peaks):,} KiB at most"
    )
    assert max(peaks) <= MOST_ADDED
