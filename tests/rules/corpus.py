"""Definitions that a rule reports, and similar ones that it accepts, rule by rule."""

from __future__ import annotations

from typing import Any

from tests.definitions import (
    BY_EMAIL,
    BY_USER_ID,
    EDITABLE,
    FIXED,
    PLAIN_URL,
    UNKNOWN,
    URL,
    action,
    asking,
    file,
    request,
    response,
)

INPUT = {"name": "order", "type": "string", "required": True}
SEARCH = {"effect": "read"}
TOKEN = {"type": "text", "value": {"secret": "s"}, "header": "X-Shop-Key",
         "hosts": ["api.shop.example"]}  # fmt: skip
UNTIL = {"reason": "looked at", "owner": "ada@example.com", "expires": "2027-12-31"}


def with_input(channel: str, **rest: Any) -> str:
    return file(action(asking(channel, "inputs.order"), data_inputs=[{**INPUT, **rest}]))


def mapped(entry: Any, name: str = "fixed", **rest: Any) -> str:
    return file(action(read=response(mapping={name: entry})), **rest)


def proven(**proof: Any) -> str:
    return file(action(read=response(proof)))


def proven_by(*asked: Any, **proof: Any) -> str:
    return file(action(*asked, response(proof)))


def queried(**query: Any) -> str:
    return file(action(request(PLAIN_URL, query=query)))


def paired(**parts: Any) -> str:
    token = {"type": "basic", **parts, "hosts": ["api.shop.example"]}
    return file(action(request(tokens=["t"])), tokens={"t": token})


def sent(**body: Any) -> str:
    return file(action(request(PLAIN_URL, "post", json=body, **SEARCH)))


def limited(method: str = "get", *, key: bool = False, **limits: int) -> str:
    more = {"idempotency": {"header": "Idempotency-Key"}} if key else {}
    return file(action(request(URL, method, **more), **({"limits": limits} if limits else {})))


def prefixed(prefix: str, header: str = "Authorization", kind: str = "text") -> str:
    token = {**TOKEN, "type": kind, "header": header, **({"prefix": prefix} if prefix else {})}
    if kind == "user":
        del token["value"]
    return file(action(request(tokens=["shop"])), tokens={"shop": token})


def unproven(asked: Any, **rest: Any) -> str:
    return file(action(asked, response(None), **rest))


def apart(proof: str, path: str) -> str:
    """A record that the customer chooses, and a proof about another of its objects."""
    read = response({**BY_EMAIL, "path": proof}, {"fixed": {"path": path, "max_length": 9}})
    return file(action(asking("query", "inputs.order"), read, data_inputs=[INPUT]))


def bodied(host: str, **body: Any) -> str:
    """A secret in the body of a request to a host."""
    asked = request(
        f"https://{host}/v1", "post", json={"c": "{{ person.user_id }}", **body}, effect="read"
    )
    return file(action(asked), tokens={"t": TOKEN})


def listed(path: str, proof: str = "$.owner.email") -> str:
    """A mapping from a list, and a proof by the e-mail elsewhere in the answer."""
    verified = {**BY_EMAIL, "path": proof}
    return file(action(read=response(verified, {"fixed": {"path": path, "max_length": 9}})))


def chain(proof: Any, path: str, second: Any = None, **attributes: Any) -> str:
    """One action writes ``k``, the next one uses it as a lookup key."""
    writer = action(read=response(proof, {"k": {"path": path, "max_length": 40}}))
    reader = action(asking("query", "person.attributes.k"), response(second))
    return file(writer, reader, attributes={"k": FIXED, **attributes})


def vouched(where: str, text: str = "") -> str:
    """A file with an entry of trust for a place, or with a suppression."""
    return text or file(
        action(read=response(mapping={"editable": {"path": "$.a", "max_length": 9}})),
        trust=[{"where": where, **UNTIL}],
    )


def allowed(rule: str, where: str, **rest: str) -> str:
    one = action(read=response(mapping={"fixed": "$.store"}))
    return file(one, allow=[{"rule": rule, "where": where, **UNTIL, **rest}])


