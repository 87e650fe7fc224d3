"""Every list and map of an action file, at any size: valid, invalid, duplicate and nearly valid.

A shape is a text before, a numbered entry, and a text after; ``filled`` repeats the entry until
the file has the size.
"""

# ruff: noqa: E501 - a shape stands on one line

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

HEAD = "version: 1\n"
ATTRIBUTE = "attributes:\n  tier: {data_type: string, options: [a], messenger_writable: false}\n"
REQUEST = "    match: user_id\n    request:\n      http_method: get\n"
URL = "      url: https://api.shop.example/v1/{{ person.user_id }}\n"
RESPONSE = "    response:\n      mapping: {}\n"
MAPS = "    response:\n      mapping:\n        tier: $.tier\n"
PROVEN = (
    "    response:\n      same_person: {path: $.email, equals: person.email, verified: by mail}\n"
)
ONE = f"{HEAD}{ATTRIBUTE}actions:\n  one:\n{REQUEST}{URL}"
DAY = "reason: r, owner: o, expires: 2099-12-31"
WORKSPACE = "workspace:\n  identity_verification: jwt\n"


class Shape(NamedTuple):
    """``before``, then ``entry(0)``, ``entry(1)`` … as long as they fit, then ``after``."""

    before: str
    entry: Callable[[int], str]
    after: str = ""


def filled(shape: Shape, size: int) -> str:
    """The text of nearly ``size`` bytes."""
    parts, number = [shape.before], 0
    width = size - len(shape.before) - len(shape.after)
    while (width := width - len(entry := shape.entry(number))) >= 0:
        parts.append(entry)
        number += 1
    return "".join([*parts, shape.after])


def line(text: str) -> Callable[[int], str]:
    """An entry whose every ``@`` is its number."""
    return lambda number: text.replace("@", str(number))


def _action(name: str, url: str, response: str) -> str:
    return (
        f"  {name}:\n    match: user_id\n    request: {{http_method: get, url: {url}}}\n"
        f"    response: {{{response}}}\n"
    )


SHORT = "https://a.example/{{ person.user_id }}"
CHAIN = _action(
    "a@",
    '"https://a.example/{{ person.attributes.x@ }}"',
    "mapping: {x%: {path: $.v, max_length: 9}}",
)


def chained(number: int) -> str:
    """An action that looks up by the attribute that the previous one has written."""
    return CHAIN.replace("%", str(number + 1)).replace("@", str(number))


def chain_of(size: int) -> str:
    """Attributes and actions in one long chain, which starts at a value chosen by an end user."""
    count = size // 240
    names = "".join(
        f"  x{n}: {{data_type: string, messenger_writable: false}}\n" for n in range(1, count + 1)
    )
    first = "  x0: {data_type: string, messenger_writable: true}\n"
    return f"{HEAD}{WORKSPACE}attributes:\n{first}{names}actions:\n" + "".join(
        map(chained, range(count))
    )


def clique_of(size: int) -> str:
    """Actions that all look up by the same attributes, and all write them."""
    side = int((size / 110) ** 0.5)
    names = [f"x{n}" for n in range(side)]
    attributes = "".join(
        f"  {n}: {{data_type: string, messenger_writable: false}}\n" for n in names
    )
    query = "".join(f"        q{n}: '{{{{ person.attributes.{n} }}}}'\n" for n in names)
    mapping = "".join(f"        {n}: {{path: $.{n}, max_length: 9}}\n" for n in names)
    action = (
        f"{REQUEST}{URL}      query:\n{query}    response:\n"
        f"      same_person: {{path: $.k, equals: person.attributes.x0}}\n      mapping:\n{mapping}"
    )
    actions = "".join(f"  a{n}:\n{action}" for n in range(side))
    return f"{HEAD}{WORKSPACE}attributes:\n{attributes}actions:\n{actions}"


def wide_of(size: int, proof: str = "") -> str:
    """One action with as many keys as targets, of which only the last key is untrusted."""
    count = size // 190
    attributes = "".join(
        f"  x{n}: {{data_type: string, messenger_writable: false}}\n" for n in range(count)
    )
    query = "".join(f"        q{n}: '{{{{ person.attributes.x{n} }}}}'\n" for n in range(count))
    mapping = "".join(f"        x{n}: {{path: $.x{n}, max_length: 9}}\n" for n in range(count))
    return (
        f"{HEAD}{WORKSPACE}attributes:\n{attributes}actions:\n  one:\n{REQUEST}{URL}"
        f"      query:\n{query}    response:\n{proof}      mapping:\n{mapping}"
    )


