"""Parquet: typed columns, of which only the needed ones are read. Skipped without pyarrow."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from cactions.edges.files.job_file import JobFormat, open_job_rows
from cactions.logic.people.job_rows import JobRows
from cactions.logic.people.job_sources import REST_UNREAD
from cactions.model import BadRow, DataInput, InputType, JobRow, UsageError
from tests.builders import action

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

KINDS = {"note": "string", "points": "integer", "ratio": "decimal", "vip": "boolean"}
ACTION = replace(action(), inputs=tuple(DataInput(n, InputType(k)) for n, k in KINDS.items()))


def a_file(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    pq.write_table(pa.table(columns), path / "people.parquet", **options)
    return path / "people.parquet"


def read(path: Path) -> JobRows:
    from cactions.edges.files.parquet_table import read_parquet_table

    return open_job_rows(path, ACTION, read_table=read_parquet_table)


def test_columns_have_their_types(tmp_path: Path) -> None:
    """Null is not set; lines are rows; other columns are ignored, whatever they hold."""
    columns = {
        "user_id": ["u-1", None, "é"],
        "inputs.note": pa.array(["a", "b", None]).dictionary_encode(),
        "points": pa.array([1, 2, None], pa.uint8()),
        "ratio": [Decimal("1.50"), None, Decimal(2)],
        "vip": [True, None, False],
        "nested": [[{"a": 1}], None, []],
    }
    for form in ("snappy", "zstd", "none"):
        rows = read(a_file(tmp_path, columns, compression=form, row_group_size=2))
        assert ("nested",) == rows.ignored
        first, bad, last = rows
        assert isinstance(first, JobRow)
        assert isinstance(last, JobRow)
        assert {"note": "a", "points": 1, "ratio": 1.5, "vip": True} == first.inputs
        assert (3, "é", {"ratio": 2, "vip": False}) == (last.line, last.query.value, last.inputs)
        assert BadRow(2, "there is no user_id", "Fill it in.") == bad


@pytest.mark.parametrize(
    ("values", "key"),
    [
        (["u"], "u"),
        ([12345678901], "12345678901"),
        ([Decimal(10) ** 30], "1" + "0" * 30),
        ([b"u"], "u"),
    ],
)
def test_a_key_may_have_another_type(tmp_path: Path, values: list[object], key: str) -> None:
    """Where its text is not ambiguous."""
    [row] = read(a_file(tmp_path, {"user_id": values}))
    assert isinstance(row, JobRow)
    assert key == row.query.value


def test_a_uuid_is_its_text(tmp_path: Path) -> None:
    """As databases export it."""
    text = "3c113665-27a8-495f-b866-a38c5e058a74"
    [row] = read(a_file(tmp_path, {"user_id": pa.array([UUID(text).bytes], pa.uuid())}))
    assert isinstance(row, JobRow)
    assert text == row.query.value


@pytest.mark.parametrize(
    "values",
    [
        [dt.date(2026, 1, 31)], [dt.datetime(2026, 1, 31)], [["u"]], [{"a": "u"}],  # noqa: DTZ001
        [dt.timedelta(1)],
    ],
)  # fmt: skip
def test_a_column_of_an_odd_type_is_refused(tmp_path: Path, values: list[object]) -> None:
    """Once, and not for each row."""
    with pytest.raises(UsageError, match='"user_id" has the type') as caught:
        read(a_file(tmp_path, {"user_id": values}))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.5, 2.0], "must be a text, and is a decimal number"),
        ([True, False], "must be a text, and is true or false"),
        ([b"\xff", b"\xfe"], "is not UTF-8"),
        (pa.array([b"\xff", b"\xfe"]).view(pa.string()), "is not UTF-8"),
        (["x" * 2_000_000, "\0"], ""),
    ],
)
def test_an_unfit_key_is_a_bad_row(tmp_path: Path, values: list[object], words: str) -> None:
    """Each one for itself."""
    rows = [*read(a_file(tmp_path, {"user_id": values}))]
    assert [BadRow, BadRow] == [type(row) for row in rows]
    assert all(words in row.message for row in rows if isinstance(row, BadRow))


def test_a_file_without_the_key_names_all_columns(tmp_path: Path) -> None:
    """Also those that are not read."""
    with pytest.raises(UsageError, match="its columns: points, userid"):
        read(a_file(tmp_path, {"userid": ["u"], "points": [1]}))


@pytest.mark.parametrize("data", [b"", b"PAR1", b"user_id\nu\n", b"PAR1" + b"\xff" * 50 + b"PAR1"])
def test_another_file_is_refused(tmp_path: Path, data: bytes) -> None:
    """No error of the library comes through."""
    path = tmp_path / "people.parquet"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="not Parquet, or is damaged"):
        read(path)


def test_a_damaged_file_ends_with_a_bad_row(tmp_path: Path) -> None:
    """The rows before the damage are read."""
    ids = [f"u-{n}" for n in range(10_000)]
    path = a_file(tmp_path, {"user_id": ids}, row_group_size=1_000, use_dictionary=False)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 5_000] = bytes(5_000)
    path.write_bytes(data)
    *rows, last = read(path)
    assert 1_000 < len(rows) < 9_000
    assert isinstance(last, BadRow)
    assert REST_UNREAD == last.hint


def test_a_row_group_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its needed columns, unpacked; those that are not read may be of any size."""
    columns = {"user_id": ["u-1", "u-2"], "note": ["a", "b"], "photo": ["x" * 9_000, "y" * 9_000]}
    path = a_file(tmp_path, columns)
    group = pq.ParquetFile(path).metadata.row_group(0)
    needed = sum(group.column(place).total_uncompressed_size for place in (0, 1))
    module = import_module("cactions.edges.files.parquet_table")
    assert needed < 9_000 < 2**30 == module.MAX_GROUP
    monkeypatch.setattr(module, "MAX_GROUP", needed)
    assert 2 == len(list(read(path)))
    monkeypatch.setattr(module, "MAX_GROUP", needed - 1)
    with pytest.raises(UsageError, match="more than") as caught:
        read(path)
    assert "smaller row groups" in caught.value.hint


def test_stdin_is_refused() -> None:
    """The list of the columns is at the end of the file."""
    with pytest.raises(UsageError, match="PARQUET cannot be read from a stream"):
        open_job_rows(io.StringIO(), ACTION, JobFormat.PARQUET, read_table=lambda *_: None)  # type: ignore[arg-type,return-value]
