"""``cactions publish`` at Intercom: what goes live, what never does, and what a run refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cactions.app.vault import definitions
from cactions.cli import publication
from cactions.cli.exit_codes import Exit
from cactions.cli.intercom_wiring import IntercomSession
from cactions.model import StoreError, WorkspaceName
from tests.cli.conftest import Done, Work, list_writes
from tests.intercom_projects import API, add_ada, remote_project
from tests.projects import write
from tests.publications import record_probe
from tests.run_report import REPORT
from tests.servers import Server
from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client

Document = dict[str, Any]

GATES = '--without test --without probe --because "a test" --yes'
PUBLISH = f"publish loyalty {GATES}"
RUN = "run loyalty --person u-1 --yes"
TIER: Document = {
    "response_attribute_path": "tier",
    "mapping_type": "primitive_mapping",
    "intercom_attribute_identifier": "custom_attributes.tier",
}


def words(done: Done) -> str:
    return " ".join((done.out + done.err).split())


@pytest.fixture
def document(shop: Server, intercom: WorkspaceServer) -> Document:
    """A project whose token has an id at Intercom, and whose person is no test person."""
    found = remote_project(shop, intercom, test_people=[{"user_id": "u-9"}])
    found["tokens"]["shop"]["token_id"] = "1234"
    found["actions"]["loyalty"]["description"] = "Copies the loyalty tier."
    found["actions"]["loyalty"]["customer_authentication"] = False
    found["actions"]["loyalty"]["request"]["headers"] = {"X-Kind": "loyalty"}
    found["actions"]["loyalty"]["data_inputs"] = [
        {"name": "note", "type": "string", "description": "A note."}
    ]
    return found


def map_tier(intercom: WorkspaceServer, key: str, *entries: Document) -> None:
    """What is entered in the web page; without an entry, nothing is mapped."""
    mapping = {
        "response_object_path": "", "intercom_object_type": "user",
        "attribute_mappings": [*entries], "reference_mappings": [],
    }  # fmt: skip
    intercom.edit_connector(key, object_mappings=[mapping] if entries else [])


def find_connector(work: Work) -> str:
    [connector] = work("connectors list --json").json["connectors"]
    return str(connector["id"])


@pytest.fixture
def published(work: Work, home: Path, intercom: WorkspaceServer, document: Document) -> str:
    """The id of the connector of an action that is live, with its mapping."""
    write(home, document)
    add_ada(intercom)
    assert Exit.FINDINGS == work(PUBLISH).code
    key = find_connector(work)
    map_tier(intercom, key, TIER)
    done = work(PUBLISH)
    assert Exit.CLEAN == done.code, done
    return key


def test_the_first_publication_stops_with_the_mapping_and_goes_on(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """With all gates passed; nothing is live until the mapping is entered."""
    write(home, document)
    add_ada(intercom)
    record_probe(home)
    document["workspace"]["test_people"] = [{"user_id": "u-1"}]
    write(home, document)
    assert Exit.CLEAN == work("people pull").code
    assert Exit.CLEAN == work("test loyalty --record --yes").code
    record_probe(home)
    done = work("publish loyalty --yes")
    assert Exit.FINDINGS == done.code, done
    assert '"tier" from "tier" is not mapped' in words(done)
    key = find_connector(work)
    assert "draft" == intercom.get_connector(key)["state"]
    refused = work(RUN)
    assert (Exit.NOTHING_DONE, True) == (refused.code, "is not published" in refused.err)
    map_tier(intercom, key, TIER)
    done = work("publish loyalty --yes")
    assert Exit.CLEAN == done.code, done
    assert "live" == intercom.get_connector(key)["state"]
    [live] = work("live list --json").json["definitions"]
    assert (key, 1, 1) == (
        live["connector"]["id"], live["version"], live["evidence"]["tests"]["cases"]
    )  # fmt: skip
    assert Exit.CLEAN == work(RUN).code


MAPPINGS: dict[str, tuple[Document, ...]] = {
    "absent": (),
    "another path": ({**TIER, "response_attribute_path": "level"},),
    "another attribute": ({**TIER, "intercom_attribute_identifier": "custom_attributes.points"},),
    "extra": (TIER, {**TIER, "intercom_attribute_identifier": "custom_attributes.points",
                     "response_attribute_path": "points"}),
    "identity": (TIER, {**TIER, "intercom_attribute_identifier": "email",
                        "response_attribute_path": "email"}),
}  # fmt: skip


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_mapping_that_is_not_the_files_never_goes_live(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document, mapping: str
) -> None:
    """It is named, and nothing is sealed."""
    write(home, document)
    assert Exit.FINDINGS == work(PUBLISH).code
    key = find_connector(work)
    map_tier(intercom, key, *MAPPINGS[mapping])
    done = work(PUBLISH)
    assert Exit.FINDINGS == done.code, done
    assert "(abc12345): its draft there differs" in words(done)
    assert "draft" == intercom.get_connector(key)["state"]
    assert [] == work("live list --json").json["definitions"]
    map_tier(intercom, key, TIER)
    assert Exit.CLEAN == work(PUBLISH).code


def test_two_swapped_mappings_never_go_live(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """Both attributes are mapped, each from the path of the other."""
    document["attributes"]["level"] = {"data_type": "string", "messenger_writable": False}
    document["actions"]["loyalty"]["response"]["mapping"]["level"] = "$.level"
    write(home, document)
    assert Exit.FINDINGS == work(PUBLISH).code
    key = find_connector(work)
    level = {**TIER, "intercom_attribute_identifier": "custom_attributes.level"}
    swapped = {**TIER, "response_attribute_path": "level"}
    map_tier(intercom, key, level, swapped)
    assert Exit.FINDINGS == work(PUBLISH).code
    assert "draft" == intercom.get_connector(key)["state"]
    map_tier(intercom, key, TIER)  # one of the two
    assert Exit.FINDINGS == work(PUBLISH).code
    map_tier(intercom, key, TIER, {**level, "response_attribute_path": "level"})
    assert Exit.CLEAN == work(PUBLISH).code


EDITS: dict[str, Any] = {
    "name": "another name", "description": "Does something else.", "http_method": "post",
    "url": "https://api.test/v2/{{user_id}}", "body": '{"a": 1}',
    "headers": [{"name": "X-Other", "value": "1"}], "data_inputs": [],
    "audiences": ["leads"], "token_ids": ["99"], "customer_authentication": True,
    "bypass_authentication": True, "validate_missing_attributes": True, "direct_fin_usage": True,
    "object_mappings": [], "data_transformation_type": "code_block_transformation",
    "execution_type": "client_side",
}  # fmt: skip


def test_each_field_that_is_edited_there_makes_a_run_refuse(
    work: Work, intercom: WorkspaceServer, published: str
) -> None:
    """Whatever it is: nothing is written, the difference is named, and putting it back helps."""
    kept = intercom.get_connector(published)
    unnamed: list[Any] = []
    assert Exit.CLEAN == work(RUN).code
    for field, value in EDITS.items():
        if field not in kept:
            continue
        before = len(list_writes(intercom))
        intercom.edit_connector(published, **{field: value})
        done = work(RUN)
        assert Exit.NOTHING_DONE == done.code, (field, done)
        assert before == len(list_writes(intercom)), field
        assert "is not live at Intercom as it was published" in words(done)
        shown = work("live diff loyalty --exit-code")
        assert Exit.CHANGES == shown.code, field
        shown_as = "is not mapped" if field == "object_mappings" else field
        unnamed += [] if shown_as in words(done) else [(field, words(done))]
        intercom.edit_connector(published, **{field: kept[field]})
        assert Exit.CLEAN == work(RUN).code, field
    REPORT.append(f"edits of a live connector: {len(EDITS)} tried, 0 run")
    assert [] == unnamed


def test_a_connector_that_is_gone_paused_or_a_draft_makes_a_run_refuse(
    work: Work, intercom: WorkspaceServer, published: str
) -> None:
    """Each is told by its state."""
    intercom.edit_connector(published, state="paused")
    done = work(RUN)
    assert (Exit.NOTHING_DONE, True) == (done.code, '"paused", not live' in words(done))
    intercom.edit_connector(published, state="live")
    with Client(intercom) as client:
        path = f"/data_connectors/{published}"
        assert 200 == client.call("PATCH", path, {"state": "draft"}).status
        done = work(RUN)
        assert (Exit.NOTHING_DONE, True) == (done.code, "is not live" in words(done))
        assert 200 == client.call("DELETE", path).status
    done = work(RUN)
    assert (Exit.NOTHING_DONE, True) == (done.code, "was deleted" in words(done))


def test_files_that_say_something_else_do_not_run(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document, published: str
) -> None:
    """Also for many people; layout does not count; a draft is for test people only."""
    (home / "actions.yaml").write_text(json.dumps(document, indent=4))
    assert Exit.CLEAN == work(RUN).code
    document["actions"]["loyalty"]["response"]["mapping"]["tier"]["max_length"] = 21
    write(home, document)
    (home / "people.csv").write_text("user_id\nu-1\n")
    before = len(list_writes(intercom))
    for command in (RUN, "run loyalty --people people.csv --yes", "run loyalty --all --yes"):
        done = work(command)
        assert (Exit.NOTHING_DONE, True) == (done.code, "live diff loyalty" in words(done))
    done = work(f"{RUN} --draft")
    assert (Exit.MISUSE, True) == (done.code, "no test person" in words(done))
    done = work("run loyalty --people people.csv --draft --yes")
    assert (Exit.FINDINGS, True) == (done.code, "no test person" in words(done)), done
    assert before == len(list_writes(intercom))
    document["workspace"]["test_people"] = [{"user_id": "u-1"}]
    write(home, document)
    intercom.update_contact(find_ada(intercom), custom_attributes={"tier": "silver"})
    assert Exit.CLEAN == work(f"{RUN} --draft").code
    assert published


def find_ada(intercom: WorkspaceServer) -> str:
    with Client(intercom) as client:
        query = {"field": "external_id", "operator": "=", "value": "u-1"}
        found = client.call("POST", "/contacts/search", {"query": query})
    return str(found.content["data"][0]["id"])


def test_a_rollback_restores_the_connector(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document, published: str
) -> None:
    """What is live, and what runs, is the earlier version."""
    old = intercom.get_connector(published)
    document["actions"]["loyalty"]["description"] = "Another one."
    document["actions"]["loyalty"]["request"]["url"] += "/v2"
    write(home, document)
    assert Exit.CLEAN == work(PUBLISH).code
    assert old["url"] != intercom.get_connector(published)["url"]
    done = work("live rollback loyalty --yes")
    assert Exit.CLEAN == done.code, done
    restored = intercom.get_connector(published)
    assert (old["url"], old["description"]) == (restored["url"], restored["description"])
    assert Exit.NOTHING_DONE == work(RUN).code  # the file still has the later one
    (home / "actions.yaml").unlink()
    assert Exit.CLEAN == work(RUN).code  # the vault has the earlier one


def test_a_definition_does_not_run_in_another_workspace(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document, published: str
) -> None:
    """It says for which one it was published."""
    with WorkspaceServer(Settings(app_id="other123"), tls=True) as other:
        add_ada(other)
        document["workspace"]["url"] = other.url
        document["network"]["allow"].append(
            {"host": API, "address": "127.0.0.1", "port": other.port, "reason": "a test"}
        )
        write(home, document)
        done = work(RUN)
        assert Exit.NOTHING_DONE == done.code
        assert 'was published for the Intercom workspace "Example workspace" (abc12345)' in words(
            done
        )
        assert [] == list_writes(other)
    assert intercom.get_connector(published)


def test_descriptions_that_were_changed_later_stop_no_run(
    work: Work, home: Path, document: Document, published: str
) -> None:
    """They are no part of the definition; Intercom still has the old ones."""
    document["actions"]["loyalty"]["description"] = "Another text."
    document["actions"]["loyalty"]["data_inputs"][0]["description"] = "Another note."
    write(home, document)
    done = work(RUN)
    assert Exit.CLEAN == done.code, done
    assert published


def test_a_vault_that_fails_after_the_connector_went_live_is_no_nothing_written(
    work: Work,
    home: Path,
    document: Document,
    published: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last words say that Intercom may have the new one; the run refuses, and it goes on."""

    def fail(*_: object) -> object:
        raise StoreError("the disk is full")

    document["actions"]["loyalty"]["request"]["url"] += "/v2"
    write(home, document)
    with monkeypatch.context() as patched:
        patched.setattr(publication, "seal_definition", fail)
        done = work(PUBLISH)
    assert Exit.FINDINGS == done.code  # stopped after something was written
    assert "nothing was written" not in words(done)
    assert "What is sealed is the earlier version or the new one" in words(done)
    assert Exit.NOTHING_DONE == work(RUN).code
    assert Exit.CLEAN == work(PUBLISH).code
    assert Exit.CLEAN == work(RUN).code
    assert published


