"""Whatever the API answers, a command ends with an exit code of the table and plain words.

A slice of all pairs of command and answer in the normal run, all of them with ``-m hostile``.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import COUNTS
from tests.cli.conftest import Work
from tests.cli.test_intercom import settings
from tests.intercom_projects import add_ada, remote_project
from tests.projects import write
from tests.run_report import REPORT
from tests.servers import Server
from tests.workspace import WorkspaceServer
from tests.written_files import read_files

__all__ = ["settings"]

pytestmark = pytest.mark.hostile

EVIL = "\x1b[31m\x1b]8;;https://evil.example\x07click\u202e\n::error::x\r\n# heading"

COMMANDS = (
    "diff loyalty --person u-1", "diff loyalty --person email=ada@example.com",
    "run loyalty --person u-1 --draft --yes", "run loyalty --person u-1 --draft --yes --json",
    "doctor", "doctor --json", "attributes pull", "attributes diff", "people pull",
    "people show u-1",
    "people show id=6b0b1e2b0000000000000001", "request loyalty --person u-1", "connectors list",
    "connectors list --json", "connectors diff", "connectors diff --json", "connectors pull",
    "connectors logs {connector}", "connectors logs {connector} --bodies --json",
    "connectors versions {connector}", "connectors push loyalty --yes", "audit",
    "audit --format json", "audit --format markdown", "audit --format github",
)  # fmt: skip


def contact(**fields: Any) -> dict[str, Any]:
    return {
        "type": "contact", "id": "6b0b1e2b0000000000000001", "role": "user", "external_id": "u-1",
        "email": "ada@example.com", "custom_attributes": {"tier": "silver"}, **fields,
    }  # fmt: skip


def connector(**fields: Any) -> dict[str, Any]:
    return {
        "type": "data_connector", "id": "12345", "name": "Loyalty", "state": "live",
        "http_method": "get", "url": "https://api.test/{{user.user_id}}", **fields,
    }  # fmt: skip


ANSWERS: dict[str, dict[str, Any]] = {
    "no body": {"body": b""},
    "no JSON": {"body": b"<html><script>alert(1)</script>"},
    "null": {"body": b"null"},
    "a list": {"body": b"[1, 2]"},
    "a number": {"body": b"5"},
    "a text": {"body": b'"x"'},
    "empty": {"body": {}},
    "not a number": {"body": b'{"data": NaN}'},
    "a key twice": {"body": b'{"id": "1", "id": "2"}'},
    "deep": {"body": b"[" * 5000 + b"]" * 5000},
    "lone surrogate": {"body": b'{"id": "\\ud800", "name": "\\udfff"}'},
    "no UTF-8": {"body": b'{"id": "\xff\xfe"}'},
    "an error list as a success": {"body": {"type": "error.list", "errors": [{"code": "x"}]}},
    "an odd error list": {"status": 400, "body": {"type": "error.list", "errors": [5, {}, None]}},
    "an evil error": {"status": 403, "body": {"errors": [{"code": EVIL, "message": EVIL}]}},
    "a redirect": {"status": 302, "headers": {"Location": "https://evil.example/"}, "body": b""},
    "no content": {"status": 204, "body": b""},
    "gone": {"status": 410, "headers": {"Link": "<https://evil.example/>"}, "body": {}},
    "lists of the wrong kind": {"body": {"data": [1, "x", None, [], {}], "pages": 5, "app": []}},
    "a cursor that repeats": {"body": {"data": [], "pages": {"next": {"starting_after": "x"}}}},
    "an evil contact": {"body": contact(name=EVIL, email=EVIL, custom_attributes={EVIL: EVIL})},
    "odd values": {"body": contact(custom_attributes={"tier": 10**30, "b": 1.5, "c": {}, "d": []})},
    "another contact": {"body": contact(id="other", external_id="u-2")},
    "an evil connector": {
        "body": {"data": [connector(name=EVIL, id=EVIL)], "app": {"name": EVIL, "region": EVIL}}
    },
    "a connector of odd types": {
        "body": connector(headers=5, data_inputs=[{}, 1], object_mappings=[{"x": []}], url=None)
    },
    "attributes of odd types": {
        "body": {"data": [{"name": 5}, {"name": EVIL, "custom": True, "data_type": "string"},
                          {"name": "tier", "custom": True, "data_type": [], "options": 5}]}
    },
}  # fmt: skip


def test_no_answer_makes_a_command_fail_by_itself(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """No traceback, no exit code 70, no escape of a terminal, and the token nowhere."""
    add_ada(intercom)
    key = intercom.add_connector(
        {"name": "Loyalty", "http_method": "get", "url": "https://api.test/{{user.user_id}}"}
    )
    write(home, remote_project(shop, intercom))
    assert Exit.CLEAN == work("attributes pull").code
    pairs = [(words, name) for words in COMMANDS for name in ANSWERS]
    if COUNTS.factor == 1:
        pairs = random.Random(7).sample(pairs, 90)
    codes: Counter[int] = Counter()
    for number, (words, name) in enumerate(pairs):
        intercom.clear_faults()
        # the first call, a later one, or all of them
        times, after = ((None, 0), (1, number % 3), (None, 1))[number % 3]
        intercom.fail(times=times, after=after, **{"status": 200, **ANSWERS[name]})
        done = work(words.format(connector=key))
        where = (words, name, times, after, done)
        assert Exit(done.code) is not Exit.INTERNAL, where
        assert "Traceback" not in done.err, where
        assert "\x1b" not in done.out + done.err, where
        assert intercom.token not in done.out + done.err, where
        if "--json" in words and done.out:
            json.loads(done.out)
        codes[done.code] += 1
    kept = [(path, data) for path, data in read_files(home).items() if path.suffix != ".key"]
    assert [] == [path for path, data in kept if intercom.token.encode() in data]
    REPORT.append(f"odd answers of Intercom: {len(pairs)} commands, 0 internal errors")
