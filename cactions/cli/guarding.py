"""The last net: once a secret is known, nothing that holds it leaves by stdout, stderr or a log.

Requests hide their secrets exactly; this is for what nobody thought of. From the moment at which a
secret is opened the process also leaves no core dump.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from typing import Final, TextIO, TypeVar, cast

from cactions.cli import moment
from cactions.cli.scrubbed import Scrubbed
from cactions.edges.dumping import forbid_core_dumps
from cactions.logic.scrubbing import Scrubber, forms
from cactions.model.secret import Passphrase, Secret

_Known = TypeVar("_Known", Secret, Passphrase)

_STREAMS: Final = ("stdout", "stderr")
_bare: dict[str, TextIO] = {}
_nets: list[Scrubbed] = []
_known: dict[bytes, str] = {}


def know(secret: _Known) -> _Known:
    """The same, and from now on nothing that is written shows it."""
    forbid_core_dumps()
    for form in forms(secret.reveal()):
        _known.setdefault(form, secret.label)
    if not _bare:
        moment.at_end(end)
        for name in _STREAMS:
            _wrap(name)
    for net in _nets:
        net.scrubber = Scrubber(_known, held=net.scrubber.held)
    return secret


def known() -> Mapping[bytes, str]:
    """Every form of what is known, with its name."""
    return {**_known}


def end() -> None:
    """What was held back goes out, and the streams are as they were."""
    for name, bare in _bare.items():
        setattr(sys, name, bare)
    nets = [*_nets]
    _forget()
    for net in nets:
        net.release()


def _forget() -> None:
    _bare.clear()
    _nets.clear()
    _known.clear()


def _wrap(name: str) -> None:
    bare = cast("TextIO", getattr(sys, name))
    bare.flush()
    net = Scrubbed(bare.buffer, Scrubber(()))
    _bare[name] = bare
    _nets.append(net)
    wrapped = io.TextIOWrapper(
        cast("io.BufferedWriter", net), bare.encoding, bare.errors, write_through=True
    )
    setattr(sys, name, wrapped)
    _redirect_logs(bare, wrapped)


def _redirect_logs(bare: TextIO, wrapped: TextIO) -> None:
    """Handlers that were made before hold the bare stream."""
    logging = sys.modules.get("logging")
    for handler in logging.root.handlers if logging else ():
        if getattr(handler, "stream", None) is bare:
            handler.setStream(wrapped)
