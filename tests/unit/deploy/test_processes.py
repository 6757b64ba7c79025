"""Ports and processes: what is free, what is alive, what is gone for certain."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from deploy.guardian import Guardian
from deploy.processes import command_of, free_port, is_alive, last_lines, port_is_free, stop_child, wait_until_gone

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [sys.executable, "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"]


def test_a_port_on_which_something_listens_is_not_free() -> None:
    port = free_port()
    assert port_is_free(port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not port_is_free(port)


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        assert wait_until_gone(child.pid, 5)
    assert not is_alive(child.pid)
    assert is_alive(os.getpid())


def test_a_command_line_can_be_read() -> None:
    said = "print(flush=True);input()"
    with subprocess.Popen([sys.executable, "-c", said, "a word"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as child:
        child.stdout.readline()  # the kernel tells a new program's words a moment after it has let its starter go on
        assert command_of(child.pid).split()[1:] == ["-c", said, "a", "word"]
        child.kill()


def test_a_child_that_ignores_the_signal_is_killed() -> None:
    with subprocess.Popen(DEAF, start_new_session=True, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        started = time.monotonic()
        stop_child(child, seconds=0.3)
        assert child.returncode == -signal.SIGKILL
        assert time.monotonic() - started < 5


def test_what_a_child_left_behind_is_killed_with_it() -> None:
    script = f"import subprocess; print(subprocess.Popen({SLEEP!r}).pid, flush=True); import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stdout=subprocess.PIPE) as child:
        grandchild = int(child.stdout.readline())
        stop_child(child)
        assert wait_until_gone(grandchild, 5)


def test_the_guardian_stops_what_is_listed_when_its_starter_goes_and_leaves_the_rest() -> None:
    with subprocess.Popen(SLEEP, start_new_session=True) as listed, subprocess.Popen(
            SLEEP, start_new_session=True) as forgotten:
        with Guardian() as guardian:
            guardian.watch(listed.pid)
            guardian.watch(forgotten.pid)
            guardian.forget(forgotten.pid)
        assert wait_until_gone(listed.pid, 5)
        assert is_alive(forgotten.pid)
        stop_child(forgotten)


def test_the_guardian_is_not_ended_by_the_signals_of_a_terminal() -> None:
    with Guardian() as guardian:
        time.sleep(0.5)
        os.kill(guardian.pid, signal.SIGINT)
        os.kill(guardian.pid, signal.SIGTERM)
        assert not wait_until_gone(guardian.pid, 0.3)


def test_the_last_lines_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(map(str, range(100))), encoding="utf-8")
    assert last_lines(log, 2) == "98\n99"
    assert last_lines(tmp_path / "none") == ""
