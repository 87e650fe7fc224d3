"""The options of curl: what each means for a request, what changes nothing, what is refused."""

from __future__ import annotations

from typing import Final

_CERTIFICATE: Final = (
    "files of this machine: write `client_certificate` into the request, and seal the key"
)
_TEXTS: Final = (
    "request", "header", "data", "data-ascii", "data-raw", "data-binary", "data-urlencode", "json",
    "user", "form", "form-string", "cookie", "user-agent", "referer", "url", "url-query",
    "oauth2-bearer",
)  # fmt: skip
TAKES_TEXT: Final = frozenset(_TEXTS)
"""Options with a value that says something of the request."""

FLAGS: Final = frozenset({"get", "head", "globoff", "basic"})

NO_MATTER: Final = frozenset(
    {"silent", "show-error", "include", "verbose", "location", "fail", "fail-with-body",
     "compressed", "progress-bar", "no-progress-meter", "no-buffer", "http1.0", "http1.1", "http2",
     "http2-prior-knowledge", "http3", "tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3", "ipv4",
     "ipv6", "path-as-is", "remote-name", "remote-header-name", "remote-time", "ssl-reqd",
     "no-keepalive", "tcp-nodelay", "fail-early", "disable", "no-silent", "styled-output",
     "tr-encoding", "create-dirs", "no-clobber", "raw", "post301", "post302", "post303"}
)  # fmt: skip
"""Flags that do not change which request is sent first, or whose place is the tool itself."""

NO_MATTER_TEXT: Final = frozenset(
    {"output", "write-out", "max-time", "connect-timeout", "retry", "retry-delay",
     "retry-max-time", "dump-header", "max-redirs", "speed-limit", "speed-time", "limit-rate",
     "keepalive-time", "stderr", "trace", "trace-ascii", "cookie-jar", "max-filesize",
     "output-dir", "ciphers", "tls-max", "expect100-timeout"}
)  # fmt: skip

REFUSED: Final = {
    "upload-file": "a file would be sent",
    "digest": "digest authentication answers a challenge, which an action cannot",
    "ntlm": "NTLM authentication answers a challenge, which an action cannot",
    "negotiate": "Negotiate authentication answers a challenge, which an action cannot",
    "anyauth": "the way of authentication would be asked for first",
    "aws-sigv4": "each request would be signed (AWS)",
    "proxy": "a proxy belongs to the machine: give --proxy to the command that calls the service",
    "proxy-user": "a proxy belongs to the machine",
    "proxy-header": "a proxy belongs to the machine",
    "socks5": "a proxy belongs to the machine",
    "socks5-hostname": "a proxy belongs to the machine",
    "netrc": "the password would come from a file of this machine",
    "netrc-file": "the password would come from a file of this machine",
    "config": "options would come from a file",
    "cert": _CERTIFICATE,
    "key": _CERTIFICATE,
    "cert-type": _CERTIFICATE,
    "key-type": _CERTIFICATE,
    "pass": _CERTIFICATE,
    "cacert": "authorities belong to the machine: give --ca-file to the command that calls it",
    "capath": "authorities belong to the machine: give --ca-file to the command that calls it",
    "insecure": "certificates are always checked: leave it out",
    "unix-socket": "the request would go to a socket of this machine",
    "abstract-unix-socket": "the request would go to a socket of this machine",
    "resolve": "the address of the host would be replaced",
    "connect-to": "the address of the host would be replaced",
    "interface": "the address of the host would be replaced",
    "next": "several requests: paste one of them",
    "parallel": "several requests: paste one of them",
    "range": "a part of an answer cannot be read as JSON",
    "continue-at": "a part of an answer cannot be read as JSON",
    "time-cond": "the answer would depend on a time",
    "request-target": "the target would differ from the URL",
    "variable": "variables of curl are not supported",
    "expand-url": "variables of curl are not supported",
    "expand-header": "variables of curl are not supported",
    "expand-data": "variables of curl are not supported",
    "mail-from": "this is no HTTP request",
    "quote": "this is no HTTP request",
}
REFUSED_FLAGS: Final = frozenset(
    {"digest", "ntlm", "negotiate", "anyauth", "netrc", "insecure", "next", "parallel"}
)

SHORT: Final = {
    "X": "request", "H": "header", "d": "data", "u": "user", "F": "form", "b": "cookie",
    "A": "user-agent", "e": "referer", "G": "get", "I": "head", "g": "globoff", "s": "silent",
    "S": "show-error", "i": "include", "v": "verbose", "L": "location", "f": "fail",
    "#": "progress-bar", "N": "no-buffer", "0": "http1.0", "4": "ipv4", "6": "ipv6",
    "1": "tlsv1", "2": "tlsv1", "O": "remote-name", "J": "remote-header-name", "R": "remote-time",
    "q": "disable", "o": "output", "w": "write-out", "m": "max-time", "D": "dump-header",
    "Y": "speed-limit", "y": "speed-time", "c": "cookie-jar", "T": "upload-file", "x": "proxy",
    "U": "proxy-user", "n": "netrc", "K": "config", "E": "cert", "k": "insecure", "r": "range",
    "C": "continue-at", "z": "time-cond", "Z": "parallel", ":": "next", "Q": "quote",
}  # fmt: skip
"""Short names; the meaning is that of the long one."""

ALL: Final = TAKES_TEXT | FLAGS | NO_MATTER | NO_MATTER_TEXT | REFUSED.keys()


def has_value(name: str) -> bool:
    """Whether an option has a value."""
    return (
        name in TAKES_TEXT
        or name in NO_MATTER_TEXT
        or (name in REFUSED and name not in REFUSED_FLAGS)
    )
