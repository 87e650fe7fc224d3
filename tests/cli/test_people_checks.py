"""What is said of people whose values or keys do not fit: options, and capitals of addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

HEAD = "user_id,email,name,tier"


def flat(text: str) -> str:
    return " ".join(text.split())


def write_people(home: Path, *rows: str) -> None:
    (home / "people.csv").write_text("\n".join([HEAD, *rows, ""]))


def test_values_outside_the_options_are_said_and_taken(cli: Cli, home: Path) -> None:
    """With the person, the attribute and what there is: options may have been archived."""
    write_people(
        home, "u-11,a@x.example,A,gold", "u-12,b@x.example,B,platinum", "u-13,c@x.example,C,"
    )
    done = cli("people", "import", "people.csv")
    assert Exit.CLEAN == done.code
    assert ['Person 2: tier is "platinum", which is none of its options (silver, gold).'] == [
        flat(done.err)
    ]
    assert "platinum" in cli("people", "show", "u-12").out


def test_of_many_such_values_the_first_are_said(cli: Cli, home: Path) -> None:
    """And how many there are."""
    write_people(home, *(f"u-{n},{n}@x.example,N,t{n}" for n in range(10, 19)))
    done = cli("people", "import", "people.csv")
    assert 5 == done.err.count("none of its options")
    assert "… and 4 more values that are none of the options." in done.err


def test_a_redacted_value_is_not_said(cli: Cli, home: Path) -> None:
    """Nor is a control character."""
    path = home / "actions.yaml"
    text = path.read_text()
    path.write_text(text.replace("tier: {data_type", "tier: {redacted: true, data_type", 1))
    write_people(home, "u-11,a@x.example,A,hidden-1")
    done = cli("people", "import", "people.csv")
    assert "hidden-1" not in done.err
    assert "Person 1: tier is ••••••" in done.err
    path.write_text(text)
    write_people(home, "u-12,b@x.example,A,a\x1b[31m")
    assert "\x1b" not in cli("people", "import", "people.csv").err


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("ADA@example.com", "ada@example.com"),
        ("Ada@EXAMPLE.com", "ada@example.com"),
        ("mary@example.com", "Mary@example.com"),
    ],
)
@pytest.mark.parametrize("words", [("people", "show"), ("request", "loyalty", "--person")])
def test_an_address_in_other_capitals_is_named(
    cli: Cli, home: Path, words: tuple[str, ...], asked: str, known: str
) -> None:
    """Of the YAML and of the store; it finds no one, as the identity rules say."""
    write_people(home, "u-11,Mary@Example.com,Mary,gold")
    cli("people", "import", "people.csv")
    done = cli(*words, f"email={asked}")
    assert Exit.MISUSE == done.code
    assert f"Did you mean email {known}? Before the @, capitals count." in flat(done.err)
    assert Exit.CLEAN == cli(*words, f"email={known}").code


@pytest.mark.parametrize("asked", ["ad@example.com", "eda@example.com", "ada@example.org"])
def test_the_address_of_another_person_is_not_named(cli: Cli, asked: str) -> None:
    """However similar it is."""
    done = cli("people", "show", f"email={asked}")
    assert Exit.MISUSE == done.code
    assert "Did you mean" not in done.err
