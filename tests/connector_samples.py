"""A workspace of 200 data connectors: 20 leak in the ways of the rules' pages, 180 do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.workspace import WorkspaceServer

Definition = dict[str, Any]

ATTRIBUTES: list[dict[str, Any]] = [
    {"name": "shopify_id", "messenger_writable": True},
    {"name": "member_no", "messenger_writable": None},
    {"name": "crm_id", "messenger_writable": False},
    {"name": "billing_id", "messenger_writable": False},
    {"name": "session", "messenger_writable": False},
    {"name": "leaked_points", "data_type": "integer"},
    {"name": "tier", "options": ["silver", "gold"]},
    {"name": "points", "data_type": "integer"},
    {"name": "plan_active", "data_type": "boolean"},
    {"name": "renewal", "data_type": "date"},
    {"name": "store", "data_type": "string"},
    {"name": "Loyalty card", "data_type": "string"},
    {"name": "balance", "data_type": "float"},
    {"name": "account_ref", "messenger_writable": False},
]
"""What the workspace's attributes are; one is of unknown writability."""


def connector(name: str, url: str, method: str = "get", **fields: Any) -> Definition:
    """A live connector of users."""
    return {"name": name, "url": url, "http_method": method, "audiences": ["users"], **fields}


def data_input(name: str, **fields: Any) -> Definition:
    """A data input that is required."""
    return {"name": name, "type": "string", "description": name, "required": True,
            "default_value": "", **fields}  # fmt: skip


def maps(*pairs: tuple[str, str], kind: str = "user", around: str = "") -> list[Definition]:
    """A mapping: response path onto attribute."""
    mappings = [
        {"response_attribute_path": path, "intercom_attribute_identifier": name,
         "mapping_type": "primitive_mapping"}
        for path, name in pairs
    ]  # fmt: skip
    return [{"response_object_path": around, "intercom_object_type": kind,
             "attribute_mappings": mappings, "reference_mappings": []}]  # fmt: skip


LEAKING: list[tuple[str, Definition]] = [
    ("CA101", connector(
        "Loyalty by Shopify id",
        "https://api.shop.example/customers/{{user.custom_attributes.shopify_id}}",
        object_mappings=maps(("tier", "custom_attributes.tier")))),
    ("CA101", connector(
        "Points by Shopify id",
        "https://api.shop.example/customers?customer={{ shopify_id | fallback: '0' }}",
        object_mappings=maps(("points", "leaked_points")))),
    ("CA101", connector(
        "Account by member number",
        "https://api.club.example/members/{{customer.member_no}}/account",
        object_mappings=maps(("balance", "balance")))),
    ("CA101", connector(
        "CRM id by phone", "https://api.crm.example/people/search", "post",
        body='{"phone": "{{contact.phone}}"}', object_mappings=maps(("person.id", "crm_id")))),
    ("CA101", connector(
        "Customer by name", "https://api.crm.example/customers/lookup", "post",
        body="name={{user.name}}&format=json", object_mappings=maps(("level", "tier")))),
    ("CA101", connector(
        "Order status", "https://api.ship.example/orders/{{order_id}}/status",
        data_inputs=[data_input("order_id")])),
    ("CA101", connector(
        "Cancel subscription", "https://api.pay.example/subscriptions/{{subscription_id}}",
        "delete",
        data_inputs=[data_input("subscription_id")])),
    ("CA101", connector(
        "Invoice", "https://api.pay.example/invoices?number={{conversation.custom_attributes.invoice}}")),
    ("CA102", connector(
        "Billing by CRM id", "https://api.pay.example/accounts/{{person.attributes.crm_id}}",
        object_mappings=maps(("balance", "balance")))),
    ("CA104", connector(
        "Plan for leads", "https://api.pay.example/plans?email={{user.email}}",
        audiences=["users", "leads"], object_mappings=maps(("active", "plan_active")))),
    ("CA104", connector(
        "Visitor profile", "https://api.shop.example/profiles/{{lead.email}}",
        audiences=["visitors"], object_mappings=maps(("tier", "tier")))),
    ("CA106", connector(
        "Delivery", "https://api.ship.example/orders?order={{order number}}",
        data_inputs=[data_input("order number", required=False, default_value="A-1001")],
        object_mappings=maps(("due", "renewal")))),
    ("CA107", connector(
        "First customer", "https://api.shop.example/customers?customer={{user.user_id}}",
        object_mappings=maps(("data[0].tier", "tier")))),
    ("CA107", connector(
        "First account", "https://api.shop.example/accounts?search={{user.user_id}}",
        object_mappings=maps(("0.level", "tier"), around="accounts"))),
    ("CA108", connector(
        "Help search", "https://api.crm.example/contacts?q=email:{{address}}",
        data_inputs=[data_input("address")])),
    ("CA202", connector(
        "Profile sync", "https://api.crm.example/people/{{user.user_id}}",
        object_mappings=maps(("phone", "phone"), ("level", "tier")))),
    ("CA302", connector(
        "Weather", "https://api.weather.example/today?city=Berlin&api_key=k3y7Qz91Lm42Xv8")),
    ("CA304", connector(
        "Login", "https://api.shop.example/sessions/{{user.external_id}}", "post",
        object_mappings=maps(("auth.access_token", "session")))),
    ("CA401", connector(
        "Tenant", "https://{{user.custom_attributes.store}}.shop.example/customers/{{user.user_id}}")),
    ("CA403", connector("Inside", "https://10.0.0.1/customers/{{user.user_id}}")),
]  # fmt: skip
"""Each with the rule that must name it."""

