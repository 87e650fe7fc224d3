"""Builds a working curl command for a request; secrets stay in shell variables.

- The request is built with placeholders for secrets, tokens, the idempotency key and redacted
  values. Each placeholder then becomes a variable, quoted as its position needs it.
- The command does what our own sender does: https only, no redirects, no settings of the home
  folder, the same limits and the same request, except for the spelling of percent-encoding.
- While curl runs, other users of the machine may be able to see its arguments.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus, urlsplit

from msgspec.structs import replace

from cactions.logic.expressions.references import resolve_reference
from cactions.logic.network.origin import DEFAULT_PORT
from cactions.logic.printable import escape_control
from cactions.logic.request import secret_refs
from cactions.logic.request.builder import build_token_request
from cactions.logic.request.call import CallSpec
from cactions.logic.request.curl_network import DIRECT, CurlNetwork
from cactions.logic.request.multipart import split_multipart
from cactions.logic.request.placeholders import Placeholders, choose_prefix
from cactions.logic.request.text_body import list_changed_references
from cactions.logic.shell import (
    CommandSubstitution,
    Part,
    QuotedWord,
    ShellVariable,
    build_variable_name,
    quote_word,
)
from cactions.model import (
    ActionRequest,
    BodyForm,
    ClientCertificate,
    FailureReason,
    Input,
    Person,
    PersonField,
    PlanningError,
    Reference,
    Request,
    Scalar,
    Token,
    TokenFetch,
)
from cactions.model.secret import Credentials, Secret

_NEW_KEY: Final = CommandSubstitution(r"od -An -N16 -tx1 /dev/urandom | tr -d ' \n'")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_METHOD_OPTIONS: Final = {"HEAD": "--head"}
"""With ``--request HEAD``, curl would wait for a body."""
_GLOB_CHARACTERS: Final = re.compile(r"[][{}]")


def build_curl_command(call: CallSpec, network: CurlNetwork = DIRECT) -> str:
    """The command, after lines that describe its variables and fetch tokens.

    Raises PlanningError where no request can be built, or none that curl can send.
    """
    request = call.action.request
    script = _Script(Placeholders(_choose_prefix(call)), network)
    if not request.is_read:
        script.lines.append("# This request may change data at the service.")
    masked_call = replace(_mask_redacted(call, script), key=script.placeholders.add(_NEW_KEY))
    secrets = script.add_secrets(request)
    tokens = {
        token.name: script.add_token(token) for token in request.tokens if token.is_runtime_value
    }
    built = masked_call.build_request(Credentials(secrets, tokens))
    command = script.build_command(built, request)
    return "\n".join([*script.lines, command]) + "\n"


def _choose_prefix(call: CallSpec) -> str:
    """A free prefix for placeholders. Builds the request first, and raises what that raises."""
    first_request = call.build_request(Credentials())
    texts = [first_request.url.masked, *(value.masked for _, value in first_request.headers)]
    texts += [first_request.body.masked] if first_request.body else []
    return choose_prefix(*texts, *(str(token.fetch) for token in call.action.request.tokens))


@dataclass(slots=True)
class _Script:
    """``lines`` come before the command; ``known`` are the secrets with a variable.

    ``files`` are the placeholders of the files with private keys, by the names of those.
    """

    placeholders: Placeholders
    network: CurlNetwork
    lines: list[str] = field(default_factory=list)
    known: dict[str, Secret] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def add_variable(self, description: str, name: str) -> str:
        """The placeholder of a new variable."""
        name = self.placeholders.choose_free_name(name)
        self.lines.append(f"# {name}: {escape_control(description)}")
        return self.placeholders.add(ShellVariable(name))

    def add_secrets(self, request: ActionRequest, key: str = "") -> Mapping[str, Secret]:
        """Placeholders for the secrets of the request; none for its key, which signs."""
        for name in secret_refs.list_request_secrets(request):
            if name not in self.known and name != key:
                variable_name = build_variable_name(name)
                usual = (
                    "_" in variable_name and variable_name[0].isalpha()
                )  # HOME and PATH are the shell's
                variable_name = variable_name if usual else f"SECRET_{variable_name}"
                self.known[name] = Secret(
                    name, self.add_variable(f"the secret {name}", variable_name)
                )
        return self.known

    def add_token(self, token: Token) -> Secret:
        """A placeholder for a token, with the command that fetches it if it is dynamic."""
        variable_name = f"{build_variable_name(token.name).removesuffix('_TOKEN') or 'USER'}_TOKEN"
        if token.fetch is None:
            return Secret(
                token.name, self.add_variable(f"the token {token.name} of the user", variable_name)
            )
        request = token.fetch.request
        built = build_token_request(token.fetch, Credentials(self._add_fetch_secrets(token.fetch)))
        description = f"the token {token.name}: {token.fetch.source} of this response"
        variable_name = self.placeholders.choose_free_name(variable_name)
        marker = self.add_variable(description, variable_name)
        fetching = self.build_command(built, request)
        self.lines.append(f'test -n "${{{variable_name}:-}}" || {{\n{fetching}\n}}')
        return Secret(token.name, marker)

    def _add_fetch_secrets(self, fetch: TokenFetch) -> Mapping[str, Secret]:
        """Placeholders for what fills the fetch: curl cannot sign the JWT that a key signs."""
        if fetch.assertion is None:
            return self.add_secrets(fetch.request)
        name, algorithm = fetch.assertion.key, fetch.assertion.algorithm.value
        description = f"a JWT that the key {name} signs ({algorithm}), which curl cannot do"
        jwt = Secret(name, self.add_variable(description, f"{build_variable_name(name)}_JWT"))
        return {**self.add_secrets(fetch.request, name), name: jwt}

    def build_command(self, built: Request, request: ActionRequest) -> str:
        """The curl command for a request."""
        arguments = [*self._list_arguments(built, request)]
        parts = [part for _, parts in arguments for part in parts]
        guards = dict.fromkeys(part.guard for part in parts if isinstance(part, ShellVariable))
        limits, default = request.limits, f"--request {built.method}"
        options = [
            f"curl --disable --proto '=https' {_METHOD_OPTIONS.get(built.method, default)}",
            *(f"{option} {quote_word(parts)}" if parts else option for option, parts in arguments),
            f"--connect-timeout {limits.connect:g} --max-time {limits.total:g}",
        ]
        return "\n".join([*filter(None, guards), " \\\n  ".join(options)])

    def _list_arguments(
        self, built: Request, request: ActionRequest
    ) -> Iterator[tuple[str, list[Part]]]:
        url = built.url.reveal()
        yield from self._list_network_arguments(url)
        if request.client_certificate:
            yield from self._add_certificate(request.client_certificate)
        if _GLOB_CHARACTERS.search(url):
            yield "--globoff", []
        if "/." in url:
            yield "--path-as-is", []
        yield "--url", self.placeholders.split(url, QuotedWord.PERCENT)
        for name, value in _list_headers(built, request):
            basic = (token for token in request.tokens if token.is_basic and token.header == name)
            yield self._build_header(name, value, next(basic, None))
        if built.body is not None and request.body:
            yield from self._build_body(built.body.reveal(), request.body.form)

    def _list_network_arguments(self, url: str) -> Iterator[tuple[str, list[Part]]]:
        if self.network.ca_file:
            yield "--cacert", [self.network.ca_file]
        if self.network.proxy:
            yield "--proxy", [self.network.proxy]
        for resolve_value in self._list_resolve_values(url):
            yield "--resolve", [resolve_value]

    def _add_certificate(self, presented: ClientCertificate) -> Iterator[tuple[str, list[Part]]]:
        """The name of a file: the key itself is never written out."""
        name = presented.key.name
        if name not in self.files:
            description = f"a PEM file with the client certificate and its private key {name}"
            self.files[name] = self.add_variable(description, f"{build_variable_name(name)}_FILE")
        for option in ("--cert", "--key"):
            yield option, self.placeholders.split(self.files[name])

    def _list_resolve_values(self, url: str) -> Iterator[str]:
        """Values of ``--resolve`` for a host with an allowed address."""
        target = urlsplit(url)
        for entry in self.network.allowed:
            if (entry.host, entry.port) == (target.hostname, target.port or DEFAULT_PORT):
                bracketed = f"[{entry.address}]" if ":" in entry.address else entry.address
                yield f"{entry.host}:{entry.port}:{bracketed}"

    def _build_header(self, name: str, value: str, basic: Token | None) -> tuple[str, list[Part]]:
        if basic:
            pair = base64.b64decode(value.removeprefix("Basic ")).decode()
            written = QuotedWord.PERCENT if basic.is_oauth_client else QuotedWord.AS_IS
            return "--user", self.placeholders.split(pair, written)
        return "--header", self.placeholders.split(f"{name}: {value}" if value else f"{name};")

    def _build_body(self, body: str, form: BodyForm) -> Iterator[tuple[str, list[Part]]]:
        if form is BodyForm.MULTIPART:
            for name, text in split_multipart(body):
                yield "--form-string", [f"{name}=", *self.placeholders.split(text)]
            return
        pairs = [pair.partition("=") for pair in body.split("&")]
        if form is BodyForm.JSON:
            yield "--data-raw", self.placeholders.split_json(body)
        elif form is BodyForm.TEXT or not all(name for name, _, _ in pairs):
            yield "--data-raw", self.placeholders.split(body, _QUOTING[form])
        else:
            for name, _, value in pairs:
                yield (
                    "--data-urlencode",
                    [f"{name}=", *self.placeholders.split(unquote_plus(value))],
                )


def _list_headers(built: Request, request: ActionRequest) -> Iterator[tuple[str, str]]:
    """The headers; of a multipart body, curl chooses the boundary."""
    is_multipart = request.body is not None and request.body.form is BodyForm.MULTIPART
    for name, value in built.headers:
        if not (is_multipart and name == "Content-Type"):
            yield name, value.reveal()


_QUOTING: Final = {BodyForm.TEXT: QuotedWord.AS_IS, BodyForm.FORM: QuotedWord.PERCENT}


def _mask_redacted(call: CallSpec, script: _Script) -> CallSpec:
    """The call with placeholders for the redacted values that its request reads."""
    person, inputs = call.person, dict(call.inputs)
    escaped = list_changed_references(call.action.request)
    in_json = call.action.request.body and call.action.request.body.form is BodyForm.JSON
    for reference in dict.fromkeys(call.action.request.references):
        if reference not in call.action.redacted:
            continue
        value = resolve_reference(reference, person, inputs)
        unfit = reference == PersonField("role") or reference in escaped
        if unfit or (in_json and _CONTROL.search(str(value))):
            raise PlanningError(
                FailureReason.UNFIT_VALUE,
                f"{escape_control(str(reference))} is redacted and cannot be in a variable",
                hint="send the request with `diff`",
            )
        description, name = f"{reference}, which is redacted", build_variable_name(str(reference))
        marker = script.add_variable(description, name)
        if not isinstance(value, str):
            script.placeholders.numbers.add(marker)
        person, inputs = _replace_value(person, inputs, reference, marker)
    return replace(call, person=person, inputs=inputs)


def _replace_value(
    person: Person, inputs: dict[str, Scalar], reference: Reference, marker: str
) -> tuple[Person, dict[str, Scalar]]:
    if isinstance(reference, Input):
        return person, {**inputs, reference.name: marker}
    if reference == PersonField("id"):
        return replace(person, id=marker), inputs
    if isinstance(reference, PersonField):
        return replace(person, fields={**person.fields, reference.name: marker}), inputs
    return replace(person, attributes={**person.attributes, reference.name: marker}), inputs
