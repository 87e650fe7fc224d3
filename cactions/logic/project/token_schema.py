"""The part of the file format that says with which credentials a third party is asked."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from cactions.logic.project.request_schema import (
    DENIAL,
    LIMITS,
    OTHER_CERTIFICATES,
    PARAMETERS,
    REQUEST_FIELDS,
    SECRET,
    SUCCESS,
)
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
from cactions.model import JwtAlgorithm

CLIENT_AUTHS: Final = ("body", "basic", "private_key_jwt")
BODY_FORMS: Final = ("json", "form_encoded")
MIN_LIFETIME: Final = 10
MAX_LIFETIME: Final = 3600  # in seconds

_PASSWORD: Final = replace(SECRET, dummy=True)
"""Services that take their key as the user name want no password, or any."""

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


_TOKEN_URL: Final = FieldSchema(TextSchema(), "the https URL of the token endpoint", required=True)
_CLIENT_ID: Final = EitherSchema(TextSchema(), SECRET)
_CLAIMS: Final = MapSchema(AnyJsonSchema())
_JWT: Final = {
    "algorithm": FieldSchema(
        TextSchema(words=tuple(algorithm.value for algorithm in JwtAlgorithm)),
        "RS256 (default) or ES256 with a private key, HS256 with a secret text",
    ),
    "key_id": FieldSchema(TextSchema(), "the kid of the JWT's header"),
    "lifetime_seconds": FieldSchema(
        IntegerSchema(MIN_LIFETIME, MAX_LIFETIME), "from iat to exp of the JWT; default 120"
    ),
}
_GRANT: Final = {
    "scope": FieldSchema(TextSchema(), "the scope to ask for"),
    "audience": FieldSchema(TextSchema(), "the audience to ask for"),
    "resource": FieldSchema(
        EitherSchema(TextSchema(), ListSchema(TextSchema(), least=1)),
        "the resource to ask for, or several (RFC 8707)",
    ),
    "parameters": FieldSchema(PARAMETERS, "what else the token endpoint wants in the body"),
    "body": FieldSchema(TextSchema(words=BODY_FORMS), "form_encoded (default) or json"),
    "header": FieldSchema(
        TextSchema(), "the request header that carries the token; default Authorization"
    ),
    "prefix": FieldSchema(
        TextSchema(empty=True), 'what stands before it there; default "Bearer ", or nothing'
    ),
    "denied_when": _DENIED,
    "limits": _LIMITS,
}


_NO_CERTIFICATE: Final = {
    "client_certificate": "a connection presents it: write it in the request of an action, or in"
    " that of a token of the type http_request"
}


def _build_token_schema(kind: str, **fields: FieldSchema) -> RecordSchema:
    return RecordSchema(
        {
            "type": FieldSchema(
                TextSchema(words=(kind,)), "what kind of token it is", required=True
            ),
            **fields,
            "hosts": _HOSTS,
            "token_id": _TOKEN_ID,
        },
        left_out={**OTHER_CERTIFICATES, **_NO_CERTIFICATE},
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
            request=FieldSchema(
                RecordSchema(dict(REQUEST_FIELDS), left_out=OTHER_CERTIFICATES),
                "how it is fetched",
                required=True,
            ),
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
            token_url=_TOKEN_URL,
            client_id=FieldSchema(_CLIENT_ID, "an id or {secret: NAME}", required=True),
            client_secret=FieldSchema(SECRET, "{secret: NAME}; none with private_key_jwt"),
            client_auth=FieldSchema(
                TextSchema(words=CLIENT_AUTHS),
                "how the client proves who it is: body (default) or basic, where id and secret"
                " stand (RFC 6749, 2.3.1), or private_key_jwt, a JWT that its key signs (RFC 7523)",
            ),
            grant_type=FieldSchema(TextSchema(), "the default is client_credentials"),
            key=FieldSchema(SECRET, "{secret: NAME}, the key of private_key_jwt"),
            claims=FieldSchema(_CLAIMS, "claims of that JWT besides, or others than the usual"),
            **_JWT,
            **_GRANT,
        ),
        "oauth_jwt_bearer": _build_token_schema(
            "oauth_jwt_bearer",
            token_url=_TOKEN_URL,
            key=FieldSchema(SECRET, "{secret: NAME}, which signs and is not sent", required=True),
            claims=FieldSchema(
                _CLAIMS, "literal claims of the JWT: iss, aud and more", required=True
            ),
            jti=FieldSchema(BooleanSchema(), "true: each JWT has a jti claim of its own"),
            client_id=FieldSchema(
                _CLIENT_ID, "an id or {secret: NAME}, where the body needs one besides"
            ),
            client_secret=FieldSchema(SECRET, "{secret: NAME}, where the body needs one besides"),
            **_JWT,
            **_GRANT,
        ),
        "user": _build_token_schema("user", header=_HEADER, prefix=_PREFIX),
    },
)
