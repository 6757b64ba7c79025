"""A broker that is only just starting is told to read its files when that no longer ends it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services import broker_reload
from services.broker_files import PID_FILE
from services.errors import ConfigurationError

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only /proc tells what a process heeds")
STARTING = """
import signal, time
print(flush=True)
time.sleep(0.3)
signal.signal(signal.SIGHUP, lambda *_: print("read again", flush=True))
while True: time.sleep(60)
"""
DEAF = "print(flush=True); input()"


@contextmanager
def running(folder: Path, script: str) -> Iterator[Callable[[], str]]:
    """Run a script that passes for a broker; hands over its next line."""
    with subprocess.Popen([sys.executable, "-c", script, "mosquitto"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as broker:
        try:
            broker.stdout.readline()
            (folder / PID_FILE).write_text(f"{broker.pid}\n", encoding="ascii")
            yield broker.stdout.readline
        finally:
            broker.kill()


def test_a_broker_that_is_starting_is_waited_for(tmp_path: Path) -> None:
    with running(tmp_path, STARTING) as said:
        assert broker_reload.reload_broker(tmp_path) == "the broker reads its files again"
        assert said() == "read again\n"


def test_a_broker_that_would_die_of_it_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker_reload, "_START_S", 0.1)
    with running(tmp_path, DEAF), pytest.raises(ConfigurationError, match="does not heed SIGHUP"):
        broker_reload.reload_broker(tmp_path)
