"""``cactions connectors`` over real HTTP: what is shown, what is sent, and what never is."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.commands import connectors_logs
from cactions.cli.exit_codes import Exit
from cactions.edges.clock import SystemSleeper
from tests.cli.conftest import Say, Work, list_writes
from tests.intercom_projects import remote_project
from tests.projects import SECRET, write
from tests.servers import Server
from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.written_files import read_files

PUSH = "connectors push loyalty --yes"
Document = dict[str, Any]


@pytest.fixture
def document(shop: Server, intercom: WorkspaceServer) -> Document:
    """A project with one action, whose token has an id in Intercom."""
    found = remote_project(shop, intercom)
    found["tokens"]["shop"]["token_id"] = "1234"
    found["actions"]["loyalty"]["description"] = "Copies the loyalty tier."
    return found


def words(text: str) -> str:
    return " ".join(text.split())


def set_live(intercom: WorkspaceServer, key: str) -> None:
    """As a teammate does it in the web page."""
    with Client(intercom) as client:
        assert 200 == client.call("PATCH", f"/data_connectors/{key}", {"state": "live"}).status


def enter_mapping(intercom: WorkspaceServer, key: str) -> None:
    """What the table of a push says, entered by hand."""
    entry = {"response_attribute_path": "tier", "mapping_type": "primitive_mapping",
             "intercom_attribute_identifier": "custom_attributes.tier"}  # fmt: skip
    mapping = {"response_object_path": "", "intercom_object_type": "user",
               "attribute_mappings": [entry], "reference_mappings": []}  # fmt: skip
    intercom.edit_connector(key, object_mappings=[mapping])


@pytest.fixture
def pushed(work: Work, home: Path, intercom: WorkspaceServer, document: Document) -> str:
    """The id of a connector that was pushed, mapped by hand and set live."""
    write(home, document)
    assert Exit.CLEAN == work(PUSH).code
    [connector] = work("connectors list --json").json["connectors"]
    enter_mapping(intercom, connector["id"])
    set_live(intercom, connector["id"])
    return str(connector["id"])


def test_a_push_creates_a_draft_and_the_second_one_sends_nothing(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """One POST; the text says which id to keep, and which mapping to enter by hand."""
    write(home, document)
    done = work(PUSH)
    assert (Exit.CLEAN, ["POST /data_connectors"]) == (done.code, list_writes(intercom)), done
    assert 'Write into the action: connector_id: "12345"' in done.out
    assert re.search(r"\+ +tier +tier +user +not mapped", done.out)
    assert "nothing that is live was changed" in done.out
    assert "Only cactions does this, Intercom does not: same_person" in words(done.out)
    again = work(PUSH)
    assert (Exit.CLEAN, 1) == (again.code, len(list_writes(intercom)))
    assert "unchanged" in again.out


def test_lines_are_no_wider_than_80_columns(
    work: Work, pushed: str, intercom: WorkspaceServer
) -> None:
    """Except for what is copied in one piece, such as a URL."""
    intercom.edit_connector(pushed, description="Some words about it, " * 10, http_method="put")
    intercom.add_execution(pushed, success=False, error_message="It failed for a reason. " * 8)
    seen = 0
    for command in ("connectors list", "connectors diff", PUSH, "connectors logs loyalty"):
        lines = [line for line in work(command).out.split("\n") if "https://" not in line]
        seen += len(lines)
        assert [] == [line for line in lines if len(line) > 80]
    assert seen > 30


def test_drift_is_an_exit_code(work: Work, pushed: str, intercom: WorkspaceServer) -> None:
    """The alarm of a scheduled job: what was changed in the web page since, by whom and when."""
    assert Exit.CLEAN == work("connectors diff --exit-code").code
    intercom.edit_connector(pushed, "live", url="https://elsewhere.example/{{user.email}}")
    done = work("connectors diff --exit-code")
    assert Exit.CHANGES == done.code
    assert "https://elsewhere.example/{{user.email}}" in done.out
    assert "changed 20" in done.out
    assert Exit.CLEAN == work("connectors diff").code
    found = work("connectors diff --json").json
    assert "cactions.connector-diff/1" == found["format"]
    [action] = found["actions"]
    assert [("url", False)] == [
        (difference["field"], action["same"]) for difference in action["live"]["differences"]
    ]


def test_drift_says_what_leaks_now(work: Work, pushed: str, intercom: WorkspaceServer) -> None:
    """By the rules of leaks, over the definition that is live; nothing is read for that unasked."""
    intercom.add_attribute("shop_id", messenger_writable=True)
    before = len(intercom.log)
    work("connectors diff")
    assert "/me" not in [line.path for line in intercom.log[before:]]
    intercom.edit_connector(
        pushed, "live", url="https://api.test/v1/{{user.custom_attributes.shop_id}}"
    )
    done = work("connectors diff --exit-code")
    assert Exit.CHANGES == done.code
    assert "What is live leaks: CA101 (error) in the URL" in words(done.out), done.out
    [action] = work("connectors diff --json").json["actions"]
    assert "CA101" in [leak["rule"] for leak in action["leaks"]]
    assert 1 == len(list_writes(intercom)) - 1  # the push, and the teammate who set it live


def test_a_mapping_that_was_changed_by_hand_is_drift(
    work: Work, pushed: str, intercom: WorkspaceServer
) -> None:
    """No API writes it, so only a comparison finds it."""
    intercom.edit_connector(pushed, "live", object_mappings=[])
    done = work("connectors diff --exit-code")
    assert Exit.CHANGES == done.code
    assert "not mapped" in done.out


def test_what_is_live_stays_as_it_is_when_a_draft_is_pushed(
    work: Work, home: Path, pushed: str, intercom: WorkspaceServer, document: Document
) -> None:
    """And the draft is shown beside it."""
    before = intercom.get_connector(pushed, "live")
    document["actions"]["loyalty"]["request"]["headers"] = {"X-Team": "support"}
    write(home, document)
    assert Exit.CLEAN == work(PUSH).code
    assert before == intercom.get_connector(pushed, "live")
    held = intercom.get_connector(pushed, "draft")["headers"]
    assert {"name": "X-Team", "value": "support"} in held
    shown = words(work("connectors diff").out)
    assert (
        "There is a draft, which is not live. All that can be written is as in the file." in shown
    )


@pytest.mark.parametrize("settings", [Settings(patch_changes="live")])
def test_a_workspace_that_changes_live_at_once_needs_a_word(
    work: Work, home: Path, pushed: str, intercom: WorkspaceServer, document: Document
) -> None:
    """Without it, everything is put back; exit code 3: nothing was done."""
    before = intercom.get_connector(pushed, "live")
    document["actions"]["loyalty"]["request"]["http_method"] = "post"
    document["actions"]["loyalty"]["request"]["effect"] = "read"
    write(home, document)
    done = work(PUSH)
    assert (Exit.NOTHING_DONE, before) == (done.code, intercom.get_connector(pushed, "live"))
    assert "--allow-live" in done.err
    allowed = work(f"{PUSH} --allow-live")
    assert (Exit.CLEAN, "post") == (
        allowed.code, intercom.get_connector(pushed, "live")["http_method"],
    )  # fmt: skip
    assert "The live version was changed at once." in allowed.out


def test_a_push_asks_and_needs_a_terminal_for_that(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """Nothing is read either."""
    write(home, document)
    done = work("connectors push loyalty")
    assert (Exit.MISUSE, []) == (done.code, intercom.log)
    assert "No connector was created or changed." in done.err


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"headers": {"X-Team-Token": "{{ person.user_id }}"}}, "request.headers.X-Team-Token"),
        (
            {"http_method": "post", "effect": "read", "json": {"key": {"secret": "shop_token"}}},
            'the body would carry the secret "shop_token"',
        ),
        ({"headers": {"X-Note": f"a {SECRET} b"}}, 'it holds the secret "shop_token"'),
    ],
)
def test_a_secret_is_never_pushed(  # noqa: PLR0913, PLR0917
    work: Work,
    home: Path,
    intercom: WorkspaceServer,
    document: Document,
    change: Document,
    expected: str,
) -> None:
    """Not in a header, not in a body, not by its value; the place in the file is named."""
    document["actions"]["loyalty"]["request"].update(change)
    write(home, document)
    done = work(PUSH)
    assert (Exit.NOTHING_DONE, []) == (done.code, list_writes(intercom)), done
    assert expected in words(done.err)
    assert "actions.yaml:1:" in done.err
    assert SECRET not in done.out + done.err


def test_a_token_without_an_id_is_described(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """What to create in Intercom, and where its id belongs."""
    del document["tokens"]["shop"]["token_id"]
    write(home, document)
    done = work(PUSH)
    assert (Exit.NOTHING_DONE, []) == (done.code, list_writes(intercom))
    assert 'a text token: request header "X-Shop-Token"' in words(done.err)
    assert "write its id as `token_id` under `tokens.shop`" in words(done.err)


def test_one_bad_action_does_not_keep_another_from_being_pushed(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """Exit code 1: some was done, some was not; the document says which."""
    bad = json.loads(json.dumps(document["actions"]["loyalty"]))
    document["actions"]["other"] = {**bad, "connector_id": "999"}
    write(home, document)
    done = work("connectors push --yes --json")
    assert Exit.FINDINGS == done.code
    outcomes = {found["action"]: found["outcome"] for found in done.json["actions"]}
    assert {"loyalty": "created", "other": "failed"} == outcomes
    assert ["POST /data_connectors"] == list_writes(intercom)


def test_a_lost_answer_is_found_out_by_reading(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """Created although the answer was lost: told as created. Not to be seen: exit code 4."""
    write(home, document)
    intercom.fail("POST", "/data_connectors", drop=True)
    lost = work(PUSH)
    assert (Exit.OUTCOME_UNKNOWN, []) == (lost.code, list_writes(intercom))
    assert 'shows no connector "loyalty"' in words(lost.err)
    intercom.fail("POST", "/data_connectors", drop=True, apply=True)
    done = work(PUSH)
    assert (Exit.CLEAN, 1) == (done.code, len(list_writes(intercom)))
    assert "created" in done.out


def test_the_list_shows_states_and_actions(
    work: Work, pushed: str, intercom: WorkspaceServer
) -> None:
    """Also a state that is not known here; hostile names are spelled out."""
    other = intercom.add_connector({"name": "a\x1b[31m\u202eb"})
    intercom.edit_connector(other, state="paused")
    done = work("connectors list")
    assert (Exit.CLEAN, True) == (done.code, "paused" in done.out)
    assert not {"\x1b", "\u202e"} & set(done.out)
    found = work("connectors list --json").json
    actions = {c["id"]: c["action"] for c in found["connectors"]}
    assert {pushed: "loyalty", other: None} == actions


def test_a_local_workspace_has_no_connectors(say: Say) -> None:
    """The error says how one at Intercom is named."""
    done = say("connectors list")
    assert Exit.MISUSE == done.code
    assert "kind: intercom" in done.err


# Logs


def test_logs_show_what_failed_and_why(work: Work, pushed: str, intercom: WorkspaceServer) -> None:
    """Oldest first, in the words of Intercom; by the name of the action, or an id."""
    intercom.add_execution(pushed, execution_time_ms=1234, source_type="fin")
    intercom.add_execution(pushed, success=False, http_status=None, error_type="faraday_error",
                           error_message="Connection refused")  # fmt: skip
    done = work("connectors logs loyalty")
    assert Exit.CLEAN == done.code
    assert "ok      GET, 200, 1,234 ms, fin" in done.out
    assert "faraday_error: Connection refused" in done.out
    assert "2 executions, 1 failed." in done.out
    found = work(f"connectors logs {pushed} --failed --since 1d --json").json
    assert ["faraday_error"] == [e["error_type"] for e in found["executions"]]
    assert "cactions.executions/1" == found["format"]


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        ("--error-type faraday", "faraday_error"),
        ("--since soon", "30m"),
        ("--limit 0", "limit"),
        ("--success --failed", "exclude each other"),
    ],
)
def test_words_of_logs_are_checked_before_anything_is_read(
    work: Work, pushed: str, intercom: WorkspaceServer, options: str, hint: str
) -> None:
    """With what may have been meant."""
    before = len(intercom.log)
    done = work(f"connectors logs loyalty {options}")
    assert (Exit.MISUSE, before) == (done.code, len(intercom.log))
    assert hint in done.err


class Interrupted(SystemSleeper):
    """Ctrl-C comes while it waits."""

    def wait(self, seconds: float) -> None:
        signal.raise_signal(signal.SIGINT)
        super().wait(seconds)


def test_following_ends_cleanly(
    work: Work, pushed: str, intercom: WorkspaceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there is shown; Ctrl-C ends it without a trace of the program."""
    intercom.add_execution(pushed, source_type="inbox")
    monkeypatch.setattr(connectors_logs, "SystemSleeper", Interrupted)
    done = work("connectors logs loyalty --follow")
    assert (Exit.INTERRUPTED, True) == (done.code, "inbox" in done.out)
    assert ["Interrupted. Nothing was changed."] == [
        line for line in done.err.splitlines() if "CA file" not in line
    ]


