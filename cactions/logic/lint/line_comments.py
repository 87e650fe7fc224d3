"""Suppressions that stand as comments on lines, and comments that were probably meant as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from cactions.logic.lines import split_lines
from cactions.logic.suggest import find_closest
from cactions.model import Place, Suppression
from cactions.rules import RULES, SUPPRESSIBLE

_MOST_RULES: Final = 100
"""In one comment; there are fewer rules."""
_COMMENT: Final = re.compile(r"(?:^|[ \t])(#[ \t]*cactions: ignore\[([^\]\n]*)\][ \t]*([^\n]*))")
_TOOL: Final = re.compile(r"#[ \t]*cactions?\b", re.IGNORECASE)
_NEAR: Final = re.compile(
    r"(?:^|[ \t])(#[ \t]*cactions?[ \t]*(?:"
    r":[ \t]*(?:ignor|suppress|disabl|noqa)\w*"
    r"|(?:[-=][ \t]*)?(?:ignor|suppress|disabl|noqa)\w*[ \t]*(?:[\[(=:][ \t]*)?CA\w{1,4}\b"
    r")[^\n]*)",
    re.IGNORECASE,
)
"""With a colon behind the name, or a rule behind the verb: prose has neither."""
_RULE: Final = re.compile(r"\bCA\w{1,4}\b", re.IGNORECASE)
_ALIKE: Final = str.maketrans("OIL", "011")
"""Letters that are taken for digits."""
_IDS: Final = frozenset(rule.id for rule in RULES)
_BY_NAME: Final = {rule.name: rule.id for rule in RULES if rule.id in SUPPRESSIBLE}


class IdleComment(Struct, frozen=True):
    """A comment that holds nothing back: why, and what to do."""

    suppression: Suppression
    why: str
    hint: str


class LineComments(Struct, frozen=True):
    """The suppressions on lines, in order; ``idle`` are those that can hold nothing back."""

    sound: tuple[Suppression, ...]
    idle: tuple[IdleComment, ...]


def collect_comments(sources: Mapping[str, str]) -> LineComments:
    """What the lines of these files say about findings."""
    sound: list[Suppression] = []
    idle: list[IdleComment] = []
    for file, text in sources.items():
        if not _TOOL.search(text):
            continue
        for number, line in enumerate(split_lines(text), start=1):
            if "#" not in line:
                continue
            found = _COMMENT.search(line)
            if not found:
                idle += _list_near_misses(file, number, line)
                continue
            for suppression in _parse_comment(file, number, found):
                fault = _find_fault(suppression)
                if fault:
                    idle.append(fault)
                else:
                    sound.append(suppression)
    return LineComments(tuple(sound), tuple(idle))


def _parse_comment(file: str, number: int, found: re.Match[str]) -> Iterator[Suppression]:
    place = Place(file, number, found.start(1) + 1, number, found.end(1) + 1)
    rules = dict.fromkeys(rule.strip() for rule in found[2].split(","))
    for rule in rules if len(rules) <= _MOST_RULES else ("",):
        yield Suppression("", found[3].strip(), rule=rule, place=place)


def _find_fault(suppression: Suppression) -> IdleComment | None:
    rule = suppression.rule
    if rule and rule not in _IDS:
        meant = guess_rule(rule)
        hint = f'did you mean "{meant}"?' if meant else "name the rule by its id, such as CA207"
        return IdleComment(suppression, "names no rule, and holds nothing back", hint)
    if not (rule and suppression.reason):
        why = "gives no rule or no reason, and holds nothing back"
        return IdleComment(suppression, why, "remove it")
    if rule not in SUPPRESSIBLE:
        return IdleComment(
            suppression, "holds nothing back: that rule cannot be suppressed", "remove it"
        )
    return None


def _list_near_misses(file: str, number: int, line: str) -> Iterable[IdleComment]:
    found = _NEAR.search(line)
    if not found:
        return
    place = Place(file, number, found.start(1) + 1, number, found.end(1) + 1)
    words = _RULE.findall(found[1])
    rule = next(filter(None, map(guess_rule, words)), "RULE")
    why = "is not written as one, and holds nothing back"
    hint = f"write `# cactions: ignore[{rule}] REASON`, or remove it"
    yield IdleComment(Suppression("", "", place=place), why, hint)


def guess_rule(word: str) -> str:
    """The rule that was probably meant; empty where none is near."""
    name = word.strip().lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    upper = word.strip().upper()
    rule = upper[:2] + upper[2:].translate(_ALIKE)
    if rule in SUPPRESSIBLE:
        return rule
    return _BY_NAME.get(find_closest(name, _BY_NAME), "")
