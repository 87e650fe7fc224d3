"""The page of a rule as SARIF's ``reportingDescriptor``, in plain text and in Markdown."""

from __future__ import annotations

from typing import Final

from cactions.logic.lint.rule_page import RulePage
from cactions.model import Json

LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
"""SARIF's words for how bad a finding is."""


def rule_to_sarif(page: RulePage) -> dict[str, Json]:
    """What a viewer shows beside a finding of the rule."""
    return {
        "id": page.rule,
        "name": page.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": f"{page.summary}\n\n{page.about}".strip()},
        "help": {"text": _build_help_text(page), "markdown": _build_help_markdown(page)},
        "defaultConfiguration": {"level": LEVELS[page.severity]},
        "properties": {"tags": ["intercom", "format" if page.rule < "CA1" else "security"]},
    }


def _build_help_text(page: RulePage) -> str:
    parts = (
        page.summary, page.about, f"Why: {page.why}", f"Bad:\n\n{page.bad}",
        f"Good:\n\n{page.good}", f"Fix: {page.fix}", f"Suppress: {page.suppress}",
    )  # fmt: skip
    return "\n\n".join(part.strip() for part in parts if part)


def _build_help_markdown(page: RulePage) -> str:
    """Pages mark code with two backticks, which Markdown reads as they are meant."""
    parts = (
        f"# {page.rule} {page.name}: {page.summary}", page.about, f"**Why:** {page.why}",
        f"**Bad:**\n\n```yaml\n{page.bad}```", f"**Good:**\n\n```yaml\n{page.good}```",
        f"**Fix:** {page.fix}", f"**Suppress:** {page.suppress}",
    )  # fmt: skip
    return "\n\n".join(part.strip() for part in parts if part)
