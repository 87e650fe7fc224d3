"""The ``request:`` of a new action, from a request without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct, field

from cactions.logic.connectors.json_body import group_parameters
from cactions.logic.curl_line.pasted_request import FORM_TYPE, JSON_TYPE
from cactions.logic.curl_line.words import PastedLineError
from cactions.logic.new_action.found_secrets import SecretMark, has_secret_path
from cactions.logic.new_action.line_values import DECIDE, TextPlace, ValueFiller
from cactions.logic.new_action.pasted_credentials import CleanRequest
from cactions.logic.yaml.writer import PlainText, YamlRoute, YamlValue, to_plain_text
from cactions.model import BodyForm

DECISION: Final = "decide: "
"""How a comment begins that says what only a person can decide."""
_SAME: Final = {BodyForm.JSON: JSON_TYPE, BodyForm.FORM: FORM_TYPE}
_READS: Final = (
    "effect: read, where this only asks: without it, it is a request that changes things"
)
_IN_URL: Final = (
    "URLs are kept in logs: send the key in a header where the service can,\n"
    "or say with `allow:` and CA302 why it is fine"
)


class RequestDraft(Struct):
    """``content`` is the YAML below ``request``; ``comments`` are by route from there."""

    content: dict[str, YamlValue] = field(default_factory=dict)
    comments: dict[YamlRoute, str] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)


def draft_request(
    clean: CleanRequest, filler: ValueFiller, start: int, *, reads: bool
) -> RequestDraft:
    """Raises PastedLineError for what no action can say; ``start`` is the place of the URL."""
    return _RequestDrafter(filler).draft(clean, start, reads=reads)


def build_open_request() -> RequestDraft:
    """A request whose URL is left to decide."""
    text = f"{DECISION}the URL of the service that answers so, and its `tokens:`;"
    text += "\n`--from-curl` takes both from a line"
    url = PlainText(f"https://api.service.example/{DECIDE}")
    return RequestDraft({"http_method": to_plain_text("get"), "url": url}, {("url",): text})


class _RequestDrafter:
    def __init__(self, filler: ValueFiller) -> None:
        self.filler = filler
        self.found = RequestDraft()

    def draft(self, clean: CleanRequest, start: int, *, reads: bool) -> RequestDraft:
        content = self.found.content
        content["http_method"] = to_plain_text(clean.method)
        if clean.method == "post" and reads:
            content["effect"] = to_plain_text("read")
        elif clean.method == "post" and not clean.idempotency:
            self.found.comments[("http_method",)] = _READS
        content["url"] = self._draft_url(clean, start)
        if clean.query:
            content["query"] = self._draft_pairs("query", clean.query)
        if clean.idempotency:
            content["idempotency"] = {"header": to_plain_text(clean.idempotency)}
        headers = self._draft_headers(clean)
        if headers:
            content["headers"] = headers
        if clean.form is not None:
            content[clean.form.value] = self._draft_body(clean)
        if clean.attached:
            content["tokens"] = clean.attached
        return self.found

    def _draft_url(self, clean: CleanRequest, start: int) -> str:
        _refuse_braces([clean.path])
        path = self.filler.fill_path(clean.path)
        if has_secret_path("/".join(self.filler.unexplained)):
            hint = (
                "Paths are kept in logs: ask the service for a way to send it in a header. If it is"
                " the hash of a customer's value, name that value: --fill VALUE=person.email"
            )
            raise PastedLineError("a part of the path looks like a secret", hint, start)
        self._comment(path, "url")
        return _write_url(f"{clean.origin}{path}")

    def _draft_pairs(
        self, key: str, pairs: Iterable[tuple[str, str | SecretMark]]
    ) -> dict[str, YamlValue]:
        filled: list[tuple[str, YamlValue]] = []
        for name, value in pairs:
            _refuse_braces([name])
            place = TextPlace(f"{name} of the {key}", name)
            filled.append((name, self._fill(value, place, (key, name))))
            if isinstance(value, SecretMark) and key == "query":
                self.found.comments[(key, name)] = DECISION + _IN_URL
        return _group(filled)

    def _draft_headers(self, clean: CleanRequest) -> dict[str, YamlValue]:
        same = _SAME.get(clean.form) if clean.form else None
        found: dict[str, YamlValue] = {}
        for name, value in clean.headers:
            lower = name.lower()
            default = lower == "accept" and value == JSON_TYPE
            if default or (lower == "content-type" and (value == same or clean.form is None)):
                continue
            found[name] = self._fill(
                value, TextPlace(f"the header {name}", name), ("headers", name)
            )
        if clean.form is BodyForm.TEXT and not any(key.lower() == "content-type" for key in found):
            found["Content-Type"] = to_plain_text(FORM_TYPE)
        return found

    def _draft_body(self, clean: CleanRequest) -> YamlValue:
        form = clean.form.value if clean.form else ""
        if clean.form is BodyForm.TEXT:
            return self._fill(str(clean.content), TextPlace("the body"), (form,))
        if clean.form is BodyForm.JSON:
            return self._draft_json(clean.content, "", (form,))
        pairs = clean.content if isinstance(clean.content, list) else []
        return self._draft_pairs(form, pairs)

    def _draft_json(self, value: object, name: str, route: YamlRoute) -> YamlValue:
        place = TextPlace(f"{name} of the body" if name else "the body", name)
        if isinstance(value, dict):
            return {key: self._draft_json(item, key, (*route, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._draft_json(item, name, (*route, n)) for n, item in enumerate(value)]
        if isinstance(value, str | SecretMark):
            return self._fill(value, place, route)
        if isinstance(value, int | float) and not isinstance(value, bool):
            filled = self.filler.fill_number(value, place)
            if filled is not None:
                self._comment(filled, *route)
                return filled
        return value if value is None or isinstance(value, bool | int | float) else str(value)

    def _fill(self, value: str | SecretMark, place: TextPlace, route: YamlRoute) -> YamlValue:
        if isinstance(value, SecretMark):
            return {"secret": to_plain_text(value.name)}
        _refuse_braces([value])
        filled = self.filler.fill(value, place)
        self._comment(filled, *route)
        return to_plain_text(filled)

    def _comment(self, filled: str, *route: str | int) -> None:
        """Above what is undecided, what there is to choose from."""
        if DECIDE in filled:
            candidate = [*self.filler.candidates.values()][-1]
            stood = (
                f"the value of {candidate.variable} stands"
                if candidate.variable
                else ("a value of the pasted line stood")
            )
            text = f"{DECISION}{stood} here, in {candidate.place}: write"
            text += f"\n{{{{ {candidate.proposal} }}}}, another value of the person, an input,"
            self.found.comments[route] = f"{text} or the same for everyone"


def _write_url(url: str) -> str:
    """A URL needs no quotes, with holes too."""
    return PlainText(url) if not set(url) & {"#", "'", '"'} and ": " not in url else url


def _group(pairs: Sequence[tuple[str, YamlValue]]) -> dict[str, YamlValue]:
    """The value of each name, or a list where it stands several times."""
    texts = [(name, value) for name, value in pairs if isinstance(value, str)]
    if len(texts) == len(pairs):
        return group_parameters((name, value) for name, value in texts)
    found: dict[str, YamlValue] = {}
    for name, value in pairs:
        before = found.get(name)
        if name not in found:
            found[name] = value
        else:
            found[name] = [*before, value] if isinstance(before, list) else [before, value]
    return found


def _refuse_braces(texts: Iterable[str]) -> None:
    """Raises PastedLineError: two braces begin a hole, and cannot be written otherwise."""
    if any("{{" in text for text in texts):
        hint = "Send it as variables of the service, or with a blank between the braces."
        raise PastedLineError("two opening braces side by side cannot be sent", hint, 0)
