"""The README's picture of a leak is what ``cactions validate`` prints of that file."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

from cactions.logic.lint.engine import lint
from cactions.logic.project import SourceFile, load_project
from cactions.render.findings import render_findings
from cactions.render.svg import to_svg
from tests.golden import assert_golden
from tests.lint_results import NOW

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / ".github" / "leak.svg"
WIDTH = 96
LEAK = """\
version: 1
workspace: {identity_verification: jwt}
attributes:
  shop_id: {data_type: string, messenger_writable: true}
  tier: {data_type: string, options: [silver, gold], messenger_writable: false}
actions:
  loyalty:
    match: user_id
    request:
      http_method: get
      url: https://api.shop.example/v1/customers/{{ person.attributes.shop_id }}
    response:
      mapping: {tier: $.tier}
"""


def test_the_picture_of_a_leak_is_drawn_from_the_findings() -> None:
    """Written anew by CACTIONS_GOLDEN=1."""
    found = lint(load_project([SourceFile("actions.yaml", LEAK.encode())]), NOW)
    view = render_findings(found.findings, {"actions.yaml": LEAK}, actions=1)
    assert_golden(PICTURE, to_svg(view, width=WIDTH, command="cactions validate"))


def test_the_picture_of_a_leak_says_what_the_command_prints(tmp_path: Path) -> None:
    """Word by word, in the text that a screen reader gets."""
    (tmp_path / "actions.yaml").write_text(LEAK)
    done = subprocess.run(
        [sys.executable, "-m", "cactions", "validate"],
        cwd=tmp_path, check=False, capture_output=True, text=True, timeout=300,
        env={"PYTHONPATH": str(ROOT), "COLUMNS": str(WIDTH), "PYTHONUTF8": "1"},
    )  # fmt: skip
    [said] = re.findall(r"<desc>(.*?)</desc>", PICTURE.read_text(), re.DOTALL)
    assert f"$ cactions validate\n\n{done.stdout}" == unescape(said)
