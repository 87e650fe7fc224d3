"""Interrupts this thread before a chosen line of some modules, as a signal does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, ModuleType


class _Interrupter:
    def __init__(self, line: int, modules: tuple[ModuleType, ...]) -> None:
        self._left = line
        self._files = {module.__file__ for module in modules}

    def __call__(self, frame: FrameType, event: str, _argument: object) -> _Interrupter | None:
        if frame.f_code.co_filename not in self._files:
            return None
        if event == "line":
            self._left -= 1
            if self._left == 0:
                raise KeyboardInterrupt
        return self


def interrupt(work: Callable[[], object], line: int, *modules: ModuleType) -> bool:
    """Do the work up to the ``line``-th line of these modules; whether it came so far."""
    before = sys.gettrace()
    sys.settrace(_Interrupter(line, modules))
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False
