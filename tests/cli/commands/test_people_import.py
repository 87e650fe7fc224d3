"""``people import``: files of other systems as they are, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

EXPORT = (
    "Name,Email,Phone,User ID,First Seen (AEDT),Signed up (AEDT),Last seen (AEDT),Web sessions,"
    "Country,Unsubscribed from Emails,tier,member_since (AEDT)\r\n"
    'Mary,mary@x.example,,u-31,2016-05-12 02:09:07,2016-05-12 02:09:08,,150,"Ghana",false,gold,'
    "2018-01-30 23:51:00 UTC\r\n"
)
"""As Intercom exports a list of people: its labels, the clocks of the workspace, own attributes."""
IMPORT = ("people", "import", "people.csv")


def flat(text: str) -> str:
    return " ".join(text.split())


def show(cli: Cli, person: str) -> str:
    return flat(cli("people", "show", person).out)


@pytest.fixture(autouse=True)
def a_date(home: Path) -> None:
    """The example with a date as an attribute."""
    path = home / "actions.yaml"
    text = path.read_text()
    assert "\nattributes:\n" in text
    path.write_text(
        text.replace("\nattributes:\n", "\nattributes:\n  joined_at: {data_type: date}\n", 1)
    )
    (home / "people.csv").write_text(EXPORT.replace("member_since", "joined_at"), newline="")


def test_an_export_of_intercom_is_read_as_it_is(cli: Cli) -> None:
    """With the zone of its clocks; what is left out is named."""
    done = cli(*IMPORT, "--skip-unknown", "--zone", "Australia/Sydney")
    assert Exit.CLEAN == done.code
    assert "First Seen (AEDT) is created_at, Signed up (AEDT) is signed_up_at" in flat(done.err)
    assert "Left out: Web sessions, Country." in flat(done.err)
    text = show(cli, "u-31")
    for part in (
        "signed_up_at 2016-05-11T16:09:08Z", "created_at 2016-05-11T16:09:07Z", "tier gold",
        "joined_at 2018-01-30T23:51:00Z", "unsubscribed_from_emails false",
    ):  # fmt: skip
        assert part in text


def test_the_json_names_columns_too(cli: Cli) -> None:
    """Those that were renamed, and those that were left out."""
    done = cli(*IMPORT, "--skip-unknown", "--zone", "Australia/Sydney", "--json")
    assert ["Web sessions", "Country"] == done.json["skipped"]
    assert "attributes.joined_at" == done.json["columns"]["joined_at (AEDT)"]
    assert "Email" not in done.json["columns"]
    assert (1, []) == (done.json["people"], done.json["notes"])


def test_without_the_options_nothing_is_guessed(cli: Cli, home: Path) -> None:
    """Each column that is unknown, and each date without a zone, is told with the option."""
    done = cli(*IMPORT)
    assert Exit.NOTHING_DONE == done.code
    assert 2 == flat(done.err).count("leave out such columns: --skip-unknown")
    done = cli(*IMPORT, "--skip-unknown")
    assert 2 == flat(done.err).count("say the zone of all: --zone Europe/Berlin")
    path = home / "people.csv"
    path.write_text(path.read_text().replace("(AEDT)", "(UTC)"))
    assert Exit.CLEAN == cli(*IMPORT, "--skip-unknown").code
    assert "signed_up_at 2016-05-12T02:09:08Z" in show(cli, "u-31")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_form_of_a_spreadsheet_is_read(
    cli: Cli, home: Path, separator: str, encoding: str
) -> None:
    """Its separators, and its marks at the start."""
    rows = [("User ID", "E-Mail", "Loyalty Points", ""), ("u-41", "zoë@x.example", "12", "x")]
    text = "\r\n".join(separator.join(row) for row in rows)
    (home / "people.csv").write_text(text, encoding=encoding, newline="")
    assert Exit.CLEAN == cli(*IMPORT, "--skip-unknown").code
    assert "loyalty_points 12" in show(cli, "u-41")


def test_a_column_is_what_the_import_is_told(cli: Cli, home: Path) -> None:
    """By its name in the file, with signs of its own; and nothing leaves it out."""
    (home / "people.csv").write_text('"a=b, no.",email,Email,x\nu-51,a@x.example,b@x.example,3\n')
    done = cli(*IMPORT)
    assert "email is a column already" in flat(done.err)
    maps = (
        "--map",
        "a=b, no.=user_id",
        "--map",
        "email=",
        "--map",
        "x=custom_attributes.loyalty_points",
    )
    done = cli(*IMPORT, *maps)
    assert Exit.CLEAN == done.code
    assert "Left out: email." in done.err
    text = show(cli, "u-51")
    assert "email b@x.example" in text
    assert "loyalty_points 3" in text


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
@pytest.mark.parametrize(
    ("maps", "word"),
    [
        (("Tier=teir",), 'Did you mean "tier"?'),
        (("Nothing=tier",), 'names the column "Nothing", which the file does not have'),
        (("tier",), "is not COLUMN=NAME"),
        (("=tier",), "is not COLUMN=NAME"),
    ],
)  # fmt: skip
def test_a_wrong_map_imports_no_one(
    cli: Cli, home: Path, form: str, maps: tuple[str, ...], word: str
) -> None:
    """In each format."""
    texts = {
        "csv": "user_id,Tier\nu-61,gold\n",
        "jsonl": '{"user_id": "u-61", "Tier": "gold"}',
        "json": '[{"user_id": "u-61", "Tier": "gold"}]',
    }
    (home / f"people.{form}").write_text(texts[form])
    options = [part for text in maps for part in ("--map", text)]
    done = cli("people", "import", f"people.{form}", *options)
    assert Exit.MISUSE == done.code
    assert word in flat(done.err)
    assert Exit.MISUSE == cli("people", "show", "u-61").code
    assert Exit.CLEAN == cli("people", "import", f"people.{form}", "--map", "Tier=tier").code
    assert "tier gold" in show(cli, "u-61")


def test_addresses_in_other_capitals_are_said(cli: Cli, home: Path) -> None:
    """Of a person in the action file, of one who was stored before, and of another row."""
    path = home / "people.csv"
    path.write_text("user_id,email\nu-51,bob@x.example\n")
    assert [] == cli(*IMPORT, "--json").json["notes"]
    path.write_text(
        "user_id,email\nu-61,Ada@example.com\nu-62,Bob@x.example\nu-63,Eve@x.example\n"
        "u-64,eve@x.example\nu-65,Zoe@x.example\n"
    )
    words = "of another person differ in capitals only."
    assert [
        f'Line 2: email "Ada@example.com" and "ada@example.com" {words}',
        f'Line 3: email "Bob@x.example" and "bob@x.example" {words}',
        f'Line 4: email "Eve@x.example" and "eve@x.example" {words}',
    ] == cli(*IMPORT, "--json").json["notes"]
    path.write_text("user_id,email\nu-65,zoe@x.example\n")
    assert [] == cli(*IMPORT, "--json", "--update").json["notes"], "their own other spelling"


def test_members_of_json_are_skipped_by_the_same_rules(cli: Cli, home: Path) -> None:
    """Also inside of attributes, which stay an object."""
    path = home / "people.jsonl"
    path.write_text('{"User ID": "u-71", "x": {"y": 1}, "attributes": {"tier": "gold", "z": 1}}\n')
    done = cli("people", "import", "people.jsonl", "--skip-unknown")
    assert "Left out: x, attributes.z." in flat(done.err)
    assert "tier gold" in show(cli, "u-71")
    path.write_text('{"user_id": "u-72", "attributes": 5}\n')
    done = cli("people", "import", "people.jsonl", "--skip-unknown")
    assert Exit.NOTHING_DONE == done.code
    assert "attributes must be an object" in done.err


def test_a_cut_identifier_imports_no_one(cli: Cli, home: Path) -> None:
    """The number of a person is lost in it; a cut text is said."""
    path = home / "people.csv"
    path.write_text("user_id,phone\nu-81,4.47912E+11\n1.23457E+17,\n")
    done = cli(*IMPORT)
    assert Exit.NOTHING_DONE == done.code
    assert "people.csv:3:1: error CA011 invalid-person: user_id is a number that a spreadsheet" in (
        flat(done.err)
    )
    path.write_text("user_id,phone,email\nu-81,4.47912E+11,ADA@example.com\n")
    done = cli(*IMPORT)
    assert Exit.CLEAN == done.code
    assert 'Line 2: phone is "4.47912E+11", a number that a spreadsheet has cut.' in flat(done.err)
    assert 'email "ADA@example.com" and "ada@example.com" of another person' in flat(done.err)


@pytest.mark.parametrize("zone", ["AEDT", "Nowhere/City", "../etc", "+25:00"])
def test_a_zone_that_is_none_is_refused(cli: Cli, zone: str) -> None:
    """Before anything is read."""
    done = cli("people", "import", "missing.csv", "--zone", zone)
    assert Exit.MISUSE == done.code
    assert "is no time zone" in done.err


def test_a_bulk_run_reads_the_same_names_and_refuses_the_same_keys(cli: Cli, home: Path) -> None:
    """By the same rules: labels are found, and a cut number is no one's."""
    (home / "people.csv").write_text("Name;User ID\nAda;u-1\nX;1.23457E+17\n")
    done = cli("diff", "loyalty", "--people", "people.csv", "--replay")
    assert "1 to write" not in done.err
    assert "user_id is a number that a spreadsheet has cut" in flat(done.out)
    assert "line 3" in done.out
    assert "2 in all" in flat(done.out)


