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
    assert ['Line 3: tier is "platinum", which is none of its options (silver, gold).'] == [
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
    assert "Line 2: tier is ••••••" in done.err
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


# The people of the YAML, after a run has stored them

RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")
EDITED = "The YAML was edited after a run: what it says of Ada Lovelace has no effect"
READING = (
    ("diff", "loyalty", "--person", "u-1", "--replay"), ("people", "list"),
    ("people", "show", "u-1"), ("diff", "loyalty", "--all", "--replay"),
)  # fmt: skip


def edit_yaml(home: Path, old: str, new: str) -> None:
    path = home / "actions.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


@pytest.mark.parametrize("words", READING)
def test_an_edit_after_a_run_is_said_to_have_no_effect(
    cli: Cli, home: Path, words: tuple[str, ...]
) -> None:
    """Of those whom a run has stored; of others the YAML counts."""
    assert Exit.CLEAN == cli(*RUN).code
    assert "edited after a run" not in cli(*words).err
    edit_yaml(home, "coupon: SPRING24", "coupon: AUTUMN25")
    edit_yaml(home, "name: Alan Turing", "name: Alan M. Turing")
    done = cli(*words)
    assert 1 == flat(done.err).count(EDITED)
    assert "Alan" not in done.err
    edit_yaml(home, "coupon: AUTUMN25", "coupon: SPRING24")
    assert "edited after a run" not in cli(*words).err


def test_an_edit_before_their_first_run_counts(cli: Cli, home: Path) -> None:
    """Also where another person was stored before."""
    cli(*RUN)
    edit_yaml(home, "attributes: {tier: silver, loyalty_points: 310}", "attributes: {}")
    assert Exit.FINDINGS == cli("run", "loyalty", "--person", "u-2", "--replay", "--yes").code
    assert "edited after a run" not in cli("people", "list").err
    edit_yaml(home, "name: Grace Hopper", "name: Grace B. Hopper")
    assert "what it says of Grace B. Hopper has no effect" in flat(cli("people", "list").err)


def test_the_advice_takes_the_yaml_again(cli: Cli, home: Path) -> None:
    """Without the store, nothing is said, and the edit counts."""
    cli(*RUN)
    edit_yaml(home, "tier: silver\n", "tier: gold\n")
    assert EDITED in flat(cli("people", "list").err)
    (home / ".cactions" / "people.db").unlink()
    done = cli("people", "show", "u-1")
    assert "edited after a run" not in done.err
    assert "gold" in done.out


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', "\x00" * 50])
def test_a_damaged_note_decides_nothing(cli: Cli, home: Path, text: str) -> None:
    """It is written anew with the next run."""
    cli(*RUN)
    (home / ".cactions" / "seeds.json").write_text(text)
    edit_yaml(home, "tier: silver\n", "tier: gold\n")
    assert Exit.CLEAN == cli("people", "list").code
    assert Exit.CLEAN == cli(*RUN).code
    assert 0o600 == (home / ".cactions" / "seeds.json").stat().st_mode & 0o777


def test_the_note_holds_digests_alone(cli: Cli, home: Path) -> None:
    """No name and no value."""
    cli(*RUN)
    assert "Ada" not in (home / ".cactions" / "seeds.json").read_text()
    assert "SPRING24" not in (home / ".cactions" / "seeds.json").read_text()
