"""Whether an answer says that a token was not accepted."""

from __future__ import annotations

from cactions.logic import strict_json
from cactions.logic.expressions.json_path import query_one
from cactions.model import Denial, Response, is_same


def is_denied(denial: Denial, answer: Response) -> bool:
    """Any one sign is enough: the status, a header, or something in a JSON body."""
    if answer.status in denial.statuses:
        return True
    if any(value in answer.header(name) for name, value in denial.headers):
        return True
    if not denial.body:
        return False
    try:
        document = strict_json.parse_json(answer.body)
    except strict_json.StrictJsonError:
        return False
    return any(is_same(query_one(check.path, document), check.equals) for check in denial.body)
