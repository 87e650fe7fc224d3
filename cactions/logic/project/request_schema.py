"""The part of the file format that says how a third party is asked."""

from __future__ import annotations

from typing import Final

from cactions.logic.name_grammar import SECRET_NAME
from cactions.logic.network.origin import HIGHEST_PORT
from cactions.logic.yaml.diagnostics import LITERAL_SECRET
from cactions.logic.yaml.schema import (
    AnyJsonSchema,
    BooleanSchema,
    EitherSchema,
    FieldSchema,
    IntegerSchema,
    ListSchema,
    MapSchema,
    RecordSchema,
    TextSchema,
)
from cactions.model import MAX_LIMITS, MIB, Effect

METHODS: Final = ("get", "head", "post", "put", "delete", "patch")
STATUS: Final = IntegerSchema(100, 599)

SECRET: Final = RecordSchema(
    {
        "secret": FieldSchema(
            TextSchema(form=SECRET_NAME), "the name of a sealed value", required=True
        )
    },
    instead=(
        LITERAL_SECRET,
        "a secret never stands in the file",
        "write {secret: NAME}; if this one was committed or shown, replace it at its service",
    ),
)

_PARAMETER: Final = EitherSchema(TextSchema(empty=True), SECRET)
PARAMETERS: Final = MapSchema(EitherSchema(_PARAMETER, ListSchema(_PARAMETER, least=1)))
"""Names onto a value, or onto a list of them: the name then stands there for each."""

CLIENT_CERTIFICATE: Final = FieldSchema(
    RecordSchema(
        {
            "certificate": FieldSchema(
                TextSchema(), "PEM, with those of its authorities behind it", required=True
            ),
            "key": FieldSchema(
                SECRET, "{secret: NAME}, its private key, which is not sent", required=True
            ),
        }
    ),
    "what TLS connections to the host present (mutual TLS)",
)

_METHOD: Final = FieldSchema(
    TextSchema(words=METHODS), "get, head, post, put, delete or patch", required=True
)
REQUEST_FIELDS: Final = {
    "http_method": _METHOD,
    "url": FieldSchema(TextSchema(), "an https URL, or a path behind `server`", required=True),
    "server": FieldSchema(TextSchema(), "the name of a server"),
    "query": FieldSchema(PARAMETERS, "query parameters; a list repeats the name"),
    "headers": FieldSchema(MapSchema(TextSchema()), "request headers"),
    "json": FieldSchema(AnyJsonSchema(), "a JSON body"),
    "form": FieldSchema(PARAMETERS, "a form body; a list repeats the name"),
    "text": FieldSchema(TextSchema(), "a plain text body"),
    "multipart": FieldSchema(PARAMETERS, "a multipart body of text fields"),
    "client_certificate": CLIENT_CERTIFICATE,
}

OTHER_CERTIFICATES: Final = dict.fromkeys(
    ("certificate", "cert", "client_cert", "mutual_tls", "mtls"),
    "a client certificate is written as client_certificate: {certificate: PEM, key: {secret: NAME}}"
    " in a request",
)
"""Keys that people look for, with what they are here."""

REQUEST: Final = RecordSchema(
    {
        **REQUEST_FIELDS,
        "effect": FieldSchema(
            TextSchema(words=tuple(effect.value for effect in Effect)),
            "what the call does to the third party: read or write",
        ),
        "idempotency": FieldSchema(
            RecordSchema(
                {
                    "header": FieldSchema(
                        TextSchema(), "the header that carries the key", required=True
                    )
                }
            ),
            "a key that is new for each call, so that a repeated one counts once",
        ),
        "tokens": FieldSchema(ListSchema(TextSchema()), "names of tokens to attach"),
    },
    left_out=OTHER_CERTIFICATES,
)

CHECKS: Final = {
    "status": FieldSchema(EitherSchema(STATUS, ListSchema(STATUS, least=1)), "one or several"),
    "headers": FieldSchema(MapSchema(TextSchema(empty=True)), "response header: its exact value"),
    "body": FieldSchema(
        ListSchema(
            RecordSchema(
                {
                    "path": FieldSchema(TextSchema(), "a response path", required=True),
                    "equals": FieldSchema(AnyJsonSchema(), "what must be there"),
                    "absent": FieldSchema(
                        BooleanSchema(), "true: it must not be there; false: it must, as anything"
                    ),
                }
            )
        ),
        "what must stand in a JSON body",
    ),
}
SUCCESS: Final = RecordSchema(dict(CHECKS))
"""All of these; a 200 with an error in its body is no success."""

DENIAL: Final = RecordSchema(dict(CHECKS))
"""Any one of these."""

LIMITS: Final = RecordSchema(
    {
        "connect_seconds": FieldSchema(
            IntegerSchema(1, int(MAX_LIMITS.connect)), "to be connected; default 5"
        ),
        "total_seconds": FieldSchema(
            IntegerSchema(1, int(MAX_LIMITS.total)), "for one exchange; default 15"
        ),
        "wire_mib": FieldSchema(
            IntegerSchema(1, MAX_LIMITS.wire // MIB), "MiB that may come in; default 1"
        ),
        "decoded_mib": FieldSchema(
            IntegerSchema(1, MAX_LIMITS.decoded // MIB), "MiB after decompression; default 2"
        ),
        "retries": FieldSchema(
            IntegerSchema(0, MAX_LIMITS.retries),
            "how often what is safe to repeat is sent again; default 3",
        ),
    }
)

NETWORK: Final = RecordSchema(
    {
        "allow": FieldSchema(
            ListSchema(
                RecordSchema(
                    {
                        "host": FieldSchema(TextSchema(), "the name in the URL", required=True),
                        "address": FieldSchema(
                            TextSchema(), "where it leads, an IP address", required=True
                        ),
                        "port": FieldSchema(
                            IntegerSchema(1, HIGHEST_PORT), "the port; default 443"
                        ),
                        "reason": FieldSchema(TextSchema(), "why this is safe", required=True),
                    }
                ),
                least=1,
            ),
            "hosts that are reached at exactly this address, which may be a private one",
        )
    }
)
"""Nothing else leads to an address that is not public."""
