"""A request as a curl command that works: what nobody may see stands in shell variables.

- The request is filled with markers in the place of secrets, tokens, the idempotency key and
  redacted values; in its texts each marker becomes a variable, written as its place needs it.
- It does what our own sender does: https only, no redirects, no settings of a home folder, the
  same limits; the same request, but for the spelling of percent-encoding.
- While curl runs, others on the same machine may be able to see its arguments.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote_plus, urlsplit

from cactions.logic.expressions.references import resolve_reference
from cactions.logic.network.origin import DEFAULT_PORT
from cactions.logic.printable import escape_control
from cactions.logic.request import secret_refs
from cactions.logic.request.builder import build_token_request
from cactions.logic.request.call import CallSpec
from cactions.logic.request.placeholders import Placeholders, choose_prefix
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
    AllowedAddress,
    BodyForm,
    FailureReason,
    Input,
    Person,
    PersonField,
    PlanningError,
    Reference,
    Request,
    Scalar,
    Token,
    template_references,
)
from cactions.model.secret import Credentials, Secret

_NEW_KEY: Final = CommandSubstitution(r"od -An -N16 -tx1 /dev/urandom | tr -d ' \n'")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_GLOBS: Final = re.compile(r"[][{}]")


def build_curl_command(asked: CallSpec, allowed: Iterable[AllowedAddress] = ()) -> str:
    """The command, after lines that say what its variables are, and that fetch tokens.

    Raises PlanningError where there is no request, or none that a command can make.
    """
    request = asked.action.request
    script = _Script(Placeholders(_prefix(asked)), tuple(allowed))
    if not request.is_read:
        script.lines.append("# This may change something at the third party.")
    unseen = replace(_unseen(asked, script), key=script.markers.new(_NEW_KEY))
    secrets = script.secrets(request)
    held = {token.name: script.token(token) for token in request.tokens if token.is_runtime_value}
    made = unseen.build_request(Credentials(secrets, held))
    return "\n".join([*script.lines, script.command(made, request)]) + "\n"


def _prefix(asked: CallSpec) -> str:
    """As the request is first: that raises what ``bind`` raises."""
    plain = asked.build_request(Credentials())
    texts = [plain.url.masked, *(value.masked for _, value in plain.headers)]
    texts += [plain.body.masked] if plain.body else []
    return choose_prefix(*texts, *(str(token.fetch) for token in asked.action.request.tokens))


@dataclass(slots=True)
class _Script:
    """``lines`` come before the command; ``known`` are the secrets that have a variable."""

    markers: Placeholders
    allowed: tuple[AllowedAddress, ...]
    lines: list[str] = field(default_factory=list)
    known: dict[str, Secret] = field(default_factory=dict)

    def variable(self, about: str, name: str) -> str:
        """The marker of a new variable."""
        name = self.markers.free(name)
        self.lines.append(f"# {name}: {escape_control(about)}")
        return self.markers.new(ShellVariable(name))

    def secrets(self, request: ActionRequest) -> Mapping[str, Secret]:
        """Markers for those that the request is filled with."""
        for name in secret_refs.list_request_secrets(request):
            if name not in self.known:
                called = build_variable_name(name)
                usual = "_" in called and called[0].isalpha()  # HOME and PATH are the shell's
                called = called if usual else f"SECRET_{called}"
                self.known[name] = Secret(name, self.variable(f"the secret {name}", called))
        return self.known

    def token(self, token: Token) -> Secret:
        """A marker for one that is given, or fetched, with the command that fetches it."""
        called = f"{build_variable_name(token.name).removesuffix('_TOKEN') or 'USER'}_TOKEN"
        if token.fetch is None:
            return Secret(token.name, self.variable(f"the token {token.name} of the user", called))
        request = token.fetch.request
        made = build_token_request(token.fetch, Credentials(self.secrets(request)))
        about = f"the token {token.name}: {token.fetch.token_path} of what this answers"
        called = self.markers.free(called)
        marker = self.variable(about, called)
        fetching = self.command(made, request)
        self.lines.append(f'test -n "${{{called}:-}}" || {{\n{fetching}\n}}')
        return Secret(token.name, marker)

    def command(self, made: Request, request: ActionRequest) -> str:
        """Curl with everything that the request is."""
        arguments = [*self._arguments(made, request)]
        parts = [part for _, parts in arguments for part in parts]
        guards = dict.fromkeys(part.guard for part in parts if isinstance(part, ShellVariable))
        limits = request.limits
        options = [
            f"curl --disable --proto '=https' --request {made.method}",
            *(f"{option} {quote_word(parts)}" if parts else option for option, parts in arguments),
            f"--connect-timeout {limits.connect:g} --max-time {limits.total:g}",
        ]
        return "\n".join([*filter(None, guards), " \\\n  ".join(options)])

    def _arguments(self, made: Request, request: ActionRequest) -> Iterator[tuple[str, list[Part]]]:
        url = made.url.reveal()
        for way in self._ways(url):
            yield "--resolve", [way]
        if _GLOBS.search(url):
            yield "--globoff", []
        if "/." in url:
            yield "--path-as-is", []
        yield "--url", self.markers.split(url, QuotedWord.PERCENT)
        basic = {
            token.header
            for token in request.tokens
            if token.value is None and not token.is_runtime_value
        }
        for name, value in made.headers:
            yield self._header(name, value.reveal(), basic=name in basic)
        if made.body is not None and request.body:
            yield from self._body(made.body.reveal(), request.body.form)

    def _ways(self, url: str) -> Iterator[str]:
        """How a host is reached that only an allow entry leads to."""
        at = urlsplit(url)
        for entry in self.allowed:
            if (entry.host, entry.port) == (at.hostname, at.port or DEFAULT_PORT):
                bracketed = f"[{entry.address}]" if ":" in entry.address else entry.address
                yield f"{entry.host}:{entry.port}:{bracketed}"

    def _header(self, name: str, value: str, *, basic: bool) -> tuple[str, list[Part]]:
        if basic:
            pair = base64.b64decode(value.removeprefix("Basic ")).decode()
            return "--user", self.markers.split(pair)
        return "--header", self.markers.split(f"{name}: {value}" if value else f"{name};")

    def _body(self, body: str, form: BodyForm) -> Iterator[tuple[str, list[Part]]]:
        pairs = [pair.partition("=") for pair in body.split("&")]
        if form is BodyForm.JSON:
            yield "--data-raw", self.markers.split_json(body)
        elif form is BodyForm.TEXT or not all(name for name, _, _ in pairs):
            yield "--data-raw", self.markers.split(body, _WRITTEN[form])
        else:
            for name, _, value in pairs:
                yield "--data-urlencode", [f"{name}=", *self.markers.split(unquote_plus(value))]


_WRITTEN: Final = {BodyForm.TEXT: QuotedWord.AS_IS, BodyForm.FORM: QuotedWord.PERCENT}


def _unseen(asked: CallSpec, script: _Script) -> CallSpec:
    """The same, with markers for the redacted values that the request reads."""
    person, inputs = asked.person, dict(asked.inputs)
    in_json = asked.action.request.body and asked.action.request.body.form is BodyForm.JSON
    for reference in dict.fromkeys(_read(asked.action.request)):
        if reference not in asked.action.redacted:
            continue
        value = resolve_reference(reference, person, inputs)
        if reference == PersonField("role") or (in_json and _CONTROL.search(str(value))):
            raise PlanningError(
                FailureReason.UNFIT_VALUE,
                f"{escape_control(str(reference))} may not be shown, so that no variable can hold it",
                hint="send the request with `cactions diff`",
            )
        about, name = f"{reference}, which may not be shown", build_variable_name(str(reference))
        marker = script.variable(about, name)
        if not isinstance(value, str):
            script.markers.numbers.add(marker)
        person, inputs = _with(person, inputs, reference, marker)
    return replace(asked, person=person, inputs=inputs)


def _with(
    person: Person, inputs: dict[str, Scalar], reference: Reference, marker: str
) -> tuple[Person, dict[str, Scalar]]:
    if isinstance(reference, Input):
        return person, {**inputs, reference.name: marker}
    if reference == PersonField("id"):
        return replace(person, id=marker), inputs
    if isinstance(reference, PersonField):
        return replace(person, fields={**person.fields, reference.name: marker}), inputs
    return replace(person, attributes={**person.attributes, reference.name: marker}), inputs


def _read(request: ActionRequest) -> Iterator[Reference]:
    """Whatever the request is filled with."""
    for template in (request.url, *request.query.values(), *request.headers.values()):
        yield from template.references
    if request.body:
        yield from template_references(request.body.content)
