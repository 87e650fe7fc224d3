"""Each template becomes a valid action whose test replays, four commands from an empty folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions.cli.commands.new import SERVICES
from cactions.cli.exit_codes import Exit
from cactions.cli.shipped_files import list_templates, read_template
from cactions.logic.new_action.template_draft import ActionTemplate
from tests.cli.conftest import ROOT, Cli
from tests.run_report import REPORT

HOSTS = {
    "shopify": "acme.myshopify.com", "zendesk": "acme.zendesk.com",
    "salesforce": "acme.my.salesforce.com", "woocommerce": "shop.acme.org",
    "chargebee": "acme.chargebee.com", "freshdesk": "acme.freshdesk.com",
    "mailchimp": "us7.api.mailchimp.com",
}  # fmt: skip
"""The hosts that each customer of a service has; the others have one for everyone."""


@pytest.fixture
def empty(home: Path) -> Iterator[Path]:
    folder = home / "empty"
    folder.mkdir()
    os.chdir(folder)
    return folder


def add(cli: Cli, name: str, service: str, *more: str) -> None:
    host = ("--host", HOSTS[service]) if service in HOSTS else ()
    done = cli("new", name, "--template", service, *host, *more)
    assert Exit.CLEAN == done.code, done.err


def test_the_templates_are_those_that_are_named() -> None:
    """Ten of them, each with a recording; the wheel has the whole package."""
    assert list(SERVICES) == list_templates()
    assert len(SERVICES) == 10
    for service in SERVICES:
        template = ActionTemplate(service, *read_template(service))
        assert template.needs_host == (service in HOSTS)
        assert template.host in template.recording
    assert 'packages = ["cactions"]' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_four_commands_lead_to_a_preview(empty: Path, cli: Cli, service: str) -> None:
    """Of which each is shown by an earlier one: init, new, test, diff."""
    assert Exit.CLEAN == cli("init").code
    add(cli, "crm", service)
    tested = cli("test", "crm")
    assert (Exit.CLEAN, True) == (tested.code, "1 test: 1 ok." in tested.out)
    shown = cli("diff", "crm", "--person", "u-1", "--replay")
    assert (Exit.CLEAN, True) == (shown.code, "to add" in shown.out)
    found = cli("validate", "--json").json["findings"]
    weighty = {each["rule"] for each in found if each["severity"] != "info"}
    assert weighty <= {"CA206"}, "whether addresses are verified there, a person decides"
    REPORT.append(f"template {service}: init, new, test, diff")


def test_all_fit_into_one_project(empty: Path, cli: Cli) -> None:
    """Also twice: the token is declared once, and each attribute, too."""
    assert Exit.CLEAN == cli("init").code
    for service in SERVICES:
        add(cli, service, service)
        add(cli, f"{service}.2", service)
    done = cli("test")
    assert (Exit.CLEAN, True) == (done.code, "20 tests: 20 ok." in done.out)
    found = cli("validate", "--json").json["findings"]
    assert [] == [each for each in found if each["severity"] == "error"]


def test_another_host_has_a_token_of_its_own(empty: Path, cli: Cli) -> None:
    """A secret goes to the host for which it was sealed."""
    assert Exit.CLEAN == cli("init").code
    add(cli, "one", "zendesk")
    done = cli("new", "two", "--template", "zendesk", "--host", "other.zendesk.com", "--json")
    assert Exit.CLEAN == done.code
    assert "tokens: [two]" in Path("actions.two.yaml").read_text()
    names = {each["name"] for each in done.json["secrets"]}
    text = Path("actions.one.yaml").read_text()
    assert not [name for name in names if re.search(rf"secret: {name}\b", text)]
    assert Exit.CLEAN == cli("test").code


ERRORS = {
    ("--template", "strip"): 'did you mean "stripe"?',
    ("--template", "shopify"): "--host example.myshopify.com",
    ("--template", "shopify", "--host", "https://a.example"): "is no host name",
    ("--template", "shopify", "--host", "localhost"): "private network",
    ("--template", "stripe", "--from-answer", "x"): "is a whole action",
}


@pytest.mark.parametrize("words", ERRORS)
def test_an_error_makes_no_file(empty: Path, cli: Cli, words: tuple[str, ...]) -> None:
    """With the next step."""
    assert Exit.CLEAN == cli("init").code
    before = sorted(path.name for path in empty.rglob("*"))
    done = cli("new", "crm", *words)
    assert (Exit.MISUSE, before) == (done.code, sorted(path.name for path in empty.rglob("*")))
    assert ERRORS[words].lower() in " ".join(done.err.split()).lower()


def test_a_recording_that_is_there_is_kept(empty: Path, cli: Cli) -> None:
    """And nothing else is made."""
    assert Exit.CLEAN == cli("init").code
    Path("cassettes").mkdir()
    Path("cassettes/crm.json").write_text("mine")
    before = Path("actions.yaml").read_text()
    done = cli("new", "crm", "--template", "stripe")
    assert (Exit.MISUSE, "mine") == (done.code, Path("cassettes/crm.json").read_text())
    assert before == Path("actions.yaml").read_text()
    assert not Path("actions.crm.yaml").exists()
