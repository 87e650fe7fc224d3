"""Chooses tests by action, by a part of their name and by tag; choosing none is an error."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.suggest import join_names, suggest
from cactions.model import Action, ActionTest, UsageError

_NO_TAGS = "write `tags: [smoke]` beside the name of a test"


class TestSelection(Struct, frozen=True):
    """Parts of names, in any case, and tags; of several of a kind, one is enough."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether some tests of an action may be left out."""
        return bool(self.names or self.tags)

    def matches(self, test: ActionTest) -> bool:
        """Whether the test is chosen."""
        name = test.name.casefold()
        named = not self.names or any(part.casefold() in name for part in self.names)
        return named and (not self.tags or not {*self.tags}.isdisjoint(test.tags))


def choose_tests(actions: Sequence[Action], selection: TestSelection) -> list[Action]:
    """The actions with their chosen tests, without those that have none.

    Raises UsageError where a selection chooses none; it names what there is.
    """
    known = {tag for action in actions for test in action.tests for tag in test.tags}
    for tag in selection.tags:
        if tag not in known:
            raise UsageError(f'no test has the tag "{tag}"', hint=suggest(tag, known) or _NO_TAGS)
    chosen = [
        replace(action, tests=tuple(test for test in action.tests if selection.matches(test)))
        for action in actions
    ]
    chosen = [action for action in chosen if action.tests]
    if not chosen and selection.is_partial:
        raise _build_empty_selection(actions, selection)
    return chosen


def describe_missing_tests(actions: Sequence[Action]) -> str:
    """That there are no tests, and which actions have none."""
    if not actions:
        return "There are no tests, since there are no actions."
    without = join_names(action.name for action in actions)
    return f"There are no tests: {without} {'has' if len(actions) == 1 else 'have'} none."


def _build_empty_selection(actions: Collection[Action], selection: TestSelection) -> UsageError:
    names = [test.name for action in actions for test in action.tests]
    if not names:
        without = describe_missing_tests([*actions])
        return UsageError(
            without[0].lower() + without[1:].rstrip("."),
            hint="Write some under `tests:` of an action: `cactions help file-format`.",
        )
    words = [f'"{text}" in its name' for text in selection.names]
    what = " or ".join(words)
    tagged = f"the tag {' or '.join(selection.tags)}" if selection.tags else ""
    quoted = (f'"{name}"' for name in names)
    wanted = " and ".join(filter(None, (tagged, what)))
    return UsageError(f"no test has {wanted}", hint=f"known: {join_names(quoted)}")
