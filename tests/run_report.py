"""Lines that tests add to the report at the end of the test run."""

from __future__ import annotations

REPORT: list[str] = []
