"""Once a vault is opened, the process leaves no core dump."""

from __future__ import annotations

import sys

import pytest

from tests.edges.processes import finished

PROGRAM = """
import ctypes, resource
from cactions.edges.core_dumps import forbid_core_dumps
forbid_core_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_core_dumps_are_permanently_disabled() -> None:
    """Neither limit can be raised again, and PR_GET_DUMPABLE is 0."""
    assert "(0, 0) 0\n" == finished(PROGRAM).stdout
