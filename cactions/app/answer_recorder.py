"""A Caller that keeps the last answer, for results that are explained by it and for showing it."""

from __future__ import annotations

from cactions.app.ports import Caller
from cactions.logic.answers.explain import explain_result
from cactions.logic.answers.shown_answer import show_answer
from cactions.logic.request.call import CallSpec
from cactions.model import Action, Plan, PlanFailure, Request, Response, ShownAnswer


class AnswerRecorder:
    """Calls as ``caller`` does. For one call at a time."""

    def __init__(self, caller: Caller) -> None:
        self.source = caller.source
        self._caller = caller
        self._last: tuple[CallSpec, Response] | None = None

    def prepare(self, action: Action) -> None:
        """As the caller does."""
        self._caller.prepare(action)

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        """The response. Raises as the caller does."""
        self._last = None
        response = self._caller.call(asked, sealed)
        self._last = (asked, response)
        return response

    def explain(self, result: Plan | PlanFailure) -> Plan | PlanFailure:
        """The result of the last call, with what the answer tells about it."""
        return explain_result(result, *self._last) if self._last else result

    @property
    def can_show_again(self) -> bool:
        """Whether there was an answer, and the same command may ask for it again."""
        return self._last is not None and bool(self.source or self._last[0].action.request.is_read)

    def show(self, *, others: bool) -> ShownAnswer | None:
        """The last answer as it may be shown; None where there was none."""
        return show_answer(*self._last, others=others) if self._last else None
