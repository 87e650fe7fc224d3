"""Checks nodes against a schema, and builds a tree of located values without the faulty ones."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final

from cactions.logic.name_grammar import NameGrammar, describe_refusal
from cactions.logic.yaml.diagnostics import MISSING_KEY, UNKNOWN_KEY, WRONG_VALUE, Diagnostics
from cactions.logic.yaml.nodes import (
    BrokenNode,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    is_dummy,
    looks_like_template,
    parse_json_scalar,
)
from cactions.logic.yaml.schema import (
    AnyJsonSchema,
    BooleanSchema,
    EitherSchema,
    IntegerSchema,
    ListSchema,
    MapSchema,
    NumberSchema,
    RecordSchema,
    ScalarSchema,
    Schema,
    TaggedUnion,
    TextSchema,
    list_required,
)
from cactions.logic.yaml.spelling_fixes import (
    find_misspelt,
    fix_key_spelling,
    fix_word_spelling,
    list_meant_names,
)
from cactions.logic.yaml.value import LocatedValue, cut_first_line

__all__ = ["LocatedValue", "decode"]

_YAML_BOOLEANS: Final = {"yes", "on", "y", "no", "off", "n", "true", "false"}


def decode(node: Node, schema: Schema, faults: Diagnostics) -> LocatedValue | None:
    """The whole document; None where nothing of it can be used."""
    return _Decoder(faults).decode(node, schema, node, "")


class _Decoder:
    def __init__(self, faults: Diagnostics) -> None:
        self.faults = faults
        self.forms: dict[type, Callable[[Node, Any, Node, str], Any]] = {
            TextSchema: self._decode_text,
            IntegerSchema: self._decode_number,
            NumberSchema: self._decode_number,
            BooleanSchema: self._decode_boolean,
            ScalarSchema: self._decode_scalar,
            AnyJsonSchema: self._keep_node,
            ListSchema: self._decode_list,
            MapSchema: self._decode_map,
            RecordSchema: self._decode_record,
            TaggedUnion: self._decode_tagged,
        }

    def decode(self, node: Node, schema: Schema, key: Node, route: str) -> LocatedValue | None:
        if node.__class__ is BrokenNode:
            return None
        if schema.__class__ is EitherSchema:
            return self.decode(node, self._choose(node, schema), key, route)
        value = self.forms[schema.__class__](node, schema, key, route)
        return None if value is _BAD else LocatedValue(value, node, key, route)

    def _choose(self, node: Node, schema: EitherSchema) -> Schema:
        long = schema.long
        fits = {MapNode: (MapSchema, RecordSchema, TaggedUnion), ListNode: (ListSchema,)}.get(
            type(node), ()
        )
        return long if isinstance(long, fits) else schema.short

    def _report(self, node: Node, message: str, route: str, hint: str = "") -> object:
        self.faults.add(WRONG_VALUE, cut_first_line(node.span), message, hint=hint, route=route)
        return _BAD

    def _require_scalar(self, node: Node, wanted: str, route: str) -> ScalarNode | None:
        if isinstance(node, ScalarNode):
            return node
        form = "a map" if isinstance(node, MapNode) else "a list"
        hint = 'quote the template: "{{ … }}"' if looks_like_template(node) else ""
        self._report(node, f"expected {wanted}, found {form}", route, hint)
        return None

    def _decode_text(self, node: Node, schema: TextSchema, _key: Node, route: str) -> object:
        wanted = "one word" if schema.words else "a text"
        scalar = self._require_scalar(node, wanted, route)
        if scalar is None:
            return _BAD
        nothing = scalar.text == "" or (scalar.plain and scalar.text in ("~", "null"))
        if nothing and scalar.text not in schema.words and not (schema.empty and not scalar.plain):
            return self._report(
                node, "this is empty", route, "give it a value, or leave the key out"
            )
        if schema.words and scalar.text not in schema.words:
            hint = self.faults.suggest_name(scalar.text, schema.words)
            self._report(node, f'"{scalar.text}" is not one of the words for this', route, hint)
            self.faults.attach_fix(
                fix_word_spelling(scalar, self.faults.place(scalar.span), schema.words)
            )
            return _BAD
        named = schema.form is None or self._is_name(scalar, schema.form, route)
        return scalar.text if named else _BAD

    def _decode_number(
        self, node: Node, schema: IntegerSchema | NumberSchema, _key: Node, route: str
    ) -> object:
        whole = isinstance(schema, IntegerSchema)
        wanted = "a whole number" if whole else "a number"
        scalar = self._require_scalar(node, wanted, route)
        if scalar is None:
            return _BAD
        value = parse_json_scalar(scalar)
        if type(value) is not int and (whole or type(value) is not float):
            hint = "write it without quotes" if scalar.text.isdigit() else ""
            return self._report(node, f'"{scalar.text}" is not {wanted}', route, hint)
        if not schema.least <= value <= schema.most:
            single = schema.least == schema.most
            allowed = f"{schema.least:,}" if single else f"{schema.least:,} to {schema.most:,}"
            return self._report(node, f"{value} is out of range", route, f"allowed: {allowed}")
        return value

    def _decode_boolean(self, node: Node, _schema: BooleanSchema, _key: Node, route: str) -> object:
        scalar = self._require_scalar(node, "true or false", route)
        if scalar is None:
            return _BAD
        value = parse_json_scalar(scalar)
        if type(value) is bool:
            return value
        word = scalar.text.lower()
        meant = "true" if word in ("yes", "on", "y", "true") else "false"
        hint = f"write {meant}, without quotes" if word in _YAML_BOOLEANS else "write true or false"
        return self._report(node, f'"{scalar.text}" is not true or false', route, hint)

    def _decode_scalar(self, node: Node, _schema: ScalarSchema, _key: Node, route: str) -> object:
        scalar = self._require_scalar(node, "a single value", route)
        return _BAD if scalar is None else parse_json_scalar(scalar)

    def _keep_node(self, node: Node, _schema: AnyJsonSchema, _key: Node, _route: str) -> Node:
        return node

    def _decode_list(self, node: Node, schema: ListSchema, _key: Node, route: str) -> object:
        if not isinstance(node, ListNode):
            return self._report(
                node, "expected a list", route, "write [a, b], or a line with - each"
            )
        if len(node.items) < schema.least:
            return self._report(node, "the list is empty", route)
        decoded = [
            self.decode(item, schema.item, item, f"{route}[{index}]")
            for index, item in enumerate(node.items)
        ]
        return [item for item in decoded if item is not None]

    def _list_entries(
        self, node: Node, key: Node, route: str
    ) -> list[tuple[ScalarNode, Node]] | None:
        if isinstance(node, MapNode):
            return node.entries
        empty = isinstance(node, ScalarNode) and node.plain and not node.text
        message = "this is empty" if empty else "expected a map of keys"
        self.faults.add(WRONG_VALUE, (key if empty else node).span, message, route=route)
        return None

    def _decode_map(self, node: Node, schema: MapSchema, key: Node, route: str) -> object:
        entries = self._list_entries(node, key, route)
        if entries is None:
            return _BAD
        if len(entries) < schema.least:
            return self._report(node, "the map is empty", route)
        found: dict[str, LocatedValue] = {}
        for name, item in entries:
            here = f"{route}.{name.text}" if route else name.text
            if not name.text and not (schema.empty and not name.plain):
                self.faults.add(WRONG_VALUE, name.span, "a name is empty", route=route)
                continue
            value = self.decode(item, schema.value, name, here)
            named = not schema.form or self._is_name(name, schema.form, here)
            if named and value is not None:
                found[name.text] = value
        return found

    def _is_name(self, node: ScalarNode, form: NameGrammar, route: str) -> bool:
        fits = form.fits(node.text)
        if not fits:
            message, hint = describe_refusal(node.text, form)
            self.faults.add(WRONG_VALUE, cut_first_line(node.span), message, hint=hint, route=route)
        return fits

    def _decode_record(self, node: Node, schema: RecordSchema, key: Node, route: str) -> object:
        if schema.instead and isinstance(node, ScalarNode):
            if schema.dummy and is_dummy(node):
                return node.text
            rule, message, hint = schema.instead
            self.faults.add(rule, cut_first_line(node.span), message, hint=hint, route=route)
            return _BAD
        entries = self._list_entries(node, key, route)
        if entries is None:
            return _BAD
        found: dict[str, LocatedValue] = {}
        fields, before = schema.fields, f"{route}." if route else ""
        for name, item in entries:
            text = name.value
            known = fields.get(text)
            if known is None:
                self._report_unknown(name, fields, entries, before + text)
                self.faults.attach_hint(schema.left_out.get(text, ""))
                continue
            if value := self.decode(item, known.schema, name, before + text):
                found[text] = value
        if not found.keys() >= list_required(schema):
            self._check_complete(schema, list_meant_names(fields, entries), key, route)
        return found

    def _report_unknown(
        self,
        name: ScalarNode,
        known: Collection[str],
        entries: list[tuple[ScalarNode, Node]],
        route: str,
    ) -> None:
        hint = self.faults.suggest_name(name.value, known)
        message = f'unknown key "{name.value}"'
        self.faults.add(UNKNOWN_KEY, name.span, message, hint=hint, route=route)
        fix = fix_key_spelling(name, self.faults.place(name.span), known)
        if fix and not any(scalar_node.value == fix.edits[0].text for scalar_node, _ in entries):
            self.faults.attach_fix(fix)

    def _check_complete(
        self, schema: RecordSchema, present: set[str], key: Node, route: str
    ) -> None:
        missing = [n for n, f in schema.fields.items() if f.required and n not in present]
        for name in missing:
            about = schema.fields[name].about
            hint = f"add {name}: {about}" if about else f"add {name}:"
            message = f'the key "{name}" is missing'
            self.faults.add(MISSING_KEY, cut_first_line(key.span), message, hint=hint, route=route)

    def _decode_tagged(self, node: Node, schema: TaggedUnion, key: Node, route: str) -> object:
        entries = self._list_entries(node, key, route)
        if entries is None:
            return _BAD
        tag = next((value for name, value in entries if name.text == schema.tag), None)
        if tag is None:
            if misspelt := find_misspelt(schema.tag, entries):
                self._report_unknown(misspelt, [schema.tag], entries, f"{route}.{misspelt.value}")
                return _BAD
            only = RecordSchema(
                {schema.tag: next(iter(schema.records.values())).fields[schema.tag]}
            )
            self._check_complete(only, set(), key, route)
            return _BAD
        words = TextSchema(words=tuple(schema.records))
        word = self.decode(tag, words, tag, f"{route}.{schema.tag}")
        if word is None:
            return _BAD
        return self._decode_record(node, schema.records[word.value], key, route)


class _Bad:
    """Tells "there was a fault" from None, which is a value."""


_BAD: Final = _Bad()