USER_ID = ("{{user.user_id}}", "{{ user.user_id }}", "{{user.external_id}}", "{{person.user_id}}",
           "{{contact.external_id}}", "{{user_id}}")  # fmt: skip
EMAIL = ("{{user.email}}", "{{ user.email }}", "{{contact.email}}", "{{customer.email}}",
         "{{email}}", "{{person.email}}")  # fmt: skip

Shape = Callable[[int], Definition]

ORDER_ID = "{{order_id}}"
EVERYBODY = ["users", "leads", "visitors"]
GRAPHQL = '{"query": "query($id: ID!) {customer(id: $id) {tier}}", "variables": {"id": "%s"}}'
DEEP = '{"filter": {"customer": {"user_id": "%s"}}, "limit": 1}'
GREETING = """{"user": "%s", "name": "{{user.name | fallback: 'there'}}"}"""


def _host(number: int) -> str:
    names = ("shop", "crm", "pay", "ship", "club", "desk")
    return f"https://api{number}.{names[number % len(names)]}.example"


def _uid(number: int) -> str:
    return USER_ID[number % len(USER_ID)]


def _mail(number: int) -> str:
    return EMAIL[number % len(EMAIL)]


SHAPES: list[Shape] = [
    lambda n: connector("Profile", f"{_host(n)}/v1/customers/{_uid(n)}",
                        object_mappings=maps(("tier", "tier"))),
    lambda n: connector("Profile by mail", f"{_host(n)}/v1/customers?email={_mail(n)}",
                        object_mappings=maps(("customer.points", "custom_attributes.points"))),
    lambda n: connector("Member", f"{_host(n)}/members/{_mail(n)}/points",
                        object_mappings=maps(("points", "points"), around="data")),
    lambda n: connector("Search", f"{_host(n)}/customers/search", "post",
                        body=f'{{"email": "{_mail(n)}"}}',
                        object_mappings=maps(("customer.tier", "tier"))),
    lambda n: connector("Search deep", f"{_host(n)}/v2/search", "post",
                        body=DEEP % _uid(n),
                        object_mappings=maps(("plan.active", "plan_active"))),
    lambda n: connector("Form", f"{_host(n)}/lookup", "post",
                        body=f"customer={_uid(n)}&format=json",
                        object_mappings=maps(("tier", "tier"))),
    lambda n: connector("Own orders", f"{_host(n)}/users/{_uid(n)}/orders/{ORDER_ID}",
                        data_inputs=[data_input("order_id")],
                        object_mappings=maps(("due", "renewal"))),
    lambda n: connector("Order and mail", f"{_host(n)}/orders/{ORDER_ID}?email={_mail(n)}",
                        data_inputs=[data_input("order_id")]),
    lambda n: connector("Order list",
                        f"{_host(n)}/orders?user_id={_uid(n)}&limit=5&status={{{{status}}}}",
                        data_inputs=[data_input("status", required=False)]),
    lambda n: connector("Order search", f"{_host(n)}/orders/search", "post",
                        body=f'{{"customer_id": "{_uid(n)}", "order_id": {ORDER_ID}}}',
                        data_inputs=[data_input("order_id", type="integer")]),
    lambda n: connector("Feedback", f"{_host(n)}/feedback", "post",
                        body='{"text": "{{feedback}}", "rating": {{rating}}}',
                        data_inputs=[data_input("feedback"), data_input("rating", type="integer")]),
    lambda n: connector("Feedback of users", f"{_host(n)}/feedback", "post",
                        body=f'{{"user_id": "{_uid(n)}", "comment": "{{{{what happened}}}}"}}',
                        data_inputs=[data_input("what happened")]),
    lambda n: connector("Ticket", f"{_host(n)}/tickets", "post",
                        body='{"subject": "{{topic}}", "message": "{{message}}",'
                             ' "conversation": "{{conversation.id}}"}',
                        data_inputs=[data_input("topic"), data_input("message")]),
    lambda n: connector("Status page", f"{_host(n)}/status", audiences=EVERYBODY),
    lambda n: connector("Opening hours", f"{_host(n)}/stores/hours?city={{{{city}}}}",
                        audiences=["visitors"], data_inputs=[data_input("city")]),
    lambda n: connector("Product", f"{_host(n)}/products/{{{{sku}}}}", audiences=["users", "leads"],
                        data_inputs=[data_input("sku")]),
    lambda n: connector("Conversation note", f"{_host(n)}/cases?customer={_uid(n)}",
                        object_mappings=maps(("case.state", "case_state"), kind="conversation")),
    lambda n: connector("By operator attribute",
                        f"{_host(n)}/accounts/{{{{user.custom_attributes.account_ref}}}}",
                        object_mappings=maps(("balance", "balance"))),
    lambda n: connector("By bare attribute", f"{_host(n)}/accounts?ref={{{{account_ref}}}}",
                        object_mappings=maps(("renews_at", "renewal"))),
    lambda n: connector("By contact id", f"{_host(n)}/intercom/{{{{contact.id}}}}",
                        object_mappings=maps(("tier", "tier"))),
    lambda n: connector("Mail code", f"{_host(n)}/bookings?email={_mail(n)}",
                        audiences=["users", "leads"], customer_authentication=True,
                        object_mappings=maps(("seat.store", "store"))),
    lambda n: connector("Hidden header", f"{_host(n)}/me",
                        headers=[{"name": "X-User", "value": "{{user.user_id}}"},
                                 {"name": "Authorization", "value": "Bearer canary-1f2e3d4c5b6a"}]),
    lambda n: connector("With token", f"{_host(n)}/people/{_uid(n)}", token_ids=[f"t{n}"],
                        headers=[{"name": "Accept", "value": "application/json"}],
                        object_mappings=maps(("card.number", "Loyalty card"))),
    lambda n: connector("Change of own record", f"{_host(n)}/users/{_uid(n)}", "patch",
                        body='{"newsletter": {{subscribe}}}',
                        data_inputs=[data_input("subscribe", type="boolean")]),
    lambda n: connector("Put", f"{_host(n)}/users/{_uid(n)}/preferences", "put",
                        body='{"language": "{{language}}"}', data_inputs=[data_input("language")]),
    lambda n: connector("Cancel own order", f"{_host(n)}/users/{_uid(n)}/orders/{ORDER_ID}",
                        "delete", data_inputs=[data_input("order_id")]),
    lambda n: connector("Greeting", f"{_host(n)}/greetings", "post",
                        body=GREETING % _uid(n)),
    lambda n: connector("Nested answer", f"{_host(n)}/v1/profile/{_uid(n)}",
                        object_mappings=maps(
                            ("subscription.plan.active", "plan_active"),
                            ("subscription.store-name", "store"), around="result")),
    lambda n: connector("No audience", f"{_host(n)}/customers/{_uid(n)}", audiences=[],
                        object_mappings=maps(("tier", "tier"))),
    lambda n: connector("Graph", f"{_host(n)}/graphql", "post",
                        body=GRAPHQL % _uid(n),
                        object_mappings=maps(("data.customer.tier", "tier"))),
    lambda n: connector("Both keys", f"{_host(n)}/users/{_uid(n)}?email={_mail(n)}&expand=plan",
                        object_mappings=maps(("plan.name", "store"))),
    lambda n: connector("Encoded", f"{_host(n)}/kunden/k%20{_uid(n)}/Übersicht?größe=1",
                        object_mappings=maps(("stufe", "tier"))),
    lambda n: connector("In the browser", "", execution_type="client_side",
                        client_function_name="showCart"),
    lambda n: connector("Nothing mapped", f"{_host(n)}/events/{_uid(n)}", "post",
                        body='{"event": "seen"}'),
    lambda n: connector("Weather", f"{_host(n)}/weather?city={{{{city}}}}&days={{{{days}}}}",
                        data_inputs=[data_input("city"), data_input("days", type="integer")]),
    lambda n: connector("Code block", f"{_host(n)}/people/{_uid(n)}",
                        data_transformation_type="code_block_transformation"),
]  # fmt: skip
"""Honest shapes."""

HONEST_COUNT = 180


def list_honest() -> list[Definition]:
    """180 of them, each with a name of its own."""
    made = [SHAPES[n % len(SHAPES)](n) for n in range(HONEST_COUNT)]
    return [{**each, "name": f"{each['name']} {n}"} for n, each in enumerate(made)]


def fill_workspace(
    server: WorkspaceServer, honest: Sequence[Definition], leaking: Sequence[tuple[str, Definition]]
) -> dict[str, str]:
    """Add attributes and connectors; the ids of those that leak, with their rules."""
    for attribute in ATTRIBUTES:
        server.add_attribute(**attribute)
    bad: dict[str, str] = {}
    step = max(1, len(honest) // max(1, len(leaking)))
    for number, definition in enumerate(honest):
        if number % step == 0 and len(bad) < len(leaking):
            rule, definition_of_leak = leaking[len(bad)]
            bad[server.add_connector(definition_of_leak)] = rule
        server.add_connector(definition)
    return bad
