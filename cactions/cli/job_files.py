"""The file of people that a command runs an action for: its reader.

The libraries of Parquet and XLSX are an extra, and are imported when such a file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cactions.edges.files import job_file
from cactions.edges.files.job_file import JobFormat, TableReader
from cactions.logic.people.job_rows import JobRows
from cactions.model import Action, Scalar, UsageError

INSTALL: Final = 'pip install "openpyxl>=3.1.3,<4" "pyarrow>=18"'
_LIBRARIES: Final = {JobFormat.PARQUET: "pyarrow", JobFormat.XLSX: "openpyxl"}


def open_job_rows(
    path: Path, action: Action, form: JobFormat | None, inputs: Mapping[str, Scalar]
) -> JobRows:
    """The rows of a file or of stdin. Raises UsageError as ``edges.files.job_file`` does."""
    form = form or job_file.find_format(path)
    return job_file.open_job_rows(path, action, form, inputs, read_table=_load_reader(form))


def _load_reader(form: JobFormat) -> TableReader | None:
    if form not in _LIBRARIES:
        return None
    try:
        if form is JobFormat.PARQUET:
            from cactions.edges.files.parquet_table import read_parquet_table

            return read_parquet_table
        from cactions.edges.files.xlsx_table import read_xlsx_table
    except ModuleNotFoundError as error:
        name = _LIBRARIES[form]
        raise UsageError(
            f"{form.value.upper()} needs the package {name}", hint=f"Install it: {INSTALL}"
        ) from error
    return read_xlsx_table
