"""Holds what a command with ``--json`` prints to its shape: one document, with no other member."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from cactions.cli.json_output import wants_json
from cactions.logic.documents.shapes.registry import build_document_schema

SEEN: Counter[str] = Counter()
"""How many documents of each format were held to their shape."""

ELSEWHERE = {"-o", "--output", "--follow", "--help", "-h"}
"""Words with which stdout holds no document, or lines."""


@cache
def validator(name: str) -> Draft202012Validator:
    """The validator of a document's schema."""
    return Draft202012Validator(build_document_schema(name))


def name_of(document: Any) -> str:
    """The name that ``schema --of`` knows."""
    return str(document["format"]).removeprefix("cactions.").partition("/")[0]


def list_faults(document: Any) -> Iterator[str]:
    """What does not fit the schema of the document, and of the one within an error."""
    if "format" not in document:
        if not document.get("$schema", "").startswith("http"):
            yield "it has no format"
        return
    SEEN[document["format"]] += 1
    if error := best_match(validator(name_of(document)).iter_errors(document)):
        yield f"{document['format']}{error.json_path[1:]}: {error.message[:300]}"
    if document["format"] == "cactions.error/1" and document.get("result"):
        yield from list_faults(document["result"])


def check_output(words: tuple[str, ...], out: str) -> Any:
    """The one document of a command that was asked for JSON; None where stdout is for others.

    ``watch`` has one on each line.
    """
    if not wants_json(words) or not ELSEWHERE.isdisjoint(word.partition("=")[0] for word in words):
        return None
    if words[0] == "watch" and out.startswith('{"format":"cactions.watch'):
        documents = [json.loads(line) for line in out.splitlines()]
        assert [] == [fault for each in documents for fault in list_faults(each)], words
        return documents[-1]
    document = json.loads(out)
    faults = [*list_faults(document)]
    assert not faults, (words, faults)
    return document