def with_comment(comment: str, entry: str = "$.store") -> str:
    text = mapped(entry)
    return text.replace(f'"fixed": "{entry}"', f'"fixed": "{entry}" {comment}')


PROOF = {"path": "$.email", "equals": "person.email"}
LIMIT = {"path": "$.a", "max_length": 9}
NOT_SENT = asking("query", "person.user_id")
FREE = "actions.look.response.mapping.fixed"

BAD: dict[str, list[str]] = {
    "CA101": [
        unproven(asking("url", "person.attributes.editable")),
        unproven(asking("query", "person.phone")),
        unproven(asking("header", "person.name")),
        file(action(asking("nested", "person.attributes.k"), response(None)),
             attributes={"k": UNKNOWN}),
        unproven(asking("form", "inputs.order"), data_inputs=[INPUT]),
        file(action(asking("where", "inputs.order"), response(
            None, rows={"path": "$.d[*]", "where": {"$.id": "inputs.order"}}),
            data_inputs=[INPUT])),
        proven_by(asking("url", "person.attributes.editable"),
                  path="$.e", equals="person.attributes.editable", verified="so they say"),
    ],
    "CA102": [
        chain(None, "$.phone"),
        chain(PROOF, "$.id"),
        chain({"path": "$.id", "equals": "person.user_id"}, "$.note"),
        chain({**BY_USER_ID, "equals": "person.attributes.other"}, "$.nickname"),
        chain(BY_EMAIL, "$.phone", None).replace('"verified": "e-mails are confirmed"',
                                                 '"redacted": true'),
        chain({**PROOF, "equals": "person.attributes.editable", "verified": "so they say"}, "$.id"),
        chain({**PROOF, "equals": "person.phone", "verified": "so they say"}, "$.id"),
    ],
    "CA103": [
        file(action(), attributes={"a": UNKNOWN}),
        file(action(), attributes={"a": {"data_type": "date"}}),
        file(action(), attributes={"a": {"data_type": "integer", "options": [1, 2]}}),
        file(action(), attributes={"a b": {"data_type": "boolean"}}),
        file(action(), attributes={"a": {"data_type": "float", "redacted": True}}),
        file(attributes={"a": UNKNOWN}),
    ],
    "CA104": [
        file(action(), verification=False),
        file(action(match="email"), verification=False),
        file(action(asking("query", "person.email"), response(BY_USER_ID), match="id"),
             verification=False),
        file(action(asking("query", "person.id"), match="id"), verification=False),
        file(action(request(PLAIN_URL), response(
            {"path": "$.c", "equals": "person.attributes.other"}), match="id"),
            verification="off"),
        file(action(match="email"), verification="user_id"),
        file(action(), verification="email"),
        file(action(audiences=["users", "leads"])),
        file(action(audiences=["visitors"], match="email")),
    ],
    "CA106": [
        with_input("query", default_value="A-1"),
        with_input("url", default_value="0"),
        with_input("json", default_value=""),
        with_input("query", required=False),
        with_input("form", required=False, default_value="x"),
        file(action(asking("query", "inputs.order"),
                    data_inputs=[{"name": "order", "type": "string"}])),
    ],
    "CA107": [
        listed("$.data[0].tier"),
        listed("$.plans[1].tier", "$.owners[0].email"),
        listed("$.items[-1].tier", "$.items[0].email"),
        listed("$.data.items[3].tier", "$.data.owner.email"),
        listed("$.booking.passengers[0].seat", "$.booking.contact.email"),
        file(action(read=response(None, {"tier": "$.customers[0].tier"}))),
    ],
    "CA108": [
        queried(q="{{ person.user_id }}"),
        queried(search="{{ person.user_id }}"),
        queried(filter="customer eq '{{ person.user_id }}'"),
        sent(query="select * from c where id = {{ person.user_id }}"),
        sent(filter="customer:{{ person.user_id }}"),
        file(action(request(f"{PLAIN_URL}/search/{{{{ person.user_id }}}}"))),
        queried(jql="assignee={{ person.user_id }}"),
    ],
    "CA201": [
        unproven(request()),
        unproven(request(PLAIN_URL)),
        unproven(asking("json", "person.user_id")),
        file(action(read=response(None, {"tier": "$.a", "points": "$.b"}))),
        file(action(), action(read=response(None, {"points": "$.b"}))),
        file(action(read=response(None, rows={"path": "$.d[*]"}))),
    ],
    "CA205": [
        file(action(request(query={"shop_id": "{{ person.attributes.editable }}"}),
                    response({"path": "$.id", "equals": "person.user_id"}))),
        file(action(request(PLAIN_URL, query={"order": "{{ inputs.order }}"},
                            headers={"X-Contact": "{{ person.email }}"}), data_inputs=[INPUT])),
        file(action(read=response({"path": "$.viewer.id", "equals": "person.user_id"},
                                  {"tier": "$.user.tier"}))),
        proven(path="$.company", equals="person.attributes.company_name").replace(
            '"fixed": {', '"company_name": {"data_type": "string", "messenger_writable": false},'
            ' "fixed": {', 1),
        proven(path="$.role", equals="person.role"),
        proven(path="$.tier", equals="person.attributes.tier"),
        proven(path="$.phone", equals="person.phone", verified="so they say"),
        proven(path="$.a", equals="person.attributes.editable"),
        file(action(asking("query", "inputs.order"), response(
            {"path": "$.o", "equals": "inputs.order"}), data_inputs=[INPUT])),
    ],
    "CA206": [
        proven(**PROOF),
        proven(path="$.contact.mail", equals="person.email"),
        file(action(read=response({"path": "$.a", "equals": "person.attributes.phone_number"})),
             attributes={"phone_number": FIXED}),
        proven(path="$.mobile", equals="person.attributes.other"),
        file(action(read=response(PROOF, {"points": "$.p"}))),
        file(action(NOT_SENT, response({"path": "$.x", "equals": "person.attributes.other"},
                                       {"fixed": {"path": "$.phone", "max_length": 9}}))),
    ],
    "CA210": [
        apart("$.holder.email", "$.insured.plan"),
        apart("$.data.viewer.email", "$.data.user.plan"),
        apart("$.buyer.email", "$.recipient.plan"),
        apart("$.policy.owner.email", "$.policy.driver.plan"),
        apart("$.order.customer.email", "$.order.recipient.plan"),
        apart("$.guardian.email", "$.child.plan"),
    ],
    "CA211": [
        proven(path="$.id", equals="person.user_id"),
        proven_by(asking("header", "person.email"), **BY_EMAIL),
        proven_by(asking("json", "person.attributes.fixed"), path="$.a",
                  equals="person.attributes.fixed"),
        proven_by(asking("query", "person.email"), path="$.customers[0].email",
                  equals="person.email"),
        proven_by(asking("nested", "person.user_id"), path="$.id", equals="person.user_id"),
        file(action(request(query={"limit": "{{ inputs.limit }}"}),
                    response({"path": "$.id", "equals": "person.user_id"}),
                    data_inputs=[{"name": "limit", "type": "integer", "default_value": 5}])),
    ],
    "CA207": [
        mapped("$.store"),
        mapped({"path": "$.store"}),
        mapped("$.a.b.c"),
        mapped("$['a b']"),
        mapped({"path": "$.a", "on_null": "clear"}),
        mapped({"path": "$.a", "overwrite": "if_empty"}),
    ],
    "CA208": [
        file(action(), action()),
        file(action(), action(), action()),
        file(action(), action(asking("query", "person.user_id"))),
        file(action(read=response(mapping={"points": "$.a", "tier": "$.b"})), action()),
        file(action(read=response(mapping={"fixed": LIMIT})),
             action(read=response(mapping={"fixed": LIMIT}))),
        file(action(), action(read=response(mapping={"points": "$.p"})), action()),
    ],
    "CA209": [
        mapped(LIMIT, "editable"),
        file(action(read=response(mapping={"k": LIMIT})), attributes={"k": UNKNOWN}),
        file(action(read=response(mapping={"k": {"path": "$.a", "values": {"a": "b"}}})),
             attributes={"k": EDITABLE}),
        file(action(read=response(mapping={"tier": "$.t", "editable": LIMIT}))),
        file(action(read=response(mapping={"n": "$.n"})),
             attributes={"n": {"data_type": "integer", "messenger_writable": True}}),
        file(action(read=response(mapping={"n": "$.n"})), attributes={"n": {"data_type": "float"}}),
    ],
    "CA301": [
        file(action(request(headers={"Authorization": "Bearer abcdef"}))),
        file(action(request(headers={"X-Api-Key": "abcdef"}))),
        file(action(request(headers={"X-Note": "sk_" + "live_0123456789abcdef"}))),
        file(action(request(query={"n": "ghp" + "_0123456789abcdef0123456789abcdef"}))),
        sent(client_secret="abcdef", c="{{ person.user_id }}"),
        sent(note="x" + "oxb-0123456789-abcdefghijkl"),
        with_input("query", default_value="AK" + "IA0123456789ABCDEF"),
        file(action(request(headers={"X-Blob": "q8Zr" + "T1xVbN7kLm3PwYc9HsDf"}))),
        paired(username="acme-key"),
        paired(username="acme-key", password="X"),
        paired(username="q8Zr" + "T1xVbN7kLm3PwYc9HsDf", password={"secret": "s"}),
    ],
    "CA302": [
        queried(api_key="{{ person.attributes.fixed }}"),
        queried(access_token="abc"),
        queried(token="{{ person.user_id }}"),
        queried(**{"API-Key": "x"}),
        queried(signature="abc"),
        queried(password="{{ person.user_id }}"),
        queried(appid={"secret": "s"}),
        queried(q=["a", {"secret": "s"}]),
    ],
    "CA303": [
        bodied("api.survey.example", key={"secret": "s"}),
        bodied("api.shop.test", auth={"key": {"secret": "s"}}),
        bodied("hooks.relay.example", keys=[{"secret": "s"}]),
        bodied("api.shop.example.test", a={"b": [{"c": {"secret": "s"}}]}),
        bodied("shop.example", key={"secret": "s"}),
        bodied("api2.shop.example", key={"secret": "s"}),
    ],
    "CA304": [
        mapped({"path": "$.access_token", "max_length": 9}),
        mapped({"path": "$.auth.refreshToken", "max_length": 9}),
        mapped({"path": "$.headers.Authorization", "max_length": 9}),
        mapped({"path": "$.user.password", "max_length": 9}),
        mapped({"path": "$['set-cookie']", "max_length": 9}),
        file(action(request(tokens=["t"]), response(mapping={
            "fixed": {"path": "$.echo['X-Shop-Key']", "max_length": 9}})), tokens={"t": TOKEN}),
    ],
    "CA405": [
        file(action(request(headers={"X-A": "{{ person.attributes.fixed }}"}))),
        file(action(request(headers={"X-A": "{{ person.name }}"}))),
        file(action(request(headers={"X-A": "a-{{ person.phone }}"}))),
        file(action(request(headers={"X-A": "{{ inputs.order }}"}), data_inputs=[INPUT])),
        file(action(request(PLAIN_URL, "post", text="c={{ person.attributes.fixed }}", **SEARCH))),
        file(action(request(PLAIN_URL, "post", text="{{ person.name }}", **SEARCH))),
        file(action(request(PLAIN_URL, "post", text="c={{ person.user_id }}", **SEARCH))),
        file(action(request(PLAIN_URL, "post", text="<c>{{ person.email }}</c>",
                            headers={"Content-Type": "text/xml"}, **SEARCH))),
    ],
    "CA407": [
        limited(total_seconds=16), limited(connect_seconds=6), limited(wire_mib=2),
        limited(decoded_mib=3), limited(retries=4), limited(total_seconds=60, wire_mib=16),
    ],
    "CA408": [
        limited("post", retries=1),
        limited("post", retries=3),
        limited("patch", retries=2),
        limited("delete", retries=1, total_seconds=5),
        file(action(request(URL, "delete", effect="read"))),
        file(action(request(URL, "put", effect="read"))),
        sent(query="mutation($id: ID!) { cancel(id: $id) { id } }", v="{{ person.user_id }}"),
        file(action(request(f"{URL}/cancel", "post", effect="read"))),
        file(action(request(f"{PLAIN_URL}/delete", "post", form={"c": "{{ person.user_id }}"},
                            effect="read"))),
        sent(method="refund", params=["{{ person.user_id }}"]),
        file(action(request(PLAIN_URL, "post", text="<DeleteUser>{{ person.user_id }}</DeleteUser>",
                            effect="read"))),
    ],
    "CA409": [
        prefixed("Bearer"), prefixed("bearer"), prefixed("Token"), prefixed("Basic"),
        prefixed("Bearer", header="X-Auth"), prefixed("SSWS"), prefixed("ApiKey", kind="user"),
    ],
    "CA503": [
        vouched("attributes.fixed"),
        vouched("attributes.nowhere"),
        vouched("actions.look.response.mapping.tier"),
        allowed("CA101", "actions.look.request.url"),
        allowed("CA207", FREE, expires="2020-01-01"),
        allowed("CA207", "actions.look.response.mapping"),
        with_comment("# cactions: ignore[CA101] nothing of the kind is here"),
        with_comment("# cactions: ignore[CA207]"),
        with_comment("# cactions: ignore[] for some reason"),
    ],
}  # fmt: skip

