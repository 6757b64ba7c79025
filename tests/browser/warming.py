"""Search for one test after another, in a tenth of the time: a process that has imported it forks (warm_search.py).

Importing search takes a processor three seconds, and the tests in a browser start it fifty times.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


class WarmSearch:
    """The process that forks; `close` ends it, not what it has forked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.browser.warm_search"], cwd=ROOT,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, environment: Mapping[str, str], log: Path) -> psutil.Process:
        """Start a search with this environment, whose standard error goes to `log`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps({"environment": dict(environment), "log": str(log)}), file=self._process.stdin, flush=True)
        return psutil.Process(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=20)
