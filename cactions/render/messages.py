"""The plain words for what the model counts and names; every enum of the model has its sentence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cactions.model import ChangeKind, ChangeWarning, FailureReason, KeepReason, Outcome
from cactions.render.escape import split_escaped
from cactions.render.text import Style


def count_noun(number: int, one: str, many: str = "") -> str:
    """``1 error``, ``12 errors``, ``1,000 people``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def join_words(names: list[str], most: int = 12) -> str:
    """``a, b and c``; where there are many, the first ones and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def get_display_name(text: str) -> str:
    """What somebody is called, spelled out and no wider than a line."""
    shown, room = "", 60
    for piece, size in split_escaped(text):
        room -= size
        if room < 0:
            return shown + "…"
        shown += piece
    return shown


def to_sentence(text: str) -> str:
    """With a full stop, and with a capital unless it begins with a name, a path or a number."""
    text = text.strip()
    if not text:
        return ""
    if text.split()[0].rstrip(",;:?!").isalpha():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…" else text + "."


TONES: Final = MappingProxyType(
    {
        ChangeKind.ADD: Style.ADD,
        ChangeKind.OVERWRITE: Style.OVERWRITE,
        ChangeKind.CLEAR: Style.CLEAR,
        ChangeKind.SAME: Style.SAME,
    }
)

DONE: Final = MappingProxyType(
    {
        ChangeKind.ADD: "added",
        ChangeKind.OVERWRITE: "overwritten",
        ChangeKind.CLEAR: "cleared",
        ChangeKind.SAME: "unchanged",
    }
)
"""What has happened to an attribute; what would happen is the kind's own word."""

CAUTIONS: Final = MappingProxyType(
    {
        ChangeWarning.USER_EDITABLE: "Users may be able to edit this attribute from the browser.",
        ChangeWarning.HAND_EDITED: "cactions did not write the old value: somebody may have set it"
        " by hand.",
        ChangeWarning.CLEARS: "The old value goes away and nothing takes its place.",
        ChangeWarning.TYPE_FORCED: "The response's value has another type and is converted,"
        " as the action asks.",
    }
)

WITHOUT_VALUE: Final = MappingProxyType(
    {
        KeepReason.MISSING: "The answer has no value here",
        KeepReason.NULL: "The answer says null here",
        KeepReason.EMPTY_STRING: "The answer holds an empty text here",
    }
)
"""Why an attribute is left alone, where the answer offers nothing."""

WITH_VALUE: Final = MappingProxyType(
    {
        KeepReason.OVERWRITE_NEVER: "but the action never writes this attribute (overwrite: never)",
        KeepReason.NOT_EMPTY: "but the action only fills this attribute (overwrite: if_empty)",
        KeepReason.NOT_OURS: "but the present value is not the one that cactions wrote last"
        " (overwrite: if_ours)",
        KeepReason.WRONG_TYPE: "which has the wrong type",
        KeepReason.TOO_LONG: "which is too long",
        KeepReason.NOT_AN_OPTION: "which is not an option of this attribute",
        KeepReason.NOT_IN_ONE_OF: "which one_of does not allow",
        KeepReason.NOT_IN_VALUES: "which has no entry in values",
        KeepReason.NAIVE_TIME: "a time without a time zone",
        KeepReason.BAD_DATE: "which is not a date",
        KeepReason.OUT_OF_RANGE: "which is out of range",
        KeepReason.UNSUITABLE_TEXT: "which holds characters that do not belong in a text",
    }
)
"""Why an attribute is left alone; goes on after ``The answer says …,``."""

POLICIES: Final = frozenset({KeepReason.OVERWRITE_NEVER, KeepReason.NOT_EMPTY, KeepReason.NOT_OURS})

REASONS: Final = MappingProxyType(
    {
        FailureReason.MISUSE: "the action cannot be run like this",
        FailureReason.NO_VALUE: "the person lacks a value that the request needs",
        FailureReason.UNFIT_VALUE: "a value does not fit into the request",
        FailureReason.NOT_RECORDED: "this request was never recorded",
        FailureReason.NO_ANSWER: "no answer came",
        FailureReason.NOT_SUCCESS: "the answer is not a success",
        FailureReason.NOT_JSON: "the answer is not JSON",
        FailureReason.NO_ROW: "no row of the answer is about this person",
        FailureReason.MANY_ROWS: "more than one row of the answer may be meant",
        FailureReason.NOT_SAME_PERSON: "the answer is not about this person",
        FailureReason.WRONG_AUDIENCE: "the action is not meant for this person",
        FailureReason.FORBIDDEN_ADDRESS: "the host leads to an address that is not public",
        FailureReason.UNUSABLE_ANSWER: "the answer cannot be used",
        FailureReason.NO_TOKEN: "a token could not be had",
        FailureReason.IN_DOUBT: "the call may have been carried out, and nobody knows",
    }
)

OUTCOMES: Final = MappingProxyType(
    {
        Outcome.APPLIED: ("applied", Style.GOOD),
        Outcome.UNCHANGED: ("unchanged", Style.SAME),
        Outcome.CONFLICT: ("conflict", Style.BAD),
        Outcome.REFUSED: ("refused", Style.BAD),
        Outcome.FAILED: ("failed", Style.BAD),
        Outcome.IN_DOUBT: ("in doubt", Style.CAUTION),
    }
)
"""The word and the tone of each end state."""

BECAME: Final = MappingProxyType(
    {
        Outcome.APPLIED: "The changes were written.",
        Outcome.UNCHANGED: "Nothing had to change, so nothing was written.",
        Outcome.CONFLICT: "Somebody has changed this person since the plan was made, so nothing"
        " was written.",
        Outcome.REFUSED: "Nothing was written.",
        Outcome.FAILED: "Nothing was written.",
        Outcome.IN_DOUBT: "Nobody knows whether the changes were written.",
    }
)
"""What an outcome means for the person."""
