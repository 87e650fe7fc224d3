"""What a recording stores of an answer: enough for the same result, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.cassette.minimize import NOT_JSON, minimize_exchange
from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.expressions.json_path import query_all, query_one
from cactions.logic.plan.planner import plan_changes
from cactions.model import (
    ABSENT,
    EACH,
    Absent,
    Action,
    ActionResponse,
    Aggregate,
    AttributeMapping,
    BodyCheck,
    DataType,
    DateForm,
    FailureReason,
    Json,
    NotFound,
    Order,
    Path,
    Person,
    PersonField,
    Plan,
    PlanningError,
    Response,
    RowOrder,
    Rows,
    SamePerson,
    Scalar,
    Segment,
    Success,
    WhenEmpty,
)
from tests.builders import (
    EMAIL,
    USER_ID,
    action,
    answer,
    case,
    mapping,
    person,
    response,
    rows,
    same_person,
)

ADA = person()
GRACE = Person("p2", {"user_id": "u-2", "email": "grace@example.com"}, test=True)
STRANGER = "eve@example.com"


def kept(how: ActionResponse, of: Response, *known: Person) -> Any:
    """The remaining JSON."""
    return strict_json.parse_json(minimize_exchange(how, ReferenceValues(ADA, {}), of, known).body)


def test_only_what_the_action_reads_is_left() -> None:
    """Other data about the person is removed."""
    how = response(mapping(), mapping("points", "integer", path="$.loyalty.points[-1]"))
    whole = {
        "email": "ada@example.com", "tier": "gold", "phone": "+44", "home": {"street": "x"},
        "loyalty": {"points": [1, 2, 3], "card": "9"},
    }  # fmt: skip
    expected = {"email": "ada@example.com", "tier": "gold", "loyalty": {"points": [None, None, 3]}}
    assert expected == kept(how, answer(whole))


def test_a_mapped_list_or_object_is_not_kept() -> None:
    """It is refused as a value, and holds more personal data than requested."""
    how = response(mapping("tier"), mapping("note"))
    whole = {"email": "ada@example.com", "tier": {"secret": 1}, "note": ["secret"]}
    assert {"email": "ada@example.com", "tier": {}, "note": []} == kept(how, answer(whole))


def test_rows_of_other_people_are_emptied() -> None:
    """Other customers' data is never in a recording; the number of rows is."""
    how = response(mapping(), rows=rows("$.data[*]", customer=USER_ID))
    whole = {"data": [
        {"customer": "u-9", "email": STRANGER, "tier": "gold"},
        {"customer": "u-1", "email": "ada@example.com", "tier": "gold", "phone": "+44"},
        "stranger", ["stranger"],
    ], "next": "page-2"}  # fmt: skip
    ada = {"customer": "u-1", "email": "ada@example.com", "tier": "gold"}
    assert {"data": [{}, ada, {}, []]} == kept(how, answer(whole))


def test_of_several_matching_rows_only_the_matched_fields_are_kept() -> None:
    """No mapping is read."""
    how = response(mapping(), rows=rows("$[*]", customer=USER_ID))
    whole = [{"customer": "u-1", "email": STRANGER, "tier": "x"}] * 2 + [{"customer": "u-3"}]
    assert [{"customer": "u-1"}, {"customer": "u-1"}, {}] == kept(how, answer(whole))


def test_of_another_persons_answer_only_the_identity_field_is_kept() -> None:
    """A placeholder is there, which does not match."""
    whole = answer({"email": STRANGER, "tier": "gold"})
    assert {"email": "another person"} == kept(response(mapping()), whole, GRACE)


def test_the_identity_field_of_another_test_person_is_kept() -> None:
    """Their e-mail address, and no other data of theirs."""
    whole = answer({"email": "grace@EXAMPLE.com", "tier": "gold"})
    assert {"email": "grace@EXAMPLE.com"} == kept(response(mapping()), whole, GRACE)