@pytest.mark.parametrize("settings", [Settings(versions=True, default_version="2.17")])
def test_versions_are_shown_where_there_are_any(
    work: Work, home: Path, pushed: str, document: Document
) -> None:
    """With 2.16 the server has none, and the error says which version to try."""
    document["workspace"]["api_version"] = "2.17"
    write(home, document)
    done = work("connectors versions loyalty")
    assert Exit.CLEAN == done.code, done
    assert re.search(r"live +Example Admin", done.out)
    [version] = work("connectors versions loyalty --json").json["versions"]
    assert "live" == version["status"]


def test_versions_are_not_assumed(work: Work, pushed: str) -> None:
    """The API of 2.16 answers 404."""
    done = work("connectors versions loyalty")
    assert Exit.MISUSE == done.code
    assert 'api_version: "2.17"' in words(done.err)


# Secrets


def test_a_canary_never_leaves(
    work: Work, home: Path, pushed: str, intercom: WorkspaceServer
) -> None:
    """Not in any request but its own header, not in any output, not in any file."""
    intercom.edit_connector(
        pushed,
        "live",
        headers=[{"name": "X-Old", "value": SECRET}],
        url=f"https://x.example/{SECRET}",
    )
    intercom.add_attribute("plan", description=f"as {SECRET}", options=[SECRET])
    for fields in (
        {"request_url": f"https://x.example/{SECRET}", "request_body": f'{{"key": "{SECRET}"}}'},
        {"success": False, "error_message": f"refused {SECRET}", "error_type": "3rd_party_error"},
        {"response_body": json.dumps({"echo": json.dumps({"deep": SECRET})}), "http_status": 200},
        {"response_body": SECRET},
    ):
        intercom.add_execution(pushed, **fields)
    done = [
        work(command if command.startswith("audit") else f"connectors {command}")
        for command in (
            "audit", "audit --save kept", "audit --format json", "pull", "pull --update",
            "pull --json", "list", "list --json", "diff", "diff --json", "push loyalty --yes",
            "push loyalty --yes --json", "push loyalty --yes --headers", "logs loyalty",
            "logs loyalty --bodies", "logs loyalty --bodies --json", "logs loyalty --failed",
            "versions loyalty",
        )
    ]  # fmt: skip
    assert 18 == len(done)
    outputs = sum(SECRET in found.out + found.err for found in done)
    assert (0, 0) == (outputs, sum(intercom.token in found.out + found.err for found in done))
    requests = intercom.log
    assert len(requests) > 40
    assert 0 == sum(
        SECRET in f"{line.path}{line.query}{line.headers}{line.body!r}" for line in requests
    )
    others = [
        {name: value for name, value in line.headers.items() if name.lower() != "authorization"}
        for line in requests
    ]
    assert 0 == sum(intercom.token in str(headers) for headers in others)
    files = read_files(home)
    assert len(files) > 3
    assert [] == [path.name for path, data in files.items() if SECRET.encode() in data]
    sent = "".join(found.out for found in done)
    assert sent.count("••••••") >= 8


