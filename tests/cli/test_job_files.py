"""The format chooses the reader of a file of people; an absent library says how to get it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cactions.cli.job_files import INSTALL, open_job_rows
from cactions.edges.files.job_file import JobFormat
from cactions.model import UsageError
from tests.builders import action
from tests.edges.processes import ROOT

MODULES = {JobFormat.PARQUET: "parquet_table", JobFormat.XLSX: "xlsx_table"}


@pytest.mark.parametrize("form", MODULES)
def test_a_missing_library_is_a_usage_error(
    form: JobFormat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the command that installs it."""
    library = {"parquet": "pyarrow", "xlsx": "openpyxl"}[form.value]
    monkeypatch.delitem(sys.modules, f"cactions.edges.files.{MODULES[form]}", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    path = tmp_path / f"people.{form.value}"
    with pytest.raises(UsageError, match=f"needs the package {library}") as caught:
        open_job_rows(path, action(), None, {})
    assert f"Install it: {INSTALL}" == caught.value.hint


def test_the_extra_exists() -> None:
    """The command of the hint installs both libraries, from any index: cactions is in none."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [f'"{name}"' for name in project["optional-dependencies"]["files"]]
    assert f"pip install {' '.join(names)}" == INSTALL
    page = (ROOT / "cactions" / "help" / "many-people.md").read_text()
    assert f"`{INSTALL}`" in page
    [jwt] = project["optional-dependencies"]["identity"]
    install = f'pip install "{jwt}"'
    assert f"`{install}`" in (ROOT / "cactions" / "help" / "identity.md").read_text()
    assert f"Install it: {install}'" in (ROOT / "cactions" / "cli" / "key_wiring.py").read_text()


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_a_text_file_loads_no_library(form: str, tmp_path: Path) -> None:
    """Only its own reader."""
    path = tmp_path / f"people.{form}"
    path.write_text(
        {"csv": "user_id\nu\n", "jsonl": '{"user_id": "u"}'}.get(form, '[{"user_id": "u"}]')
    )
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.builders import action; from cactions.cli.job_files import open_job_rows\n"
        "rows = list(open_job_rows(Path(sys.argv[1]), action(), None, {}))\n"
        "print(len(rows), {'openpyxl', 'pyarrow'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "1 set()" == done.stdout.strip()