def test_the_placeholder_never_matches_the_expected_identity() -> None:
    """The placeholder differs from the expected value, whatever that is."""
    how = response(same_person=same_person("$.name", PersonField("name")))
    who = person({"name": "another person"})
    left = minimize_exchange(how, ReferenceValues(who, {}), answer({"name": "Eve"}))
    assert b'{"name":"no person"}' == left.body


def test_a_body_that_is_not_json_is_not_kept() -> None:
    """An error page can hold anything."""
    left = minimize_exchange(response(), ReferenceValues(ADA, {}), answer(b"<html>canary</html>"))
    assert NOT_JSON == left.body
    assert b"" == minimize_exchange(response(), ReferenceValues(ADA, {}), answer(b"")).body


@pytest.mark.parametrize("how", [response(mapping()), ActionResponse()])
def test_the_body_of_an_error_is_not_kept(how: ActionResponse) -> None:
    """It is never read."""
    assert (
        b""
        == minimize_exchange(
            how, ReferenceValues(ADA, {}), answer({"email": "canary"}, status=404)
        ).body
    )


def test_a_failed_check_keeps_nothing_of_the_found_value() -> None:
    """The text of an error can hold anything; checks that passed keep the author's value."""
    checks = [("$.ok", True), ("$.error", None), ("$.tier", "gold")]
    how = response(
        mapping(),
        success_when=Success(body=tuple(BodyCheck(path_of(t), v) for t, v in checks)),
    )
    whole = {"ok": True, "error": "canary", "tier": "gold", "email": "ada@example.com"}
    assert {"ok": True, "error": "left out"} == kept(how, answer(whole))


def test_only_known_headers_are_kept() -> None:
    """And of headers that decide success, only the value that does."""
    how = response(success_when=Success(headers=(("X-Kind", "good"),)))
    headers = (("Content-Type", "application/json"), ("x-kind", "canary"), ("X-Kind", "good"),
               ("Set-Cookie", "canary"), ("Date", "canary"), ("retry-after", "3"))  # fmt: skip
    left = minimize_exchange(how, ReferenceValues(ADA, {}), Response(200, headers, b"{}"))
    expected = (("Content-Type", "application/json"), ("X-Kind", "good"), ("retry-after", "3"))
    assert expected == left.headers


# Properties

TEXTS = [
    "u-1",
    "ada@example.com",
    "ada@EXAMPLE.com",
    STRANGER,
    "gold",
    "another person",
    "no person",
]
SCALARS: st.SearchStrategy[Json] = st.sampled_from(
    [*TEXTS, "", None, True, 0, 1, 1.5, -0.0, 2**60, "2026-01-01"]
)
DOCUMENTS: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=14,
)
REFERENCES = st.sampled_from([EMAIL, USER_ID, PersonField("name")])
SEGMENTS: st.SearchStrategy[Segment] = st.sampled_from(["a", "b", "c", 0, 1, -1, -2])


def path_of(text: str) -> Path:
    return Path(text, tuple(text.removeprefix("$.").split(".")))


def routes(value: Json, route: tuple[Segment, ...] = ()) -> Iterator[tuple[Segment, ...]]:
    """Every place of a document."""
    yield route
    if isinstance(value, dict):
        for name, item in value.items():
            yield from routes(item, (*route, name))
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from routes(item, (*route, number))
            yield from routes(item, (*route, number - len(value)))


def paths(draw: st.DrawFn, document: Json) -> Path:
    """Mostly a path that exists in the document."""
    there = st.sampled_from([*routes(document)])
    segments = draw(there | st.lists(SEGMENTS, max_size=3).map(tuple))
    return Path("$" + "".join(f"[{step!r}]" for step in segments), segments)


