"""The plain words for what the model counts and names; every enum of the model has its sentence."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from cactions.model import ChangeKind, ChangeWarning, FailureReason, KeepReason, Outcome
from cactions.render.escape import split_escaped
from cactions.render.text import Style


def count_noun(number: int, text: str, many: str = "") -> str:
    """``1 error``, ``12 errors``, ``1,000 people``."""
    return f"{number:,} {text if number == 1 else many or text + 's'}"


def join_words(names: list[str], most: int = 12) -> str:
    """``a, b and c``; where there are many, the first ones and how many more."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most:,} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def get_display_name(text: str) -> str:
    """The display name of a person, escaped and no wider than a line."""
    shown, width = "", 60
    for piece, size in split_escaped(text):
        width -= size
        if width < 0:
            return shown + "…"
        shown += piece
    return shown


def to_sentence(text: str) -> str:
    """With a full stop, and with a capital unless it begins with a name, a path or a command."""
    text = text.strip()
    if not text:
        return ""
    if text.split()[0].rstrip(",;:?!").isalpha() and not text.startswith("cactions "):
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
        ChangeWarning.HAND_EDITED: "cactions did not write the old value; it may have been set by"
        " hand.",
        ChangeWarning.CLEARS: "Clears the current value.",
        ChangeWarning.NOTHING: "The service has nothing about this person: `on_nothing` is clear.",
        ChangeWarning.CUT: "The response's text is longer, and is cut.",
        ChangeWarning.EPOCH: "1 January 1970 often stands for no date: `empty_when` leaves it out.",
        ChangeWarning.TYPE_FORCED: "The response's value has another type and is converted,"
        " as the action asks.",
    }
)

WITHOUT_VALUE: Final = MappingProxyType(
    {
        KeepReason.MISSING: "The response has no value here",
        KeepReason.NULL: "The response has null here",
        KeepReason.EMPTY_STRING: "The response has an empty text here",
        KeepReason.EMPTY_VALUE: "The response has a value of empty_when here",
        KeepReason.NOTHING: "The service has nothing about this person",
    }
)
"""Why an attribute is kept or refused when the response has no value for it."""

WITH_VALUE: Final = MappingProxyType(
    {
        KeepReason.OVERWRITE_NEVER: "overwrite is never",
        KeepReason.NOT_EMPTY: "overwrite is if_empty and the attribute is set",
        KeepReason.NOT_OURS: "overwrite is if_ours and cactions did not write the current value",
        KeepReason.WRONG_TYPE: "the value has the wrong type",
        KeepReason.TOO_LONG: "the value is too long",
        KeepReason.NOT_AN_OPTION: "the value is not an option of this attribute",
        KeepReason.NOT_IN_ONE_OF: "one_of does not allow the value",
        KeepReason.NOT_IN_VALUES: "values has no entry for it",
        KeepReason.NAIVE_TIME: "the time has no time zone",
        KeepReason.BAD_DATE: "the value is not a date",
        KeepReason.OUT_OF_RANGE: "the value is out of range",
        KeepReason.MANY_ELEMENTS: "it is not clear which element of a list is meant",
        KeepReason.INEXACT: "the quotient is not exact",
        KeepReason.NOT_JSON: "the text has no JSON",
        KeepReason.UNSUITABLE_TEXT: "the text has characters that are not allowed",
    }
)
"""Why an attribute is kept or refused; it follows ``Kept because`` or ``Refused because``."""

POLICIES: Final = frozenset({KeepReason.OVERWRITE_NEVER, KeepReason.NOT_EMPTY, KeepReason.NOT_OURS})

REASONS: Final = MappingProxyType(
    {
        FailureReason.MISUSE: "the action cannot be run like this",
        FailureReason.NO_VALUE: "the person lacks a value that the request needs",
        FailureReason.UNFIT_VALUE: "a value is not valid for the request",
        FailureReason.NOT_RECORDED: "this request was not recorded",
        FailureReason.NO_ANSWER: "no response",
        FailureReason.NOT_SUCCESS: "the response is not a success",
        FailureReason.NOT_JSON: "the response is not JSON",
        FailureReason.NOT_XML: "the response is not XML",
        FailureReason.NO_ROW: "no row of the response is about this person",
        FailureReason.MANY_ROWS: "more than one row of the response matches",
        FailureReason.NOT_SAME_PERSON: "the response is not about this person",
        FailureReason.WRONG_AUDIENCE: "the action is not meant for this person",
        FailureReason.FORBIDDEN_ADDRESS: "the host resolves to a non-public address",
        FailureReason.UNUSABLE_ANSWER: "the response cannot be used",
        FailureReason.NO_TOKEN: "could not get a token",
        FailureReason.OUTCOME_UNKNOWN: "the call may have succeeded",
    }
)

REFUSALS: Final = frozenset(
    {
        FailureReason.NO_VALUE,
        FailureReason.UNFIT_VALUE,
        FailureReason.NO_ROW,
        FailureReason.MANY_ROWS,
        FailureReason.NOT_SAME_PERSON,
        FailureReason.WRONG_AUDIENCE,
    }
)
"""The failures that are refusals: a check of a value or of the identity did not pass."""

OUTCOMES: Final = MappingProxyType(
    {
        Outcome.APPLIED: ("applied", Style.GOOD),
        Outcome.UNCHANGED: ("unchanged", Style.SAME),
        Outcome.CONFLICT: ("conflict", Style.BAD),
        Outcome.REFUSED: ("refused", Style.BAD),
        Outcome.FAILED: ("failed", Style.BAD),
        Outcome.OUTCOME_UNKNOWN: ("outcome unknown", Style.CAUTION),
        Outcome.HELD: ("held back", Style.CAUTION),
    }
)
"""The word and the style of each outcome."""

BECAME: Final = MappingProxyType(
    {
        Outcome.APPLIED: "The changes were written.",
        Outcome.UNCHANGED: "Nothing had to change, so nothing was written.",
        Outcome.CONFLICT: "This person was changed after the plan was made, so nothing was"
        " written.",
        Outcome.REFUSED: "Nothing was written.",
        Outcome.FAILED: "Nothing was written.",
        Outcome.OUTCOME_UNKNOWN: "The changes may have been written.",
        Outcome.HELD: "Nothing was written, since something about it looks wrong.",
    }
)
"""What an outcome means for the person."""
