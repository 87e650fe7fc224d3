"""Shows the answer that a result for one person was made from, before the result itself."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from cactions.app.answer_recorder import AnswerRecorder
from cactions.cli import wiring
from cactions.cli.live_options import LiveOptions
from cactions.model import Plan, PlanFailure
from cactions.render.answer import render_answer

_SHOW: Final = "--show-answer shows the answer."


def explain_and_show(
    result: Plan | PlanFailure, answered: AnswerRecorder, options: LiveOptions
) -> Plan | PlanFailure:
    """The result with what its answer tells; the answer is shown where that was asked for."""
    if options.show_answer and (shown := answered.show(others=options.show_others)):
        wiring.create_output().print(render_answer(shown))
    explained = answered.explain(result)
    if not options.show_answer and isinstance(explained, PlanFailure) and answered.can_show_again:
        hint = f"{explained.hint.rstrip('.')}. {_SHOW}" if explained.hint else _SHOW
        return replace(explained, hint=hint)
    return explained