def echoed_of(size: int) -> str:
    """The same, with the first of the keys as the proof."""
    return wide_of(size, "      same_person: {path: $.id, equals: person.attributes.x0}\n")


def people_of(size: int) -> str:
    """Half attributes, half people who have one each."""
    count = size // 130
    names = "".join(
        f"  x{n}: {{data_type: string, messenger_writable: false}}\n" for n in range(count)
    )
    people = "".join(f"    - {{user_id: u{n}, attributes: {{x{n}: v}}}}\n" for n in range(count))
    return f"{HEAD}attributes:\n{names}workspace:\n  people:\n{people}"


def tested_of(size: int) -> str:
    """Half people, half tests about them."""
    count = size // 150
    people = "".join(f"    - {{user_id: u{n}, test: true}}\n" for n in range(count))
    tests = "".join(
        f"      - {{name: t{n}, person: {{user_id: u{n}}}, expect: {{status: 200}}}}\n"
        for n in range(count)
    )
    return f"{ONE}{MAPS}    tests:\n{tests}workspace:\n  people:\n{people}"


def held_of(size: int) -> str:
    """Attributes with a finding each, and an entry of ``allow`` for each."""
    count = size // 190
    names = "".join(f"  x{n}: {{data_type: string}}\n" for n in range(count))
    entries = "".join(f"  - {{rule: CA103, where: attributes.x{n}, {DAY}}}\n" for n in range(count))
    return f"{HEAD}attributes:\n{names}allow:\n{entries}"


def trusted_of(size: int) -> str:
    """Attributes that end users may write, and an entry of ``trust`` for each."""
    count = size // 190
    names = "".join(f"  x{n}: {{data_type: string}}\n" for n in range(count))
    entries = "".join(f"  - {{where: attributes.x{n}, {DAY}}}\n" for n in range(count))
    return f"{HEAD}attributes:\n{names}trust:\n{entries}"


def inputs_of(size: int) -> str:
    """Inputs, each of which is a lookup key."""
    count = size // 110
    inputs = "".join(
        f"      - {{name: i{n}, type: string, required: true}}\n" for n in range(count)
    )
    query = "".join(f"        q{n}: '{{{{ inputs.i{n} }}}}'\n" for n in range(count))
    return (
        f"{HEAD}{ATTRIBUTE}{WORKSPACE}actions:\n  one:\n    data_inputs:\n{inputs}{REQUEST}{URL}"
        f"      query:\n{query}{MAPS}"
    )


def tokens_of(size: int) -> str:
    """Tokens, all of which one action sends."""
    count = size // 150
    tokens = "".join(
        f"  t{n}: {{type: text, value: {{secret: s{n}}}, header: X-T{n}, hosts: [api.shop.example]}}\n"
        for n in range(count)
    )
    named = "".join(f"        - t{n}\n" for n in range(count))
    return f"{HEAD}{ATTRIBUTE}tokens:\n{tokens}actions:\n  one:\n{REQUEST}{URL}      tokens:\n{named}{MAPS}"


def hosts_of(size: int) -> str:
    """Hosts of one token, each with an allowed private address."""
    count = size // 90
    ways = "".join(
        f"    - {{host: h{n}.example, address: 10.0.0.1, reason: r}}\n" for n in range(count)
    )
    hosts = "".join(f"      - h{n}.example\n" for n in range(count))
    token = "  t:\n    type: text\n    value: {secret: s}\n    header: X-T\n    hosts:\n"
    return f"{HEAD}network:\n  allow:\n{ways}tokens:\n{token}{hosts}"


def foreign_of(size: int) -> str:
    """Half hosts of one token, and half uses of it by actions with another host."""
    count = size // 30
    hosts = "".join(f"      - h{n}.example\n" for n in range(count))
    token = "  t:\n    type: text\n    value: {secret: s}\n    header: X-T\n    hosts:\n"
    named = "        - t\n" * count
    return f"{HEAD}{ATTRIBUTE}tokens:\n{token}{hosts}actions:\n  one:\n{REQUEST}{URL}      tokens:\n{named}{MAPS}"


