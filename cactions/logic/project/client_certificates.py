"""Shapes client certificates: PEM in the file, with the name of a sealed key.

The certificate stands in the file and not in the vault: it is public, a review shows when it
changes, and a definition that is published has it.
"""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.pem import has_private_key, is_base64, write_block
from cactions.logic.project.scope import Scope, parse_secret_name
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import LITERAL_SECRET, WRONG_VALUE
from cactions.model import ClientCertificate

_LABEL: Final = "CERTIFICATE"
_BEGIN: Final = f"-----BEGIN {_LABEL}-----"
_END: Final = f"-----END {_LABEL}-----"
_BLOCK: Final = rf"{_BEGIN}(\s[A-Za-z0-9+/=\s]*\s){_END}"
_KEY: Final = r"-----BEGIN [A-Z ]*PRIVATE KEY"


def build_client_certificate(at: LocatedValue | None, scope: Scope) -> ClientCertificate | None:
    """What is presented; None where nothing is, or where it cannot be used."""
    text, key_at = (at.get("certificate"), at.get("key")) if at else (None, None)
    certificate = _read_certificate(text, scope) if text else ""
    key = parse_secret_name(key_at) if key_at else None
    return ClientCertificate(certificate, key) if certificate and key else None


def _read_certificate(at: LocatedValue, scope: Scope) -> str:
    """The blocks in the lines of their standard (RFC 7468); empty where it is something else."""
    if re.search(_KEY, at.value) or has_private_key(at.value):
        message = "a private key never stands in the file"
        hint = (
            "seal it, and write key: {secret: NAME}; if the file was committed or shown, replace"
            " key and certificate"
        )
        scope.add_fault(LITERAL_SECRET, at, message, hint)
        return ""
    blocks = ["".join(match[1].split()) for match in re.finditer(_BLOCK, at.value)]
    if not blocks or re.sub(_BLOCK, "", at.value).strip() or not all(map(is_base64, blocks)):
        message = "this is no certificate in PEM"
        hint = f"copy the whole file behind `certificate: |`, from {_BEGIN} to {_END}"
        scope.add_fault(WRONG_VALUE, at, message, hint)
        return ""
    return "".join(write_block(_LABEL, data) for data in blocks)
