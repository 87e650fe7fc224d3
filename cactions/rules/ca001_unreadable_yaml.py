"""The file cannot be read as YAML, or uses what is not allowed in it.

Action files are a strict subset of YAML: one document, UTF-8, at most 1 MiB and 16 levels deep,
without anchors, aliases, tags, directives and merge keys. What two readers could understand
differently has no place in a file that decides who sees what.

Nor has what a reviewer does not see: characters that end a line for the YAML parser but not for
git (U+0085, U+2028, U+2029, a lone carriage return), characters without a shape (bidirectional
controls, zero-width characters, fillers, tags, a byte order mark that is not the first character),
and gaps of 96 columns or more, which move text out of the window.

The mistake that everybody makes once is a template without quotes: ``{{`` begins a YAML map.

Why: the YAML specification, https://yaml.org/spec/1.2.2/, and on aliases that grow without end
CWE-776: https://cwe.mitre.org/data/definitions/776.html

Bad:

    version: 1
    workspace:
      identity_verification: jwt
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: {{ person.user_id }}  # <- CA001
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Good:

    version: 1
    workspace:
      identity_verification: jwt
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Fix: quote the template, write aliases out, split what is too large. Remove what cannot be seen, or
write it as an escape in double quotes: a backslash, ``u`` and its four hexadecimal digits.

Suppress: it cannot be: it belongs to the file format.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA001", "unreadable-yaml", ERROR)
