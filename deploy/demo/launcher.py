"""The life of one demo: alone on its folder, through the steps, watched, and stopped in good order."""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from deploy.demo.commands import COMMANDS, Commands
from deploy.demo.programs import Program, StopRequest, Supervisor
from deploy.demo.screen import say, show_logins
from deploy.demo.settings import DemoSettings
from deploy.demo.steps import STEPS, Demo, Step, write_addresses
from deploy.guardian import Guardian
from deploy.processes import is_alive
from services.errors import ConfigurationError

_EXPIRY_SECONDS = 3600.0
_TAKE_OVER_SECONDS = 60.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_demo(settings: DemoSettings, commands: Commands = COMMANDS, steps: tuple[Step, ...] = STEPS) -> None:
    """Run the demo until somebody stops it; raises what a step raises after everything is stopped."""
    stop = StopRequest()
    with _signals_stop(stop), _alone(settings.demo_folder, stop) as lock, Guardian(keep_open=(lock,)) as guardian:
        demo = Demo(settings, commands, guardian, stop, Supervisor(on_change=lambda: write_addresses(demo)))
        demo.addresses_file.unlink(missing_ok=True)  # a killed launcher's
        try:
            for number, (title, step) in enumerate(steps, 1):
                _do_step(demo, f"[{number}/{len(steps)}] {title} …", step)
            show_logins(demo.url, demo.logins, demo.secrets["password"], str(demo.addresses_file))
            _watch(demo)
        except KeyboardInterrupt:
            say("\nstopping …", end=" ")
        finally:
            demo.addresses_file.unlink(missing_ok=True)
            demo.supervisor.stop()
    say("stopped")


def _do_step(demo: Demo, line: str, step: object) -> None:
    demo.stop.check()
    started = time.monotonic()
    say(line, end=" ")
    if callable(step):
        step(demo)
    say(f"ready ({time.monotonic() - started:.1f} s)")


def _watch(demo: Demo) -> None:
    """Keep everything running, and expire what is too old once an hour, the first time now."""
    expire = demo.commands.expire
    expiry = Program(expire.name, expire.filled({}), demo.environment(expire.knows), demo.log(expire.name),
                     demo.guardian)
    next_expiry = time.monotonic()
    parent = os.getppid()
    try:
        while True:
            demo.stop.check()
            demo.supervisor.tick()
            if time.monotonic() >= next_expiry:
                expiry.stop()
                expiry.start()
                next_expiry += _EXPIRY_SECONDS
            elif expiry.poll():
                say(f"expiry failed; it is tried again within the hour; its log: {expiry.log}")
                expiry.stop()
            # Whoever kills `make` means the demo; without make a launcher may well outlive its shell.
            if "MAKELEVEL" in os.environ and os.getppid() != parent:
                demo.stop.requested = True
            time.sleep(0.2)
    finally:
        expiry.stop()


@contextlib.contextmanager
def _signals_stop(stop: StopRequest) -> Iterator[None]:
    """Turn the signals that end a program into a request; a second one changes nothing."""
    def request(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature that signal wants
        stop.requested = True

    before = {number: signal.signal(number, request) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _alone(folder: Path, stop: StopRequest) -> Iterator[int]:
    """Hold the demo's folder.

    The guardian holds it too: after a launcher was killed, the next one waits until everything of it is gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take_lock(lock, folder, stop)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def _take_lock(lock: int, folder: Path, stop: StopRequest) -> None:
    deadline = time.monotonic() + _TAKE_OVER_SECONDS
    while True:
        stop.check()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = int(os.pread(lock, 20, 0) or b"0")
            if is_alive(holder) or time.monotonic() > deadline:
                raise ConfigurationError(f"a demo already runs here (process {holder}, folder {folder}): stop it with "
                                         f"Ctrl-C or `kill {holder}` first") from None
            time.sleep(0.1)
        else:
            return
