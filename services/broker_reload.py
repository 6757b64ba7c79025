"""Making a running broker read its files again: by the command that is set, else by SIGHUP to its process."""

# ruff: noqa: S603 - the commands are those of whoever set the broker up

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

from services.broker_files import PID_FILE
from services.errors import ConfigurationError

_COMMAND_S, _START_S = 60.0, 10.0
_BROKERS = (b"mosquitto", b"broker.mjs")


def reload_broker(folder: Path, command: str = "") -> str:
    """Make the broker of `folder` read its files again, which it does within a moment; return a sentence on it.

    It then ends the connections whose user or password is gone. A broker that is just starting is waited for. Raises
    ConfigurationError when the command fails, or the broker cannot be told.
    """
    if command:
        return _run(command)
    pid = _running(folder / PID_FILE)
    if pid is None:
        return "the broker does not run; it reads its files when it starts"
    _wait_until_it_hears(pid)
    try:
        os.kill(pid, signal.SIGHUP)
    except PermissionError:
        raise ConfigurationError(f"the broker's files are written, but process {pid} belongs to another user: reload "
                                 "the broker, or set ZONESCHILD_BROKER_RELOAD") from None
    return "the broker reads its files again"


def _run(command: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False, timeout=_COMMAND_S,
                              stdin=subprocess.DEVNULL)
        failed = f"code {done.returncode}" if done.returncode else ""
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        failed = type(error).__name__
    if failed:
        raise ConfigurationError(f"the broker's files are written, but `{command}` failed ({failed}): the broker still "
                                 "goes by the old ones")
    return f"the broker has been told ({command})"


def _running(pid_file: Path) -> int | None:
    """Return the broker's process; None when it ended and its number belongs to nobody or to another program."""
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if _is_broker(pid) else None


def _wait_until_it_hears(pid: int) -> None:
    """Wait for a broker that is starting: it has read its files and listens before it catches SIGHUP, and would die."""
    deadline = time.monotonic() + _START_S
    while not _hears(pid):
        if time.monotonic() > deadline:
            raise ConfigurationError(f"the broker's files are written, but process {pid} does not heed SIGHUP: restart "
                                     "the broker, or set ZONESCHILD_BROKER_RELOAD")
        time.sleep(0.02)


def _hears(pid: int) -> bool:
    """Tell whether a process catches SIGHUP (SigCgt in proc_pid_status(5): a bit a signal, the lowest for number 1)."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True  # it has ended, or there is no /proc to ask
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return caught is None or bool(int(caught[1], 16) >> (signal.SIGHUP - 1) & 1)


def _is_broker(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()  # a system without /proc: the file must be believed
    return any(broker in command for broker in _BROKERS)
