"""Child processes and ports: start, ask whether alive, stop for certain; what the launcher and the servers share."""

# ruff: noqa: S603, S607 - the programs named here are this module's business, their arguments are ours

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a TCP port on loopback that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Tell whether a server of ours could listen on `port` of loopback."""
    with socket.socket() as probe:
        # Servers set it too; without it a port that closed a minute ago would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def accepts_connections(port: int) -> bool:
    """Tell whether something answers on `port` of loopback."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    """Tell whether process `pid` runs; a zombie that nobody has reaped does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:  # macOS has no /proc; or the process has just gone
        return not Path("/proc/self/stat").exists()
    return state not in "ZX"


def command_of(pid: int) -> str:
    """Return the command line of process `pid`, empty when there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return done.stdout.strip()


def wait_until_gone(pid: int, seconds: float) -> bool:
    """Wait until process `pid` runs no more; False when it still does after `seconds`."""
    deadline = time.monotonic() + seconds
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def stop_pid(pid: int, stop_signal: signal.Signals = signal.SIGTERM, seconds: float = 10.0) -> None:
    """Ask process `pid` to stop; after `seconds` kill it and its process group."""
    _send(pid, stop_signal)
    if not wait_until_gone(pid, seconds):
        _send(pid, signal.SIGKILL)
        wait_until_gone(pid, 5)
    _kill_group(pid)


def stop_child(child: "subprocess.Popen[bytes]", stop_signal: signal.Signals = signal.SIGTERM,
               seconds: float = 10.0) -> None:
    """Stop a child that leads its own process group, and reap it."""
    if child.poll() is None:
        child.send_signal(stop_signal)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _kill_group(child.pid)


def last_lines(log: Path, count: int = 15) -> str:
    """Return the last lines of a log file, empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
    except OSError:
        return ""


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _kill_group(leader: int) -> None:
    """Kill what the leader left behind in its group; never our own group."""
    if leader == os.getpgrp():
        return
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
