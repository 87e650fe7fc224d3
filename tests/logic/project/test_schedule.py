"""``schedule:`` of an action: what it says, and what does not fit, at its place."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cactions.logic.project import load_project
from cactions.logic.project.loader import LoadedProject
from cactions.logic.project.source_file import SourceFile
from cactions.model import Condition, Finding

LOCAL = """\
version: 1
attributes: {tier: {data_type: string}}
actions:
  loyalty:
    match: user_id
    request: {http_method: get, url: 'https://a.example/{{ person.user_id }}'}
    response: {mapping: {tier: $.tier}}
"""
REMOTE = f"{LOCAL}workspace: {{kind: intercom, region: us, token: {{secret: token}}}}\n"


def load(schedule: str, text: str = REMOTE, **others: str) -> LoadedProject:
    text = text.replace("    response:", f"    schedule: {schedule}\n    response:")
    for old, new in others.items():
        assert old in text
        text = text.replace(old, new)
    return load_project([SourceFile("actions.yaml", text.encode())])


def get_error(found: LoadedProject) -> Finding:
    [error] = found.errors
    assert error.place
    return error


def test_a_schedule_is_for_everyone_or_for_those_who_fit() -> None:
    found = load('{cron: " 0  3 * * MON ", all: true}')
    assert found.project
    schedule = found.project.actions["loyalty"].schedule
    assert schedule
    assert ("0 3 * * MON", ()) == (schedule.cron.text, schedule.conditions)
    found = load('{cron: "0 3 * * *", where: [custom_attributes.tier = gold, role = user]}')
    assert found.project
    schedule = found.project.actions["loyalty"].schedule
    assert schedule
    assert ("custom_attributes.tier", "role") == tuple(c.field for c in schedule.conditions)
    assert isinstance(schedule.conditions[0], Condition)


@pytest.mark.parametrize(
    ("schedule", "column", "says"),
    [
        ('{cron: "0 3 * *", all: true}', 23, "4 fields"),
        ('{cron: "0 3 * * 8", all: true}', 31, "no day of the week"),
        ('{cron: "0 3 31 2 *", all: true}', 27, "never run"),
        ('{cron: "0 3 * * *"}', 5, "for whom"),
        ('{cron: "0 3 * * *", all: false}', 35, "all is true"),
        ('{cron: "0 3 * * *", all: true, where: [role = user]}', 53, "exclude each other"),
        ('{cron: "0 3 * * *", where: []}', 42, ""),
        ('{cron: "0 3 * * *", where: [custom_attributes.teir = gold]}', 43, "no field"),
        ('{cron: "0 3 * * *", where: [custom_attributes.tier > gold]}', 66, "does not compare"),
        ("{all: true}", 5, "cron"),
        ('{corn: "0 3 * * *", all: true}', 16, "corn"),
        ('{cron: "0 3 * * *", wehre: [role = user]}', 35, "wehre"),
        ("daily", 15, "a map of keys"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(schedule: str, column: int, says: str) -> None:
    error = get_error(load(schedule))
    assert error.place
    assert (7, column) == (error.place.line, error.place.column), error
    assert says in error.message


def test_a_schedule_needs_people_at_intercom() -> None:
    assert "at Intercom" in get_error(load('{cron: "0 3 * * *", all: true}', LOCAL)).message


WRITES = {"http_method: get": "http_method: post"}
KEYED = {"http_method: get": "http_method: post, idempotency: {header: Idempotency-Key}"}
EVERYONE = '{cron: "0 3 * * *", all: true}'


def test_a_write_request_needs_a_key_that_the_service_knows() -> None:
    """No one is there to say --at-most-once."""
    assert "idempotency" in get_error(load(EVERYONE, **WRITES)).hint
    assert not load(EVERYONE, **KEYED).errors


def test_a_required_input_needs_a_default() -> None:
    needs = "match: user_id\n    data_inputs: [{name: shop, type: string, required: true%s}]"
    error = get_error(load(EVERYONE, **{"match: user_id": needs % ""}))
    assert "shop" in error.message
    assert not load(EVERYONE, **{"match: user_id": needs % ", default_value: a"}).errors


def test_neither_the_queue_nor_its_cron_library_is_loaded_for_it() -> None:
    """A file with a schedule is checked without the extra "cluster"."""
    program = (
        "import sys; from cactions.logic.project import load_project;"
        "from cactions.logic.project.source_file import SourceFile;"
        f"text = {REMOTE!r}.replace('    response:', '    schedule: {EVERYONE}\\n    response:');"
        "assert load_project([SourceFile('a.yaml', text.encode())]).project;"
        "print(sorted({'croniter', 'procrastinate', 'psycopg'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "[]\n" == done.stdout
