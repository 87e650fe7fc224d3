"""The options of commands that call a service or replay its responses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from msgspec import Struct
from msgspec.structs import replace

from cactions.cli.shared_options import join_options, share_options
from cactions.cli.stdin_readers import register_rest
from cactions.cli.vault_options import key_options, probe_key_options
from cactions.logic.request.curl_network import CurlNetwork
from cactions.model import Action, Project, UsageError


class LiveOptions(Struct, frozen=True):
    """A recording, by default the action's own, or the live service; and the way to it.

    ``live`` was said aloud: it is the default where ``replay`` was not said either.
    ``user_tokens`` are ``NAME=N`` or ``NAME=-``: a descriptor, or stdin, to read each from.
    ``show_answer``: the answer is shown, too; ``show_others``: with other people than the matched.
    ``cautioned``: what the way is like was said before.
    """

    replay: bool = False
    cassette: Path | None = None
    live: bool = False
    user_tokens: tuple[str, ...] = ()
    proxy: str = ""
    ca_file: Path | None = None
    show_answer: bool = False
    show_others: bool = False
    cautioned: bool = False

    @property
    def replayed(self) -> bool:
        """Whether nothing is sent."""
        return self.replay or self.cassette is not None

    def is_write_call(self, action: Action) -> bool:
        """Whether a call of the action may change data at the service."""
        return not (action.request.is_read or self.replayed)

    def get_curl_network(self, project: Project) -> CurlNetwork:
        """The same way to the services for curl."""
        ca_file = str(self.ca_file.absolute()) if self.ca_file else ""
        return CurlNetwork(project.allowed, ca_file, self.proxy)

    def refuse_replay_at(self, is_intercom: bool) -> None:
        """Raises UsageError where a recording would decide what is written at Intercom."""
        if is_intercom and self.replayed:
            raise UsageError(
                "a recorded answer is never written to a workspace at Intercom",
                hint="Leave --replay out, or look at it with diff.",
            )

    def refuse_showing(self, *, json: bool = False, many: bool = False) -> None:
        """Raises UsageError where an answer is to be shown and cannot be."""
        if self.show_answer and json:
            raise UsageError(
                "--show-answer is for people who read it, and not for programs",
                hint="Leave --json or --format out.",
            )
        if self.show_answer and many:
            raise UsageError("--show-answer is for one person", hint="Use it with --person.")

    def require_live_flag(self, action: Action) -> None:
        """Raises UsageError where such a call was not asked for by name."""
        if self.is_write_call(action) and not self.live:
            raise UsageError(
                f'the call of "{action.name}" is a write request'
                f" ({action.request.http_method.upper()}), so it is not made unasked",
                hint="Say --live to make the call after a confirmation, or --replay to answer from"
                " the recording. If it only reads there, write `effect: read` under its request.",
            )


Proxy = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="CACTIONS_PROXY",
        show_envvar=False,
        help="HTTP proxy. DNS is then resolved by the proxy, without address checks."
        " Also CACTIONS_PROXY.",
    ),
]
CaFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        envvar="CACTIONS_CA_FILE",
        show_envvar=False,
        help="Trust these certificate authorities and no others. Also CACTIONS_CA_FILE.",
    ),
]

_OPTIONS: Final[dict[str, Any]] = {
    "replay": Annotated[
        bool,
        typer.Option(
            "--replay", help="Answer from the recording in cassettes/, without a network."
        ),
    ],
    "cassette": Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The recording to replay. Default: cassettes/ACTION.json."
        ),
    ],
    "live": Annotated[
        bool, typer.Option("--live", help="Call the live service, including write requests.")
    ],
    "user_token": Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=N", help="Read a user token from descriptor N, or - for stdin."),
    ],
    "proxy": Proxy,
    "ca_file": CaFile,
}
_DEFAULTS: Final = {"replay": False, "live": False}

ShowAnswer = Annotated[
    bool,
    typer.Option(
        "--show-answer",
        help="Show the answer, too: cut, and without secrets, redacted values and other people.",
    ),
]
_SHOWING: Final[dict[str, Any]] = {
    "show_answer": ShowAnswer,
    "show_others": Annotated[
        bool, typer.Option("--show-others", help="With --show-answer: other people in it, too.")
    ],
}


def _list_user_tokens(pairs: list[str] | None) -> tuple[str, ...]:
    """Those that are given. Raises UsageError where stdin is read by something else, too."""
    for pair in pairs or ():
        if pair.endswith("=-"):
            register_rest("a user token")  # without its name, which may be the token itself
    return tuple(pairs or ())


def _build_live_options(
    replay: bool,
    cassette: Path | None,
    live: bool,
    user_token: list[str] | None,
    proxy: str | None,
    ca_file: Path | None,
) -> LiveOptions:
    if live and (replay or cassette):
        raise UsageError("--live and --replay exclude each other", hint="Say one of them.")
    return LiveOptions(replay, cassette, live, _list_user_tokens(user_token), proxy or "", ca_file)


def _build_answer_options(show_answer: bool, show_others: bool, **live: Any) -> LiveOptions:  # noqa: ANN401
    if show_others and not show_answer:
        raise UsageError("--show-others needs --show-answer", hint="Give both.")
    options = _build_live_options(**live)
    return replace(options, show_answer=show_answer, show_others=show_others)


_PROBE_OPTIONS: Final[dict[str, Any]] = {
    **_OPTIONS,
    "replay": Annotated[
        bool,
        typer.Option("--replay", help="Judge the recorded probe again, without a network."),
    ],
    "cassette": Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The recorded probe. Default: cassettes/ACTION.probe.json."
        ),
    ],
}

_NETWORK: Final[dict[str, Any]] = {"proxy": Proxy, "ca_file": CaFile}


def _build_network_options(proxy: str | None, ca_file: Path | None) -> LiveOptions:
    return LiveOptions(proxy=proxy or "", ca_file=ca_file)


def _build_call_options(
    user_token: list[str] | None, proxy: str | None, ca_file: Path | None
) -> LiveOptions:
    return LiveOptions(
        user_tokens=_list_user_tokens(user_token), proxy=proxy or "", ca_file=ca_file
    )


# Each of these also adds the options of the vault's key, and gives the command its LiveOptions.

network_options = join_options(key_options, share_options(_NETWORK, {}, _build_network_options))
"""The command with ``--proxy`` and ``--ca-file``, for what reaches a workspace at Intercom."""

_share_call_options: Final = share_options(
    {"user_token": _OPTIONS["user_token"], **_NETWORK}, {}, _build_call_options
)

call_options = join_options(key_options, _share_call_options)
"""The command with these and ``--user-token``, where a run says whether it is live."""

publish_options = join_options(probe_key_options, _share_call_options)
"""The same where ``--as`` names the person who attacks in a probe."""

answer_options = join_options(
    key_options,
    share_options(
        {**_OPTIONS, **_SHOWING},
        {**_DEFAULTS, "show_answer": False, "show_others": False},
        _build_answer_options,
    ),
)
"""The command with ``--replay``, ``--live`` and all of these, and with ``--show-answer``."""

probe_options = join_options(
    probe_key_options, share_options(_PROBE_OPTIONS, _DEFAULTS, _build_live_options)
)
"""The command with ``--replay`` and ``--live`` for a probe, whose recording is another one."""
