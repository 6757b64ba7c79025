"""The machine's processes: who descends from whom, and how much memory they hold."""

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its number, its parent's, and its resident memory in kB."""

    pid: int
    parent: int
    resident_kb: int


def list_processes() -> dict[int, Process]:
    """Return every process of the machine by number."""
    found = _from_proc() if (_PROC / "self" / "stat").exists() else _from_ps()
    return {process.pid: process for process in found}


def family(processes: dict[int, Process], pid: int) -> list[int]:
    """Return the process `pid` and all that descend from it, the ancestor first; nothing when there is none."""
    members = [pid] if pid in processes else []
    for member in members:  # grows while it is walked
        members += [process.pid for process in processes.values() if process.parent == member]
    return members


def memory_mb(processes: Iterable[Process]) -> float:
    """Return the memory that processes hold, MB; what they share counts once where the system tells (Linux)."""
    return sum(_shared_once_kb(process) for process in processes) / 1024


def _from_proc() -> Iterator[Process]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):  # it has just ended
                # After the name, which may hold anything: state, parent, …, resident pages.
                fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                yield Process(int(folder.name), int(fields[1]), int(fields[21]) * _PAGE_KB)


def _from_ps() -> Iterator[Process]:
    done = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="],  # noqa: S607  # the machine's own
                          capture_output=True, text=True, check=True)
    for line in done.stdout.splitlines():
        yield Process(*map(int, line.split()))


def _shared_once_kb(process: Process) -> int:
    if not (_PROC / "self" / "smaps_rollup").exists():
        return process.resident_kb
    try:
        lines = (_PROC / str(process.pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except PermissionError:
        return process.resident_kb
    except OSError:  # it has just ended; what it was listed with included what others still hold
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
