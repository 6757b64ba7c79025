"""`python -m ingest decode`: every form of a sample file is understood, and a mistake is one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.kit import decoding
from services.errors import ConfigurationError

BODY = json.dumps({"plate": "3ABC123", "date": "2026-07-01T10:00:00Z", "cameraid": "kade-1"})
SETTINGS = '{"mapping": "vaxtor", "cameras": {"kade-1": "cam1"}}'
FORMS = {
    "a.json": BODY, "a.JSON": BODY, "a.txt": BODY, "without-a-suffix": BODY,
    "a.mqtt": f"topic: anpr/v1/kade/x\n\n{BODY}", "crlf.mqtt": f"topic: anpr/v1/kade/x\r\n\r\n{BODY}",
    "foreign.mqtt": f"Topic: vaxtor/x\n\n{BODY}", "no-topic.mqtt": f"\n{BODY}",
    "a.http": f"POST /push/kade HTTP/1.1\nContent-Type: text/plain\n\n{BODY}",
    "crlf.http": f"POST /push/kade HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n{BODY}",
    "no-version.http": f"POST /push/kade\n\n{BODY}",
    "absolute.http": f"POST http://kade.example/push/kade HTTP/1.1\n\n{BODY}",
    "elsewhere.http": f"POST /anpr?x=1 HTTP/1.1\n\n{BODY}",
    "no-request-line.http": f"Content-Type: application/json\n\n{BODY}",
    "no-request-line-crlf.http": f"Content-Type: application/json\r\n\r\n{BODY}", "no-head.http": f"\n{BODY}",
}


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("name", FORMS)
def test_a_sample_is_read_whatever_its_suffix_its_head_and_its_line_ends(
    name: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    sample = file(tmp_path, name, FORMS[name])
    assert decoding.run("mapping", file(tmp_path, "settings", SETTINGS), [sample]) == 0
    found = json.loads(capsysbinary.readouterr().out)
    assert (found["kind"], found["plate"], found["camera"]) == ("read", "3ABC123", "cam1")


def test_a_message_too_long_is_shown_as_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    decoding.run("genetec", None, [file(tmp_path, "long.json", b" " * (2 ** 24))])
    assert [found["reason"] for found in printed(capsys)] == ["too-large"]


@pytest.mark.parametrize(("profile", "settings", "name", "sentence"), [
    ("nobodys", None, "a.json", "there is no profile nobodys; there are: canonical, "),
    ("mapping", None, "a.json", "the profile mapping needs the setting mapping"),
    ("mapping", "{", "a.json", "the gateway's settings cannot be read: "),
    ("mapping", b"\xff\xfe", "a.json", "the gateway's settings cannot be read: "),
    ("mapping", '{"scale": 1}', "a.json", "the gateway's settings cannot be read: Object contains unknown field"),
    ("mapping", '{"time_zone": "Mars"}', "a.json", "the gateway's settings: time_zone must be an IANA name"),
    ("genetec", None, "missing.json", "missing.json cannot be read: No such file or directory"),
    ("genetec", None, "", "cannot be read: Is a directory"),
    ("genetec", None, "body-alone.http", "body-alone.http has no blank line: it must hold header lines"),
    ("genetec", None, "body-alone.mqtt", "body-alone.mqtt has no blank line: it must hold `topic: …`"),
])
def test_a_mistake_is_one_sentence(
    profile: str, settings: str | bytes | None, name: str, sentence: str, tmp_path: Path,
) -> None:
    for sample in ("a.json", "body-alone.http", "body-alone.mqtt"):
        file(tmp_path, sample, BODY)
    with pytest.raises(ConfigurationError) as refused:
        decoding.run(profile, file(tmp_path, "settings", settings) if settings else None, [tmp_path / name])
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("arguments", [
    ["--profile", "nobodys", "README.md"], ["--profile", "genetec", "missing.json"],
    ["--profile", "genetec", "--settings", "missing.json", "README.md"]])
def test_the_command_says_a_mistake_on_standard_error_and_exits_with_1(arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "ingest", "decode", *arguments], capture_output=True, text=True,
                          check=False, cwd=Path(__file__).parents[4])
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("zoneschild: ")
