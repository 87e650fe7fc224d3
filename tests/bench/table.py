"""Readings as a table."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from tests.bench.measuring import Reading

NUMBERS = (1, 2)
HEAD = ("", "measured", "limit", "", "")


def table(readings: Iterable[Reading]) -> str:
    """One line for each, with aligned numbers; a value without a limit is only shown."""
    rows = [HEAD, *map(_row, readings)]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(_placed(cell, wide[n], n) for n, cell in enumerate(row)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _placed(cell: str, wide: int, column: int) -> str:
    return cell.rjust(wide) if column in NUMBERS else cell.ljust(wide)


def _row(reading: Reading) -> tuple[str, ...]:
    verdict = "holds" if reading.holds else "DOES NOT HOLD"
    limited = isfinite(reading.limit)
    return (
        reading.what,
        f"{reading.measured:.2f}",
        f"{reading.limit:.2f}" if limited else "",
        reading.unit,
        verdict if limited else "",
    )
