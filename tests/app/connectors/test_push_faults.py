"""Every wrong answer to every call of a push: what is said is what happened, and live stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import Struct

from cactions.app.connectors.push import apply_push
from cactions.edges.intercom.client import IntercomClient
from cactions.edges.intercom.pacer import Pacer
from cactions.logic.connectors.push import PROBE_MARK, PushOutcome, PushResult
from cactions.model import IntercomConnection, RunAborted
from cactions.model.secret import Secret
from tests.app.connectors.connector_calls import WrongAnswer, WrongSender, list_combinations
from tests.app.connectors.pushing import LIVE, loyalty, plan, project_of
from tests.edges.intercom.clients import API, SkippingClock
from tests.workspace import Settings
from tests.workspace.direct import DirectWorkspace

Judge = Callable[..., list[str]]
DONE = (PushOutcome.CREATED, PushOutcome.UPDATED)


class Scene(Struct, frozen=True):
    """A connector and a workspace. ``live`` None: there is no connector yet."""

    live: bool | None
    patch_changes: str = "draft"
    allow_live: bool = False
    description: str = "After."


SCENES = {
    "creation": (Scene(None), 90),
    "a draft": (Scene(live=False), 100),
    "live": (Scene(live=True), 180),
    "live, description kept": (Scene(live=True, description="Before."), 180),
    "live, description not stated": (Scene(live=True, description=""), 180),
    "at once": (Scene(live=True, patch_changes="live"), 200),
    "at once, description kept": (
        Scene(live=True, patch_changes="live", description="Before."),
        200,
    ),
    "at once, allowed": (Scene(live=True, patch_changes="live", allow_live=True), 100),
}
"""Each with the smallest number of wrong answers that its calls can get."""


class Stage:
    """One scene, played again and again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        settings = Settings(patch_changes=scene.patch_changes, limit=10**9)  # type: ignore[arg-type]
        self.workspace = DirectWorkspace(settings)
        self.sender = WrongSender(self.workspace)
        connection = IntercomConnection(f"https://{API}", API, None, api_version="2.16")
        clock, token = SkippingClock(), Secret("intercom_token", settings.token)
        pacer = Pacer(clock, clock, None)
        self.api = IntercomClient(connection, lambda: token, self.sender, pacer, clock)
        self.key = ""
        self.methods: list[str] = []

    def build(self) -> None:
        """The connector as it is before, and no other one."""
        for found in self.workspace.list_connectors():
            self.workspace.remove_connector(found["id"])
        if self.scene.live is not None:
            self.key = self.workspace.add_connector(LIVE, live=self.scene.live)

    def push(
        self,
        answer: WrongAnswer | None = None,
        number: int = 0,
        *,
        lasting: bool = False,
        allow_live: bool = False,
    ) -> PushResult:
        """The command; call ``number`` of what it does after the question is answered wrongly."""
        found = loyalty(connector_id=self.key, description=self.scene.description)
        planned = plan(self.api, found)
        allow_live = allow_live or self.scene.allow_live
        self.sender.arm(answer, number, lasting=lasting)
        try:
            return apply_push(self.api, planned, project_of(found), allow_live=allow_live)
        finally:
            self.methods = self.sender.disarm()

    def take(self) -> list[Any]:
        """Both versions of every connector; no draft where it says the same as what is live."""
        return [_list_versions(found) for found in self.workspace.list_connectors()]


def _list_versions(connector: dict[str, Any]) -> tuple[Any, Any]:
    live, draft = connector["live"], connector["draft"]
    is_same = live and draft and {**live, "state": ""} == {**draft, "state": ""}
    return live, None if is_same else draft


def list_faults(
    stage: Stage, answer: WrongAnswer, number: int, *, lasting: bool = False
) -> list[str]:
    """What is wrong with a push whose call ``number`` gets this answer."""
    stage.build()
    before = stage.take()
    result = stage.push(answer, number, lasting=lasting)
    after = stage.take()
    is_told = isinstance(result.error, RunAborted) and result.error.written
    checks = {
        "more than one connector": len(after) <= 1,
        "failed, and something was changed": (
            result.outcome is not PushOutcome.FAILED or is_told or before == after
        ),
        "done, and not verified": result.outcome not in DONE or result.is_verified,
        "live was changed": (
            stage.scene.allow_live
            or not before
            or before[0][0] == after[0][0]
            or (lasting and is_live_told(result))
        ),
        "without an error": (result.error is None) == (result.outcome in DONE),
    }
    return [text for text, holds in checks.items() if not holds]


def is_live_told(result: PushResult) -> bool:
    """Whether it says what is live now, or that it is not known, and what makes it right."""
    told = "is not as it was: description is now", "it is not known whether what is live"
    error = result.error
    return (
        error is not None
        and "`cactions connectors " in error.hint
        and any(text in str(error) for text in told)
    )


def list_lasting_faults(stage: Stage, answer: WrongAnswer, number: int) -> list[str]:
    """As ``list_faults``, where no later call works; then the command that repairs it."""
    faults = list_faults(stage, answer, number, lasting=True)
    again = stage.push(allow_live=stage.scene.patch_changes == "live")
    checks = {
        "the same command again": len(stage.take()) == 1 and again.is_verified,
        "the mark is left": PROBE_MARK not in str(stage.take()),
    }
    return faults + [text for text, holds in checks.items() if not holds]


def play(stage: Stage, judge: Judge, *, step: int = 1) -> tuple[int, list[str]]:
    """Every wrong answer to every call: how many there were, and what was wrong."""
    stage.build()
    stage.push()
    methods = stage.methods
    chosen = list(list_combinations(methods))[::step]
    faults = [
        f"call {number} ({methods[number]}): {answer.label}: {text}"
        for number, answer in chosen
        for text in judge(stage, answer, number)
    ]
    return len(chosen), faults


@pytest.mark.parametrize("name", SCENES)
def test_after_one_wrong_answer_what_is_said_is_what_happened(name: str) -> None:
    """Nothing is created twice, no live version stays changed, and no failure hides a change."""
    scene, smallest = SCENES[name]
    count, faults = play(Stage(scene), list_faults)
    assert [] == faults
    assert count >= smallest


@pytest.mark.hostile
@pytest.mark.parametrize("name", SCENES)
def test_after_an_outage_what_is_said_is_what_happened(
    name: str, request: pytest.FixtureRequest
) -> None:
    """From one call on, none works; where live stays changed, the error says what is there now."""
    step = 1 if request.config.option.markexpr == "hostile" else 5
    scene, smallest = SCENES[name]
    count, faults = play(Stage(scene), list_lasting_faults, step=step)
    assert [] == faults
    assert count * step >= smallest