BASE = file(action())

GOOD: dict[str, list[str]] = {
    "CA101": [
        BASE,
        file(action(asking("url", "person.attributes.editable"))),
        file(action(asking("query", "inputs.order"), data_inputs=[INPUT])),
        file(action(asking("url", "person.id"))),
        file(action(asking("json", "person.attributes.fixed"))),
        file(action(asking("query", "person.email"), response(BY_USER_ID), match="email")),
        file(action(request(URL, "post", json={"note": "{{ inputs.order }}"}),
                    {}, data_inputs=[INPUT])),
    ],
    "CA102": [
        chain(BY_EMAIL, "$.crm_id", BY_USER_ID),
        chain(BY_EMAIL, "$.crm_id", BY_EMAIL),
        chain({**BY_USER_ID, "equals": "person.attributes.other"}, "$.customer_id",
              BY_EMAIL),
        chain(BY_EMAIL, "$.id", {"path": "$.mine", "equals": "person.attributes.other"}),
        file(action(), action(asking("query", "person.attributes.tier"),
                              response(mapping={"points": "$.p"}))),
        file(action(asking("query", "person.attributes.fixed"))),
    ],
    "CA103": [
        BASE,
        file(action(), attributes={"a": EDITABLE}),
        file(action(), attributes={"a": {"data_type": "date", "messenger_writable": False}}),
        file(action(), attributes={"a": UNKNOWN}, trust=[{"where": "attributes.a", **UNTIL}]),
        file(attributes={}),
        file(action(), attributes={"a": {**FIXED, "redacted": True}}),
    ],
    "CA104": [
        BASE,
        file(action(match="email")),
        file(action(audiences=["users"])),
        file(action(asking("query", "person.id"), match="id")),
        file(action(asking("query", "person.id"), response(
            {"path": "$.c", "equals": "person.attributes.other"}), match="id",
            audiences=["users", "leads"])),
        file(action(request(PLAIN_URL), response(
            {"path": "$.c", "equals": "person.attributes.other"}), match="id"),
            verification="user_id"),
        file(action(), verification="jwt"),
        file(action(asking("query", "person.email"), response(
            {"path": "$.c", "equals": "person.attributes.other"}), match="email"),
            verification="email"),
    ],
    "CA106": [
        with_input("query"),
        with_input("url"),
        file(action(data_inputs=[{"name": "page", "type": "integer", "default_value": 1}])),
        file(action(data_inputs=[{"name": "lang", "type": "string"}])),
        file(action(data_inputs=[INPUT])),
        BASE,
    ],
    "CA107": [
        mapped({"path": "$.tier", "max_length": 9}),
        mapped({"path": "$.emails[0].value", "max_length": 9}),
        listed("$.shipments[0].code", "$.customer.email"),
        listed("$.fulfillments[0].url", "$.email"),
        listed("$.order.lines[0].name", "$.order.customer.email"),
        mapped({"path": "$.addresses[1].city", "max_length": 9}),
        mapped({"path": "$.tags[0]", "max_length": 9}),
        file(action(NOT_SENT, response(
            BY_EMAIL, rows={"path": "$.data[*]", "where": {"$.c": "person.user_id"}}))),
        mapped({"path": "$['a[0]']", "max_length": 9}),
    ],
    "CA108": [
        queried(customer="{{ person.user_id }}"),
        queried(customer="c-{{ person.user_id }}"),
        sent(filter={"customer": "{{ person.user_id }}"}),
        sent(note="Customer: {{ person.user_id }}"),
        file(action(request(f"{PLAIN_URL}/research/{{{{ person.user_id }}}}"))),
        file(action(request(PLAIN_URL, "post", form={"customer": "{{ person.user_id }}"},
                            **SEARCH))),
    ],
    "CA201": [
        BASE,
        file(action(read={})),
        file(action(read=response(None, {}))),
        file(action(request(URL, "post"), {})),
        file(action(NOT_SENT)),
        file(action(read=response(BY_EMAIL, {"points": "$.p"}))),
    ],
    "CA205": [
        BASE,
        proven_by(asking("url", "person.email"), **BY_USER_ID),
        proven_by(asking("url", "person.email"), path="$.id", equals="person.id"),
        proven(path="$.c", equals="person.attributes.fixed"),
        file(action(request(PLAIN_URL), response(
            BY_EMAIL, rows={"path": "$.d[*]", "where": {"$.e": "person.email"}}))),
        file(action(asking("query", "person.attributes.fixed"), response(
            {"path": "$.c", "equals": "person.attributes.other"}))),
    ],
    "CA206": [
        BASE,
        proven(**PROOF, verified="by a link"),
        proven(path="$.c", equals="person.attributes.other"),
        file(action(asking("query", "person.id"), response(BY_USER_ID))),
        file(action(asking("query", "person.id"), response(
            {"path": "$.external_id", "equals": "person.user_id"},
            {"fixed": {"path": "$.plan", "max_length": 9}}))),
        mapped({"path": "$.phone", "max_length": 20, "verified": "numbers get a code by SMS"}),
        mapped({"path": "$.customer_number", "max_length": 20}),
    ],
    "CA210": [
        BASE,
        apart("$.insured.email", "$.insured.plan"),
        apart("$.buyer.email", "$.due"),
        apart("$.order.buyer.email", "$.order.delivery.eta"),
        apart("$.data.order.customer.email", "$.data.order.status.text"),
        apart("$.email", "$.holder.plan"),
    ],
    "CA211": [
        BASE,
        file(action(NOT_SENT)),
        proven_by(asking("query", "person.email"), **BY_USER_ID),
        file(action(read=response({"path": "$.id", "equals": "person.user_id"}, {}))),
        proven(path="$.c", equals="person.attributes.fixed"),
        file(action(read={})),
    ],
    "CA207": [
        mapped(LIMIT),
        mapped({"path": "$.a", "one_of": ["a", "b"]}),
        mapped({"path": "$.a", "values": {"a": "b"}}),
        mapped("$.t", "tier"),
        mapped("$.p", "points"),
        mapped({"path": "$.d", "date": "iso8601"}, "since",
               attributes={"since": {"data_type": "date", "messenger_writable": False}}),
    ],
    "CA208": [
        BASE,
        file(action(), action(read=response(mapping={"points": "$.p"}))),
        file(action(), action(read={})),
        file(action(read=response(mapping={"points": "$.p", "tier": "$.t"}))),
        file(action(), action(read=response(mapping={"fixed": LIMIT}))),
        file(action(), action(read=response(mapping={"fixed": LIMIT, "points": "$.p"}))),
    ],
    "CA209": [
        BASE,
        mapped(LIMIT),
        file(action(asking("query", "person.attributes.editable"))),
        mapped("$.p", "points"),
        vouched("attributes.editable"),
        file(action(read={})),
    ],
    "CA301": [
        file(action(request(headers={"Accept": "application/vnd.shop.v2+json"}))),
        file(action(request(headers={"X-Request-Id": "5b2e0c9a-6a36-4c1c-9d9b-0a4f0f3e6d21"}))),
        queried(fields="id,email,loyalty_points_of_the_last_twelve_months"),
        sent(client_id="a-public-client-id-of-ours", c="{{ person.user_id }}"),
        sent(secret={"secret": "s"}, c="{{ person.user_id }}"),
        file(action(request(headers={"X-Trace": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}))),
        queried(cursor="00000000000000000000000000000001"),
        paired(username={"secret": "s"}),
        paired(username={"secret": "s"}, password="X"),
        paired(username="acme", password={"secret": "s"}),
        paired(password={"secret": "s"}),
    ],
    "CA302": [
        queried(customer="{{ person.user_id }}"),
        queried(keyed="x"),
        queried(tokens="3"),
        queried(signed_up="x"),
        file(action(request(tokens=["t"])), tokens={"t": TOKEN}),
        queried(page="1"),
    ],
    "CA303": [
        BASE,
        bodied("api.shop.example", key={"secret": "s"}),
        bodied("api.shop.example", a={"b": [{"c": {"secret": "s"}}]}),
        bodied("api.survey.example", key={"secret": "of_their_own"}),
        sent(secret={"secret": "s"}, c="{{ person.user_id }}"),
        file(action(request(tokens=["t"])), tokens={"t": TOKEN}),
    ],
    "CA304": [
        mapped({"path": "$.auth.status", "max_length": 9}),
        mapped({"path": "$.tokens_used", "max_length": 9}),
        mapped("$.token_count", "points"),
        mapped({"path": "$.password_changed_at", "max_length": 9}),
        mapped({"path": "$.key_account", "max_length": 9}),
        mapped({"path": "$.session.device", "max_length": 9}),
    ],
    "CA405": [
        file(action(request(headers={"X-A": "{{ person.id }}"}))),
        file(action(request(headers={"X-A": "literal"}))),
        file(action(request(query={"a": "{{ person.attributes.fixed }}"}))),
        file(action(request(PLAIN_URL, "post", text="c={{ inputs.n }}", **SEARCH),
                    data_inputs=[{**INPUT, "name": "n", "type": "integer"}])),
        sent(a="{{ person.name }}"),
        file(action(request(PLAIN_URL, "post", form={"a": "{{ person.name }}"}, **SEARCH))),
    ],
    "CA407": [
        BASE, limited(total_seconds=15), limited(total_seconds=1), limited(wire_mib=1),
        limited(retries=0), limited(connect_seconds=5, total_seconds=10, decoded_mib=2),
    ],
    "CA408": [
        limited("post"),
        limited("post", retries=0),
        limited("post", key=True, retries=2),
        limited("get", retries=3),
        limited("delete", key=True, retries=1),
        file(action(request(PLAIN_URL, "post", json={"c": "{{ person.user_id }}"}, **SEARCH),
                    limits={"retries": 2})),
    ],
    "CA409": [
        prefixed("Bearer "), prefixed("token="), prefixed("", header="X-Auth"),
        prefixed("shop_", header="X-Auth"), prefixed("key", header="X-Auth"), prefixed("Token "),
    ],
    "CA503": [
        BASE,
        vouched("attributes.editable"),
        allowed("CA207", FREE),
        with_comment("# cactions: ignore[CA207] one word"),
        with_comment("# cactions: ignore[ CA207 ] one word"),
        file(action(), trust=[{"where": "attributes.editable", **UNTIL}]),
    ],
}  # fmt: skip
