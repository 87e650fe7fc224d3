"""The plain words for what the model counts and names; every enum of the model has its sentence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cactions.model import Caution, Kind, Outcome, Reason, Why
from cactions.render.escape import pieces
from cactions.render.text import Tone


def count(number: int, one: str, many: str = "") -> str:
    """``1 error``, ``12 errors``, ``1,000 people``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], most: int = 12) -> str:
    """``a, b and c``; where there are many, the first ones and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def called(text: str) -> str:
    """What somebody is called, spelled out and no wider than a line."""
    shown, room = "", 60
    for piece, size in pieces(text):
        room -= size
        if room < 0:
            return shown + "…"
        shown += piece
    return shown


def sentence(text: str) -> str:
    """With a full stop, and with a capital unless it begins with a name, a path or a number."""
    text = text.strip()
    if not text:
        return ""
    if text.split()[0].rstrip(",;:?!").isalpha():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?…" else text + "."


TONES: Final = MappingProxyType(
    {
        Kind.ADD: Tone.ADD,
        Kind.OVERWRITE: Tone.OVERWRITE,
        Kind.CLEAR: Tone.CLEAR,
        Kind.SAME: Tone.SAME,
    }
)

DONE: Final = MappingProxyType(
    {
        Kind.ADD: "added",
        Kind.OVERWRITE: "overwritten",
        Kind.CLEAR: "cleared",
        Kind.SAME: "unchanged",
    }
)
"""What has happened to an attribute; what would happen is the kind's own word."""

CAUTIONS: Final = MappingProxyType(
    {
        Caution.USER_EDITABLE: "End users may be able to change this attribute from the browser.",
        Caution.HAND_EDITED: "cactions did not write the old value: somebody may have set it"
        " by hand.",
        Caution.CLEARS: "The old value goes away and nothing takes its place.",
        Caution.TYPE_FORCED: "The answer's value has another type and is converted, as the action"
        " asks.",
    }
)

WITHOUT_VALUE: Final = MappingProxyType(
    {
        Why.MISSING: "The answer has no value here",
        Why.NULL: "The answer says null here",
        Why.EMPTY_STRING: "The answer holds an empty text here",
    }
)
"""Why an attribute is left alone, where the answer offers nothing."""

WITH_VALUE: Final = MappingProxyType(
    {
        Why.OVERWRITE_NEVER: "but the action never writes this attribute (overwrite: never)",
        Why.NOT_EMPTY: "but the action only fills this attribute (overwrite: if_empty)",
        Why.NOT_OURS: "but the present value is not the one that cactions wrote last"
        " (overwrite: if_ours)",
        Why.WRONG_TYPE: "which has the wrong type",
        Why.TOO_LONG: "which is too long",
        Why.NOT_AN_OPTION: "which is not an option of this attribute",
        Why.NOT_IN_ONE_OF: "which one_of does not allow",
        Why.NOT_IN_VALUES: "which has no entry in values",
        Why.NAIVE_TIME: "a time without a time zone",
        Why.BAD_DATE: "which is not a date",
        Why.OUT_OF_RANGE: "which is out of range",
        Why.UNSUITABLE_TEXT: "which holds characters that do not belong in a text",
    }
)
"""Why an attribute is left alone; goes on after ``The answer says …,``."""

POLICIES: Final = frozenset({Why.OVERWRITE_NEVER, Why.NOT_EMPTY, Why.NOT_OURS})

REASONS: Final = MappingProxyType(
    {
        Reason.MISUSE: "the action cannot be run like this",
        Reason.NO_VALUE: "the person lacks a value that the request needs",
        Reason.UNFIT_VALUE: "a value does not fit into the request",
        Reason.NOT_RECORDED: "this request was never recorded",
        Reason.NO_ANSWER: "no answer came",
        Reason.NOT_SUCCESS: "the answer is not a success",
        Reason.NOT_JSON: "the answer is not JSON",
        Reason.NO_ROW: "no row of the answer is about this person",
        Reason.MANY_ROWS: "more than one row of the answer may be meant",
        Reason.NOT_SAME_PERSON: "the answer is not about this person",
        Reason.WRONG_AUDIENCE: "the action is not meant for this person",
        Reason.FORBIDDEN_ADDRESS: "the host leads to an address that is not public",
        Reason.UNUSABLE_ANSWER: "the answer cannot be used",
        Reason.NO_TOKEN: "a token could not be had",
        Reason.IN_DOUBT: "the call may have been carried out, and nobody knows",
    }
)

OUTCOMES: Final = MappingProxyType(
    {
        Outcome.APPLIED: ("applied", Tone.GOOD),
        Outcome.UNCHANGED: ("unchanged", Tone.SAME),
        Outcome.CONFLICT: ("conflict", Tone.BAD),
        Outcome.REFUSED: ("refused", Tone.BAD),
        Outcome.FAILED: ("failed", Tone.BAD),
        Outcome.IN_DOUBT: ("in doubt", Tone.CAUTION),
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
