"""One target in a process of its own: its corpus in a temporary folder, its figures out of what libFuzzer prints."""

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.fuzz.targets import Target

INPUT_TIMEOUT_S = 5
"""How long one input may take; longer is a hang."""
MEMORY_MB = 1024
_START_S = 90  # to instrument what is imported and to try the corpus; the process ends by itself long before

_EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")
_PEAK = re.compile(r"stat::peak_rss_mb: +(\d+)")
_PROGRESS = re.compile(r"^#(\d+)\s", re.MULTILINE)
_RSS = re.compile(r"rss: (\d+)Mb")
_KEPT = re.compile(r"Test unit written to (\S+)")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one target; `kept` are the files of the inputs that failed, `said` the end of its output."""

    target: str
    executions: int
    seconds: float
    crashes: int
    hangs: int
    peak_mb: int
    kept: tuple[str, ...] = ()
    said: str = ""


def fuzz(target: Target, seconds: int, folder: Path) -> Result:
    """Fuzz `target` for so many seconds; inputs that fail are kept under `folder`/<target>/."""
    kept = folder / target.name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zoneschild-fuzz-") as place:
        command = [sys.executable, "-m", "deploy.fuzz.child", target.name, str(seconds),
                   *_flags(target, seconds, kept, Path(place))]
        try:
            ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,  # noqa: S603 - ourselves
                                   timeout=seconds + _START_S, check=False)
        except subprocess.TimeoutExpired as error:
            return read_output(target.name, seconds, None, _text(error.stdout))
    return read_output(target.name, seconds, ended.returncode, _text(ended.stdout))


def _flags(target: Target, seconds: int, kept: Path, place: Path) -> list[str]:
    corpus = place / "corpus"
    corpus.mkdir()
    known = (file.read_bytes() for file in sorted(kept.iterdir()))  # what failed once is tried again first
    for number, seed in enumerate((*known, *target.seeds)):
        (corpus / f"{number:04}").write_bytes(seed)
    words = place / "words"
    words.write_bytes(b"".join(b'"%s"\n' % word for word in target.words))
    dictionary = [f"-dict={words}"] if target.words else []
    return [str(corpus), *dictionary, f"-max_total_time={seconds}", f"-timeout={INPUT_TIMEOUT_S}",
            f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={kept}/", "-print_final_stats=1"]


def read_output(name: str, seconds: float, code: int | None, said: str) -> Result:
    """Return the figures of a process; `code` is None where it had to be killed, which counts as a hang."""
    kept = tuple(_KEPT.findall(said))
    hangs = int(code is None) + sum(_is_hang(file) for file in kept)
    crashes = sum(not _is_hang(file) for file in kept)
    if code not in (None, 0) and not kept:
        crashes = 1  # it did not start, or died without a word: no less a finding
    return Result(name, _last(_EXECUTED, said) or _last(_PROGRESS, said), seconds, crashes, hangs,
                  _last(_PEAK, said) or _last(_RSS, said), kept, said[-3000:] if crashes or hangs else "")


def _is_hang(file: str) -> bool:
    return Path(file).name.startswith("timeout-")


def _last(pattern: re.Pattern[str], said: str) -> int:
    return int(([*pattern.findall(said)] or ["0"])[-1])


def _text(output: bytes | None) -> str:
    return (output or b"").decode("utf-8", "replace")