@st.composite
def row_places(draw: st.DrawFn, document: Json) -> tuple[Rows, list[Json]]:
    """Places of rows, and rows that fit."""
    path = paths(draw, document)
    each = [EACH if isinstance(one, int) and draw(st.booleans()) else one for one in path.segments]
    path = Path(path.text, tuple(each))
    found = [*query_all(path, document)]
    sample = draw(st.sampled_from(found)) if found else None
    where = tuple(
        (paths(draw, sample), draw(REFERENCES)) for _ in range(draw(st.integers(0, 2)))
    )  # fmt: skip
    literals = [
        (place, there)
        for place in (paths(draw, sample) for _ in range(draw(st.integers(0, 1))))
        if not isinstance(there := query_one(place, sample), list | dict | Absent)
    ]
    return Rows(path, where, tuple(literals), draw(orders(sample))), found


@st.composite
def orders(draw: st.DrawFn, sample: Json) -> RowOrder | None:
    """Mostly none; by a place of a row."""
    if draw(st.integers(0, 2)):
        return None
    return RowOrder(draw(st.sampled_from(Order)), paths(draw, sample))


@st.composite
def sources(draw: st.DrawFn, document: Json, made: AttributeMapping) -> AttributeMapping:
    """One element of a list, all of them, several values as one text, or JSON inside a text."""
    kind = draw(st.sampled_from(["path"] * 3 + ["text", "join", "parse", "in", "all"]))
    path = paths(draw, document)
    if kind in ("in", "all"):
        elements, found = draw(row_places(document))
        if EACH not in elements.path.segments:
            return replace(made, path=path)
        rest = paths(draw, draw(st.sampled_from(found)) if found else None)
        full = Path("$", (*elements.path.segments, *rest.segments))
        aggregate = draw(st.sampled_from(Aggregate)) if kind == "all" else None
        elements = replace(elements, order=None) if aggregate else elements
        return replace(made, path=full, elements=elements, aggregate=aggregate)
    return replace(
        made,
        path=path,
        text=(path, " ", paths(draw, document)) if kind == "text" else (),
        join=", " if kind == "join" else None,
        parse=Path("$.a", ("a",)) if kind == "parse" else None,
    )


@st.composite
def maps(draw: st.DrawFn, document: Json, name: str) -> AttributeMapping:
    kind = draw(st.sampled_from(["string", "integer", "float", "boolean", "date"]))
    values: tuple[tuple[str, Scalar], ...] = draw(st.sampled_from([(), (("gold", None),)]))
    made = mapping(
        name,
        kind,
        type=draw(st.sampled_from([None, DataType(kind)])),
        date=draw(st.sampled_from(DateForm)),
        values=values,
        on_missing=draw(st.sampled_from(WhenEmpty)),
        on_null=draw(st.sampled_from(WhenEmpty)),
    )
    return draw(sources(document, made))


@st.composite
def nothings(draw: st.DrawFn, document: Json) -> NotFound | None:
    """Mostly none; by the status, by the body, or by a list."""
    if draw(st.integers(0, 2)):
        return None
    checks = ()
    if draw(st.booleans()):
        path = paths(draw, document)
        checks = (BodyCheck(path, query_one(path, document) if draw(st.booleans()) else ABSENT),)
    empty = paths(draw, document) if draw(st.booleans()) else None
    return NotFound(draw(st.sampled_from([(), (500,)])), checks, (), empty)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Action, Person, Response]:
    """Any person, action and answer; they match often enough."""
    document = draw(DOCUMENTS)
    checked = [paths(draw, document) for _ in range(draw(st.integers(0, 2)))]
    checks = []
    for path in checked:
        there = query_one(path, document)
        other = draw(SCALARS)
        checks.append(BodyCheck(path, other if there is ABSENT or draw(RARELY) else there))
    places, found = draw(row_places(document)) if draw(st.booleans()) else (None, [])
    root = draw(st.sampled_from(found)) if found else document
    proof = draw(st.none() | st.just(0))
    how = ActionResponse(
        success_when=Success(body=tuple(checks)),
        rows=places,
        same_person=None if proof is None else SamePerson(paths(draw, root), draw(REFERENCES)),
        mapping=tuple(draw(maps(root, f"m{n}")) for n in range(draw(st.integers(0, 3)))),
        nothing_when=draw(nothings(document)),
        on_nothing=draw(st.sampled_from([WhenEmpty.KEEP, WhenEmpty.CLEAR])),
    )
    compared = [*(places.where if places else ())]
    compared += [(how.same_person.path, how.same_person.equals)] if how.same_person else []
    fields = {name: draw(st.sampled_from(TEXTS)) for name in ("email", "user_id", "name")}
    for path, reference in compared:
        if isinstance(text := query_one(path, root), str) and not draw(RARELY):
            fields[reference.name] = text
    who = person(fields)
    of = answer(document, status=draw(st.sampled_from([200] * 9 + [500])))
    return replace(action(), response=how), who, of


