"""A small process that stops servers and programs when the process that started them dies, even by SIGKILL.

The starter holds the one writing end of a pipe. When it goes, however it goes, the guardian reads the end of the pipe
and stops what is still listed, last started first. (Linux can signal a child at its parent's death, but that wish is
dropped when the child changes its user, as PostgreSQL's must; macOS has no such wish.)
"""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from deploy.processes import stop_pid

ROOT = Path(__file__).resolve().parent.parent


class Guardian:
    """The starter's end: tells the guardian process whom to watch."""

    def __init__(self, keep_open: tuple[int, ...] = ()) -> None:
        """Start the guardian; it keeps the files `keep_open` open (and so locked) until its work is done."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "deploy.guardian"], cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True,
            pass_fds=keep_open)

    @property
    def pid(self) -> int:
        """The guardian's own process."""
        return self._process.pid

    def watch(self, pid: int, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        """Have `pid` stopped by `stop_signal` if this process dies."""
        self._tell(f"+ {pid} {int(stop_signal)}")

    def forget(self, pid: int) -> None:
        """Leave `pid` alone from now on: it has ended, and its number may be given to another."""
        self._tell(f"- {pid} 0")

    def close(self) -> None:
        """End the guardian; whatever is still listed is stopped."""
        if self._process.stdin and not self._process.stdin.closed:
            with contextlib.suppress(BrokenPipeError):  # somebody killed the guardian; nothing is left to tell it
                self._process.stdin.close()
        self._process.wait()

    def __enter__(self) -> "Guardian":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def _tell(self, line: str) -> None:
        if self._process.stdin is None:
            return
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return


def main() -> None:
    """Read `+ pid signal` and `- pid 0` until the pipe ends, then stop what is listed, last started first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the end of the pipe is the only thing that ends a guardian
    os.chdir("/")
    watched: dict[int, signal.Signals] = {}
    for line in sys.stdin:
        sign, pid, number_text = line.split()
        watched.pop(int(pid), None)
        if sign == "+":
            watched[int(pid)] = signal.Signals(int(number_text))
    for listed, stop_signal in reversed(watched.items()):
        stop_pid(listed, stop_signal)


if __name__ == "__main__":
    main()
