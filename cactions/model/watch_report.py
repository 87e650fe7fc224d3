"""What one look of ``watch`` at the files has shown."""

from __future__ import annotations

from msgspec import Struct, field

from cactions.model.errors import CactionsError
from cactions.model.lint_report import LintReport
from cactions.model.suite import SuiteResult


class WatchReport(Struct, frozen=True):
    """The findings, and the tests of all actions as they went last.

    ``lint`` is None where the files could not be read; ``error`` says why then, or why tests could
    not be run. ``changed`` are the files that were changed before, ``replayed`` the actions whose
    tests were replayed now, ``waiting`` those whose tests cannot be run before errors are fixed.
    """

    lint: LintReport | None
    suite: SuiteResult = field(default_factory=lambda: SuiteResult(()))
    changed: tuple[str, ...] = ()
    replayed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    error: CactionsError | None = None
