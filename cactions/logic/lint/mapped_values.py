"""Whether what a proven answer holds is true: people type much of it at the third party."""

from __future__ import annotations

import re
from collections.abc import Collection

from cactions.logic.lint.records import get_last_name, rests_on_contact_address
from cactions.logic.lint.vocabulary import (
    ASSIGNED,
    TYPED_TEXTS,
    is_contact_address,
    is_justification,
    split_words,
)
from cactions.model import Aggregate, AttributeMapping, Path, SamePerson


def find_value_doubt(
    mapping: AttributeMapping, proof: SamePerson | None, typed: Collection[tuple[str, ...]]
) -> str:
    """Why a value may not be what it seems; empty where there is no doubt.

    ``proof`` is None for a data connector: Intercom has none. ``typed`` are the names under which
    other actions send what people type.
    """
    if is_justification(mapping.verified) or mapping.aggregate is Aggregate.COUNT:
        return ""
    doubts = (_find_path_doubt(path, mapping, proof, typed) for path in mapping.value_paths)
    return next(filter(None, doubts), "")


def _find_path_doubt(
    path: Path,
    mapping: AttributeMapping,
    proof: SamePerson | None,
    typed: Collection[tuple[str, ...]],
) -> str:
    last = get_last_name(path)
    if split_words(last) in typed:
        return f"another action sends what people type as {last}"
    reached = is_contact_address(last) or is_contact_address(mapping.attribute.name)
    if reached and (proof is None or path != proof.path):
        return "people may have typed it at the third party"
    if proof and is_justification(proof.verified):
        words = split_words(last)[-1:]
        free = bool(words) and words[0] in TYPED_TEXTS
        return "people may have typed it at the third party" if free else ""
    if proof and rests_on_contact_address(proof):
        return "nothing declares that the service verifies what the identity check compares"
    if re.search(ASSIGNED, last, re.IGNORECASE) and not is_contact_address(last):
        return ""
    return "people may have typed it at the third party"
