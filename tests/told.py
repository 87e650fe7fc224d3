"""What tests have counted, told at the end of the test run."""

from __future__ import annotations

TOLD: list[str] = []