@pytest.mark.parametrize("command", ["list", "diff", "pull", "push", "logs", "versions"])
def test_every_example_runs(work: Work, pushed: str, command: str) -> None:
    """As the help text has it."""
    text = words(work(f"connectors {command} --help").out)
    found = re.search(r"Example: cactions (.*?)(?= ╭| Arguments| Options|$)", text)
    assert found
    options = " --yes" if command == "push" else ""
    expected = Exit.MISUSE if command == "versions" else Exit.CLEAN
    assert expected == work(f"{found[1]}{options}").code


def test_a_pull_after_a_push_is_no_change(
    work: Work, home: Path, pushed: str, intercom: WorkspaceServer, document: Document
) -> None:
    """The pulled file says what the pushed one said: nothing differs, and nothing is sent."""
    intercom.add_attribute("tier")
    for key in ("actions", "attributes", "tokens"):
        del document[key]
    write(home, document)
    assert Exit.CLEAN == work("connectors pull").code
    before = list_writes(intercom)
    done = work("connectors diff --exit-code")
    assert (Exit.CLEAN, True) == (done.code, "1 action compared: no difference." in done.out)
    assert Exit.CLEAN == work(PUSH).code
    assert before == list_writes(intercom)


def test_a_new_connector_is_previewed_whole(
    work: Work, home: Path, document: Document, intercom: WorkspaceServer
) -> None:
    """Each field that is sent is shown before it is sent."""
    document["actions"]["loyalty"]["request"]["http_method"] = "post"
    document["actions"]["loyalty"]["request"]["json"] = {"id": "{{ person.user_id }}"}
    document["actions"]["loyalty"]["request"]["effect"] = "read"
    write(home, document)
    shown = words(work("connectors push loyalty --yes").out)
    [body] = [json.loads(line.body) for line in intercom.log if line.method == "POST"]
    labels = {"headers": "headers.", "data_inputs": "data_inputs."}
    missing = [
        name for name, value in body.items()
        if value not in ([], "", None) and f"~ {labels.get(name, name)}" not in shown
        and name not in ("name", "headers")  # of headers, only what every client sends
    ]  # fmt: skip
    assert [] == missing


