"""A line is understood whole, as its shell and its program do, or refused with reason and place."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.curl_line.curl_options import ALL, REFUSED, SHORT, has_value
from cactions.logic.curl_line.line import LineShell, looks_like_line, parse_line
from cactions.logic.curl_line.pasted_request import PastedRequest
from cactions.logic.curl_line.words import CLOSE, OPEN, PastedLineError
from cactions.model import BodyForm

BASH = shutil.which("bash")
URL = "https://api.shop.example/v1/me"
SECRET = "sk_live_Zm9vYmFyYmF6"

CHROME_CMD = r"""curl ^"https://api.shop.example/v1/search?a=1^&b=%^C3^%^A9^" ^
  -H ^"accept: application/json^" ^
  -H ^"authorization: Bearer abc^%^20d^" ^
  -H ^"content-type: application/json^" ^
  -H ^"sec-ch-ua: ^\^"Chromium^\^";v=^\^"130^\^"^" ^
  --data-raw ^"^{^\^"name^\^":^\^"A ^& B^\^"^}^"
"""
CHROME_POWERSHELL = """$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession
$session.UserAgent = "Mozilla/5.0 (X11; Linux x86_64)"
$session.Cookies.Add((New-Object System.Net.Cookie("sid", "c-1", "/", "api.shop.example")))
Invoke-WebRequest -UseBasicParsing -Uri "https://api.shop.example/v1/search?a=1&b=%C3%A9" `
-Method "POST" `
-WebSession $session `
-Headers @{
"authority"="api.shop.example"
  "method"="POST"
  "path"="/v1/search"
  "scheme"="https"
  "accept"="application/json"
  "authorization"="Bearer abc%20d"
  "sec-ch-ua"="`"Chromium`";v=`"130`""
} `
-ContentType "application/json" `
-Body "{`"name`":`"A & B`"}"
"""
CHROME_BASH = r"""curl 'https://api.shop.example/v1/search?a=1&b=%C3%A9' \
  -H 'accept: application/json' \
  -H 'authorization: Bearer abc%20d' \
  -H 'content-type: application/json' \
  -b 'sid=c-1' \
  -H 'sec-ch-ua: "Chromium";v="130"' \
  --data-raw $'{"name":"A \u0026 B"}' \
  --compressed
