"""Child processes of the demo: commands that end, programs that stay, and the one who starts them again."""

# ruff: noqa: S603 - what is run is this environment's Python with the demo's own table of commands

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from deploy.demo.screen import say
from deploy.demo.settings import ROOT
from deploy.guardian import Guardian
from deploy.processes import last_lines, stop_child
from services.errors import ZoneschildError

_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_SECONDS = 60.0


class CommandFailedError(ZoneschildError):
    """A command of the demo failed; the text holds its last words and where the rest of them are."""

    code = "command-failed"


class StopRequest:
    """Whether somebody has asked the demo to stop; everything that waits asks it."""

    def __init__(self) -> None:
        self.requested = False

    def check(self) -> None:
        """Raise KeyboardInterrupt when the demo has been asked to stop."""
        if self.requested:
            raise KeyboardInterrupt


class Service(Protocol):
    """Something that runs until it is stopped: a server or a program."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def pid(self) -> int:
        """Its process."""

    @property
    def log(self) -> Path:
        """Where its words go."""

    def start(self) -> None:
        """Start it."""

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""

    def stop(self) -> None:
        """Stop it, whether it runs or not."""


class Program:
    """One of our programs as a child process that leads its own group and writes to its own log."""

    def __init__(self, name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path,
                 guardian: Guardian) -> None:
        self.name, self.log = name, log
        self._arguments, self._environment, self._guardian = arguments, environment, guardian
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The child's process; 0 before the first start."""
        return self._child.pid if self._child else 0

    def start(self) -> None:
        """Start the child."""
        with self.log.open("ab") as log:
            self._child = start_python(self._arguments, self._environment, log)
        self._guardian.watch(self._child.pid)

    def poll(self) -> int | None:
        """Return the child's exit code, or None while it runs."""
        return self._child.poll() if self._child else None

    def stop(self) -> None:
        """Stop the child and what it may have started."""
        if self._child is not None:
            stop_child(self._child)
            self._guardian.forget(self._child.pid)
            self._child = None


class Supervisor:
    """Keeps services running, in the order in which they were started, and stops them in the opposite order."""

    def __init__(self, on_change: Callable[[], None], *, longest_pause_s: float = _LONGEST_PAUSE_SECONDS) -> None:
        self.services: list[Service] = []
        self._on_change, self._longest_pause_s = on_change, longest_pause_s
        self._started_at: dict[str, float] = {}
        self._pause: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def start(self, service: Service) -> None:
        """Start a service and watch over it from now on."""
        self.services.append(service)
        service.start()
        self._started_at[service.name] = time.monotonic()

    def tick(self) -> None:
        """Notice who has ended, and start again whose pause is over."""
        for service in self.services:
            if service.name in self._due:
                self._restart_when_due(service)
            elif (code := service.poll()) is not None:
                self._plan_restart(service, code)

    def stop(self) -> None:
        """Stop everything, last started first."""
        while self.services:
            self.services.pop().stop()

    def _plan_restart(self, service: Service, code: int) -> None:
        now = time.monotonic()
        stable = now - self._started_at[service.name] > _STABLE_SECONDS
        pause = _FIRST_PAUSE_SECONDS if stable else self._pause.get(service.name, _FIRST_PAUSE_SECONDS)
        self._pause[service.name] = min(2 * pause, self._longest_pause_s)
        self._due[service.name] = now + pause
        how = f"signal {-code}" if code < 0 else f"code {code}"
        say(f"{service.name} ended ({how}); it starts again in {pause:.0f} s; its log: {service.log}")

    def _restart_when_due(self, service: Service) -> None:
        if time.monotonic() < self._due[service.name]:
            return
        del self._due[service.name]
        self._started_at[service.name] = time.monotonic()
        service.stop()
        try:
            service.start()
        except (ZoneschildError, OSError) as error:
            say(f"{service.name} did not start again: {error}")
            self._plan_restart(service, 1)
        else:
            self._on_change()  # before the words: who reads them finds the new process in var/demo.json
            say(f"{service.name} runs again")


def start_python(arguments: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | int, *,
                 stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    """Start this environment's Python as the leader of its own process group."""
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, stdin=stdin, stdout=output,
                            stderr=subprocess.STDOUT, start_new_session=True)


def run_to_end(arguments: Sequence[str], environment: Mapping[str, str], log: Path, guardian: Guardian,
               stop: StopRequest, *, stdin_text: str = "", words: str = "kept") -> str:
    """Run a command to its end and return its words; where else they go, `Command.words` tells.

    Raises CommandFailedError with its last words when it fails, KeyboardInterrupt when the demo is to stop.
    """
    said = bytearray()
    child = start_python(arguments, environment, subprocess.PIPE, stdin=subprocess.PIPE)
    guardian.watch(child.pid)
    with log.open("wb") as file:
        reader = threading.Thread(target=_copy_words, args=(child, file, said, words))
        reader.start()
        try:
            _give_input(child, stdin_text)
            while child.poll() is None:
                stop.check()
                time.sleep(0.02)
        finally:
            stop_child(child)
            guardian.forget(child.pid)
            reader.join()
            if child.stdout:
                child.stdout.close()
    if words == "shown":
        say("       … ", end="")  # the step's line goes on below the words
    text = said.decode(errors="replace")
    if child.returncode != 0:
        log.write_bytes(said)
        raise CommandFailedError(f"{log.stem} failed; its last words (all of them: {log}):\n{last_lines(log)}")
    return text


def _give_input(child: "subprocess.Popen[bytes]", text: str) -> None:
    """Hand over a secret by standard input, never by an argument, which everybody on the machine can read."""
    if child.stdin is None:
        return
    try:
        child.stdin.write(text.encode())
        child.stdin.close()
    except BrokenPipeError:  # it ended without reading; its exit code tells
        return


def _copy_words(child: "subprocess.Popen[bytes]", log: IO[bytes], said: bytearray, where: str) -> None:
    while child.stdout and (words := os.read(child.stdout.fileno(), 65_536)):
        said += words
        if where != "secret":
            log.write(words)
            log.flush()
        if where == "shown":
            say(("" if len(said) > len(words) else "\n") + words.decode(errors="replace"), end="")
