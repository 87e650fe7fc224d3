"""The ways of a leak, as findings list them."""

from __future__ import annotations

import pytest

from tests.definitions import EDITABLE, FIXED, PLAIN_URL, action, file, request, response
from tests.lint_results import linted

LOOKUP = f"{PLAIN_URL}/{{{{ person.attributes.acc }}}}"


@pytest.mark.parametrize(
    ("targets", "listed", "last"),
    [
        (1, 1, "person.attributes.a0"),
        (50, 50, "person.attributes.a49"),
        (60, 50, "11 more attributes"),
    ],
)
def test_a_finding_lists_fifty_targets_at_most(targets: int, listed: int, last: str) -> None:
    """The others are counted, so that a file with many keys is checked in linear time."""
    names = [f"a{number}" for number in range(targets)]
    attributes = {"acc": EDITABLE, **dict.fromkeys(names, FIXED)}
    read = response(None, {name: {"path": f"$.{name}", "max_length": 9} for name in names})
    found = linted(file(action(request(LOOKUP), read), attributes=attributes)).findings
    [paths] = [finding.paths for finding in found if finding.rule == "CA101"]
    assert (listed, last) == (len(paths), paths[-1][-1].name)
