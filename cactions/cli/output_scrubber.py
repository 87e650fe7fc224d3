"""The last net: once a secret is known, nothing that holds it leaves by a stream, a file or a log.

Requests hide their secrets exactly, and answers are cleaned before they are read; this is for what
was not foreseen. From the moment at which a secret is opened the process also leaves no core dump.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from typing import Final, TextIO, TypeVar, cast

from cactions.cli import progress, streams
from cactions.cli.scrubbed_stream import Scrubbed
from cactions.edges.core_dumps import forbid_core_dumps
from cactions.logic.secrets.encoded_forms import MIN_FORM_BYTES, EncodedForm, list_encoded_forms
from cactions.logic.secrets.leak_check import build_masker, mask_document
from cactions.logic.secrets.scrubber import Scrubber
from cactions.logic.vault.private_key import list_hidden_texts
from cactions.model.secret import Passphrase, Secret, SigningKey
from cactions.render.mask import mask_view

_Known = TypeVar("_Known", Secret, SigningKey, Passphrase)

_STREAMS: Final = ("stdout", "stderr")
_bare: dict[str, tuple[TextIO, TextIO]] = {}
"""By name: the stream as it was, and the one that is in its place."""
_nets: list[Scrubbed] = []
_known: dict[EncodedForm, str] = {}


def register_secret(secret: _Known) -> _Known:
    """The same, and from now on nothing that is written shows it."""
    forbid_core_dumps()
    for text in list_hidden_texts(secret.reveal()):
        for form in list_encoded_forms(text):
            _known.setdefault(form, secret.label)
    if not _bare:
        progress.add_exit_hook(forget_secrets)
        for name in _STREAMS:
            _wrap(name)
    for net in _nets:
        net.scrubber = Scrubber(_known, held=net.scrubber.held)
    streams.put_mask(_mask)
    return secret


def _mask() -> streams.Mask:
    scrubber, hide = Scrubber(_known), build_masker(_known)
    packed = Scrubber(
        [form for form in map(_remove_blanks, _known) if len(form.text) >= MIN_FORM_BYTES]
    )

    def text(text: str) -> str:
        whole: bytes = scrubber.scrub(text.encode("utf-8", "surrogateescape"))
        return whole.decode("utf-8", "surrogateescape")

    def find(text: str) -> list[tuple[int, int]]:
        data = text.encode("utf-8", "replace")
        return [
            (
                len(data[:start].decode("utf-8", "ignore")),
                len(data[:stop].decode("utf-8", "ignore")),
            )
            for start, stop in packed.find_spans(data)
        ]

    return streams.Mask(
        text,
        lambda document: mask_document(document, hide),
        lambda view: mask_view(view, find),
    )


def _remove_blanks(form: EncodedForm) -> EncodedForm:
    """The form without its blanks, at which a line may have been broken."""
    text, stem = (b"".join(part.split()) for part in (form.text, form.stem))
    return EncodedForm(text, len(stem))


def list_secrets() -> Mapping[EncodedForm, str]:
    """Every form of what is known, with its name."""
    return {**_known}


def forget_secrets() -> None:
    """What was held back goes out, and the streams are as they were.

    A stream that other code has put there since then stays.
    """
    for name, (bare, wrapped) in _bare.items():
        if getattr(sys, name) is wrapped:
            setattr(sys, name, bare)
    nets = [*_nets]
    _forget()
    for net in nets:
        net.release()


def _forget() -> None:
    _bare.clear()
    _nets.clear()
    _known.clear()
    streams.remove_mask()


def _wrap(name: str) -> None:
    bare = cast("TextIO", getattr(sys, name))
    bare.flush()
    net = Scrubbed(bare.buffer, Scrubber(()))
    _nets.append(net)
    wrapped = io.TextIOWrapper(
        cast("io.BufferedWriter", net), bare.encoding, bare.errors, write_through=True
    )
    _bare[name] = bare, wrapped
    setattr(sys, name, wrapped)
    _redirect_logs(bare, wrapped)


def _redirect_logs(bare: TextIO, wrapped: TextIO) -> None:
    """Handlers that were made before hold the bare stream."""
    logging = sys.modules.get("logging")
    for handler in logging.root.handlers if logging else ():
        if getattr(handler, "stream", None) is bare:
            handler.setStream(wrapped)