def test_a_column_that_is_mapped_to_two_keys_is_refused(cli: Cli, home: Path) -> None:
    """The last one does not win in silence; the same pair twice is no contradiction."""
    (home / "people.csv").write_text("No\nu-61\n")
    twice = ("--map", "No=user_id", "--map")
    done = cli("people", "import", "people.csv", *twice, "No=email")
    assert (Exit.MISUSE, True) == (done.code, '--map has "No" twice' in flat(done.err))
    assert Exit.MISUSE == cli("people", "show", "u-61").code
    assert Exit.CLEAN == cli("people", "import", "people.csv", *twice, "No=user_id").code


@pytest.mark.parametrize(
    ("header", "advised"), [("user_id,user_id", False), ("user_id,User ID", True)]
)
def test_a_second_column_is_left_out_only_where_its_name_tells_it(
    cli: Cli, home: Path, header: str, advised: bool
) -> None:
    """Two columns of one name would both be left out."""
    (home / "people.csv").write_text(f"{header}\nu-61,u-62\n")
    done = cli("people", "import", "people.csv")
    assert (Exit.NOTHING_DONE, advised) == (done.code, "leave one out" in flat(done.err))
    if advised:
        assert Exit.CLEAN == cli("people", "import", "people.csv", "--map", "User ID=").code
        assert Exit.CLEAN == cli("people", "show", "u-61").code


@pytest.mark.parametrize("moment", ["2026-10-25 02:30", "2026-03-29 02:30"])
def test_a_time_at_a_change_of_clocks_needs_its_offset(cli: Cli, home: Path, moment: str) -> None:
    """A zone is no advice where one was given."""
    (home / "people.csv").write_text(f"user_id,signed_up_at\nu-61,{moment}\n")
    done = cli("people", "import", "people.csv", "--zone", "Europe/Berlin")
    assert Exit.NOTHING_DONE == done.code
    assert ("Write the offset" in flat(done.err), "--zone" in flat(done.err)) == (True, False)
    (home / "people.csv").write_text(f"user_id,signed_up_at\nu-61,{moment}:00+01:00\n")
    done = cli("people", "import", "people.csv", "--zone", "Europe/Berlin")
    assert Exit.CLEAN == done.code