def test_a_new_live_connector_is_drift(work: Work, pushed: str, intercom: WorkspaceServer) -> None:
    """Nothing in the files says that it is wanted."""
    intercom.add_connector(
        {"name": "Lookup", "http_method": "get", "url": "https://api.test/{{user.user_id}}"}
    )
    done = work("connectors diff --exit-code")
    assert Exit.CHANGES == done.code
    assert "Lookup" in done.out
    assert "cactions audit" in done.err


def test_an_error_in_one_action_blocks_no_other(
    work: Work, home: Path, document: Document, intercom: WorkspaceServer
) -> None:
    """A named action is sent if it has no error itself; without a name, all must be right."""
    document["actions"]["leaky"] = {
        "match": "user_id",
        "request": {"http_method": "get", "url": "http://api.test/x"},
        "response": {},
    }
    write(home, document)
    assert Exit.NOTHING_DONE == work("connectors push --yes").code
    assert Exit.NOTHING_DONE == work("connectors push leaky --yes").code
    assert [] == list_writes(intercom)
    assert Exit.CLEAN == work("connectors push loyalty --yes").code
    assert 1 == len(list_writes(intercom))


def test_doctor_sees_the_workspace_of_a_file_with_errors(
    work: Work, home: Path, document: Document
) -> None:
    """An error of an action is a problem of its own."""
    document["actions"]["loyalty"]["match"] = "name"
    write(home, document)
    done = work("doctor")
    assert Exit.FINDINGS == done.code
    assert "Permission read people: granted" in words(done.out)
