"""Findings as SARIF 2.1.0, for code scanning and for viewers: one run, validated by its schema.

- Columns count characters and lines are those of git: both are declared.
- No line of a file is quoted: it could hold a secret.
- Texts stand as they are, without placeholders: readers put arguments only where there are some.
- Fingerprints rest on what a finding is about, not on its line.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from cactions import __version__
from cactions.logic.lines import LINE_ENDS
from cactions.logic.lint.rule_page import RulePage
from cactions.model import Edit, Finding, Fix, Json, LintReport, Place, Suppression

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT: Final = "cactionsFinding/v1"

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
"""SARIF's words for how bad a finding is."""
_ROOT: Final = "%SRCROOT%"
_PATHS: Final = "CA1"
"""The labels of these rules are the way of a value, from where it begins to where it decides."""

Object = dict[str, Json]
Relative = Callable[[str], str | None]
"""A file's name from the root of the sources on; None where it lies elsewhere."""


def report_to_sarif(review: LintReport, pages: Iterable[RulePage], relative: Relative) -> Object:
    """The document. ``pages`` are those of the rules that found something, in any order.

    Raises KeyError for a finding of a rule without a page.
    """
    rules = sorted(pages, key=lambda page: page.rule)
    driver: Object = {
        "name": "cactions",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule_to_sarif(page) for page in rules],
    }
    run: Object = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "language": "en",
        "columnKind": "unicodeCodePoints",
        "newlineSequences": [*LINE_ENDS],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the sources."}}},
        "results": [*_build_results(review, _Files(review.sources, relative), rules)],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule_to_sarif(page: RulePage) -> dict[str, Json]:
    """What a viewer shows beside a finding of the rule."""
    return {
        "id": page.rule,
        "name": page.name,
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": f"{page.summary}\n\n{page.about}".strip()},
        "help": {"text": _build_help_text(page), "markdown": _build_help_markdown(page)},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
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


def _build_results(
    review: LintReport, files: _Files, rules: Sequence[RulePage]
) -> Iterator[Object]:
    numbers = {page.rule: number for number, page in enumerate(rules)}
    texts: list[tuple[Finding, Suppression | None]] = [
        *((reported, None) for reported in review.findings),
        *(
            (suppressed_finding.finding, suppressed_finding.by)
            for suppressed_finding in review.suppressed
        ),
    ]
    alike: Counter[str] = Counter()
    for finding, by in texts:
        fingerprint = files.compute_fingerprint(finding)
        alike[fingerprint] += 1
        yield {
            "ruleId": finding.rule,
            "ruleIndex": numbers[finding.rule],
            "level": _LEVELS[finding.severity.value],
            "message": {"text": _build_message(finding)},
            "locations": [files.build_spot(finding)],
            "partialFingerprints": {FINGERPRINT: f"{fingerprint}:{alike[fingerprint]}"},
            "suppressions": [files.build_suppression(by)] if by else [],
            **files.build_code_flows(finding),
            **({"fixes": [files.fix(finding.fix)]} if finding.fix else {}),
        }


def _build_message(finding: Finding) -> str:
    """All that is said of it, since most viewers show nothing else."""
    hint = [f"hint: {finding.hint}"] if finding.hint else []
    return _strip_backticks("\n".join([finding.message, *finding.notes, *hint]))


def _strip_backticks(text: str) -> str:
    """Without a link: a plain message may hold some, and ours repeat what an author wrote."""
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


class _Files(Struct, frozen=True):
    """Where the files are, and what stands in them by place."""

    sources: Mapping[str, str]
    relative: Relative

    def build_spot(self, finding: Finding) -> Object:
        """Where a finding is; of one without a place no more than the first file is known."""
        first = next(iter(self.sources), "")
        if finding.place:
            spot = self.build_location(finding.place)
        else:
            spot = {"physicalLocation": {"artifactLocation": self._build_artifact(first)}}
        named: Json = [{"fullyQualifiedName": finding.route, "kind": "object"}]
        return {**spot, "logicalLocations": named} if finding.route else spot

    def build_location(self, place: Place, message: str = "") -> Object:
        text: Object = {"message": {"text": _strip_backticks(message)}} if message else {}
        artifact = self._build_artifact(place.file)
        return {
            "physicalLocation": {"artifactLocation": artifact, "region": _build_region(place)},
            **text,
        }

    def build_code_flows(self, finding: Finding) -> Object:
        """The other places that it speaks of, and the way from one to the next where it is one."""
        placed = [(label.place, label.message) for label in finding.labels if label.place]
        if not placed:
            return {}
        texts = [self.build_location(*places) for places in placed]
        related: list[Json] = [{"id": number, **item} for number, item in enumerate(texts, start=1)]
        if len(texts) == 1 or not finding.rule.startswith(_PATHS):
            return {"relatedLocations": related}
        steps: list[Json] = [{"location": item} for item in texts]
        flow: Json = {"threadFlows": [{"locations": steps}]}
        return {"relatedLocations": related, "codeFlows": [flow]}

    def build_suppression(self, by: Suppression) -> Object:
        """``allow:`` and comments both stand in the sources; who and until when is ours to add."""
        owned: Object = {"owner": by.owner, "expires": by.expires}
        return {
            "kind": "inSource",
            "status": "accepted",
            "justification": by.reason,
            **({"location": self.build_location(by.place)} if by.place else {}),
            **({"properties": owned} if by.owner else {}),
        }

    def fix(self, fix: Fix) -> Object:
        ordered = sorted(fix.edits, key=lambda edit: edit.place.file)
        changes: list[Json] = [
            {
                "artifactLocation": self._build_artifact(file),
                "replacements": [_build_replacement(edit) for edit in edits],
            }
            for file, edits in groupby(ordered, key=lambda edit: edit.place.file)
        ]
        return {
            "description": {"text": fix.title},
            "artifactChanges": changes,
            "properties": {"safe": fix.safe},
        }

    def compute_fingerprint(self, finding: Finding) -> str:
        """The same while rule, file, route and words stay; lines and columns do not matter."""
        file = finding.place.file if finding.place else ""
        words = re.sub(r"\bline \d+", "line", finding.message)
        about = (finding.rule, self.relative(file) or file, finding.route, words)
        return sha256("\0".join(about).encode("utf-8", "replace")).hexdigest()[:32]

    def _build_artifact(self, file: str) -> Object:
        """With ``/`` and without what a URI cannot hold."""
        inside = self.relative(file)
        if inside is not None:
            return {"uri": quote(inside), "uriBaseId": _ROOT}
        path = Path(file)
        return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}


def _build_region(place: Place) -> Object:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _build_replacement(edit: Edit) -> Object:
    inserted: Object = {"insertedContent": {"text": edit.text}} if edit.text else {}
    return {"deletedRegion": _build_region(edit.place), **inserted}
