"""The output formats of ``validate`` and ``test``: their words, and what ``--json`` means."""

from __future__ import annotations

from enum import Enum

from cactions.model import UsageError


class Format(Enum):
    """The formats of ``validate``; each has a function in ``cli/reporters``."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class SuiteFormat(Enum):
    """Those of them that ``test`` has."""

    TEXT = Format.TEXT.value
    JSON = Format.JSON.value
    GITHUB = Format.GITHUB.value
    JUNIT = Format.JUNIT.value
    MARKDOWN = Format.MARKDOWN.value


def choose_format(form: Format | SuiteFormat | None, json: bool) -> Format:
    """The format that both options name. Raises UsageError where they name two."""
    chosen = Format(form.value) if form else None
    if json and chosen not in (None, Format.JSON):
        raise UsageError("--json and --format say two things", hint="Keep one of them.")
    return Format.JSON if json else chosen or Format.TEXT
