"""The closed lists of words that plans and receipts speak in; each member's value is its word."""

from __future__ import annotations

from enum import Enum
from typing import Final


class ChangeKind(Enum):
    """What a change does; computed from before and after, never stored beside them."""

    ADD = "add"
    OVERWRITE = "overwrite"
    CLEAR = "clear"
    SAME = "same"

    @property
    def symbol(self) -> str:
        """One character for the margin."""
        return {"add": "+", "overwrite": "~", "clear": "-", "same": "="}[self.value]


class ChangeWarning(Enum):
    """What a reader should weigh before this change goes live."""

    USER_EDITABLE = "user_editable"
    """End users can edit the target from the browser, or this is unknown."""
    HAND_EDITED = "hand_edited"
    """The value that goes away is not the one that cactions wrote here last."""
    CLEARS = "clears"
    """A value goes away and nothing takes its place."""
    TYPE_FORCED = "type_forced"
    """The response's type was converted because ``type:`` asks for it."""
    CUT = "cut"
    """The text of the response is longer, and was cut because ``max_length`` asks for it."""
    EPOCH = "epoch"
    """The date lies on 1 January 1970, which often stands for no date."""
    NOTHING = "nothing"
    """The service has nothing about this person: no proof stands behind the change."""


class KeepReason(Enum):
    """Why a mapped attribute is left as it is. The first eight keep, the others refuse."""

    MISSING = "missing"
    NULL = "null"
    EMPTY_STRING = "empty_string"
    EMPTY_VALUE = "empty_value"
    NOTHING = "nothing"
    OVERWRITE_NEVER = "overwrite_never"
    NOT_EMPTY = "not_empty"
    NOT_OURS = "not_ours"
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    NOT_AN_OPTION = "not_an_option"
    NOT_IN_ONE_OF = "not_in_one_of"
    NOT_IN_VALUES = "not_in_values"
    NAIVE_TIME = "naive_time"
    BAD_DATE = "bad_date"
    OUT_OF_RANGE = "out_of_range"
    UNSUITABLE_TEXT = "unsuitable_text"
    MANY_ELEMENTS = "many_elements"
    INEXACT = "inexact"
    NOT_JSON = "not_json"


class FailureReason(Enum):
    """Why no plan could be made for a person."""

    MISUSE = "misuse"
    NO_VALUE = "no_value"
    UNFIT_VALUE = "unfit_value"
    NOT_RECORDED = "not_recorded"
    NO_ANSWER = "no_answer"
    NOT_SUCCESS = "not_success"
    NOT_JSON = "not_json"
    NOT_XML = "not_xml"
    NO_ROW = "no_row"
    MANY_ROWS = "many_rows"
    NOT_SAME_PERSON = "not_same_person"
    WRONG_AUDIENCE = "wrong_audience"
    FORBIDDEN_ADDRESS = "forbidden_address"
    """The host leads to an address that is not public, or cannot be known to be."""
    UNUSABLE_ANSWER = "unusable_answer"
    """An answer came that is too large, cut off, or not decodable."""
    NO_TOKEN = "no_token"  # noqa: S105 - a word, no password
    """A token could not be had, so that nothing was sent."""
    OUTCOME_UNKNOWN = "in_doubt"
    """The response of a write request was lost, and its outcome is unknown."""

    @property
    def error_type(self) -> str:
        """Intercom's own word for it, as its execution results use it."""
        return _ERROR_TYPES[self]


_ERROR_TYPES = {
    FailureReason.MISUSE: "request_validation_error",
    FailureReason.NO_VALUE: "request_validation_error",
    FailureReason.UNFIT_VALUE: "request_configuration_error",
    FailureReason.WRONG_AUDIENCE: "request_validation_error",
    FailureReason.NOT_RECORDED: "faraday_error",
    FailureReason.NO_ANSWER: "faraday_error",
    FailureReason.NOT_SUCCESS: "3rd_party_error",
    FailureReason.NOT_JSON: "response_mapping_error",
    FailureReason.NOT_XML: "response_mapping_error",
    FailureReason.NO_ROW: "response_mapping_error",
    FailureReason.MANY_ROWS: "response_mapping_error",
    FailureReason.NOT_SAME_PERSON: "response_mapping_error",
    FailureReason.FORBIDDEN_ADDRESS: "request_configuration_error",
    FailureReason.UNUSABLE_ANSWER: "3rd_party_error",
    FailureReason.NO_TOKEN: "token_refresh_error",
    FailureReason.OUTCOME_UNKNOWN: "faraday_error",
}


EXECUTION_ERROR_TYPES: Final = (
    "request_configuration_error", "faraday_error", "3rd_party_error", "response_mapping_error",
    "token_refresh_error", "fin_action_response_formatting_error",
    "fin_action_identity_verification_error", "email_verification_error",
    "non_fin_standalone_action_identity_verification_error", "request_validation_error",
    "client_side_action_error",
)  # fmt: skip
"""Every word that Intercom's execution results use; ``FailureReason.error_type`` is one of them."""


class Outcome(Enum):
    """The end states of a person; everybody who is handed in ends in exactly one.

    CONFLICT: the person was changed since the plan was made. OUTCOME_UNKNOWN: the outcome of a
    write was never learned. HELD: nothing was written, since something about it looks wrong.
    """

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REFUSED = "refused"
    FAILED = "failed"
    OUTCOME_UNKNOWN = "in_doubt"
    HELD = "held"


class OpenState(Enum):
    """The states of an entry without an outcome."""

    CALLING = "calling"
    PLANNED = "planned"
    STARTED = "started"


class RunKind(Enum):
    """A run applies an action's plans, or undoes another run."""

    APPLY = "apply"
    UNDO = "undo"


class RunPhase(Enum):
    """How far a run is: it reads its rows, plans everyone, waits for an approval, or writes."""

    READING = "reading"
    PLANNING = "planning"
    PLANNED = "planned"
    RUNNING = "running"