RARELY = st.sampled_from([False] * 4 + [True])


def read(of: Action, who: Person, an: Response) -> Plan | tuple[FailureReason, str]:
    """The result of reading, without the found identity, which may have been replaced."""
    try:
        return plan_changes(case(of, who), an)
    except PlanningError as error:
        return error.reason, str(error)


@given(worlds())
def test_the_minimized_answer_gives_the_same_result(
    world: tuple[Action, Person, Response],
) -> None:
    """The same plan exactly, or the same reason with the same message."""
    of, who, an = world
    whole = read(of, who, an)
    left = minimize_exchange(of.response, ReferenceValues(who, {}), an, [GRACE])
    event(whole[0].value if isinstance(whole, tuple) else f"{len(whole.changes)} changes")
    assert repr(whole) == repr(read(of, who, left))


@given(worlds())
def test_minimizing_twice_equals_minimizing_once(world: tuple[Action, Person, Response]) -> None:
    """What is kept is exactly what is read."""
    of, who, an = world
    once = minimize_exchange(of.response, ReferenceValues(who, {}), an)
    assert once == minimize_exchange(of.response, ReferenceValues(who, {}), once)


@given(worlds())
def test_texts_are_kept_only_at_paths_of_the_action(
    world: tuple[Action, Person, Response],
) -> None:
    """Or inside the value that the author defined as the sign of success."""
    of, who, an = world
    left = minimize_exchange(of.response, ReferenceValues(who, {}), an)
    if not left.body:
        return
    whole, how = strict_json.parse_json(an.body), of.response
    row = how.rows.path.segments if how.rows else ()
    inner = list_read(how.rows) if how.rows else []
    for mapped in how.mapping:
        inner += mapped.paths
        if mapped.elements:
            start = mapped.elements.path.segments
            inner += [Path("", (*start, *path.segments)) for path in list_read(mapped.elements)]
    inner += [how.same_person.path] if how.same_person else []
    reads = [(*row, *path.segments) for path in inner]
    checks = [check.path.segments for check in how.success_when.body]
    nothing = how.nothing_when
    checks += [check.path.segments for check in nothing.body] if nothing else []
    checks += [nothing.empty.segments] if nothing and nothing.empty else []
    checks += [segments for mapped in how.mapping if mapped.join for segments in
               ((*row, *path.segments) for path in mapped.paths)]  # fmt: skip
    for route, value in leaves(strict_json.parse_json(left.body)):
        assert value is None or (
            any(len(path) == len(route) and leads(path, route, whole) for path in reads)
            or any(leads(path, route, whole) for path in checks)
        )


def list_read(rows: Rows) -> list[Path]:
    """What is read of a row to choose it."""
    read = [path for path, _ in (*rows.where, *rows.literals)]
    return [*read, rows.order.path] if rows.order else read


def leaves(value: Json, route: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Json]]:
    """Every scalar, with its place."""
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*route, step))
    else:
        yield route, value


def leads(path: tuple[Segment, ...], route: tuple[Any, ...], node: Any) -> bool:
    """Whether the path leads to the place, or to a container of it."""
    if not path:
        return True
    if not route:
        return False
    step = path[0]
    if isinstance(node, list) and isinstance(step, int):
        step = step % len(node) if -len(node) <= step < len(node) else step
    return (step is EACH or step == route[0]) and leads(path[1:], route[1:], node[route[0]])
