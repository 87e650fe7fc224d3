"""How far a plan for many people can be trusted, as its user sees it, and when it is refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.cli import saved_plans
from cactions.cli.exit_codes import Exit
from cactions.edges.clock import SystemClock
from cactions.edges.store import run_folder
from cactions.logic import documents
from cactions.model import SNAPSHOT_FILE, Attribute, DataType, Snapshot
from tests.bulk.scene import build_document
from tests.bulk.shop import Shop, get_record, open_shop
from tests.cli.conftest import Say
from tests.fakes import FakeClock
from tests.intercom_projects import API, PUBLISH
from tests.projects import SECRET
from tests.servers import HOST
from tests.workspace import Settings, WorkspaceServer

PEOPLE = 12
DIFF = "diff loyalty --people people.csv --out plan --report report.json"
TAKE = "run loyalty --plan plan --yes"
ANSWERED = PEOPLE - 1  # the shop does not know one of them


@pytest.fixture
def settings() -> Settings:
    """Searches lag, as they do at Intercom."""
    return Settings(index_lag=30)


@pytest.fixture
def shop(intercom: WorkspaceServer) -> Iterator[Shop]:
    """The service that knows everyone; the tests trust one authority."""
    with open_shop() as shop:
        yield shop


@pytest.fixture
def user(say: Say, monkeypatch: pytest.MonkeyPatch, intercom: WorkspaceServer) -> Say:
    monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
    assert say("vault init --name ada").code == Exit.CLEAN
    for name, host, value in (
        ("intercom_token", API, intercom.token),
        ("shop_token", HOST, SECRET),
        ("other", HOST, f"{SECRET}-2"),
    ):
        assert say(f"vault seal {name} --host {host}", value).code == Exit.CLEAN
    return say


def build(shop: Shop) -> dict[str, Any]:
    """The project with a token for the shop."""
    document = build_document(shop, PEOPLE)
    document["tokens"] = {
        "shop": {
            "type": "text", "value": {"secret": "shop_token"}, "header": "X-Shop-Token",
            "hosts": [HOST],
        }
    }  # fmt: skip
    document["actions"]["loyalty"]["request"]["tokens"] = ["shop"]
    return document


def build_remote(shop: Shop, intercom: WorkspaceServer) -> dict[str, Any]:
    document = build(shop)
    document["network"]["allow"].append(
        {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
    )
    document["workspace"] = {
        "kind": "intercom", "url": intercom.url, "identity_verification": "jwt",
        "token": {"secret": "intercom_token"},
    }  # fmt: skip
    for name, kind in (("tier", "string"), ("coupon", "string"), ("points", "integer")):
        intercom.add_attribute(name, kind)
    return document


def write_home(home: Path, document: dict[str, Any]) -> None:
    (home / "actions.yaml").write_text(json.dumps(document))
    (home / "people.csv").write_text("user_id\n" + "".join(f"u-{n}\n" for n in range(PEOPLE)))


def write_snapshot(home: Path, **changed: Attribute) -> None:
    names = {"tier": DataType.STRING, "coupon": DataType.STRING, "points": DataType.INTEGER}
    attributes = {
        name: Attribute(name, kind, messenger_writable=False) for name, kind in names.items()
    }
    snapshot = Snapshot(SNAPSHOT_FILE, SystemClock().get_time(), {**attributes, **changed})
    (home / SNAPSHOT_FILE).write_text(json.dumps(documents.snapshot_to_json(snapshot)))


# How old the old values are


@pytest.mark.parametrize("fresh", [False, True])
def test_a_fresh_plan_has_what_people_have_now(
    user: Say, home: Path, intercom: WorkspaceServer, shop: Shop, *, fresh: bool
) -> None:
    """Each takes one call by id; without --fresh, the search shows them as they were."""
    write_home(home, build_remote(shop, intercom))
    for number in range(PEOPLE):
        email = str(get_record(number)["email"])
        attributes = {"tier": "silver"}
        key = intercom.add_contact(
            external_id=f"u-{number}", email=email, role="user", custom_attributes=attributes
        )
        intercom.update_contact(key, custom_attributes={"tier": "bronze"})
    intercom.log.clear()
    done = user(DIFF + " --fresh" * fresh)
    assert Exit.FINDINGS == done.code, done.err  # the shop does not know one of them
    by_id = [line.path for line in intercom.log if line.path.startswith("/contacts/")]
    by_id = [path for path in by_id if path != "/contacts/search"]
    assert (PEOPLE if fresh else 0) == len(by_id) == len({*by_id})
    report = json.loads((home / "report.json").read_text())
    plans = [entry["plan"] for entry in report["entries"]]
    before = {c["before"] for p in plans for c in p["changes"] if c["attribute"] == "tier"}
    assert Exit.CLEAN == user(PUBLISH).code
    assert {"bronze" if fresh else "silver"} == before
    expected = (0, ANSWERED) if fresh else (ANSWERED, 0)
    assert expected == (report["summary"]["from_search"], report["summary"]["from_reading"])
    assert expected[0] == sum(p.get("from_search", False) for p in plans)
    line = f"read while planning ({ANSWERED})"
    assert (line if fresh else f"read by search, up to two minutes old ({ANSWERED})") in done.out
    assert "A person who changed since then is a conflict, and is left alone." in done.out
    taken = user(TAKE)
    expected = f"{ANSWERED} applied" if fresh else f"{ANSWERED - 1} conflict"
    assert expected in taken.out, taken.out  # of one person, the tier is left alone anyway


def test_fresh_changes_nothing_in_a_local_workspace(user: Say, home: Path, shop: Shop) -> None:
    """It is no error either; of a saved plan it is one. Only the next command has it too."""
    write_home(home, build(shop))
    plain, fresh = (user(DIFF.replace("--out plan", "") + more) for more in ("", " --fresh"))
    assert (plain.code, plain.err) == (fresh.code, fresh.err)
    assert plain.out.split() == fresh.out.replace(" --fresh", "").split()
    assert Exit.MISUSE == user("run loyalty --plan plan --yes --fresh").code


@pytest.mark.parametrize("ending", ["md", "html", "csv", "json"])
def test_a_plan_that_is_taken_later_says_how_old_it_is(
    user: Say, home: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """In hours and minutes; a report also names the time."""
    write_home(home, build(shop))
    shown = user(f"{DIFF}")
    assert "planned" not in shown.out.split("Old values")[1].split("By attribute")[0]
    now = SystemClock().get_time() + 3 * 3600 + 7 * 60
    monkeypatch.setattr(saved_plans, "SystemClock", lambda: FakeClock(now))
    option = "html" if ending == "html" else "report"
    taken = user(f"{TAKE} --{option} later.{ending}")
    assert "planned 3 h 07 min ago. A person who changed since then is a conflict" in " ".join(
        taken.out.split()
    )
    report = (home / f"later.{ending}").read_text()
    planned = json.loads((home / "report.json").read_text())["summary"]["planned"]
    assert abs(now - 3 * 3600 - 7 * 60 - planned) < 60
    if ending == "json":
        assert abs(json.loads(report)["summary"]["age"] - 3 * 3600 - 7 * 60) < 60
    elif ending == "csv":
        assert ANSWERED == report.count('"read while planning","20')
    else:
        assert "UTC, 3 h 07 min before this report" in report


# What a plan rests on


def change_definition(home: Path, user: Say) -> str:
    document = json.loads((home / "actions.yaml").read_text())
    document["actions"]["loyalty"]["response"]["mapping"]["points"] = "$.score"
    (home / "actions.yaml").write_text(json.dumps(document))
    return 'the definition of the action "loyalty" has changed since the plan'


def change_snapshot(home: Path, user: Say) -> str:
    write_snapshot(home, tier=Attribute("tier", DataType.STRING, ("gold",)))
    return 'the attribute "tier" has changed since the plan'


def rotate_secret(home: Path, user: Say) -> str:
    """The same value is sealed anew: the version counts."""
    assert user("vault rotate shop_token", SECRET).code == Exit.CLEAN
    return 'the secret "shop_token" has changed since the plan'


def change_layout(home: Path, user: Say) -> str:
    document = json.loads((home / "actions.yaml").read_text())
    action = document["actions"]["loyalty"]
    mapping = action["response"]["mapping"]
    action["response"]["mapping"] = {name: mapping[name] for name in reversed([*mapping])}
    turned = {key: document[key] for key in reversed([*document])}
    text = json.dumps(turned, indent=3).replace(",\n", ",  # why\n\n")
    (home / "actions.yaml").write_text(f"# a comment\n\n{text}")
    return ""


def change_others(home: Path, user: Say) -> str:
    write_snapshot(home, other=Attribute("other", DataType.DATE))
    assert user("vault rotate other", "another value").code == Exit.CLEAN
    document = json.loads((home / "actions.yaml").read_text())
    other = copy.deepcopy(document["actions"]["loyalty"])
    document["actions"]["second"] = other
    (home / "actions.yaml").write_text(json.dumps(document))
    return ""


@pytest.mark.parametrize(
    "change", [change_definition, change_snapshot, rotate_secret, change_layout, change_others]
)
def test_a_stale_plan_is_refused_with_what_has_changed(
    user: Say, home: Path, shop: Shop, change: Callable[[Path, Say], str]
) -> None:
    """Nothing is written then, and the plan can be made again; what does not matter is taken."""
    write_home(home, build(shop))
    write_snapshot(home)
    assert Exit.FINDINGS == user(DIFF).code
    plan = (home / "plan").read_bytes()
    assert SECRET.encode() not in plan
    reason = change(home, user)
    done = user(TAKE)
    if not reason:
        assert f"{ANSWERED - 1} applied" in done.out, done.out + done.err
        return
    assert Exit.MISUSE == done.code
    assert reason in " ".join(done.err.split()).replace("The ", "the ")
    again = "Make it again: `cactions diff loyalty --people FILE --out PLAN`"
    assert again in " ".join(done.err.split())
    assert "applied" not in done.out
    assert "No runs" in user("runs list").out
    assert plan == (home / "plan").read_bytes()
    assert Exit.FINDINGS == user(DIFF).code
    assert "applied" in user(TAKE).out


@pytest.mark.parametrize(
    "change", [change_definition, change_snapshot, rotate_secret, change_layout]
)
def test_a_planning_that_was_cut_off_goes_on_with_what_it_began_with(
    user: Say,
    home: Path,
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path, Say], str],
) -> None:
    """One plan never mixes answers of two definitions, or of two accounts."""
    write_home(home, build(shop))
    write_snapshot(home)
    with monkeypatch.context() as broken:
        broken.setattr("cactions.app.row_planner.gather_evidence", interrupt)
        assert Exit.INTERRUPTED == user("run loyalty --people people.csv --yes").code
    reason = change(home, user)
    sent = shop.asked.total()
    done = user("runs resume last --yes")
    if not reason:
        assert f"{ANSWERED - 1} applied" in done.out, done.out + done.err
        return
    assert Exit.MISUSE == done.code, done.out + done.err
    assert reason in " ".join(done.err.split()).replace("The ", "the ")
    assert sent == shop.asked.total()


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


# The disk


@pytest.mark.parametrize("command", ["diff", "run"])
def test_a_disk_that_is_too_small_is_said_before_anyone_is_asked(
    user: Say, home: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """A diff looks at the folder of temporary files; no run is left behind."""
    write_home(home, build(shop))
    usage = run_folder.shutil.disk_usage(home)
    folders: list[str] = []

    def get_usage(folder: Path) -> Any:
        folders.append(str(folder))
        return usage._replace(free=20_000)

    monkeypatch.setattr(run_folder.shutil, "disk_usage", get_usage)
    shop.forget()
    done = user(f"{command} loyalty --people people.csv" + " --yes" * (command == "run"))
    assert Exit.NOTHING_DONE == done.code
    said = " ".join(done.err.split()).replace("The ", "the ")
    assert "the plans of 12 people take about" in said
    assert "has 20 kB left; no call was made and nothing was written" in said
    assert "Requests were sent" not in said
    assert 0 == shop.asked.total()
    [folder] = folders
    assert (command == "run") == (folder == ".cactions/runs")
    assert "No runs" in user("runs list").out
