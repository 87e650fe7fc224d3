"""Small builders of model objects: unspecified fields get ordinary, consistent values.

Ada is the person, ``loyalty`` the action, and the answer is about Ada by default.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cactions.app.ports import Journal
from cactions.logic import strict_json
from cactions.logic.expressions.json_path import parse_path
from cactions.logic.plan.planner import PlanInput
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    Attribute,
    AttributeMapping,
    Change,
    DataType,
    DateForm,
    DateFormat,
    Json,
    Path,
    Person,
    PersonField,
    PersonQuery,
    Plan,
    Receipt,
    Reference,
    Response,
    Rows,
    SamePerson,
    Scalar,
    SentCall,
    Subject,
    Template,
    Value,
)

PATTERN = "%d.%m.%Y"
ADA = {"user_id": "u-1", "email": "ada@example.com", "name": "Ada"}


def person(fields: dict[str, Json] | None = None, /, **attributes: Json) -> Person:
    """Ada, with these attributes; her contact fields may be given."""
    return Person("p1", ADA if fields is None else fields, attributes)


def mapping(name: str = "tier", kind: str = "string", /, **policies: Any) -> AttributeMapping:
    """``$.<name>`` to an attribute of this data type, which no end user can write."""
    about = {key: policies.pop(key) for key in ("options", "messenger_writable") if key in policies}
    attribute = Attribute(name, DataType(kind), **{"messenger_writable": False, **about})
    path = parse_path(policies.pop("path")) if "path" in policies else Path(f"$.{name}", (name,))
    if isinstance(form := policies.get("date"), DateForm):
        policies["date"] = DateFormat(form, pattern=PATTERN if form is DateForm.PATTERN else "")
    return AttributeMapping(attribute, path, **policies)


EMAIL = PersonField("email")
USER_ID = PersonField("user_id")


def same_person(path: str = "$.email", equals: Reference = EMAIL, **rest: Any) -> SamePerson:
    """The identity check with this path and reference; by e-mail by default."""
    return SamePerson(parse_path(path), equals, **rest)


def rows(path: str, **where: Reference) -> Rows:
    """Rows at the path; ``where`` pairs a member of the row with a reference."""
    pairs = tuple((parse_path(f"$.{name}"), reference) for name, reference in where.items())
    return Rows(parse_path(path, rows=True), pairs)


def response(*mappings: AttributeMapping, **rest: Any) -> ActionResponse:
    """How to read the answer: the mappings, verified by e-mail."""
    return ActionResponse(mapping=mappings, **{"same_person": same_person(), **rest})


def action(*mappings: AttributeMapping, **rest: Any) -> Action:
    """The action ``loyalty`` with these mappings."""
    request = ActionRequest("GET", Template(("https://api.shop.example/customers/u-1",)))
    return Action("loyalty", "user_id", request, response(*mappings, **rest))


def answer(body: Json | bytes = None, status: int = 200, **headers: str) -> Response:
    """An answer with this body, as JSON unless it is bytes already."""
    data = body if isinstance(body, bytes) else strict_json.dump_json(body).encode()
    return Response(status, tuple(headers.items()), data)


def about_ada(**members: Json) -> Response:
    """An answer about Ada, with these members."""
    return answer({"email": ADA["email"], **members})


SUBJECT = Subject("p1", PersonQuery("user_id", "u-1"), "Ada")
CALL = SentCall("GET https://api.shop.example/customers/u-1", 200)


def case(of: Action, who: Person | None = None, **inputs: Scalar) -> PlanInput:
    """The action for Ada."""
    return PlanInput(of, who or person(), SUBJECT, inputs, CALL)


def change(before: Value, after: Value, **rest: Any) -> Change:
    """A change of ``tier``."""
    return Change(**{"attribute": "tier", "before": before, "after": after, **rest})


def a_plan(*changes: Change, **rest: Any) -> Plan:
    """A plan of ``loyalty`` for Ada."""
    return Plan("loyalty", SUBJECT, CALL, changes, **rest)


def settle(journal: Journal, run_id: str, numbers: Iterable[int], receipt: Receipt) -> None:
    """Record the same outcome for each of these entries."""
    journal.record_outcomes(run_id, [(number, receipt) for number in numbers])
