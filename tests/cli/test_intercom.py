"""The commands on a workspace at Intercom: real HTTP, a sealed token, a real third party."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.logic.intercom.connection_check import list_cautions
from cactions.model import (
    IdentityVerification,
    IntercomConnection,
    Region,
    Workspace,
    WorkspaceIdentity,
)
from tests.cli.conftest import Work, list_writes
from tests.cli.test_help import AT_INTERCOM, helped
from tests.intercom_projects import add_ada, remote_project
from tests.projects import write
from tests.servers import Server
from tests.workspace import Settings, WorkspaceServer

DIFF = "diff loyalty --person u-1"
RUN = "run loyalty --person u-1 --draft --yes"


@pytest.fixture
def settings() -> Settings:
    """Searches lag, as they do at Intercom."""
    return Settings(index_lag=30)


def test_a_diff_shows_what_the_person_has_at_intercom(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """Nothing is written; the access token is in no output."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    done = work(DIFF)
    assert (Exit.CLEAN, []) == (done.code, list_writes(intercom)), done
    assert "silver → gold" in done.out
    assert intercom.token not in done.out + done.err


def test_a_run_writes_the_changed_attribute_only_and_an_undo_restores_it(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """One PUT each; other attributes are neither sent nor lost."""
    intercom.add_attribute("plan")
    key = add_ada(intercom)
    intercom.update_contact(key, custom_attributes={"plan": "pro"})
    write(home, remote_project(shop, intercom))
    assert Exit.CLEAN == work(RUN).code
    assert {"tier": "gold", "plan": "pro"} == intercom.get_contact(key)["custom_attributes"]
    [put] = [line for line in intercom.log if line.wrote]
    assert {"custom_attributes": {"tier": "gold"}} == json.loads(put.body)
    assert Exit.CLEAN == work("runs undo last --yes").code
    assert {"tier": "silver", "plan": "pro"} == intercom.get_contact(key)["custom_attributes"]
    assert 2 == len(list_writes(intercom))


def test_a_second_run_writes_nothing_while_the_index_is_old(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """The person is read by id: the search index still has the old value."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    by_mail = "run loyalty --person email=ada@example.com --draft --yes"
    assert Exit.CLEAN == work(by_mail).code
    assert Exit.CLEAN == work(by_mail).code
    assert 1 == len(list_writes(intercom))


WRITING = (RUN, "runs undo last --yes", "runs resume last --yes")
READING = ("people show user_id=u-1", "connectors list", "attributes diff", "audit")


def test_people_of_a_workspace_that_cannot_be_identified_are_not_written(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """A run without its workspace could be undone in another one; reading works all the same."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    assert Exit.CLEAN == work("attributes pull").code
    assert Exit.CLEAN == work(RUN).code
    written = list_writes(intercom)
    intercom.fail("GET", "/me", status=200, body={"app": {"name": "Acme"}}, times=None)
    for command in WRITING:
        done = work(command)
        assert (Exit.NOTHING_DONE, written) == (done.code, list_writes(intercom)), done
        assert "does not tell the id of the workspace" in " ".join(done.err.split())
        assert "cactions doctor" in done.err
    for command in (DIFF, *READING):
        done = work(command)
        assert done.code in (Exit.CLEAN, Exit.FINDINGS), (command, done)
    assert "no run can write people there" in " ".join(work("doctor").out.split())
    assert written == list_writes(intercom)


def test_a_value_that_is_not_valid_unicode_is_shown_and_not_overwritten(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """Its attribute is refused by name; the person is readable, and the message is true."""
    key = add_ada(intercom)
    write(home, remote_project(shop, intercom))
    document = {**intercom.get_contact(key), "name": "Ada\ud800"}
    document["custom_attributes"] = {"tier": "sil\udfffver"}
    body = json.dumps(document).encode()
    intercom.fail("GET", f"/contacts/{key}", status=200, body=body, times=None)
    intercom.fail("GET", "/contacts/find_by*", status=200, body=body, times=None)
    shown = work("people show user_id=u-1")
    assert (Exit.CLEAN, True) == (shown.code, r"sil\udfffver" in shown.out), shown
    assert r"sil\\udfffver" in work("people show user_id=u-1 --json").out
    for command in (DIFF, RUN):
        done = work(command)
        assert Exit.FINDINGS == done.code, done
        assert "refused" in done.out
        assert "the current value is not valid Unicode" in " ".join(done.out.split())
    assert [] == list_writes(intercom)
    assert Exit.CLEAN == work("people pull").code
    assert "sil" not in (home / "people.lock.json").read_text()


def test_a_run_of_another_workspace_is_not_undone_here(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """A run says in which workspace it was made."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    assert Exit.CLEAN == work(RUN).code
    with WorkspaceServer(Settings(app_id="other"), tls=True) as other:
        add_ada(other, "gold")
        write(home, remote_project(shop, other))
        done = work("runs undo last --yes")
    assert Exit.MISUSE == done.code
    assert 'was made in the Intercom workspace "Example workspace" (abc12345)' in " ".join(
        done.err.split()
    )


def test_a_replayed_diff_sends_nothing(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """Also not to Intercom: its people are those that were pulled, whatever the file says."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    missing = work(f"{DIFF} --replay")
    assert "cactions people pull" in " ".join(missing.err.split())
    assert Exit.CLEAN == work("people pull").code
    assert Exit.CLEAN == work("test loyalty --record --yes").code
    sent = len(intercom.log), len(shop.received)
    done = work(f"{DIFF} --replay")
    assert (Exit.CLEAN, sent) == (done.code, (len(intercom.log), len(shop.received))), done
    assert "silver → gold" in done.out
    assert "A recorded response is not written to Intercom." in " ".join(done.out.split())
    assert "cactions run" not in done.out


def test_a_recording_is_never_written_to_intercom(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """A diff may use one; a run may not."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    done = work(f"{RUN} --replay")
    assert (Exit.MISUSE, []) == (done.code, list_writes(intercom))


@pytest.mark.parametrize(
    ("attribute", "words"),
    [
        ({}, 'the workspace has no attribute "tier"'),
        ({"archived": True}, 'the attribute "tier" is archived'),
        ({"api_writable": False}, 'the attribute "tier" cannot be written by the API'),
        ({"data_type": "integer"}, "is integer in the workspace"),
    ],
)
def test_an_attribute_that_does_not_fit_is_named_before_anything_is_sent(  # noqa: PLR0913, PLR0917
    work: Work,
    home: Path,
    intercom: WorkspaceServer,
    shop: Server,
    attribute: dict[str, object],
    words: str,
) -> None:
    """Intercom would refuse each person anew, or keep the value nowhere."""
    if attribute:
        intercom.add_attribute("tier", **attribute)
    intercom.add_contact(external_id="u-1", email="ada@example.com", role="user")
    write(home, remote_project(shop, intercom))
    done = work(RUN)
    assert (Exit.NOTHING_DONE, []) == (done.code, shop.received)
    assert words in " ".join(done.err.split())


def test_options_of_the_workspace_are_checked_here(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """Intercom does not check them reliably."""
    intercom.add_attribute("tier", options=("silver", "bronze"))
    intercom.add_contact(
        external_id="u-1", email="ada@example.com", role="user",
        custom_attributes={"tier": "silver"},
    )  # fmt: skip
    write(home, remote_project(shop, intercom))
    done = work(RUN)
    assert (Exit.FINDINGS, []) == (done.code, list_writes(intercom))
    assert "not an option of this attribute" in " ".join(done.out.split()), done.out


def test_a_workspace_that_is_not_as_the_file_says_is_named() -> None:
    """Intercom does not refuse a wrong region, and the leak analysis believes the file."""
    claimed = Workspace(IdentityVerification.JWT, intercom=IntercomConnection(region=Region.US))
    there = WorkspaceIdentity("abc", region="eu", version="2.14", identity_verification=False)
    region, version, verification = list_cautions(claimed, there)
    assert "region: eu" in region
    assert "2.14" in version
    assert "too mild" in verification
    here = WorkspaceIdentity("abc", region="us", version="2.16", identity_verification=True)
    assert () == list_cautions(claimed, here)
    assert () == list_cautions(claimed, WorkspaceIdentity("abc"))


def test_every_run_names_what_is_not_as_the_file_says(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """On stderr, once, before anything is asked."""
    with WorkspaceServer(Settings(identity_verification=False), tls=True) as open_to_all:
        add_ada(open_to_all)
        write(home, remote_project(shop, open_to_all))
        done = work(RUN)
        diff = work(DIFF)
    assert 1 == " ".join(done.err.split()).count("the leak analysis is too mild")
    assert "the leak analysis is too mild" in " ".join(diff.err.split())


def test_doctor_says_what_the_token_may_do(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """Workspace, permissions, snapshot and rate limit; nothing is written."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    done = work("doctor")
    text = " ".join(done.out.split())
    for words in (
        "Example workspace, id abc12345, region us, API 2.16",
        "read attributes: granted", "read people: granted", "read data connectors: granted",
        "write people: not tested", "Attribute snapshot: there is none", "1,666 calls in 10 s",
    ):  # fmt: skip
        assert words in text, done.out
    assert [] == list_writes(intercom)


@pytest.mark.parametrize(
    "command", sorted(each for each in AT_INTERCOM if each[0] != "connectors"), ids=" ".join
)
def test_every_example_of_a_help_text_runs(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server, command: tuple[str, ...]
) -> None:
    """The commands that need a workspace; those of connectors are in ``test_connectors``."""
    found = re.search(r"Example: (cactions .*?)(?= >| Arguments| Options|$)", helped(*command))
    assert found, "there is no example"
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    assert Exit.CLEAN == work("attributes pull").code
    done = work(found[1].removeprefix("cactions ").replace(" --exit-code", ""))
    assert Exit.CLEAN == done.code, done


def test_doctor_names_a_missing_permission_and_a_wrong_token(
    work: Work, home: Path, shop: Server
) -> None:
    """With what does not work without it, and the next step."""
    with WorkspaceServer(Settings(scopes=()), tls=True) as server:
        write(home, remote_project(shop, server))
        text = " ".join(work("doctor").out.split())
    assert "read people: not granted: no person can be found" in text
    with WorkspaceServer(Settings(token="another-token-0123"), tls=True) as server:
        write(home, remote_project(shop, server))
        done = work("doctor")
    assert Exit.FINDINGS == done.code
    assert "the access token was not accepted" in " ".join(done.out.split())


def test_pulled_attributes_are_checked_without_a_network(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """The snapshot gives types and writability; a later difference is shown, the risk marked."""
    document = remote_project(shop, intercom)
    del document["attributes"]
    tier = intercom.add_attribute("tier", messenger_writable=False)
    intercom.add_attribute("odd", data_type="datetime")
    write(home, document)
    done = work("attributes pull")
    assert Exit.CLEAN == done.code, done
    assert "odd" in done.out
    assert Exit.CLEAN == work("validate").code
    assert "No differences" in work("attributes diff --exit-code").out
    intercom.edit_attribute(tier, messenger_writable=True)
    changed = work("attributes diff --exit-code")
    assert Exit.CHANGES == changed.code
    assert "messenger_writable" in changed.out


def test_pulled_people_let_tests_run_without_a_network(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """Test people only; the file is readable as a people file."""
    add_ada(intercom)
    intercom.add_contact(external_id="u-2", email="bob@example.com", role="user")
    write(home, remote_project(shop, intercom))
    assert Exit.CLEAN == work("people pull").code
    [ada] = json.loads((home / "people.lock.json").read_text())
    assert ("u-1", True, {"tier": "silver"}) == (ada["user_id"], ada["test"], ada["attributes"])
    done = work("test --live")
    assert (Exit.CLEAN, []) == (done.code, list_writes(intercom)), done


def test_a_broken_action_does_not_keep_a_run_from_being_undone(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """The workspace of the files is known, whatever else is wrong in them."""
    key = add_ada(intercom)
    document = remote_project(shop, intercom)
    write(home, document)
    assert Exit.CLEAN == work(RUN).code
    document["actions"]["loyalty"]["match"] = "name"
    write(home, document)
    assert Exit.NOTHING_DONE == work(RUN).code
    assert Exit.CLEAN == work("runs undo last --yes").code
    assert {"tier": "silver"} == intercom.get_contact(key)["custom_attributes"]


def test_an_address_as_a_user_id_is_suggested_as_an_address(
    work: Work, home: Path, intercom: WorkspaceServer, shop: Server
) -> None:
    """The usual mistake of the first minute."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    done = work("diff loyalty --person ada@example.com")
    assert "Did you mean `email=ada@example.com`?" in " ".join(done.err.split())
