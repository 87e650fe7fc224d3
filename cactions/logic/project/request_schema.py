"""The part of the file format that says how a third party is asked, and with which credentials."""

from __future__ import annotations

from typing import Final

from cactions.logic.name_grammar import SECRET_NAME
from cactions.logic.network.origin import HIGHEST_PORT
from cactions.logic.yaml.diagnostics import LITERAL_SECRET
from cactions.logic.yaml.schema import (
    AnyJson,
    Either,
    Field,
    Integer,
    ListOf,
    MapOf,
    Record,
    Tagged,
    Text,
)
from cactions.model import HIGHEST, MIB, Effect

METHODS: Final = ("get", "post", "put", "delete", "patch")
BODY_FORMS: Final = ("json", "form_encoded")
STATUS: Final = Integer(100, 599)

SECRET: Final = Record(
    {"secret": Field(Text(form=SECRET_NAME), "the name of a sealed value", required=True)},
    instead=(
        LITERAL_SECRET,
        "a secret never stands in the file",
        "write {secret: NAME}; if this one was committed or shown, replace it at its service",
    ),
)

_METHOD: Final = Field(Text(words=METHODS), "get, post, put, delete or patch", required=True)
_QUESTION: Final = {
    "http_method": _METHOD,
    "url": Field(Text(), "an https URL, or a path behind `server`", required=True),
    "server": Field(Text(), "the name of a server"),
    "query": Field(MapOf(Text(empty=True)), "query parameters"),
    "headers": Field(MapOf(Text()), "request headers"),
    "json": Field(AnyJson(), "a JSON body"),
    "form": Field(MapOf(Either(Text(empty=True), SECRET)), "a form body"),
    "text": Field(Text(), "a plain text body"),
}

REQUEST: Final = Record(
    {
        **_QUESTION,
        "effect": Field(
            Text(words=tuple(effect.value for effect in Effect)),
            "what the call does to the third party: read or write",
        ),
        "idempotency": Field(
            Record({"header": Field(Text(), "the header that carries the key", required=True)}),
            "a key that is new for each call, so that a repeated one counts once",
        ),
        "tokens": Field(ListOf(Text()), "names of tokens to attach"),
    }
)

_CHECKS: Final = {
    "status": Field(Either(STATUS, ListOf(STATUS, least=1)), "one or several"),
    "headers": Field(MapOf(Text(empty=True)), "response header: its exact value"),
    "body": Field(
        ListOf(
            Record(
                {
                    "path": Field(Text(), "a response path", required=True),
                    "equals": Field(AnyJson(), "what must be there", required=True),
                }
            )
        ),
        "what must stand in a JSON body",
    ),
}
SUCCESS: Final = Record(dict(_CHECKS))
"""All of these; a 200 with an error in its body is no success."""

DENIAL: Final = Record(dict(_CHECKS))
"""Any one of these."""

LIMITS: Final = Record(
    {
        "connect_seconds": Field(Integer(1, int(HIGHEST.connect)), "to be connected; default 5"),
        "total_seconds": Field(Integer(1, int(HIGHEST.total)), "for one exchange; default 15"),
        "wire_mib": Field(Integer(1, HIGHEST.wire // MIB), "MiB that may come in; default 1"),
        "decoded_mib": Field(
            Integer(1, HIGHEST.decoded // MIB), "MiB after decompression; default 2"
        ),
        "retries": Field(
            Integer(0, HIGHEST.retries), "how often what is safe to repeat is sent again; default 3"
        ),
    }
)

_HOSTS: Final = Field(ListOf(Text(), least=1), "the only hosts that it is sent to", required=True)
_HEADER: Final = Field(Text(), "the request header that carries it", required=True)
_PREFIX: Final = Field(Text(), 'what stands before it in the header, such as "Bearer "')
_LIMITS: Final = Field(LIMITS, "what one fetch may take; each has a maximum")
_DENIED: Final = Field(
    DENIAL, "what tells that the token was not accepted; the default is status 401"
)


def _token(kind: str, **fields: Field) -> Record:
    return Record(
        {
            "type": Field(Text(words=(kind,)), "what kind of token it is", required=True),
            **fields,
            "hosts": _HOSTS,
        }
    )


TOKEN: Final = Tagged(
    "type",
    {
        "text": _token(
            "text",
            value=Field(SECRET, "{secret: NAME}", required=True),
            header=_HEADER,
            prefix=_PREFIX,
        ),
        "basic": _token(
            "basic",
            username=Field(Either(Text(), SECRET), "a name or {secret: NAME}", required=True),
            password=Field(SECRET, "{secret: NAME}", required=True),
        ),
        "http_request": _token(
            "http_request",
            request=Field(Record(dict(_QUESTION)), "how it is fetched", required=True),
            token_path=Field(Text(), "where the token stands in the answer", required=True),
            expires_in_path=Field(
                Text(), "where the answer says for how many seconds; default $.expires_in"
            ),
            success_when=Field(SUCCESS, "what makes a fetch a success; the default is status 200"),
            header=_HEADER,
            prefix=_PREFIX,
            denied_when=_DENIED,
            limits=_LIMITS,
        ),
        "oauth_client_credentials": _token(
            "oauth_client_credentials",
            token_url=Field(Text(), "the https URL of the token endpoint", required=True),
            client_id=Field(Either(Text(), SECRET), "an id or {secret: NAME}", required=True),
            client_secret=Field(SECRET, "{secret: NAME}", required=True),
            scope=Field(Text(), "the scope to ask for"),
            audience=Field(Text(), "the audience to ask for"),
            body=Field(Text(words=BODY_FORMS), "form_encoded (default) or json"),
            denied_when=_DENIED,
            limits=_LIMITS,
        ),
        "user": _token("user", header=_HEADER, prefix=_PREFIX),
    },
)

NETWORK: Final = Record(
    {
        "allow": Field(
            ListOf(
                Record(
                    {
                        "host": Field(Text(), "the name in the URL", required=True),
                        "address": Field(Text(), "where it leads, an IP address", required=True),
                        "port": Field(Integer(1, HIGHEST_PORT), "the port; default 443"),
                        "reason": Field(Text(), "why this is safe", required=True),
                    }
                ),
                least=1,
            ),
            "hosts that are reached at exactly this address, which may be a private one",
        )
    }
)
"""Nothing else leads to an address that is not public."""
