"""Why nothing may be planned for a person, and why one value is not taken."""

from __future__ import annotations

from enum import Enum


class Why(Enum):
    """Why a mapped attribute is left as it is. The first six keep, the others refuse."""

    MISSING = "missing"
    NULL = "null"
    EMPTY_STRING = "empty_string"
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


class Reason(Enum):
    """Why no plan could be made for a person."""

    NO_INPUT = "no_input"
    NO_VALUE = "no_value"
    UNFIT_VALUE = "unfit_value"
    NOT_RECORDED = "not_recorded"
    NO_ANSWER = "no_answer"
    NOT_SUCCESS = "not_success"
    NOT_JSON = "not_json"
    NO_ROW = "no_row"
    MANY_ROWS = "many_rows"
    NOT_SAME_PERSON = "not_same_person"
    WRONG_AUDIENCE = "wrong_audience"

    @property
    def error_type(self) -> str:
        """Intercom's own word for it, as its execution results use it."""
        return _ERROR_TYPES[self]


_ERROR_TYPES = {
    Reason.NO_INPUT: "request_validation_error",
    Reason.NO_VALUE: "request_validation_error",
    Reason.UNFIT_VALUE: "request_configuration_error",
    Reason.WRONG_AUDIENCE: "request_validation_error",
    Reason.NOT_RECORDED: "faraday_error",
    Reason.NO_ANSWER: "faraday_error",
    Reason.NOT_SUCCESS: "3rd_party_error",
    Reason.NOT_JSON: "response_mapping_error",
    Reason.NO_ROW: "response_mapping_error",
    Reason.MANY_ROWS: "response_mapping_error",
    Reason.NOT_SAME_PERSON: "response_mapping_error",
}
