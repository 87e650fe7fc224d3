"""Builds the header of Basic authentication, RFC 7617, from a user name and a password."""

from __future__ import annotations

import base64
from collections.abc import Callable

from cactions.logic.request import checks, encoding
from cactions.logic.request.checks import EncodingError
from cactions.logic.request.encoding import join_parts
from cactions.logic.request.resolver import ValueResolver
from cactions.model import MASK, DefinitionError, MaskedText, SecretRef, Token


def build_basic_auth(token: Token, resolver: ValueResolver) -> MaskedText:
    """The value of the header; either part may be missing, and is empty then.

    The user name is masked too, since base64 hides nothing. A client of OAuth encodes both parts
    like those of a form (RFC 6749, 2.3.1). Raises PlanningError (NO_VALUE, UNFIT_VALUE), and
    DefinitionError for a literal part that is invalid.
    """
    place = f'the token "{token.name}"'
    check_user = str if token.is_oauth_client else checks.check_basic_user
    parts = (
        _resolve_part(token.username, "user name", place, check_user, resolver),
        _resolve_part(token.password, "password", place, checks.check_basic_password, resolver),
    )
    if token.is_oauth_client:
        parts = (
            parts[0].map(encoding.encode_form_value),
            parts[1].map(encoding.encode_form_value),
        )
    pair = join_parts(parts, ":")
    real = None if pair.is_unopened else base64.b64encode(pair.reveal().encode()).decode()
    return MaskedText.of_plain("Basic ") + MaskedText(MASK, real)


def _resolve_part(
    part: SecretRef | str | None,
    what: str,
    place: str,
    check: Callable[[str], str],
    resolver: ValueResolver,
) -> MaskedText:
    if isinstance(part, SecretRef):
        return resolver.resolve_secret(part, place, check)
    try:
        return MaskedText.of_plain(check(part or ""))
    except EncodingError as error:
        raise DefinitionError(f"the {what} of {place} {error}") from None
