"""The part of the file format that says how a third party is asked, and with which credentials."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

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
    TaggedUnion,
    TextSchema,
)
from cactions.model import MAX_LIMITS, MIB, Effect

METHODS: Final = ("get", "head", "post", "put", "delete", "patch")
CLIENT_AUTHS: Final = ("body", "basic")
BODY_FORMS: Final = ("json", "form_encoded")
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

_PASSWORD: Final = replace(SECRET, dummy=True)
"""Services that take their key as the user name want no password, or any."""

_PARAMETER: Final = EitherSchema(TextSchema(empty=True), SECRET)
_PARAMETERS: Final = MapSchema(EitherSchema(_PARAMETER, ListSchema(_PARAMETER, least=1)))
"""Names onto a value, or onto a list of them: the name then stands there for each."""

_METHOD: Final = FieldSchema(
    TextSchema(words=METHODS), "get, head, post, put, delete or patch", required=True
)
_QUESTION: Final = {
    "http_method": _METHOD,
    "url": FieldSchema(TextSchema(), "an https URL, or a path behind `server`", required=True),
    "server": FieldSchema(TextSchema(), "the name of a server"),
    "query": FieldSchema(_PARAMETERS, "query parameters; a list repeats the name"),
    "headers": FieldSchema(MapSchema(TextSchema()), "request headers"),
    "json": FieldSchema(AnyJsonSchema(), "a JSON body"),
    "form": FieldSchema(_PARAMETERS, "a form body; a list repeats the name"),
    "text": FieldSchema(TextSchema(), "a plain text body"),
    "multipart": FieldSchema(_PARAMETERS, "a multipart body of text fields"),
}

REQUEST: Final = RecordSchema(
    {
        **_QUESTION,
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
    }
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

_HOSTS: Final = FieldSchema(
    ListSchema(TextSchema(), least=1), "the only hosts that it is sent to", required=True
)
_HEADER: Final = FieldSchema(TextSchema(), "the request header that carries it", required=True)
_PREFIX: Final = FieldSchema(TextSchema(), 'what stands before it in the header, such as "Bearer "')
_TOKEN_ID: Final = FieldSchema(
    TextSchema(), "the token's id in Intercom, for `cactions connectors push`"
)
_LIMITS: Final = FieldSchema(LIMITS, "what one fetch may take; each has a maximum")
_DENIED: Final = FieldSchema(
    DENIAL, "what tells that the token was not accepted; the default is status 401"
)


def _build_token_schema(kind: str, **fields: FieldSchema) -> RecordSchema:
    return RecordSchema(
        {
            "type": FieldSchema(
                TextSchema(words=(kind,)), "what kind of token it is", required=True
            ),
            **fields,
            "hosts": _HOSTS,
            "token_id": _TOKEN_ID,
        }
    )


TOKEN: Final = TaggedUnion(
    "type",
    {
        "text": _build_token_schema(
            "text",
            value=FieldSchema(SECRET, "{secret: NAME}", required=True),
            header=_HEADER,
            prefix=_PREFIX,
        ),
        "basic": _build_token_schema(
            "basic",
            username=FieldSchema(
                EitherSchema(TextSchema(empty=True), SECRET),
                "a name or {secret: NAME}; empty without it",
            ),
            password=FieldSchema(_PASSWORD, "{secret: NAME}; empty without it"),
        ),
        "http_request": _build_token_schema(
            "http_request",
            request=FieldSchema(RecordSchema(dict(_QUESTION)), "how it is fetched", required=True),
            token_path=FieldSchema(TextSchema(), "where the token stands in the answer"),
            token_header=FieldSchema(
                TextSchema(), "the response header that is the token, instead of token_path"
            ),
            expires_in_path=FieldSchema(
                TextSchema(), "where the answer says for how many seconds; default $.expires_in"
            ),
            success_when=FieldSchema(
                SUCCESS, "what makes a fetch a success; the default is status 200"
            ),
            header=_HEADER,
            prefix=_PREFIX,
            denied_when=_DENIED,
            limits=_LIMITS,
        ),
        "oauth_client_credentials": _build_token_schema(
            "oauth_client_credentials",
            token_url=FieldSchema(
                TextSchema(), "the https URL of the token endpoint", required=True
            ),
            client_id=FieldSchema(
                EitherSchema(TextSchema(), SECRET), "an id or {secret: NAME}", required=True
            ),
            client_secret=FieldSchema(SECRET, "{secret: NAME}", required=True),
            header=FieldSchema(
                TextSchema(), "the request header that carries the token; default Authorization"
            ),
            prefix=FieldSchema(
                TextSchema(empty=True), 'what stands before it there; default "Bearer ", or nothing'
            ),
            grant_type=FieldSchema(TextSchema(), "the default is client_credentials"),
            scope=FieldSchema(TextSchema(), "the scope to ask for"),
            audience=FieldSchema(TextSchema(), "the audience to ask for"),
            resource=FieldSchema(
                EitherSchema(TextSchema(), ListSchema(TextSchema(), least=1)),
                "the resource to ask for, or several (RFC 8707)",
            ),
            parameters=FieldSchema(_PARAMETERS, "what else the token endpoint wants in the body"),
            client_auth=FieldSchema(
                TextSchema(words=CLIENT_AUTHS),
                "where id and secret stand: body (default), or basic, the header (RFC 6749, 2.3.1)",
            ),
            body=FieldSchema(TextSchema(words=BODY_FORMS), "form_encoded (default) or json"),
            denied_when=_DENIED,
            limits=_LIMITS,
        ),
        "user": _build_token_schema("user", header=_HEADER, prefix=_PREFIX),
    },
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