def test_a_definition_that_cannot_be_sealed_is_not_sent(
    work: Work, intercom: WorkspaceServer, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is measured before Intercom has it."""
    before = len(list_writes(intercom))
    monkeypatch.setattr(definitions, "_LONGEST", 100)
    done = work(PUBLISH)
    assert (Exit.NOTHING_DONE, True) == (done.code, "too long to be sealed" in words(done))
    assert before == len(list_writes(intercom))
    assert published


def test_a_rollback_does_not_reach_another_workspace(
    work: Work, intercom: WorkspaceServer, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token belongs to another one by now."""
    assert Exit.CLEAN == work(PUBLISH).code
    before = len(list_writes(intercom))
    monkeypatch.setattr(
        IntercomSession, "require_workspace_name", lambda _: WorkspaceName("intercom:other123")
    )
    done = work("live rollback loyalty --to 1 --yes")
    assert (Exit.NOTHING_DONE, True) == (done.code, "was published for the" in words(done)), done
    assert before == len(list_writes(intercom))
    assert published


@pytest.mark.parametrize("settings", [Settings(versions=True, default_version="2.17")])
def test_the_version_of_intercom_is_sealed_where_it_has_one(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """So that a reader finds it in the web page, too."""
    document["workspace"]["api_version"] = "2.17"
    write(home, document)
    assert Exit.FINDINGS == work(PUBLISH).code
    key = find_connector(work)
    map_tier(intercom, key, TIER)
    assert Exit.CLEAN == work(PUBLISH).code
    [live] = work("live list --json").json["definitions"]
    [version] = work("connectors versions loyalty --json").json["versions"]
    assert version["id"] == live["connector"]["revision"]
    assert f"version {version['id']}" in words(work("live show loyalty"))