TOKEN = "tokens:\n  t: {type: text, value: {secret: s}, header: X-T, hosts: [a.example]}\n"
JSON = f"{ONE}      json:\n"
DENIED = (
    f"{HEAD}{ATTRIBUTE}tokens:\n  t:\n    type: oauth_client_credentials\n"
    "    token_url: https://api.shop.example/t\n    client_id: a\n    client_secret: {secret: s}\n"
    "    hosts: [api.shop.example]\n    denied_when:\n"
)
FREE = "attributes:\n  tier: {data_type: string, messenger_writable: false}\n"

SHAPES: dict[str, Shape] = {
    "allow, idle": Shape(f"{HEAD}allow:\n", line(f"  - {{rule: CA101, where: attributes.x@, {DAY}}}\n")),
    "allow, idle on lines": Shape(f"{HEAD}allow:\n", line(
        "  - rule: CA101\n    where: attributes.x@\n    reason: r\n    owner: o\n    expires: 2099-12-31\n")),
    "allow, expired": Shape(f"{HEAD}allow:\n", line(
        "  - {rule: CA101, where: attributes.x@, reason: r, owner: o, expires: 2020-01-01}\n")),
    "allow, the same": Shape(f"{HEAD}allow:\n", line(f"  - {{rule: CA101, where: attributes.x, {DAY}}}\n")),
    "allow, no rule": Shape(f"{HEAD}allow:\n", line(f"  - {{rule: CA99@, where: attributes.x, {DAY}}}\n")),
    "allow, misspelt": Shape(f"{HEAD}allow:\n", line(f"  - {{rulle: CA103, where: attributes.x@, {DAY}}}\n")),
    "trust, idle": Shape(f"{HEAD}trust:\n", line(f"  - {{where: attributes.x@, {DAY}}}\n")),
    "trust, no day": Shape(f"{HEAD}trust:\n", line("  - {where: attributes.x@, reason: r, owner: o, expires: x@}\n")),
    "comments, idle": Shape(ONE + MAPS, line("# cactions: ignore[CA101] because @\n")),
    "comments, used": Shape(f"{HEAD}attributes:\n", line("  x@: {data_type: string} # cactions: ignore[CA103] because\n")),
    "comments, void": Shape(ONE + MAPS, line("# cactions: ignore[]\n")),
    "comments, in one": Shape(f"{ONE}{MAPS}# cactions: ignore[", line("CA101,"), "CA101] because\n"),
    "comments, in one line": Shape(
        f"{HEAD}attributes: {{", line("x@: {data_type: string}, "),
        f"y: {{data_type: string}}}} # cactions: ignore[{'CA103,' * 3000}CA103] because\n"),
    "attributes": Shape(f"{HEAD}attributes:\n", line("  x@: {data_type: string, messenger_writable: false}\n")),
    "attributes, unknown": Shape(f"{HEAD}attributes:\n", line("  x@: {data_type: string}\n")),
    "attributes, in one line": Shape(f"{HEAD}attributes: {{", line("x@: {data_type: string}, "), "}\n"),
    "attributes, misspelt": Shape(f"{HEAD}attributes:\n", line("  x@: {data_tipe: string}\n")),
    "attributes, wrong": Shape(f"{HEAD}attributes:\n", line("  x@: {data_type: String}\n")),
    "attributes, twice": Shape(f"{HEAD}attributes:\n", line("  x: {data_type: string}\n")),
    "attributes, many keys": Shape(f"{HEAD}attributes:\n  x: {{data_type: string, ", line("options@: a, "), "}\n"),
    "options": Shape(f"{HEAD}attributes:\n  tier:\n    data_type: string\n    options:\n", line("      - o@\n")),
    "options, wrong": Shape(f"{HEAD}attributes:\n  tier:\n    data_type: integer\n    options:\n", line("      - o@\n")),
    "options, the same": Shape(f"{HEAD}attributes:\n  tier:\n    data_type: string\n    options:\n", line("      - o\n")),
    "people": Shape(f"{HEAD}workspace:\n  people:\n", line("    - {user_id: u@, email: u@@a.example}\n")),
    "people, the same": Shape(f"{HEAD}workspace:\n  people:\n", line("    - {user_id: u}\n")),
    "people, without a key": Shape(f"{HEAD}workspace:\n  people:\n", line("    - {name: u@}\n")),
    "people, unknown names": Shape(f"{HEAD}{ATTRIBUTE}workspace:\n  people:\n", line("    - {user_id: u@, attributes: {tiers: a}}\n")),
    "people, one with many": Shape(f"{HEAD}{ATTRIBUTE}workspace:\n  people:\n    - user_id: u\n      attributes:\n", line("        tier@: a\n")),
    "servers": Shape(f"{HEAD}servers:\n", line("  s@: {production: 'https://a.example'}\n")),
    "servers, wrong": Shape(f"{HEAD}servers:\n", line("  s@: {production: 'http://a.example'}\n")),
    "environments": Shape(f"{HEAD}servers:\n  s:\n", line("    e@: 'https://a.example'\n")),
    "tokens": Shape(f"{HEAD}tokens:\n", line("  t@: {type: text, value: {secret: s}, header: X-T, hosts: [a.example]}\n")),
    "tokens, literal": Shape(f"{HEAD}tokens:\n", line("  t@: {type: text, value: abcdef, header: X-T, hosts: [a.example]}\n")),
    "tokens, of an action": Shape(f"{HEAD}{ATTRIBUTE}{TOKEN}actions:\n  one:\n{REQUEST}{URL}      tokens:\n", line("        - t\n"), MAPS),
    "tokens, unknown": Shape(f"{HEAD}{ATTRIBUTE}{TOKEN}actions:\n  one:\n{REQUEST}{URL}      tokens:\n", line("        - tt@\n"), MAPS),
    "hosts": Shape(f"{HEAD}tokens:\n  t:\n    type: text\n    value: {{secret: s}}\n    header: X-T\n    hosts:\n", line("      - h@.example\n")),
    "hosts, wrong": Shape(f"{HEAD}tokens:\n  t:\n    type: text\n    value: {{secret: s}}\n    header: X-T\n    hosts:\n", line("      - https://h@\n")),
    "hosts, the same": Shape(f"{HEAD}tokens:\n  t:\n    type: text\n    value: {{secret: s}}\n    header: X-T\n    hosts:\n", line("      - h.example\n")),
    "denied_when.body": Shape(f"{DENIED}      body:\n", line("        - {path: $.a@, equals: 1}\n")),
    "denied_when.status": Shape(f"{DENIED}      status:\n", line("        - 401\n"), f"actions:\n  one:\n{REQUEST}{URL}      tokens: [t]\n    response:\n      success_when: {{status: [200, 401]}}\n      mapping: {{}}\n"),
    "network.allow": Shape(f"{HEAD}network:\n  allow:\n", line("    - {host: h@.example, address: 10.0.0.1, reason: r}\n")),
    "network.allow, the same": Shape(f"{HEAD}network:\n  allow:\n", line("    - {host: h.example, address: 10.0.0.1, reason: r}\n")),
    "network.allow, wrong": Shape(f"{HEAD}network:\n  allow:\n", line("    - {host: h@.example, address: x, reason: r}\n")),
    "actions": Shape(f"{HEAD}{ATTRIBUTE}actions:\n", line(_action("a@", f'"{SHORT}"', "mapping: {tier: $.a}"))),
    "actions, free": Shape(f"{HEAD}{FREE}actions:\n", line(_action("a@", f'"{SHORT}"', "mapping: {tier: $.a}"))),
    "actions, by attribute": Shape(f"{HEAD}{FREE}actions:\n", line(_action("a@", '"https://a.example/{{ person.attributes.tier }}"', "mapping: {tier: $.a}"))),
    "actions, proven by it": Shape(f"{HEAD}{FREE}actions:\n", line(_action("a@", '"https://a.example/{{ person.user_id }}"', "same_person: {path: $.k, equals: person.attributes.tier}, mapping: {tier: $.a}"))),
    "actions, unknown names": Shape(f"{HEAD}{ATTRIBUTE}actions:\n", line(_action("a@", '"https://a.example/{{ person.attributes.tear }}"', "mapping: {tear: $.a}"))),
    "actions, empty": Shape(f"{HEAD}actions:\n", line("  a@:\n")),
    "data_inputs": Shape(f"{HEAD}{ATTRIBUTE}actions:\n  one:\n    data_inputs:\n", line("      - {name: i@, type: string}\n"), REQUEST + URL + MAPS),
    "data_inputs, the same": Shape(f"{HEAD}{ATTRIBUTE}actions:\n  one:\n    data_inputs:\n", line("      - {name: i, type: string}\n"), REQUEST + URL + MAPS),
    "audiences": Shape(f"{HEAD}{ATTRIBUTE}actions:\n  one:\n    audiences:\n", line("      - leads\n"), REQUEST + URL + MAPS),
    "query": Shape(f"{ONE}      query:\n", line("        q@: v\n"), MAPS),
    "query, by email": Shape(f"{HEAD}{ATTRIBUTE}actions:\n  one:\n{REQUEST}{URL}      query:\n", line("        q@: '{{ person.email }}'\n"), MAPS),
    "query, secrets": Shape(f"{ONE}      query:\n", line("        q@: ghp_abcdefghijklmnopqrstuvwxyz0123456789\n"), MAPS),
    "query, unknown names": Shape(f"{ONE}      query:\n", line("        q@: '{{ inputs.order@ }}'\n"), MAPS),
    "query, many holes": Shape(f"{ONE}      query:\n", line("        q@: '" + "{{ person.name }}" * 100 + "'\n"), MAPS),
    "query, in one line": Shape(f"{ONE}      query: {{", line("q@: '{{ person.name }}', "), f"}}\n{MAPS}"),
    "headers": Shape(f"{ONE}      headers:\n", line("        H@: v\n"), MAPS),
    "headers, by name": Shape(f"{ONE}      headers:\n", line("        H@: '{{ person.name }}'\n"), MAPS),
    "headers, the same": Shape(f"{ONE}      headers:\n", lambda n: f"        {''.join(c.upper() if n >> i & 1 else c for i, c in enumerate('abcdefghijklmnopq'))}: v\n", MAPS),
    "form": Shape(f"{ONE}      form:\n", line("        f@: '{{ person.email }}'\n"), MAPS),
    "form, secrets": Shape(f"{ONE}      form:\n", line("        f@: {secret: s@}\n"), MAPS),
    "json, wide": Shape(JSON, line("        k@: '{{ person.email }}'\n"), MAPS),
    "json, a list": Shape(f"{ONE}      json:\n        k:\n", line("          - '{{ person.email }}'\n"), MAPS),
    "json, deep": Shape(JSON, line("        k@: {a: {a: {a: {a: {a: {a: {a: '{{ person.email }}'}}}}}}}\n"), MAPS),
    "json, secrets": Shape(JSON, line("        k@: {secret: s@}\n"), MAPS),
    "rows.where": Shape(f"{ONE}    response:\n      mapping: {{}}\n      rows:\n        path: $.data[*]\n        where:\n", line("          $.a@: person.email\n")),
    "rows.where, attributes": Shape(f"{ONE}    response:\n      mapping: {{}}\n      rows:\n        path: $.data[*]\n        where:\n", line("          $.a@: person.name\n")),
    "success_when.body": Shape(f"{ONE}    response:\n      mapping: {{}}\n      success_when:\n        body:\n", line("          - {path: $.a@, equals: 1}\n")),
    "success_when.body, the same": Shape(f"{ONE}    response:\n      mapping: {{}}\n      success_when:\n        body:\n", line("          - {path: $.a, equals: 1}\n")),
    "success_when.headers": Shape(f"{ONE}    response:\n      mapping: {{}}\n      success_when:\n        headers:\n", line("          h@: v\n")),
    "success_when.status": Shape(f"{ONE}    response:\n      mapping: {{}}\n      success_when:\n        status:\n", line("          - 200\n")),
    "mapping, unknown names": Shape(f"{ONE}    response:\n      mapping:\n", line("        tier@: $.a\n")),
    "one_of": Shape(f"{ONE}    response:\n      mapping:\n        tier:\n          path: $.a\n          one_of:\n", line("            - o@\n")),
    "one_of, the same": Shape(f"{ONE}    response:\n      mapping:\n        tier:\n          path: $.a\n          one_of:\n", line("            - a\n")),
    "values": Shape(f"{ONE}    response:\n      mapping:\n        tier:\n          path: $.a\n          values:\n", line("            v@: a\n")),
    "values, wrong": Shape(f"{ONE}    response:\n      mapping:\n        tier:\n          path: $.a\n          values:\n", line("            v@: b@\n")),
    "tests": Shape(f"{ONE}{MAPS}    tests:\n", line("      - {name: t@, person: u, expect: {status: 200}}\n")),
    "tests, the same": Shape(f"{ONE}{MAPS}    tests:\n", line("      - {name: t, person: u, expect: {status: 200}}\n")),
    "tests, unknown": Shape(f"{ONE}{MAPS}    tests:\n", line("      - {name: t@, person: u, expect: {attributes: {tiers: a}}}\n")),
    "tests, refused": Shape(f"{ONE}{MAPS}    tests:\n      - name: t\n        person: u\n        expect:\n          refused:\n", line("            - tier\n")),
    "tests, expected": Shape(f"{ONE}{MAPS}    tests:\n      - name: t\n        person: u\n        expect:\n          attributes:\n", line("            tier@: a\n")),
    "tests, inputs": Shape(f"{ONE}{MAPS}    tests:\n      - name: t\n        person: u\n        expect: {{status: 200}}\n        inputs:\n", line("          i@: a\n")),
    "keys, unknown": Shape(HEAD, line("k@: 1\n")),
    "keys, near": Shape(HEAD, line("action@: 1\n")),
    "keys, twice": Shape(HEAD, line("actions: {}\n")),
    "keys of dots": Shape(f"{HEAD}attributes:\n  ", lambda n: "a.", "b: {data_type: string}\n"),
    "keys of dots, in json": Shape(f"{ONE}      json:\n        ", lambda n: "a.", f"b: '{{{{ person.name }}}}'\n{MAPS}"),
    "names of dots": Shape(f"{HEAD}attributes:\n", line(f"  {'a.' * 200}@: {{data_type: string}}\n")),
    "a long name": Shape(f"{HEAD}attributes:\n  ", lambda n: "abcdefgh", ": {data_type: string}\n"),
    "unquoted templates": Shape(f"{ONE}      query:\n", line("        q@: {{ person.email }}\n"), MAPS),
    "odd templates": Shape(f"{ONE}      query:\n", line("        q@: '{{ persn.email }}'\n"), MAPS),
    "odd paths": Shape(f"{ONE}    response:\n      mapping:\n", line("        tier@: $..a\n")),
    "long text": Shape(f"{ONE}      text: '", lambda n: "{{ person.name }}", f"'\n{MAPS}"),
    "literal braces": Shape(f"{ONE}      text: '", lambda n: "{", f"'\n{MAPS}"),
    "empty lists": Shape(f"{ONE}      json:\n        k: [", lambda n: "[],", f"[]]\n{MAPS}"),
    "brackets": Shape(f"{HEAD}attributes: ", lambda n: "[", "\n"),
    "blank lines": Shape(f"{HEAD}attributes:\n", lambda n: "\n", "  x: {data_type: string}\n"),
    "tabs": Shape(f"{HEAD}attributes:\n", lambda n: "\t- x\n"),
    "aliases": Shape(f"{HEAD}attributes:\n", line("  x@: *a\n")),
    "anchors": Shape(f"{HEAD}attributes:\n", line("  x@: &a@ {data_type: string}\n")),
    "tags": Shape(f"{HEAD}attributes:\n", line("  x@: !!str a\n")),
}  # fmt: skip
WHOLES: dict[str, Callable[[int], str]] = {
    "a chain of actions": chain_of,
    "a clique of actions": clique_of,
    "keys and targets of one action": wide_of,
    "keys and targets of an echo": echoed_of,
    "people and attributes": people_of,
    "people and tests": tested_of,
    "findings and allow": held_of,
    "attributes and trust": trusted_of,
    "inputs and keys": inputs_of,
    "tokens of one action": tokens_of,
    "hosts and ways": hosts_of,
    "hosts and uses": foreign_of,
}


def text_of(name: str, size: int) -> str:
    """The file of this name, of nearly this number of bytes."""
    return WHOLES[name](size) if name in WHOLES else filled(SHAPES[name], size)


NAMES = (*SHAPES, *WHOLES)