"""
FIREFOX = r"""curl 'https://api.shop.example/v1/search?a=1&b=%C3%A9' --compressed -X POST -H 'User-Agent: Mozilla/5.0' -H 'Accept: application/json' -H 'Content-Type: application/json' -H 'Authorization: Bearer abc%20d' -H 'Connection: keep-alive' --data-raw '{"name":"A & B"}'"""  # noqa: E501 - as it is copied
SAFARI = r"""curl 'https://api.shop.example/v1/search?a=1&b=%C3%A9' \
-X 'POST' \
-H 'Content-Type: application/json' \
-H 'Accept: application/json' \
-H 'Authorization: Bearer abc%20d' \
--data-binary '{"name":"A & B"}'"""


def header(request: PastedRequest, name: str) -> str:
    return next((value for key, value in request.headers if key.lower() == name), "")


@pytest.mark.parametrize(
    "text", [CHROME_CMD, CHROME_POWERSHELL, CHROME_BASH, FIREFOX, SAFARI,
             CHROME_CMD.replace("\n", "\r\n"), CHROME_POWERSHELL.replace("\n", "\r\n")],
)  # fmt: skip
def test_browsers_copy_one_request_in_many_ways(text: str) -> None:
    """The signs of each tell its shell."""
    found = parse_line(text)
    assert ("post", "https://api.shop.example", "/v1/search") == (
        found.method, found.origin, found.path,
    )  # fmt: skip
    assert (("a", "1"), ("b", "é")) == found.query
    assert ("application/json", "Bearer abc%20d") == (
        header(found, "accept"), header(found, "authorization"),
    )  # fmt: skip
    assert found.body
    assert (BodyForm.JSON, {"name": "A & B"}) == (found.body.form, found.body.content)
    assert header(found, "cookie") in ("", "sid=c-1")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (r"'a\b'", r"a\b"), (r'"a\b\"c\$"', r'a\b"c$'), (r"a\ b\"", 'a b"'),
        (r"$'a\tb\'c'", "a\tb'c"),
        (r"$'\x41\101\u00e9\U0001f600'", "AAé😀"), (r"$'\xc3\xa9'", "é"), (r"$'\q'", r"\q"),
        (r"'a'\''b'", "a'b"), ('"a\\\nb"', "ab"), ("'a\\\nb'", "a\\\nb"), ("a\\\nb", "ab"),
        ("$", "$"), ('"$"', "$"), ('"5$ each"', "5$ each"), ("$NAME", f"{OPEN}NAME{CLOSE}"),
        ('"x${NAME}y"', f"x{OPEN}NAME{CLOSE}y"), ("a#b", "a#b"), ("*.json", "*.json"),
        ("{}", "{}"), ("a=b", "a=b"), ("é", "é"),
    ],
)  # fmt: skip
def test_bash_reads_words_so(words: str, value: str) -> None:
    """As `printf '<%s>'` of a bash shows them."""
    found = parse_line(f"curl {URL} -H 'Content-Type: text/plain' --data-raw {words} # a comment")
    assert found.body
    assert value == found.body.content
    if BASH and OPEN not in value:
        script = f"printf %s {words} # a comment"
        done = subprocess.run([BASH, "-c", script], capture_output=True, check=True, cwd="/proc")
        assert value == done.stdout.decode()


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ('"a b"', "a b"), (r'"a\"b"', 'a"b'), (r'"a\\"', "a\\"), (r'"C:\x\y"', r"C:\x\y"),
        (r'"a\\\"b"', r'a\"b'), ('"a""b"', 'a"b'), ('^"a ^& b^"', "a & b"), ("a^^b", "a^b"),
        ('"a^b"', "a^b"), ('^"a^\n\nb^"', "a\nb"), ("a^\nb", "ab"), ("'a'", "'a'"),
    ],
)  # fmt: skip
def test_the_command_prompt_reads_words_so(words: str, value: str) -> None:
    """Carets first, then the quotes of the C runtime."""
    line = f'curl "{URL}" -H "Content-Type: text/plain" --data-raw {words}'
    found = parse_line(line, LineShell.CMD)
    assert found.body
    assert value == found.body.content


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("'a''b'", "a'b"), ('"a`"b`n"', 'a"b\n'), ('"a""b"', 'a"b'), ("'{\\\"a\\\":1}'", '{"a":1}'),
        ('"$env:NAME"', f"{OPEN}NAME{CLOSE}"), ("'$x'", "$x"), ('"5`$"', "5$"),
    ],
)  # fmt: skip
def test_powershell_reads_words_so(words: str, value: str) -> None:
    """Its back quote escapes, and a doubled quote is one."""
    line = f"curl.exe '{URL}' -H 'Content-Type: text/plain' --data-raw {words}"
    found = parse_line(line, LineShell.POWERSHELL)
    assert found.body
    assert value == found.body.content


@pytest.mark.parametrize(
    ("rest", "method", "form"),
    [
        ("", "get", None), ("-I", "head", None), ("-X DELETE", "delete", None),
        ("-XPUT -d a=1", "put", BodyForm.FORM), ("-d a=1 -d b=2", "post", BodyForm.FORM),
        ("-G -d a=1", "get", None), ("--json '{\"a\": 1}'", "post", BodyForm.JSON),
        ("-F a=1 -F b=2", "post", BodyForm.MULTIPART), ("-sSLd a=1", "post", BodyForm.FORM),
        ("-d 'plain text'", "post", BodyForm.TEXT), ("-H 'X:' -H 'Y;'", "get", None),
        ("--data-urlencode 'a=b c'", "post", BodyForm.FORM),
        ("-o out.json -w '%{http_code}'", "get", None),
    ],
)  # fmt: skip
def test_options_make_the_method_and_the_body(rest: str, method: str, form: object) -> None:
    """As curl chooses them."""
    found = parse_line(f"curl {URL} {rest}")
    assert (method, form) == (found.method, found.body.form if found.body else None)


REFUSALS = {
    "curl": "no URL",
    f"wget {URL}": "no curl command",
    f"curl {URL} {URL}": "several URLs",
    "curl api.shop.example": "https://",
    "curl http://api.shop.example/": "the scheme is http",
    "curl https://$HOST/x": "the host is not written",
    "curl 'https://a.example/[1-3]'": "several URLs",
    "curl 'https://a.example/{a,b}'": "several URLs",
    f"curl {URL} | jq .": "does not belong",
    f"curl {URL} > out": "does not belong",
    f"curl {URL} < in": "file",
    f"curl {URL}; ls": "second command",
    f"curl {URL} && ls": "second command",
    f"curl {URL}?a=1&b=2": "second command",
    f"curl {URL}\ncurl {URL}": "second command",
    f'curl {URL} -H "A: $(cat x)"': "output of a command",
    f'curl {URL} -H "A: `cat x`"': "output of a command",
    f"curl {URL} -H 'A: b": "never closed",
    f'curl {URL} -H "A: b': "never closed",
    f"curl {URL} -H $'A: b": "never closed",
    f"curl {URL} \\ \n -i": "blanks",
    f"curl {URL} \\": "backslash",
    f"curl {URL} -H \u201cA: b\u201d": "typographic",
    f"curl {URL} ~/x": "folder",
    f"curl {URL} -d {{a,b}}": "braces",
    f"curl {URL} -d $'\\xff'": "UTF-8",
    f"curl {URL} -d $'\\cA'": "control character",
    f"curl {URL} -d $'\\0'": "NUL",
    f"curl {URL} -d $'\\ud800'": "no character",
    f"curl {URL} -d @f": "reads a file",
    f"curl {URL} --json @f": "reads a file",
    f"curl {URL} -H @f": "reads a file",
    f"curl {URL} --data-urlencode a@f": "reads a file",
    f"curl {URL} -F a=@f": "send a file",
    f"curl {URL} -F 'a=b;type=text/x'": "type",
    f"curl {URL} -F a": "no value",
    f"curl {URL} -F a=1 -d b=2": "exclude",
    f"curl {URL} -T f": "file",
    f"curl {URL} -b jar": "file",
    f"curl {URL} -u ada": "ask for the password",
    f"curl {URL} --digest -u a:b": "digest",
    f"curl {URL} -x proxy:1": "proxy",
    f"curl {URL} -k": "certificates",
    f"curl {URL} -K f": "file",
    f"curl {URL} --next {URL}": "several requests",
    f"curl {URL} --foo": "not known",
    f"curl {URL} --header='A: b'": "no value behind",
    f"curl {URL} -H": "no value",
    f"curl {URL} -H novalue": "colon",
    f"curl {URL} -H 'A: 1' -H 'A: 2'": "twice",
    f"curl {URL} -X GET -X POST": "twice",
    f"curl {URL} -X TRACE": "method",
    f"curl {URL} -X GET -d a=1": "with a body",
    f"curl {URL} -d '{{\"a\":1}}'": "no header says so",
    f"curl {URL} --json '{{a:1}}'": "no JSON",
    f"curl {URL} --json '{{\"a\":1,\"a\":2}}'": "no JSON",
    f"curl {URL} --json 7": "no object",
    f"curl {URL} --data-raw x -H 'Content-Type: multipart/form-data; boundary=x'": "multipart",
    f"curl {URL} -H 'A: \x00'": "character",
    "Invoke-WebRequest": "no URL",
    f"Invoke-WebRequest -Uri '{URL}' -Headers $h": "no table",
    f"Invoke-WebRequest -Uri '{URL}' -Headers @{{'a'='b'": "never closed",
    f"Invoke-WebRequest -Uri '{URL}' -InFile x": "not known",
    f"Invoke-WebRequest -Uri '{URL}' -Body (Get-Content x)": "not known",
    f"Invoke-WebRequest -Uri '{URL}' | Select Content": "does not belong",
    f"Invoke-WebRequest -Uri '{URL}'; Invoke-WebRequest -Uri '{URL}'": "second request",
    f"iwr '{URL}' -Method": "no value",
    f'curl ^"{URL}^" & dir': "second command",
    f'curl ^"{URL}^"\ndir': "second command",
    f'curl ^"{URL}^" -d "a': "never closed",
}  # fmt: skip


@pytest.mark.parametrize("line", REFUSALS)
def test_what_is_not_certain_is_refused(line: str) -> None:
    """With a reason, a next step, and a place in the text."""
    with pytest.raises(PastedLineError) as refused:
        parse_line(line)
    assert REFUSALS[line] in refused.value.message
    assert refused.value.hint.endswith(".")
    assert 0 <= refused.value.position <= len(line)


def test_every_option_is_known_once() -> None:
    """Short names lead to long ones, and refusals say why."""
    assert {*SHORT.values()} <= {*ALL}
    assert all(reason for reason in REFUSED.values())
    for name in sorted(ALL - REFUSED.keys()):
        value = ["a=b"] * has_value(name)
        if name not in ("url", "request", "json", "form", "header", "user", "cookie"):
            parse_line(" ".join(["curl", URL, f"--{name}", *value]))


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refused_option_does_not_quote_its_value(name: str) -> None:
    """It may be a password."""
    with pytest.raises(PastedLineError) as refused:
        parse_line(f"curl --{name} {SECRET} {URL}")
    assert SECRET not in f"{refused.value.message} {refused.value.hint}"


PIECES = st.sampled_from(
    ["curl", " ", URL, "-H", "-d", "'", '"', "\\", "\n", "$'", "$", "{", "}", "^", "`", "@{", "=",
     "A: b", "a=1", "--json", "-u", "a:b", "|", "&", "#", "\\u00", "Invoke-WebRequest", "-Uri",
     "(", ")", ";", "\x00", "é", "-F", "-G", "%41"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([None, *LineShell]))
def test_any_text_is_read_or_refused(text: str, shell: LineShell | None) -> None:
    """Nothing else happens, and the place of a refusal is in the text."""
    try:
        found = parse_line(text, shell)
    except PastedLineError as error:
        position = error.position
    else:
        position = 0
        assert found.origin.startswith("https://")
    assert 0 <= position <= max(len(text), 1)


def test_a_line_is_told_from_the_name_of_a_file() -> None:
    """A name has no curl in front, and no blanks."""
    assert all(map(looks_like_line, [f"curl {URL}", f"$ curl {URL}", f"iwr '{URL}'", CHROME_CMD]))
    assert not any(map(looks_like_line, ["line.txt", "my line.txt", "-", "curl", "curl.txt"]))


@pytest.mark.parametrize("size", [10_000, 200_000])
def test_a_long_line_is_read_in_linear_time(size: int) -> None:
    """Within the limit of a line, and refused beyond it."""
    body = "a=" + "b" * size
    found = parse_line(f"curl {URL} --data-raw '{body}'")
    assert found.body
    with pytest.raises(PastedLineError, match="too long"):
        parse_line("curl " + "x" * 300_000)
