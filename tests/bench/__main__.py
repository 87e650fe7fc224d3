"""``python -m tests.bench``: measures the promised speed; exit code 1 if a limit is exceeded.

Takes a few minutes. Builds the wheel and installs it for the three start-up times, which needs
the package index.
"""

from __future__ import annotations

import gc
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import (
    linting,
    planning,
    reading,
    replaying,
    sending,
    starting,
    unsealing,
    validating,
)
from tests.bench.measuring import Reading
from tests.bench.table import table

ROUNDS = 25


def main() -> int:
    """Print the table; 1 if a limit is exceeded."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        readings: Sequence[Reading] = [
            *starting.readings(folder, ROUNDS),
            *planning.readings(folder, ROUNDS),
            *replaying.readings(folder, ROUNDS),
            *validating.readings(ROUNDS),
            *reading.readings(folder, ROUNDS),
            *linting.readings(folder, ROUNDS),
            *unsealing.readings(folder, ROUNDS),
            *sending.readings(ROUNDS),
        ]
    sys.stdout.write(table(readings))
    return 0 if all(reading.holds for reading in readings) else 1


gc.set_threshold(50_000)  # as the main entry point sets it
sys.exit(main())
