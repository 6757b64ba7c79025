"""The folder of the image store, which can be full: a small file system of its own where that is possible.

A quota needs an administrator's set-up, and a limit on a process's files (RLIMIT_FSIZE) is another error. A small tmpfs
gives the true one, ENOSPC from `write`, and in a mount namespace of this program's own it is gone with the last
process, however that ends. Elsewhere (macOS; machines without user namespaces) the folder is exchanged for a file, so
that every write fails with ENOTDIR: another error, the same refusal.
"""

# ruff: noqa: S603, S606, S607 - the programs named here are this module's business, their arguments are ours

import os
import shutil
import subprocess
import sys
from pathlib import Path

_INSIDE = "ZONESCHILD_CHAOS_INSIDE"
_PAGE_BYTES = 1024 * 1024


def enter_mount_namespace() -> None:
    """Run this program again where it may mount, if the machine allows that; returns when it runs there or cannot."""
    if _INSIDE in os.environ or shutil.which("unshare") is None:
        return
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*unshare, sys.executable, "-c", ""], capture_output=True, check=False).returncode == 0:
        os.environ[_INSIDE] = "1"
        os.execvp(unshare[0], [*unshare, sys.executable, "-m", "deploy.chaos", *sys.argv[1:]])


class ImagePlace:
    """A folder for pictures that holds `size_mb`, can be filled up and be given room again."""

    def __init__(self, folder: Path, size_mb: int) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True)
        self.mounted = _INSIDE in os.environ and self._mount(size_mb)
        self._ballast = self.folder / "ballast"
        self._away = self.folder.with_name(f"{self.folder.name}.away")

    @property
    def pictures(self) -> Path:
        """Where the image store is to be."""
        return self.folder / "store"

    def fill(self) -> None:
        """Leave no room for another picture."""
        if not self.mounted:
            self.folder.rename(self._away)
            self.folder.touch()
            return
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (_PAGE_BYTES, 4096):
                _write_until_full(ballast.fileno(), b"\0" * size)

    def free(self) -> None:
        """Make room again."""
        if self.mounted:
            self._ballast.unlink(missing_ok=True)
        elif self._away.exists():
            self.folder.unlink()
            self._away.rename(self.folder)

    def close(self) -> None:
        """Make room, and give a mounted file system back with all that is in it."""
        self.free()
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)
            self.mounted = False

    def _mount(self, size_mb: int) -> bool:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(self.folder)],
                              capture_output=True, check=False)
        return done.returncode == 0


def _write_until_full(descriptor: int, block: bytes) -> None:
    try:
        while os.write(descriptor, block) == len(block):
            pass
    except OSError:  # full
        return
